# SPDX-License-Identifier: Apache-2.0
# What the search of bias and threshold gains.
# cost: medium
# before_after WHAT COMMAND RUN-OPTIONS...: calibrates into a folder and runs with what was found.
errors() { query '[.layers[].bit_errors_before] as $b | [.layers[].bit_errors_after] as $a | ([.layers[].bits] | add) as $n
  | "\($b | add | thousands) to \($a | add | thousands) of \($n | thousands) (\(($b | add) / $n | percent) to \(($a | add) / $n | percent)); \([.layers[] | select(.configured != .found)] | length) of \(.layers | length) layers change"' "$1"; }
calibrate() {  # NAME ARGUMENTS...
  name=$1
  shift
  "$irc" calibrate "$@" --out "$results/calibrate-$name" --json >"$results/calibrate-$name.json"
}
map() { query '.map | map_percent' "$1"; }
echo "| configuration | calibration | bit errors | run | mAP@0.5 before | after |"
echo "|---|---|---|---|---|---|"
calibrate preset
echo "| the robust preset as it is | \`irc calibrate --out cal\` | $(errors "$results/calibrate-preset.json") | \`irc run cal/calibrated.toml --chips 10\` | $(map "$(result run --chips 10 --yield-drop 0.0385)") | $(map "$(result run "$results/calibrate-preset/calibrated.toml" --chips 10)") |"
calibrate range20 --pictures 8 --set sense.i_min_a=2e-5 --set sense.injected_bias_a=0
before="--set sense.i_min_a=2e-5 --set sense.injected_bias_a=0"
for seed in 1 2; do
  # shellcheck disable=SC2086  # options
  echo "| a sensing range from 20 uA, no bias | \`irc calibrate --pictures 8 --set sense.i_min_a=2e-5 --set sense.injected_bias_a=0 --out cal\` | $(errors "$results/calibrate-range20.json") | \`irc run cal/calibrated.toml --chips 3 --seed $seed\` | $(map "$(result run $before --chips 3 --seed $seed)") | $(map "$(result run "$results/calibrate-range20/calibrated.toml" --chips 3 --seed $seed)") |"
done
calibrate range40 --pictures 4 --chips 1 --set sense.i_min_a=4e-5 --set sense.injected_bias_a=0
echo "| a sensing range from 40 uA, no bias | \`irc calibrate --pictures 4 --chips 1 --set sense.i_min_a=4e-5 --set sense.injected_bias_a=0\` | $(errors "$results/calibrate-range40.json") | | | |"
query '"",
  "The search of the first row costs \(.cost.energy_j / .chips * 1e6 | fixed(0)) uJ and \(.cost.time_s / .chips * 1e3 | fixed(1)) ms per chip, once (\(.cost.passes) passes over \(.images) images);",
  "an image then costs \($run[0].energy_j_per_image | uj) and \($run[0].latency_s_per_image | us)."' --slurpfile run "$(result run --chips 10 --yield-drop 0.0385)" "$results/calibrate-preset.json"
