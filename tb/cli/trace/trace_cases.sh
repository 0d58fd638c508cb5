# SPDX-License-Identifier: Apache-2.0
# Functions for the test scripts of traces; each of them includes this file first. ../cases.sh describes the arguments.
. "$(dirname "$0")/../cases.sh"
tests=$source_dir/tb/cli/trace

need() {
  for program in "$@"; do
    command -v "$program" >/dev/null || skip "no $program"
  done
}

# golden OUT ARGUMENTS: runs the configuration of traces/golden.
golden() {
  place=$1
  shift
  expect 0 run "$source_dir/traces/golden/golden.toml" --out "$place" "$@"
}

# alike TITLE WANTED FOUND [ARGUMENTS OF AWK]
alike() {
  title=$1 wanted=$2 found=$3
  shift 3
  awk "$@" -f "$tests/compare_tables.awk" "$wanted" "$found" >difference || fail "$title: $(cat difference)"
}

vcd_table() {
  awk -f "$tests/vcd_table.awk" "$1" >"$2" || fail "$1 is no value change dump"
  LC_ALL=C sort -s -k1,1n -k2,2 "$2" -o "$2"
}

# column TABLE NAME: prints that column without its title.
column() {
  awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; ++i) if ($i == name) c = i; if (!c) exit 1; next } { print $c }' \
    "$1" || fail "$1 has no column $2"
}

energies_agree() {
  command_line="check_trace.sh $1"
  "$source_dir/scripts/check_trace.sh" "$1" >stdout 2>stderr
  code=$?
  equal $code 0 "exit code"
}

energies_differ() {
  command_line="check_trace.sh $1"
  "$source_dir/scripts/check_trace.sh" "$1" >stdout 2>stderr && fail "a wrong sum passes"
  return 0
}
