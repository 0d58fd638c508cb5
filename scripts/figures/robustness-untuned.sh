# SPDX-License-Identifier: Apache-2.0
# The robust design without hardware-aware training.
# cost: medium
query '"Over ten chips, the network without hardware-aware training (`irc run --chips 10 --model models/ablation/ternary.onnx`)",
  "reaches \(.map | map_percent) of \(.map.ideal | percent), a drop of \(.map | drop | points) points."' \
  "$(result run --model models/ablation/ternary.onnx --chips 10)"
