#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Goes from a clean clone to a result: installs missing packages, builds, runs the shipped detectors on the robust and
# on the naive accelerator with all nonidealities on, and prints both results side by side.
#   scripts/demo.sh [options of irc run]     The options are passed to both runs.
set -eu
cd "$(dirname "$0")/.."

for argument in "$@"; do
  case "$argument" in
    --out | --out=* | --model | --model=* | --json | *.toml)
      echo "demo.sh: '$argument' is set by the demo itself; use build/bin/irc run for another choice" >&2
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

# Prints the two results side by side. This needs only cmake, which the build needs anyway.
cmake -DLEFT=out/demo-robust/result.json -DRIGHT=out/demo-naive/result.json -P cmake/compare_results.cmake
echo "images and detections: out/demo-robust, out/demo-naive"
