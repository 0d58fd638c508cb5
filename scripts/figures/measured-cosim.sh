# SPDX-License-Identifier: Apache-2.0
# RTL and TLM model in lock-step.
# cost: quick
# needs: build/bin/cosim_one_group build/bin/cosim_row_groups build/bin/cosim_mux
echo "| command | what it prints |"
echo "|---|---|"
for part in one_group row_groups mux; do
  "$programs/cosim_$part" picture >"$results/cosim_$part.log"
  echo "| \`build/bin/cosim_$part picture\` | $(tail -n 1 "$results/cosim_$part.log") |"
done
