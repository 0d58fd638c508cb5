#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From a clean clone to a result: installs what is missing, builds, runs the shipped detectors on the robust and
# on the naive accelerator, and prints both side by side.
#   scripts/demo.sh [further options of irc run, for all three runs]
set -eu
cd "$(dirname "$0")/.."

# Options that irc run takes once: what the caller gives replaces what stands here.
evaluator="--evaluator ideal"
pictures="--nonideal-images 0"
for argument in "$@"; do
  case "$argument" in
    --evaluator | --evaluator=*) evaluator="" ;;
    --nonideal-images | --nonideal-images=*) pictures="" ;;
    --out | --out=* | --model | --model=* | --json | *.toml)
      echo "demo.sh: '$argument' is the demo's own choice; for anything else use build/bin/irc run" >&2
      exit 2
      ;;
  esac
done

scripts/setup.sh
scripts/build.sh release
irc=build/bin/irc

echo "== robust: low word-line voltage, all rows at once, ternary weights, extra bias; every column solved exactly"
"$irc" run --out out/demo "$@"
echo "== robust again, on all pictures and without wires (evaluator ideal), to stand beside naive"
# shellcheck disable=SC2086  # an option and its value, or nothing
"$irc" run $evaluator $pictures --out out/demo-robust "$@"
echo "== naive: nominal word-line voltage, few rows at a time, binary weights, batch norm as digital thresholds"
"$irc" run naive.toml --out out/demo-naive "$@"

# The two results beside each other; needs nothing but cmake, which the build needs anyway.
cmake -DLEFT=out/demo-robust/result.json -DRIGHT=out/demo-naive/result.json -P cmake/compare_results.cmake
echo "pictures and detections: out/demo, out/demo-robust, out/demo-naive"
