#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of threads and of chips in processes of their own.
. "$(dirname "$0")/cases.sh"

case_threads_do_not_matter() {
  detectors
  for threads in 1 2; do
    # shellcheck disable=SC2046
    expect 0 run $(quick 4 2) --threads $threads --json --out t$threads
    result_of t$threads >t$threads.json
  done
  same t1/detections.json t2/detections.json
  same t1.json t2.json
}

# Chips run in one, two or three processes with the same results. With a trace they share one simulation.
case_chips_do_not_share_a_process() {
  detectors
  for timing in at lt; do
    for threads in 1 2 4; do
      # shellcheck disable=SC2046
      expect 0 run $(quick 4 3) --chips 3 --timing $timing --threads $threads --json --out t$threads
      result_of t$threads >t$threads.json
    done
    for threads in 2 4; do
      same t1/detections.json t$threads/detections.json
      same t1.json t$threads.json
      for picture in t1/*.png; do same "$picture" "t$threads/$(basename "$picture")"; done
    done
  done
  [ "$(json t1/result.json /map/per_chip/0)" = "$(json t1/result.json /map/per_chip/2)" ] &&
    [ "$(grep -c '"bit_errors": 0,' t1/result.json)" = "$(grep -c '"bit_errors"' t1/result.json)" ] &&
    fail "chips that do not differ"
  # shellcheck disable=SC2046
  expect 0 run $(quick 4 3) --chips 3 --timing lt --threads 2 --trace csv:layer --json --out traced
  grep -q . traced/trace.csv || fail "no trace"
  same t1/detections.json traced/detections.json
  for key in /energy_j_per_image /setup_s /setup_j /simulated_s /map/per_chip/2 /cycles_per_image; do
    equal "$(json traced/result.json $key)" "$(json t1/result.json $key)" "$key with a trace"
  done
}

# Prints the workers of irc process $1 as "PID PID ...".
workers_of() {
  cat "/proc/$1/task/$1/children" 2>/dev/null
}

# chips_running: starts two chips, which take minutes, and sets the process ids run, first and second.
chips_running() {
  "$irc" run --limit 100 --evaluator exact --chips 2 --threads 2 --out out >stdout 2>stderr &
  run=$!
  for _ in $(seq 600); do
    # shellcheck disable=SC2046
    set -- $(workers_of $run)
    [ $# = 2 ] && break
    sleep 0.05
  done
  [ $# = 2 ] || fail "$# workers, expected 2"
  first=$1
  second=$2
}

# gone PID...: the processes must end within five seconds. A process that adopts orphans may leave them as
# zombies.
gone() {
  for pid in "$@"; do
    for _ in $(seq 100); do
      grep -qs '^State:.[^ZX]' "/proc/$pid/status" || continue 2
      sleep 0.05
    done
    fail "process $pid still runs"
  done
}

case_killed_chips() {
  [ -r "/proc/$$/task/$$/children" ] || skip "this kernel does not list children"
  [ -f "$source_dir/models/traffic.onnx" ] || skip "no models/traffic.onnx"
  chips_running
  kill -9 "$second"
  wait "$run"
  code=$?
  equal $code 70 "exit code"
  said stderr "chip 1" "signal 9" "--threads"
  gone "$first"
  nothing_written out
  # Stopping the run stops its workers.
  for signal in TERM KILL; do
    chips_running
    kill -$signal "$run"
    wait "$run"
    gone "$first" "$second"
    nothing_written out
  done
  # The command of workers cannot be used on the command line.
  expect 2 run-chips 0 1 </dev/null
  said stderr "no job"
}

run_case
