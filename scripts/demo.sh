#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From a clean clone to a result. Installs what the main job needs, builds only the program `irc`, runs the shipped
# detectors on the robust and on the naive accelerator with all nonidealities on, and prints both side by side.
#   scripts/demo.sh [options of irc run, passed to both runs]
set -eu
cd "$(dirname "$0")/.."

for argument in "$@"; do
  case "$argument" in
    --out | --out=* | --network | --network=* | --model | --model=* | --json | *.toml)
      echo "demo.sh: the demo sets '$argument' itself; use build/bin/irc run to choose it" >&2
      exit 2
      ;;
  esac
done

scripts/setup.sh --demo
scripts/build.sh release irc
irc=build/bin/irc

echo "== robust: low word-line voltage, all rows at once, ternary weights, extra bias"
"$irc" run --out out/demo-robust "$@"
echo "== naive: nominal word-line voltage, few rows at a time, binary weights, batch norm as digital thresholds"
"$irc" run naive.toml --out out/demo-naive "$@"

# Prints the two results beside each other; cmake is there because the build needs it.
cmake -DLEFT=out/demo-robust/result.json -DRIGHT=out/demo-naive/result.json -P cmake/compare_results.cmake

cat <<'END'

What to look at next:
  out/demo-robust/*.png               scenes with the boxes that the robust accelerator found (out/demo-naive: the naive one)
  out/demo-robust/result.json         every figure above and more; docs/results.md explains the keys
  build/bin/irc run --help            your own images, detector, working point
  build/bin/irc device --set array.v_wl_v=0.55     cells and columns at another word-line voltage
  scripts/setup.sh && scripts/build.sh             build the rest too: exploration, co-simulation, benchmarks
  docs/getting-started.md             what the columns mean and what to try first
END
