# SPDX-License-Identifier: Apache-2.0
# What yosys makes of the RTL: cells, flip-flops and paths.
# cost: medium
# needs: build/bin/irc yosys jq
IRC=$irc scripts/synthesis.sh --json tb/synthesis/small.toml >"$results/synthesis.json"
echo "Measured with $(yosys -V | cut -d' ' -f1,2) (\`scripts/synthesis.sh tb/synthesis/small.toml\`):"
echo
query '"| module | instances | cells | flip-flops among them | gate equivalents |", "|---|---|---|---|---|",
  (.[0] | (.modules | sort_by(-.gate_equivalents)[] | "| `\(.module)` | \(.instances) | \(.cells) | \(.flip_flops) | \(.gate_equivalents) |"),
    "| all | | \(.cells) | \(.flip_flops) | \(.gate_equivalents) |", "",
    "The longest path within a module has \(.longest_path_gates) gates (`\(.longest_path_module)`).")' "$results/synthesis.json"
