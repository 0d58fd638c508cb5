# SPDX-License-Identifier: Apache-2.0
# The ladder from naive to robust.
# cost: long
# needs: gnuplot
one=$(study ablate ablate)
two=$(study ablate-2 ablate --seed 2)
cp "${FIGURES_STUDIES:-out/figures-studies}/ablate/ablation.png" docs/images/ablation.png
query '($second[0] | ladder) as $other | ladder as $steps
  | "Accuracies are mAP@0.5 in %. ± is the standard deviation over chips. `irc ablate` prints the table, `irc ablate --seed 2`",
    "has other chips. *none* is the array with every nonideality off, *all* with every one on.",
    "",
    "| step | ideal | none | all, seed 1 | all, seed 2 | drop | wrong bits | energy | time per image |",
    "|---|---|---|---|---|---|---|---|---|",
    (range($steps | length) as $k | $steps[$k] as $s | ($s | outcome("all")) as $a | ($other[$k] | outcome("all")) as $b
     | [(if $k == 0 then "naive" else "+ " + ($s.techniques[-1] | technique_label) end),
        ($a.map_ideal | points(1)), ($s | outcome("none").map | points(1)),
        ($a.map | points(1)) + " ± " + ($a.map_std | points(1)), ($b.map | points(1)) + " ± " + ($b.map_std | points(1)),
        ($a.map_drop | points(1)), ($a.bit_error_rate | percent(1)), ($a.energy_j_per_image | uj),
        ($a.latency_s_per_image | us)] | row)' --slurpfile second "$two" "$one"
echo
echo '![Every design: mAP with everything on, and the drop under each source of error alone](images/ablation.png)'
