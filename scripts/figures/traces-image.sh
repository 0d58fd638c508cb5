# SPDX-License-Identifier: Apache-2.0
# The golden trace in GTKWave.
# cost: quick
# needs: gtkwave xvfb-run vcd2fst
vcd2fst traces/golden/trace.vcd "$results/golden.fst" >"$results/gtkwave.log" 2>&1
printf '%s\n' 'hide_sst 1' 'initial_window_x 1400' 'initial_window_y 440' 'initial_signal_window_width 180' >"$results/gtkwaverc"
cat >"$results/golden.tcl" <<'END'
gtkwave::addSignalsFromList {irc.controller.layer irc.macro0.phase irc.macro0.loading irc.macro0.storing irc.macro0.vector[31:0]
  irc.macro0.row_group[31:0] irc.macro0.active_word_lines irc.macro0.bit_line_current_a irc.macro1.phase
  irc.dma.descriptor_fetch irc.digital_unit.state irc.power_w irc.energy_j}
gtkwave::highlightSignalsFromList {irc.macro0.vector[31:0] irc.macro0.row_group[31:0]}
gtkwave::/Edit/Data_Format/Decimal
gtkwave::/Edit/UnHighlight_All
gtkwave::highlightSignalsFromList {irc.macro0.bit_line_current_a irc.power_w irc.energy_j}
gtkwave::/Edit/Data_Format/Analog/Step
gtkwave::/Edit/UnHighlight_All
gtkwave::/Time/Zoom/Zoom_Full
gtkwave::/File/Grab_To_File $::env(GRAB)
exit
END
# The window shows the first vectors of the last array layer; times are picoseconds.
GRAB="$PWD/docs/images/trace-gtkwave.png" timeout 60 xvfb-run -a -s '-screen 0 1500x800x24' gtkwave -r "$results/gtkwaverc" \
  -s 33140000 -e 33242000 -S "$results/golden.tcl" "$results/golden.fst" >>"$results/gtkwave.log" 2>&1
echo '![An array layer in GTKWave, the golden trace: two row groups per vector, LOAD and STORE beside the phases of macro 0; below them the phases of macro 1](../docs/images/trace-gtkwave.png)'
