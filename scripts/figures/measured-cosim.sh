# SPDX-License-Identifier: Apache-2.0
# RTL and TLM model in lock-step over one image of a detector.
# cost: quick
# needs: build/bin/cosim_one_group build/bin/cosim_row_groups build/bin/cosim_mux
echo "| command | cycles of setting up | cycles of the image | transactions, commands, vectors and maps compared | result |"
echo "|---|---|---|---|---|"
for part in one_group row_groups mux; do
  result="all agree"
  "$programs/cosim_$part" picture >"$results/cosim_$part.log" || result="DIFFERENT"
  awk -v command="\`cosim_$part picture\`" -v result="$result" '
    /^setup/ { setup = $2; image = $5 }
    / agree$/ { compared += $(NF - 1) }
    END { printf "| %s | %d | %d | %d | %s |\n", command, setup, image, compared, result }' "$results/cosim_$part.log"
done
