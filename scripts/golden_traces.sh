#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Rewrites the golden traces in traces/golden. Use it after a change that is meant to change them, and read the
# difference before you commit it.
#   scripts/golden_traces.sh [IRC]      IRC: the program, default build/bin/irc
set -eu
cd "$(dirname "$0")/.."

irc=${1:-build/bin/irc}
if [ ! -x "$irc" ]; then
  echo "golden_traces.sh: no program $irc; build it first (scripts/build.sh)" >&2
  exit 3
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$irc" run traces/golden/golden.toml --out "$scratch" >"$scratch/log"
scripts/check_trace.sh "$scratch"
for file in trace.vcd trace.perfetto.json trace.csv; do
  cp "$scratch/$file" "traces/golden/$file"
  echo "written: traces/golden/$file"
done
