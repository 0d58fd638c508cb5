#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes the tables of keys in docs/configuration.md from the program's own list of them (irc config --keys).
#   scripts/key_tables.sh           rewrites what stands between <!-- keys: SECTION --> and <!-- /keys -->
#   scripts/key_tables.sh --check   only compares; prints the first differences
# IRC names the program, default build/bin/irc. Exit code 0: done, or nothing differs; 1: something differs, or a section has
# no place on the page; 2: usage; 3: jq or the program is missing.
set -eu
cd "$(dirname "$0")/.."
irc=${IRC:-build/bin/irc} page=docs/configuration.md check=false

case "$#${1:-}" in
  0) ;;
  1--check) check=true ;;
  *) sed -n '4,8s/^# \{0,1\}//p' scripts/key_tables.sh >&2 && exit 2 ;;
esac
for program in jq "$irc"; do
  command -v "$program" >/dev/null || {
    echo "key_tables.sh: $program is missing" >&2
    exit 3
  }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$irc" config --keys --json >"$work/keys.json"

# Lines "SECTION<tab>row": a section's name has no blanks, and a row no tabs.
jq -r '.[] | (.key | sub("\\.[^.]*$"; "")) as $section
  | "\($section)\t| `\(.key[($section | length) + 1:])` | \(.default) | \(.values) | \(.meaning) |"' \
  "$work/keys.json" >"$work/rows"
awk -F '\t' -v rows="$work/rows" '
  BEGIN { while ((getline < rows) > 0) { table[$1] = table[$1] $2 "\n"; left[$1] = 1 } FS = "\n" }
  $0 == "<!-- /keys -->" { inside = 0 }
  !inside { print }
  /^<!-- keys: .* -->$/ {
    section = substr($0, 12, length($0) - 15)
    inside = 1
    printf "\n| key | default | values | meaning |\n|---|---|---|---|\n%s\n", table[section]
    if (!(section in table)) { print "no section " section > "/dev/stderr"; bad = 1 }
    delete left[section]
  }
  END {
    for (section in left) { print "no place for the keys of [" section "]" > "/dev/stderr"; bad = 1 }
    exit bad
  }' "$page" >"$work/page"
if "$check"; then
  diff "$page" "$work/page" | head -20 >"$work/difference" || true
  cat "$work/difference"
  [ ! -s "$work/difference" ] || {
    echo "key_tables.sh: $page does not say what the program does; scripts/key_tables.sh rewrites its tables" >&2
    exit 1
  }
else
  cat "$work/page" >"$page"
fi
