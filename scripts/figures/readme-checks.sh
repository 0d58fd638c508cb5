# SPDX-License-Identifier: Apache-2.0
# What the model was held against, in ten lines.
# cost: medium
# needs: ngspice
seeds=""
for seed in 1 2 3 4 5 6 7 8; do seeds="$seeds $(result validate engine --seed $seed)"; done
# shellcheck disable=SC2086  # file names
engine=$(query '[.[].cases[] | select(.in_domain)] | "at most \([.[].rms_relative_error] | max | percent) rms; \([.[].decision_flips] | add) of \([.[].decisions] | add | thousands) decisions differ"' -s $seeds)
value() { query "$@"; }
robust=$(result run --chips 10 --yield-drop 0.0385)
naive=$(result run naive.toml --chips 3 --yield-drop 0.0385)
silicon=$(result validate silicon)
echo "| what | held against | result |"
echo "|---|---|---|"
echo "| bits of every layer, nonidealities off | bit-exact reference of the network | $(value '"\([.cases[].bit_errors] | add) errors in \(.cases | length) cases"' "$(result validate reference)") |"
echo "| cycles | closed form | $(value '"equal in \([.cases[] | select(.passed)] | length) of \(.cases | length) cases"' "$(result validate latency)") |"
echo "| bits and cycles of the controller | RTL in lock-step, nonidealities on | equal for a whole image ([co-simulation](docs/cosim.md)) |"
echo "| column currents, exact solver | ngspice, up to 4608 rows | $(value '"within \([.cases[].max_relative_error] | max | scientific) in \(.cases | length) cases"' "$(result validate spice --long)") |"
echo "| column currents, fast engine | exact solver | $engine |"
echo "| average precision | published evaluators (VOC, COCO) | equal to six decimals ([detection](docs/detection.md)) |"
echo "| energy of an access | $(value '.fitted.energy.count' "$silicon") published macros, two coefficients fitted | factor $(value '.fitted.energy.geometric_mean | fixed(2)' "$silicon") in the geometric mean, worst $(value '.fitted.energy.worst | fixed(1)' "$silicon") |"
echo "| time of an access | $(value '.fitted.latency.count' "$silicon") published macros, three coefficients fitted | factor $(value '.fitted.latency.geometric_mean | fixed(2)' "$silicon") in the geometric mean, worst $(value '.fitted.latency.worst | fixed(1)' "$silicon") |"
echo "| robust preset, 10 chips, everything on | ideal arithmetic, mAP@0.5 of $(value '.map.ideal | percent' "$robust") | $(value '.map | map_percent' "$robust") |"
echo "| naive preset, 3 chips, everything on | ideal arithmetic, mAP@0.5 of $(value '.map.ideal | percent' "$naive") | $(value '.map | map_percent' "$naive") |"
