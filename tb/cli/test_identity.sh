#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of scripts/identity.sh: two programs that do the same pass, and a program that does something else is found.
. "$(dirname "$0")/cases.sh"

command -v jq >/dev/null || skip "jq is not installed"

# identity CODE ARGUMENTS: scripts/identity.sh must exit with CODE.
identity() {
  wanted=$1
  shift
  command_line="identity.sh $*"
  "$source_dir/scripts/identity.sh" "$@" >"$work/stdout" 2>"$work/stderr"
  code=$?
  [ "$code" = "$wanted" ] || fail "expected exit code $wanted"
}

# other TEXT: a program that is irc but for the shell commands TEXT, which see its arguments.
other() {
  printf '#!/bin/sh\n%s\nexec "%s" "$@"\n' "$1" "$irc" >other
  chmod +x other
}

case_same() {
  other ""
  identity 0 "$irc" ./other device rtl
  said stdout "device: 2 files are the same"
  said stdout "rtl: "
}

case_different() {
  other '[ "$1" = device ] && set -- "$@" --set array.v_wl_v=0.61'
  identity 1 "$irc" ./other device rtl
  said stdout "device: DIFFERENT"
  said stdout "files are the same"
  # One cycle more is a difference in every run, here in its trace and its result.
  other '[ "$1" = run ] && set -- "$@" --set memory.latency_cycles=41'
  identity 1 --keep kept "$irc" ./other traces_lt
  said stdout "traces_lt: DIFFERENT"
  [ -s kept/before/traces_lt/out/trace.csv ] || fail "no trace was kept"
}

case_refusals() {
  identity 2 "$irc"
  identity 2 "$irc" "$irc" nothing
  said stderr "no case 'nothing'"
  identity 2 --nothing
  identity 3 "$irc" ./none device
  other '[ "$2" = naive.toml ] && exit 3'
  identity 3 "$irc" ./other device
  said stderr "case device: "
  identity 0 --list
  said stdout store
}

run_case
