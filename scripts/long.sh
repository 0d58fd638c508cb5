#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the tests labelled `long` of a build folder, or one part of them.
#   scripts/long.sh [--part K/N] [--build DIR] [--list]
#     --part K/N   the part (K mod N) of N: N runs with consecutive K see all tests
#     --build DIR  the build folder; the default is build
#     --list       only names the tests
# Tests that are also labelled `hours` run only where no part is asked for. Exit code 0: all passed or were skipped.
set -eu
cd "$(dirname "$0")/.."

usage() {
  sed -n '4,7s/^# \{0,1\}//p' scripts/long.sh >&2
  exit 2
}

part="" build=build list=false
while [ $# -gt 0 ]; do
  case "$1" in
    --part | --build)
      [ $# -ge 2 ] || usage
      if [ "$1" = --part ]; then part=$2; else build=$2; fi
      shift
      ;;
    --list) list=true ;;
    *) usage ;;
  esac
  shift
done
case "$part" in "" | [0-9]*/[1-9]*) ;; *) usage ;; esac

# A line of ctest -N: "  Test #166: cli: explore long slurm"
all=$(ctest --test-dir "$build" -N -L '^long$' ${part:+--label-exclude '^hours$'} 2>/dev/null |
  sed -n 's/^ *Test *#\([0-9]*\): .*/\1/p')
chosen=$(echo "$all" | awk -v k="${part%/*}" -v n="${part#*/}" 'n == "" || (NR - 1) % n == k % n')
if [ -z "$chosen" ]; then
  echo "long: no test in this part"
  exit 0
fi
# The numbers of single tests follow a range; 0,0 is the empty one.
numbers=0,0,1,$(echo "$chosen" | paste -sd ,)
if "$list"; then
  ctest --test-dir "$build" -N -I "$numbers" 2>/dev/null | sed -n 's/^ *Test *#[0-9]*: //p'
  exit 0
fi
echo "long: $(echo "$chosen" | wc -l) of $(echo "$all" | wc -l) tests"
ctest --test-dir "$build" --no-tests=error --output-on-failure --parallel "${IRC_JOBS:-$(nproc)}" -I "$numbers"
