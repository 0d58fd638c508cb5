# SPDX-License-Identifier: Apache-2.0
# Where the time of a whole run goes.
# cost: medium
# needs: perf build/bin/irc-make-detector
"$programs/irc-make-detector" "$results/tiny-yolo.onnx" >"$results/tiny-yolo.log"
echo "Tiny-YOLO, 300 scenes:"
echo
IRC="$irc" benchmarks/profile.sh run experiments/tiny-yolo.toml --model "$results/tiny-yolo.onnx" --threads 2 --set run.draw=0 \
  --set run.scenes=300 --out "$results/profile"
echo
echo "Traffic, 300 scenes:"
echo
IRC="$irc" benchmarks/profile.sh run --threads 2 --set run.draw=0 --out "$results/profile"
echo
echo "The machine is $(machine)."
