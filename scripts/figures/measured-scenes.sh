# SPDX-License-Identifier: Apache-2.0
# Accuracy, cycles and energy on the generated scenes.
# cost: medium
echo "All nonidealities are on, wires included, on all 300 generated scenes. ± is half the 95 % confidence interval of the mean"
echo "over chips. The drop is in points of mAP; cycles (of 1 ns) and energy are per image."
echo
run_head command
run_row '`irc run`' run
run_row '`irc run --chips 10`' run --chips 10
run_row '`irc run --chips 10 --seed 2`' run --chips 10 --seed 2
run_row '`irc run naive.toml --chips 3`' run naive.toml --chips 3
run_row '`irc run naive.toml --chips 3 --seed 2`' run naive.toml --chips 3 --seed 2
echo
echo "\`irc run\` takes $(processor_seconds run --yield-drop 0.0385) s of processor time for the 300 images ($(machine))."
