# SPDX-License-Identifier: Apache-2.0
# What the search gains on photographs.
# cost: medium
# needs: IRC_FIGURES_STREET
"$irc" calibrate --model models/street.onnx --images "$(dirname "$IRC_FIGURES_STREET")/data.yaml" --split train \
  --out "$results/calibrate-street" --json >"$results/calibrate-street.json"
echo "| run | mAP@0.5 before | after |"
echo "|---|---|---|"
for seed in 1 2; do
  before=$(result run --model models/street.onnx --chips 10 --seed $seed --images "$IRC_FIGURES_STREET" --yield-drop 0.0385)
  after=$(result run "$results/calibrate-street/calibrated.toml" --images "$IRC_FIGURES_STREET" --chips 10 --seed $seed)
  echo "| \`irc run cal/calibrated.toml --images modes-of-transport/val.json --chips 10 --seed $seed\` | $(query '.map | map_percent' "$before") | $(query '.map | map_percent' "$after") |"
done
query '[.layers[].bit_errors_before] as $b | [.layers[].bit_errors_after] as $a | ([.layers[].bits] | add) as $n
  | "", "`irc calibrate --model models/street.onnx --images modes-of-transport/data.yaml --split train --out cal` takes the bit errors from",
  "\($b | add | thousands) to \($a | add | thousands) of \($n | thousands) (\(($b | add) / $n * 100 | fixed(3)) to \(($a | add) / $n * 100 | fixed(3)) %)."' "$results/calibrate-street.json"
