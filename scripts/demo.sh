#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From a clean clone to a result: installs what is missing, builds, runs the shipped detectors on the robust and
# on the naive accelerator, all nonidealities on, and prints both side by side.
#   scripts/demo.sh [further options of irc run, for both runs]
set -eu
cd "$(dirname "$0")/.."

for argument in "$@"; do
  case "$argument" in
    --out | --out=* | --network | --network=* | --model | --model=* | --json | *.toml)
      echo "demo.sh: '$argument' is the demo's own choice; for anything else use build/bin/irc run" >&2
      exit 2
      ;;
  esac
done

scripts/setup.sh
scripts/build.sh release
irc=build/bin/irc

echo "== robust: low word-line voltage, all rows at once, ternary weights, extra bias"
"$irc" run --out out/demo-robust "$@"
echo "== naive: nominal word-line voltage, few rows at a time, binary weights, batch norm as digital thresholds"
"$irc" run naive.toml --out out/demo-naive "$@"

# The two results beside each other; needs nothing but cmake, which the build needs anyway.
cmake -DLEFT=out/demo-robust/result.json -DRIGHT=out/demo-naive/result.json -P cmake/compare_results.cmake
echo "pictures and detections: out/demo-robust, out/demo-naive"
