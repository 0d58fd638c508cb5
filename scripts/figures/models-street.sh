# SPDX-License-Identifier: Apache-2.0
# Ideal accuracy of the detectors for photographs.
# cost: quick
# needs: IRC_FIGURES_STREET
echo "| detector | ideal mAP@0.5 on the validation photographs |"
echo "|---|---|"
for detector in street street-naive; do
  query --arg name "$detector" '["`models/\($name).onnx`", (.map.ideal_all_images | fixed(3))] | row' \
    "$(result run --model "models/$detector.onnx" --images "$IRC_FIGURES_STREET" --nonideal-images 1 --set array.bias=source)"
done
