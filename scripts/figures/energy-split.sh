# SPDX-License-Identifier: Apache-2.0
# Where an image's energy goes.
# cost: medium
query '$naive[0] as $n | . as $r
  | def split: .energy_j_per_image as $all | [.energy_j.dram, .energy_j.digital, (.energy_j | macro_j), .energy_j.array]
      | map(. / $all) | . + [1 - .[0] - .[1] - .[2]];
    def line($name): [$name, (split | .[0], .[1], .[2], .[3], .[4] | percent(1)), (.energy_j_per_image | uj)] | row;
    def parts: .energy_j | macro_j as $all | [.word_line, .macro_control, (.array + .clamp), .sense] | map(. / $all | percent(0));
  "| | memory (`dram`) | `digital` | macros | of these, cells (`array`) | rest | total |",
  "|---|---|---|---|---|---|---|",
  ($r | line("`irc run --chips 10`")),
  ($n | line("`irc run naive.toml --chips 3`")),
  "",
  "Robust against naive is 1 : \($n.energy_j_per_image / $r.energy_j_per_image | fixed(1)) in all and 1 : \(($n.energy_j | macro_j) / ($r.energy_j | macro_j) | fixed(1)) in the macros (\($r.energy_j | macro_j * 1e6 | fixed(3)) and \($n.energy_j | macro_j * 1e6 | fixed(3)) uJ). Within the macros:",
  "",
  "| | word lines | control | cells and clamps | amplifiers |",
  "|---|---|---|---|---|",
  (["robust"] + ($r | parts) | row),
  (["naive"] + ($n | parts) | row)' --slurpfile naive "$(result run naive.toml --chips 3 --yield-drop 0.0385)" "$(result run --chips 10 --yield-drop 0.0385)"
