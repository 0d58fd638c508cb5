# SPDX-License-Identifier: Apache-2.0
# Robust and naive on the generated scenes.
# cost: medium
run_head command
run_row '`irc run --chips 10`' run --chips 10
run_row '`irc run --chips 10 --seed 2`' run --chips 10 --seed 2
run_row '`irc run naive.toml --chips 3`' run naive.toml --chips 3
run_row '`irc run naive.toml --chips 3 --seed 2`' run naive.toml --chips 3 --seed 2
