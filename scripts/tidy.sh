#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs clang-tidy (14) with the checks of .clang-tidy over C++ sources of the build, and fails on any finding. A source that the
# build compiles together with others is looked at together with them.
#   scripts/tidy.sh                    all sources
#   scripts/tidy.sh FILE...            these sources
#   scripts/tidy.sh --changed BASE     sources changed since the revision BASE; a changed header counts for every source of the
#                                      build that includes it directly
#   scripts/tidy.sh --slice K/N        every Nth unit, from the (K mod N)th on: N runs with consecutive K see all of them
#     --analyzer                       in front of these: also the static analyzer, which takes about twice the time
# Options may be combined: --changed BASE --slice K/N takes both sets. IRC_TIDY_BUILD names a build folder that has a
# compile_commands.json; by default build-tidy is configured, which compiles nothing, and then sources that need a generated
# header are left out. IRC_JOBS=n limits the jobs at once.
# Exit code 0: no findings; 1: findings; 2: usage; 3: clang-tidy is not installed.
set -eu
cd "$(dirname "$0")/.."

usage() {
  sed -n '3,16s/^# \{0,1\}//p' scripts/tidy.sh >&2
  exit 2
}

checks=""
base=""
slice=""
while [ $# -gt 0 ]; do
  case "$1" in
    --analyzer)
      checks="clang-analyzer-*"
      shift
      ;;
    --changed | --slice)
      [ $# -ge 2 ] || usage
      if [ "$1" = --changed ]; then base=$2; else slice=$2; fi
      shift 2
      ;;
    -*) usage ;;
    *) break ;;
  esac
done
case "$slice" in
  "" | [0-9]*/[1-9]*) ;;
  *) usage ;;
esac
tidy=$(command -v clang-tidy-14 || command -v clang-tidy) || {
  echo "tidy.sh: clang-tidy is not installed (apt-get install clang-tidy-14)" >&2
  exit 3
}
command -v jq >/dev/null || {
  echo "tidy.sh: jq is not installed" >&2
  exit 3
}

build=${IRC_TIDY_BUILD:-build-tidy}
if [ ! -f "$build/compile_commands.json" ]; then
  cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_EXPORT_COMPILE_COMMANDS=ON \
    -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Pairs of a unit and a source: a unit that CMake made of several sources (unity build) is a pair for each of them. Only sources
# that git tracks count: generated and third-party files stay out.
jq -r '.[].file' "$build/compile_commands.json" | LC_ALL=C sort -u | while read -r unit; do
  case "$unit" in
    */Unity/unity_*) sed -n 's/^#include "\(.*\)"$/\1/p' "$unit" ;;
    *) printf '%s\n' "$unit" ;;
  esac | while read -r source; do
    case "$source" in "$PWD"/*) printf '%s\t%s\n' "${source#"$PWD/"}" "$unit" ;; esac
  done
done | LC_ALL=C sort >"$work/pairs"
git ls-files -- '*.cpp' | LC_ALL=C sort >"$work/tracked"
LC_ALL=C join -t '	' "$work/tracked" "$work/pairs" >"$work/tracked_pairs"
cut -f 1 "$work/tracked_pairs" | LC_ALL=C sort -u >"$work/all"
cut -f 2 "$work/tracked_pairs" | LC_ALL=C sort -u >"$work/units"
# units_of SOURCES: the units that hold them.
units_of() { LC_ALL=C sort -u "$1" | LC_ALL=C join -t '	' -o 2.2 - "$work/tracked_pairs" | LC_ALL=C sort -u; }

if [ $# -gt 0 ]; then
  printf '%s\n' "$@" | sed 's|^\./||' | LC_ALL=C sort -u >"$work/chosen"
  LC_ALL=C comm -23 "$work/chosen" "$work/all" | sed 's/^/tidy.sh: not a source of the build: /' >&2
  units_of "$work/chosen" >"$work/files"
elif [ -n "$base$slice" ]; then
  : >"$work/chosen"
  if [ -n "$base" ]; then
    git diff --name-only --diff-filter=d "$base" -- '*.cpp' '*.h' >"$work/changed"
    grep '\.cpp$' "$work/changed" >>"$work/chosen" || true
    sed -n 's|^include/\(.*\.h\)$|"\1"|p' "$work/changed" >"$work/headers"
    if [ -s "$work/headers" ]; then xargs grep -l -F -f "$work/headers" <"$work/all" >>"$work/chosen" || true; fi
  fi
  units_of "$work/chosen" >"$work/some"
  if [ -n "$slice" ]; then
    awk -v k="${slice%/*}" -v n="${slice#*/}" '(NR - 1) % n == k % n' "$work/units" >>"$work/some"
  fi
  LC_ALL=C sort -u "$work/some" >"$work/files"
else
  cp "$work/units" "$work/files"
fi

count=$(wc -l <"$work/files")
if [ "$count" -eq 0 ]; then
  echo "tidy: no sources to look at"
  exit 0
fi
# Each unit writes its findings at once, so that those of parallel jobs do not mix. g++'s own warning flags are unknown to clang.
status=0
# shellcheck disable=SC2016  # expanded by the inner shell
xargs -P "${IRC_JOBS:-$(nproc)}" -I{} sh -c '
  found=$("$1" -p "$2" --quiet ${3:+--checks="$3"} --warnings-as-errors="*" --extra-arg=-Wno-unknown-warning-option "$4" 2>/dev/null) && exit 0
  case "$found" in
    *"file not found [clang-diagnostic-error"*)
      echo "$4: left out, a header is missing: ${found##*error: }" | head -n 1
      exit 0
      ;;
  esac
  printf "%s\n" "$found"
  [ -n "$found" ] || echo "$4: clang-tidy failed without a finding"
  exit 1' tidy "$tidy" "$build" "$checks" {} <"$work/files" >"$work/findings" || status=1
cat "$work/findings"
if [ "$status" -ne 0 ]; then
  echo "tidy: findings in $count units (see above)" >&2
  exit 1
fi
echo "tidy: $count units without a finding"
