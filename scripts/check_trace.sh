#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compares the energies in the tables of a run with its result.json. Only awk adds up the tables; no part of ircsim is
# used.
#   scripts/check_trace.sh FOLDER      the --out of an `irc run` with --trace csv (or csv.zst), --power-profile
# It compares, each to 1e-9 of the sum: the energy of all images, in total, by component and by layer; the energy of
# the setup; the whole energy in power.csv; and in each row the sum of the components with the row's energy.
# Exit code 0: all agree, 1: one does not, 2: wrong usage, 3: nothing to compare.
set -eu

if [ $# -ne 1 ]; then
  echo "usage: scripts/check_trace.sh FOLDER" >&2
  exit 2
fi
folder=$1
result=$folder/result.json

refuse() {
  echo "check_trace.sh: $1" >&2
  exit 3
}

[ -f "$result" ] || refuse "no $result"
command -v jq >/dev/null || refuse "jq is not installed (scripts/setup.sh)"
[ "$(jq '.config.trace | .begin_s == 0 and .end_s == 0' "$result")" = true ] ||
  refuse "the run traced a window of its time (trace.begin_s, trace.end_s): the tables hold a part of the energy only"

# The expected sums. result.json has averages per image and per chip.
expected() {
  jq -r '(.images * .chips) as $runs
    | "picture energy_j \(.energy_j_per_image * $runs)", "setup energy_j \(.setup_j * .chips)",
      (.energy_j | to_entries[] | "picture \(.key)_j \(.value * $runs)"),
      (.layers | to_entries[] | "picture layer_\(.key + 1) \(([.value.energy_j[]] | add) * $runs)")' "$result"
}

# sums TABLE: prints "picture|setup COLUMN SUM" for each column of energies.
sums() {
  case $1 in
    *.zst) zstd -dc "$1" ;;
    *) cat "$1" ;;
  esac | awk '
    { gsub(/"([^"]|"")*"/, "quoted") }
    { count = split($0, field, ",") }
    NR == 1 {
      for (i = 1; i <= count; ++i) { column[field[i]] = i; if (field[i] ~ /_j$/) names[i] = field[i] }
      columns = count
      next
    }
    count != columns { print "line " NR ": " count " fields, expected " columns > "/dev/stderr"; exit 3 }
    {
      of = !("picture" in column) ? "all" : field[column["picture"]] == "" ? "setup" : "picture"
      parts = 0
      for (i in names) { sum[of, names[i]] += field[i]; if (names[i] != "energy_j") parts += field[i] }
      whole = field[column["energy_j"]] + 0
      if (of == "picture") sum[of, "layer_" field[column["layer"]]] += whole
      off = parts - whole
      if (off < 0) off = -off
      if (off > 1e-9 * whole) { print "line " NR ": the components add up to " parts ", energy_j is " whole > "/dev/stderr"; bad = 1 }
    }
    END {
      for (key in sum) { split(key, part, SUBSEP); printf "%s %s %.17g\n", part[1], part[2], sum[key] }
      exit bad
    }'
}

# compare TABLE: prints a line per comparison, and fails if one does not agree.
compare() {
  found=$(sums "$1") || return 1
  { expected; echo "--"; echo "$found"; } | awk -v table="$1" '
    $1 == "--" { now = 1; next }
    !now { want[$1 " " $2] = $3; if ($2 == "energy_j") total += $3; next }
    { sum[$1 " " $2] = $3 }
    function check(key, wanted,   found, off) {
      found = (key in sum) ? sum[key] : 0
      off = found - wanted
      if (off < 0) off = -off
      good = off <= 1e-9 * (wanted < 0 ? -wanted : wanted)
      if (!good || key ~ / energy_j$/)
        printf "%s: %s: sum %.17g J, result.json %.17g J: %s\n", table, key, found, wanted, good ? "agree" : "DIFFER"
      if (!good) bad = 1
    }
    END {
      if (("all energy_j") in sum) check("all energy_j", total)
      else for (key in want) check(key, want[key])
      exit bad
    }'
}

seen=0
status=0
for table in "$folder/trace.csv" "$folder/trace.csv.zst" "$folder/power.csv"; do
  [ -f "$table" ] || continue
  seen=1
  compare "$table" || status=1
done
[ "$seen" = 1 ] || refuse "no trace.csv, trace.csv.zst or power.csv in $folder: run with --trace csv"
exit $status
