#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Line coverage of the tests: builds with gcov's counters in build-coverage, runs tests, prints the share of lines by room.
#   scripts/coverage.sh [--target NAME]... [--min PERCENT] [arguments of ctest]
#     --target NAME   builds only this target (may be repeated); without it everything
#     --min PERCENT   exit code 1 if less of the lines is covered
# Without arguments of ctest the tests labelled long, install, spice and docs are left out. Needs gcovr (Debian package gcovr).
# Example, one room's tests: scripts/coverage.sh --target test_sense -R '^test_sense'
# IRC_JOBS=n limits the jobs at once. build-coverage/coverage.json has the figures of each file.
set -eu
cd "$(dirname "$0")/.."

targets=""
minimum=0
while [ $# -gt 0 ]; do
  case "$1" in
    --target | --min)
      if [ $# -lt 2 ]; then
        echo "coverage.sh: $1 needs a value" >&2
        exit 2
      fi
      if [ "$1" = --min ]; then minimum=$2; else targets="$targets $2"; fi
      shift 2
      ;;
    *) break ;;
  esac
done
command -v gcovr >/dev/null || {
  echo "coverage.sh: gcovr is not installed (apt-get install gcovr)" >&2
  exit 3
}
jobs=${IRC_JOBS:-$(nproc)}
build="build-coverage"

# Counters of threads must not get lost. Little optimisation keeps a line's code at the line.
cmake -S . -B $build -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g0 --coverage -fprofile-update=atomic" >/dev/null
# shellcheck disable=SC2086  # a list of names
cmake --build $build --parallel "$jobs" ${targets:+--target $targets}
find $build -name '*.gcda' -delete

[ $# -gt 0 ] || set -- --label-exclude '^(long|install|spice|docs)$'
status=0
ctest --test-dir $build --output-on-failure --parallel "$jobs" "$@" || status=$?

# Lines are counted, not branches: most branches are exceptions of the library that nothing can cause.
gcovr --root . --object-directory $build --filter 'include/irc/' --filter 'sc_src/' --filter 'apps/irc/' --filter 'firmware/' \
  -j "$jobs" --json-summary $build/coverage.json >/dev/null
jq -r '
  def share(covered; total): if total == 0 then "     -" else (covered * 1000 / total | round / 10 | tostring) + " %" end;
  def room: if startswith("apps/") then "apps/irc" elif startswith("firmware/") then "firmware"
            else capture("^(include/irc|sc_src)/(?<r>[^/]+)").r end;
  (.files | group_by(.filename | room)[] |
    [(.[0].filename | room), (map(.line_covered) | add), (map(.line_total) | add)] |
    "\(.[0])\t\(.[1])\t\(.[2])\t\(share(.[1]; .[2]))"),
  "coverage\t\(.line_covered)\t\(.line_total)\t\(share(.line_covered; .line_total))"' $build/coverage.json |
  awk -F '\t' '
    NR == 1 { printf "%-12s %9s %9s %9s\n", "room", "covered", "lines", "share" }
    $1 == "coverage" { last = $0; next }
    { printf "%-12s %9d %9d %9s\n", $1, $2, $3, $4 }
    END { split(last, f, "\t"); printf "coverage: %s of %d lines\n", f[4], f[3] }'
if [ "$status" -ne 0 ]; then
  echo "coverage.sh: tests failed (see above)" >&2
  exit "$status"
fi
jq -e --argjson min "$minimum" '.line_percent >= $min' $build/coverage.json >/dev/null || {
  echo "coverage.sh: less than $minimum % of the lines are covered" >&2
  exit 1
}
