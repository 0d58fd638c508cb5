# SPDX-License-Identifier: Apache-2.0
# The naive detector with readouts of one bit and of four.
# cost: medium
groups() { query '[$readout, (.map | map_percent), "`\($command)`"] | row' --arg readout "$1" --arg command "$2" "$3"; }
echo "| readout of a group | nonideal mAP@0.5 | command |"
echo "|---|---|---|"
groups "one bit, the preset (3 chips)" "irc run naive.toml --chips 3" "$(result run naive.toml --chips 3 --yield-drop 0.0385)"
groups "16 levels of 4 units (1 chip)" "irc run naive.toml --set 'sense.kind=\"multi_bit\"' --set sense.bits=4" \
  "$(result run naive.toml --set 'sense.kind="multi_bit"' --set sense.bits=4)"
query '"", "The ideal mAP@0.5 is \(.map.ideal | percent)."' "$(result run naive.toml --chips 3 --yield-drop 0.0385)"
