#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Full and broken disks: whatever a command writes, it writes whole or not at all, and exit code 3 comes with
# the path. See cases.sh for the arguments; fault_preload.cpp makes the calls fail.
. "$(dirname "$0")/cases.sh"

preload=$tools/libirc_fault_preload.so
[ -e "$preload" ] || skip "no $preload (a build with sanitizers)"

# with_fault PATH CALLS ERROR ARGUMENTS: runs irc; all CALLS on files whose path contains PATH fail.
with_fault() {
  fault_path=$1 fault_calls=$2 fault_error=$3
  shift 3
  command_line="irc $* ($fault_calls on $fault_path fails with $fault_error)"
  IRC_FAULT_PATH=$fault_path IRC_FAULT_CALLS=$fault_calls IRC_FAULT_ERROR=$fault_error LD_PRELOAD=$preload \
    "$irc" "$@" >stdout 2>stderr
  code=$?
}

no_temporaries() {
  left=$(find out -name '*.tmp-*' -o -name '.irc-probe' 2>none)
  [ -z "$left" ] || fail "left behind: $left"
}

# The error that each call reports on a real machine: a full disk (28, ENOSPC) or a broken one (5, EIO).
error_of() {
  case $1 in
    open | write) echo 28 ;;
    *) echo 5 ;;
  esac
}

# each_output CALLS ARGUMENTS: irc with ARGUMENTS writes into the folder `out`. Every file there fails in turn,
# with every one of CALLS.
each_output() {
  calls=$1
  shift
  rm -rf out
  expect 0 "$@"
  find out -type f | sort >files
  [ -s files ] || fail "no output"
  while read -r file; do
    for call in $calls; do
      rm -rf out
      with_fault "$file" "$call" "$(error_of "$call")" "$@" <none
      equal "$code" 3 "exit code"
      said stderr "$file"
      [ -e "$file" ] && fail "$file exists"
      no_temporaries
    done
  done <files
  : >none
}

: >none
all="open write sync close rename"
small="--set run.draw=1 --write-head --trace csv,vcd:phase,perfetto --power-profile 1us --out out"

case_run() {
  command -v gnuplot >none || skip "no gnuplot"
  detectors
  # shellcheck disable=SC2046,SC2086
  each_output write run $(quick 1 1) $small
  # shellcheck disable=SC2046,SC2086
  each_output rename run $(quick 1 1) --set run.draw=1 --trace csv.zst --out out
}

case_long_run() {
  command -v gnuplot >none || skip "no gnuplot"
  detectors
  # shellcheck disable=SC2046,SC2086
  each_output "$all" run $(quick 1 1) $small
}

# gnuplot itself ends normally when the disk of its picture is full.
case_picture_is_cut() {
  command -v gnuplot >none || skip "no gnuplot"
  detectors
  for file in power.svg power.png energy_layers.svg energy_layers.png; do
    rm -rf out
    # shellcheck disable=SC2046,SC2086
    with_fault "/$file" write 28 run $(quick 1 1) $small
    equal "$code" 3 "exit code"
    said stderr "out/$file" "is the disk full?" "the results are complete"
    said stdout "mAP@0.5"
    json out/result.json /schema >none
    [ -e out/$file ] && fail "out/$file exists"
    no_temporaries
  done
}

# Any single call fails: then either the exit code is 3, or everything is there.
single_faults() {
  detectors
  # shellcheck disable=SC2046
  set -- run $(quick 1 1) --set run.draw=1 --trace csv --threads 1 --out out "$@"
  rm -rf out
  IRC_FAULT_LOG=$work/log IRC_FAULT_AT=0 with_fault out/ "$all" 28 "$@"
  equal "$code" 0 "exit code"
  total=$(cat log)
  [ "$total" -gt 20 ] || fail "only $total calls"
  mv out whole
  number=1
  while [ "$number" -le "$total" ]; do
    rm -rf out
    IRC_FAULT_AT=$number with_fault out/ "$all" 28 "$@"
    command_line="$command_line, call $number of $total"
    no_temporaries
    case $code in
      3) said stderr out/ ;;
      0)
        for file in $(cd whole && ls -A); do
          [ "$file" = result.json ] || same whole/"$file" out/"$file"
        done
        ;;
      *) fail "exit code $code" ;;
    esac
    number=$((number + 1))
  done
}
case_any_single_call() { single_faults; }

case_commands_that_write_one_file() {
  detectors
  each_output "$all" config --out out
  each_output write model info "$detector" --out out
  each_output rename validate reference "$detector" --out out
  each_output close rtl --out out
  each_output sync device --out out
}

case_figures_of_other_commands() {
  command -v gnuplot >none || skip "no gnuplot"
  each_output "write rename" device --sweep-v-wl 0.4..0.6 --sweep-steps 3 --out out
  each_output "write" validate silicon --out out
  rm -rf out
  with_fault "/silicon.svg" write 28 validate silicon --out out
  equal "$code" 3 "exit code"
  said stderr out/silicon.svg "is the disk full?"
}

case_explore() {
  detectors
  "$irc" explore --help | grep -q export || skip "no exploration"
  cat >study.toml <<END
[experiment]
name = "study"
config = "robust.toml"
set = ["run.model=$detector", "run.images=$samples/scenes.json", "run.limit=1", "run.evaluator=ideal"]
[[parameter]]
key = "array.rows"
values = [512, 1024]
[metrics]
area_m2 = "min"
[strategy]
kind = "grid"
END
  expect 0 explore study.toml --out study
  each_output "$all" explore export study --out out
  each_output "write rename" explore report study --out out/report.html
  for call in write sync; do
    rm -rf other
    with_fault "other/" $call 28 explore study.toml --out other
    equal "$code" 3 "exit code"
    said stderr other/store.sqlite
  done
}

# What a killed run has left is removed by the next one, and not while the run is still working.
case_leftovers_of_a_killed_run() {
  detectors
  command_line="irc run with a trace, killed"
  # shellcheck disable=SC2046
  "$irc" run $(quick 6 0) --chips 2000 --threads 1 --trace csv:layer --out out >stdout 2>stderr &
  run=$!
  for i in $(seq 600); do
    ls out/trace.csv.irc.tmp-* >none 2>&1 && break
    [ "$i" -lt 600 ] || fail "no temporary file"
    sleep 0.1
  done
  echo "of the user" >out/trace.csv.tmp-1
  # shellcheck disable=SC2046
  expect 0 run $(quick 1 1) --trace vcd --out out
  ls out/trace.csv.irc.tmp-* >none 2>&1 || fail "the file of a running process was removed"
  kill -9 "$run"
  wait "$run" 2>none
  ls out/trace.csv.irc.tmp-* >none 2>&1 || fail "the run ended before it was killed"
  # shellcheck disable=SC2046
  expect 0 run $(quick 1 1) --trace vcd --out out
  ls out/*.irc.tmp-* >none 2>&1 && fail "left behind: $(ls out)"
  [ -e out/trace.csv.tmp-1 ] || fail "a file of the user was removed"
}

run_case
