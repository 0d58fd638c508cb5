# SPDX-License-Identifier: Apache-2.0
# Size and cost of traces.
# cost: medium
# needs: zstd
size() { awk -v b="$(wc -c <"$1")" 'BEGIN { printf "%.1f MB", b / 1e6 }'; }
traced() { "$irc" run "$@" --set run.draw=0 --out "$results/traces" >"$results/traces.log"; }
echo "| run | file | size |"
echo "|---|---|---|"
traced --trace csv,perfetto,csv.zst
for file in trace.csv trace.csv.zst trace.perfetto.json; do
  echo "| \`irc run\`, 300 images, level \`operation\` | \`$file\` | $(size "$results/traces/$file") |"
done
traced --limit 1 --trace csv:phase
echo "| \`irc run --limit 1\`, level \`phase\` | \`trace.csv\` | $(size "$results/traces/trace.csv") |"
traced naive.toml --limit 1 --trace csv:phase
echo "| \`irc run naive.toml --limit 1\`, level \`phase\` | \`trace.csv\` | $(size "$results/traces/trace.csv") |"
# Processor time, median of nine runs of each kind taken in turn.
timed() { /usr/bin/time -o "$results/time" -f '%U %S %M' "$irc" run --set run.draw=0 "$@" --out "$results/traces" >"$results/traces.log" 2>&1; cat "$results/time"; }
round=0
: >"$results/times"
while [ $round -lt 9 ]; do
  for kind in none layer csv vcd perfetto all power; do
    case $kind in
      none) options="" ;;
      layer) options="--trace csv:layer,vcd:layer,perfetto:layer" ;;
      all) options="--trace csv,vcd,perfetto" ;;
      power) options="--power-profile 1us" ;;
      *) options="--trace $kind" ;;
    esac
    # shellcheck disable=SC2086  # options
    echo "$kind $(timed $options)" >>"$results/times"
  done
  round=$((round + 1))
done
median() { awk -v k="$1" '$1 == k { print $2 + $3 }' "$results/times" | sort -n | sed -n 5p; }
base=$(median none)
more() { awk -v a="$(median "$1")" -v b="$base" 'BEGIN { printf "%.0f %%", 100 * (a / b - 1) }'; }
echo
echo "Processor time above that of \`irc run\` without a trace, median of nine runs of each kind taken in turn:"
echo
echo "| all three formats, level \`layer\` | \`csv\` | \`vcd\` | \`perfetto\` | all three | power profile with figures |"
echo "|---|---|---|---|---|---|"
echo "| $(more layer) | $(more csv) | $(more vcd) | $(more perfetto) | $(more all) | $(more power) |"
echo
echo "Peak memory is at most $(awk '$1 != "none" && $4 > m { m = $4 } END { printf "%.0f MB", m / 1e3 }' "$results/times") with a trace and $(awk '$1 == "none" && $4 > m { m = $4 } END { printf "%.0f MB", m / 1e3 }' "$results/times") without. The machine is $(machine)."
