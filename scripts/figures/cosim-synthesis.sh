# SPDX-License-Identifier: Apache-2.0
# What yosys makes of the RTL: cells, flip-flops and paths.
# cost: medium
# needs: build/bin/irc yosys jq
IRC=$irc scripts/synthesis.sh --json tb/synthesis/small.toml mutant >"$results/synthesis.json"
echo "Measured with $(yosys -V | cut -d' ' -f1,2) (\`scripts/synthesis.sh tb/synthesis/small.toml mutant\`):"
echo
query '"| geometry | cells | flip-flops among them | gate equivalents | longest path within a module |", "|---|---|---|---|---|",
  (.[] | "| `\(.geometry)` | \(.cells) | \(.flip_flops) | \(.gate_equivalents) | \(.longest_path_gates) gates (`\(.longest_path_module)`) |")' \
  "$results/synthesis.json"
