#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From a clean clone to a result: installs what is missing, builds, runs the detector on the robust and on
# the naive accelerator, and prints both side by side.
#   scripts/demo.sh [further arguments of irc run]
set -eu
cd "$(dirname "$0")/.."

scripts/setup.sh
scripts/build.sh release
irc=build/bin/irc

echo "== robust: low word-line voltage, all rows at once, ternary weights, extra bias; every column solved exactly"
"$irc" run --out out/demo "$@"
echo "== robust and naive beside each other, on all pictures and without wires (evaluator ideal)"
"$irc" run --evaluator ideal --nonideal-images 0 --out out/demo-robust "$@"
echo "== naive: nominal word-line voltage, few rows at a time, binary weights, batch norm as digital thresholds"
"$irc" run naive.toml --out out/demo-naive "$@"

# The two results beside each other; needs nothing but cmake, which the build needs anyway.
cmake -DLEFT=out/demo-robust/result.json -DRIGHT=out/demo-naive/result.json -P cmake/compare_results.cmake
echo "pictures and detections: out/demo, out/demo-robust, out/demo-naive"
