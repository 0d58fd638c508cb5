# SPDX-License-Identifier: Apache-2.0
# Ideal accuracy of the detectors for generated scenes.
# cost: quick
echo "| detector | ideal mAP@0.5 on the 300 evaluation scenes |"
echo "|---|---|"
for detector in traffic-naive ablation/binary-bn-hw ablation/binary ablation/binary-hw ablation/ternary traffic \
  ablation/ternary-bn ablation/ternary-bn-hw; do
  query '["`models/\($name).onnx`", (.map.ideal_all_images | fixed(3))] | row' --arg name "$detector" \
    "$(result run --model "models/$detector.onnx" --nonideal-images 1 --set array.bias=source)"
done
echo
echo "Each row is \`irc run --model DETECTOR --nonideal-images 1 --set array.bias=source --json\`, \`map.ideal_all_images\`."
