# SPDX-License-Identifier: Apache-2.0
# The golden trace in GTKWave.
# cost: quick
# needs: gtkwave xvfb-run vcd2fst
vcd2fst traces/golden/trace.vcd "$results/golden.fst" >"$results/gtkwave.log" 2>&1
cat >"$results/golden.tcl" <<'END'
set wanted {irc.controller.layer irc.macro0.phase irc.macro0.loading irc.macro0.storing irc.macro0.vector[31:0]
  irc.macro0.row_group[31:0] irc.macro0.active_word_lines irc.macro0.bit_line_current_a irc.macro1.phase
  irc.dma.descriptor_fetch irc.digital_unit.state irc.power_w irc.energy_j}
gtkwave::addSignalsFromList $wanted
gtkwave::/Time/Zoom/Zoom_Full
gtkwave::setWindowStartTime 33125000
gtkwave::setZoomFactor -17
gtkwave::/File/Grab_To_File $::env(GRAB)
exit
END
GRAB="$PWD/docs/images/trace-gtkwave.png" timeout 60 xvfb-run -a -s '-screen 0 1410x676x24' \
  gtkwave -S "$results/golden.tcl" "$results/golden.fst" >>"$results/gtkwave.log" 2>&1
echo '![An array layer in GTKWave, the golden trace: two row groups per vector, LOAD and STORE beside the phases of macro 0; below them the phases of macro 1](../docs/images/trace-gtkwave.png)'
