# SPDX-License-Identifier: Apache-2.0
# Where an image's energy goes, robust against naive.
# cost: medium
query '$naive[0] as $n | . as $r
  | def split: .energy_j_per_image as $all | [.energy_j.dram, .energy_j.digital, (.energy_j | macro_j), .energy_j.array]
      | map(. / $all) | . + [1 - .[0] - .[1] - .[2]];
    def line($name): [$name, (split | .[0], .[1], .[2], .[3], .[4] | percent(1)), (.energy_j | macro_j | uj), (.energy_j_per_image | uj)] | row;
  "| | memory | digital unit | macros | of these, cells | rest | macros | total |",
  "|---|---|---|---|---|---|---|---|",
  ($r | line("`irc run --chips 10`")),
  ($n | line("`irc run naive.toml --chips 3`")),
  "",
  "The memory moves the image, the head and the commands. The ratio of the totals, \($n.energy_j_per_image / $r.energy_j_per_image | fixed(1)), therefore says little about the",
  "array: in the macros alone it is \(($n.energy_j | macro_j) / ($r.energy_j | macro_j) | fixed(1)). In the macros, the naive preset spends \($n.energy_j.macro_control / ($n.energy_j | macro_j) | percent(0)) on control, since it",
  "makes \(([$n.layers[] | select(.unit == "array") | .operations * .columns] | add) / ([$r.layers[] | select(.unit == "array") | .operations * .columns] | add) | fixed(0)) times as many readouts."' --slurpfile naive "$(result run naive.toml --chips 3 --yield-drop 0.0385)" \
  "$(result run --chips 10 --yield-drop 0.0385)"
