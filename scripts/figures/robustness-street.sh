# SPDX-License-Identifier: Apache-2.0
# Robust and naive on photographs.
# cost: medium
# needs: IRC_FIGURES_STREET
street() { what=$1; shift; run_row "$what" run "$@" --images "$IRC_FIGURES_STREET"; }
run_head command
street '`irc run --model models/street.onnx V --chips 10`' --model models/street.onnx --chips 10
street 'the same with `--seed 2`' --model models/street.onnx --chips 10 --seed 2
street '`irc run naive.toml --model models/street-naive.onnx V --chips 3`' naive.toml --model models/street-naive.onnx --chips 3
street 'the same with `--seed 2`' naive.toml --model models/street-naive.onnx --chips 3 --seed 2
