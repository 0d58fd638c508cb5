#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One source for every measured figure: reruns the commands behind the figures and rewrites the marked sections of
# README.md, docs/, models/ and traces/, and the images in docs/images.
#   scripts/figures.sh [--cost quick|medium|long] [--reuse] [SECTION...]
#     SECTION    only these sections; default: all of them
#     --cost     only sections up to this cost: quick (seconds), medium (minutes), long (up to hours)
#     --reuse    take results of an earlier call from out/figures where they are newer than the program
#   scripts/figures.sh --list            names, costs, needs and pages of the sections
#   scripts/figures.sh --check [TREE]    whether sections and scripts belong together and each figure stands once
#
# A section is what stands between <!-- figures: NAME --> and <!-- /figures: NAME --> on a page. The script
# scripts/figures/NAME.sh prints its Markdown. Each script names its cost and its needs at its head: programs, and
# environment variables such as IRC_FIGURES_STREET, the annotation file of the photographs (models/street.md). A
# section whose needs are absent is skipped and keeps what it has. IRC names the program, default build/bin/irc.
# Exit code 0: all done or skipped; 1: a section or the check failed; 2: usage; 3: something needed is missing.
set -eu
cd "$(dirname "$0")/.."

fail() {
  echo "figures.sh: $1" >&2
  exit "${2:-1}"
}

# pages TREE: all pages that may hold sections.
pages() { (cd "$1" && find README.md docs models traces -name '*.md' 2>/dev/null | LC_ALL=C sort); }
# names TREE: the sections that have a script.
names() { (cd "$1" && find scripts/figures -maxdepth 1 -name '*.sh' | sed 's|.*/||; s|\.sh$||' | LC_ALL=C sort); }
page_of() { pages . | xargs grep -l -x -F "<!-- figures: $1 -->" | head -n 1; }
head_line() { sed -n "s/^# $2: *//p" "scripts/figures/$1.sh" | head -n 1; }

check() {
  tree=${1:-.}
  [ -f "$tree/README.md" ] || fail "--check: no README.md in '$tree'" 3
  (
    cd "$tree"
    # shellcheck disable=SC2046  # page names hold no blanks
    awk -v scripts="$(names .)" -f "$OLDPWD/scripts/figures/lib/check.awk" $(pages .)
  )
}

list() {
  for name in $(names .); do
    printf '%-24s %-7s %-40s %s\n' "$name" "$(head_line "$name" cost)" "$(page_of "$name")" "$(head_line "$name" needs)"
  done
}

# absent NAME: the first need of the section that is not there; nothing if all are.
absent() {
  for need in $(head_line "$1" needs); do
    case $need in
      [A-Z]*) eval "[ -n \"\${$need:-}\" ]" || { echo "the environment variable $need is not set"; return; } ;;
      build/bin/*)
        [ -x "$(dirname "$irc")/${need#build/bin/}" ] || { echo "$need is not built"; return; }
        ;;
      */*) [ -e "$need" ] || { echo "$need is not there"; return; } ;;
      *) command -v "$need" >/dev/null || { echo "$need is not installed"; return; } ;;
    esac
  done
}

# splice PAGE NAME FILE: replaces the section's text.
splice() {
  awk -v name="$2" -v file="$3" '
    $0 == "<!-- /figures: " name " -->" { inside = 0 }
    !inside { print }
    $0 == "<!-- figures: " name " -->" {
      inside = 1
      print ""
      while ((getline line < file) > 0) print line
      print ""
      print "*Printed by `scripts/figures.sh " name "`.*"
      print ""
    }' "$1" >"$3.page"
  cmp -s "$3.page" "$1" || cat "$3.page" >"$1"
}

cost=long reuse=false sections=""
while [ $# -gt 0 ]; do
  case "$1" in
    --check)
      check "${2:-}"
      exit
      ;;
    --list)
      list
      exit
      ;;
    --reuse) reuse=true ;;
    --cost)
      case "${2:-}" in
        quick | medium | long) cost=$2 ;;
        *) fail "--cost '${2:-}': expected quick, medium or long" 2 ;;
      esac
      shift
      ;;
    -*) fail "unknown option '$1'; see the head of scripts/figures.sh" 2 ;;
    *)
      [ -f "scripts/figures/$1.sh" ] || fail "unknown section '$1'; scripts/figures.sh --list names them" 2
      sections="$sections $1"
      ;;
  esac
  shift
done

irc=${IRC:-build/bin/irc}
[ -x "$irc" ] || fail "no program $irc; build it first (scripts/build.sh)" 3
command -v jq >/dev/null || fail "jq is not installed (scripts/setup.sh)" 3

results=${FIGURES_OUT:-out/figures}
if "$reuse"; then
  [ ! -d "$results" ] || find "$results" -name '*.json' ! -newer "$irc" -delete
else
  rm -rf "$results"
fi
mkdir -p "$results"

status=0
for name in ${sections:-$(names .)}; do
  case "$cost/$(head_line "$name" cost)" in
    quick/medium | quick/long | medium/long) continue ;;
  esac
  page=$(page_of "$name")
  if [ -z "$page" ]; then
    echo "figures: $name: no page has this section" >&2
    status=1
    continue
  fi
  missing=$(absent "$name")
  if [ -n "$missing" ]; then
    echo "figures: $name: skipped, $missing"
    continue
  fi
  echo "figures: $name ($page)"
  outcome=0
  IRC="$irc" FIGURES_OUT="$results" sh -c '. scripts/figures/lib/common.sh; . "$0"' "scripts/figures/$name.sh" \
    >"$results/$name.md" || outcome=$?
  if [ "$outcome" -eq 0 ] && [ -s "$results/$name.md" ]; then
    splice "$page" "$name" "$results/$name.md"
  elif [ "$outcome" -eq 77 ]; then
    echo "figures: $name: skipped"
  else
    echo "figures: $name: FAILED; the page keeps what it has" >&2
    status=1
  fi
done
exit $status
