#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of irc explore when processes are killed, disks are full and clocks jump.
. "$(dirname "$0")/explore_cases.sh"

# kills N: kills the run N times at random and then finishes it. Nothing may be lost, duplicated or evaluated
# again.
kills() {
  small_experiment 8
  expect 0 explore small.toml --out whole --workers 2
  killed=0
  tries=0
  while [ "$killed" -lt "$1" ] && [ "$tries" -lt 200 ]; do
    tries=$((tries + 1))
    "$irc" explore small.toml --out pieces --workers 2 >stdout 2>stderr &
    run=$!
    # Kills by process id after 0.1 to 0.6 s, which is enough for some points but not for all.
    sleep "0.$((run % 6 + 1))"
    kill -9 "$run" 2>/dev/null && killed=$((killed + 1))
    wait "$run" 2>/dev/null
    points=0
    [ -e pieces/store.sqlite ] && points=$("$irc" explore export pieces 2>/dev/null | grep -c '^[0-9a-f]')
    [ "$points" -lt 24 ] || rm -rf pieces # finished too early to be killed again
  done
  [ "$killed" -ge "$1" ] || fail "killed only $killed times"
  expect 0 explore small.toml --out pieces --workers 2
  expect 0 explore compare whole pieces --same
}
case_killed_runs_resume() { kills 2; }
case_long_killed_runs_resume() { kills 10; }

# below N: sets $drawn to a number from 0 to N - 1, from a sequence that begins with $random_state.
random_state=1
below() {
  random_state=$(((random_state * 1103515245 + 12345) % 2147483648))
  drawn=$((random_state / 65536 % $1))
}

# Waits 0 to $1 milliseconds.
random_pause() {
  below "$1"
  sleep "$((drawn / 1000)).$(printf %03d $((drawn % 1000)))"
}

# whole_store FILE: SQLite finds nothing wrong in it.
whole_store() {
  command -v sqlite3 >/dev/null || return 0
  [ -s "$1" ] || return 0
  equal "$(sqlite3 "$1" 'PRAGMA integrity_check' 2>&1)" ok "integrity of $1"
}

# killed_at_random PAUSE ARGUMENTS: runs irc and kills it, or one of its workers, after up to PAUSE ms, unless it
# is faster. Leaves its exit code in $code.
killed_at_random() {
  pause=$1
  shift
  "$irc" "$@" >stdout 2>stderr &
  run=$!
  random_pause "$pause"
  victim=$run
  below 3
  [ "$drawn" != 0 ] || victim=$(pgrep -P "$run" | head -n 1)
  hit=0
  [ -n "$victim" ] && kill -9 "$victim" 2>/dev/null && hit=1
  wait "$run" 2>/dev/null
  code=$?
  # A process that has just ended by itself takes the signal, too.
  [ "$victim" != "$run" ] || [ "$code" = 137 ] || hit=0
  killed=$((killed + hit))
}

# until_done PAUSE STORE ARGUMENTS: runs irc and kills it at random, again and again until it ends by itself.
until_done() {
  most_ms=$1
  store=$2
  shift 2
  times=0
  code=137
  while [ "$code" = 137 ]; do
    times=$((times + 1))
    [ "$times" -le 500 ] || fail "irc $* does not end"
    killed_at_random "$most_ms" "$@"
    [ ! -e "$store" ] || whole_store "$store"
  done
  [ "$code" = 0 ] || fail "irc $*: exit code $code"
}

# finish_batch: kills plan, shards and collect at random until the batch is complete.
finish_batch() {
  until_done 60 parts/store.sqlite explore plan small.toml --out parts --shards 3
  for shard in 0 1 2; do
    until_done 400 "parts/shards/$shard.sqlite" \
      explore run-shard parts/manifest.json --shard "$shard" --workers 2
  done
  until_done 60 parts/store.sqlite explore collect parts
}

# A point whose worker was killed twice is recorded as failed, by signal 9. Evaluates such points again.
retry_killed_points() {
  rounds=0
  while "$irc" explore export parts 2>/dev/null | grep -q "killed by signal 9"; do
    rounds=$((rounds + 1))
    [ "$rounds" -le 5 ] || fail "points remain killed"
    expect 0 explore plan small.toml --out parts --shards 3 --retry-failed
    rm -rf parts/shards
    while read -r number; do expect 0 explore run-shard parts/manifest.json --shard "$number"; done <parts/shards.txt
    expect 0 explore collect parts
  done
}

# kill_shards N SEED: kills N times. Nothing is lost, nothing is counted twice, no store is damaged, and the end is
# byte by byte what an undisturbed run gives.
kill_shards() {
  random_state=$2
  small_experiment
  expect 0 explore small.toml --out whole --workers 2
  csv_of whole whole.csv
  killed=0
  batches=0
  while [ "$killed" -lt "$1" ]; do
    batches=$((batches + 1))
    rm -rf parts
    finish_batch
    retry_killed_points
    expect 0 explore plan small.toml --out parts
    said stdout "complete, 24 points"
    expect 0 explore compare whole parts --same --strict
    csv_of parts parts.csv
    cmp whole.csv parts.csv || fail "the tables differ (seed $2, batch $batches)"
  done
  echo "$killed kills in $batches batches, seed $2"
}
case_killed_shards_resume() { kill_shards 20 7; }
case_long_killed_shards_resume() { kill_shards "${IRC_KILLS:-1000}" 1; }

# with_fault PATH CALLS AT ERROR ARGUMENTS: runs irc; the call number AT of CALLS on files whose path contains PATH
# fails with ERROR; with AT = all, every one does. Leaves $code, and the number of calls in the file "calls".
with_fault() {
  fault_path=$1 fault_calls=$2 fault_at=$3 fault_error=$4
  shift 4
  set -- "$irc" "$@"
  [ "$fault_at" = all ] || set -- env IRC_FAULT_AT="$fault_at" "$@"
  IRC_FAULT_PATH=$fault_path IRC_FAULT_CALLS=$fault_calls IRC_FAULT_ERROR=$fault_error IRC_FAULT_LOG=$work/calls \
    LD_PRELOAD=$tools/libirc_fault_preload.so "$@" >stdout 2>stderr
  code=$?
}

# full_disks N: N times a write or a flush of a store fails, each time another one, by a full or by a broken disk.
# The run ends with exit code 3 and the path, the store is whole, and the next run gives what an undisturbed one
# gives.
full_disks() {
  [ -e "$tools/libirc_fault_preload.so" ] || skip "no libirc_fault_preload.so (a build with sanitizers)"
  small_experiment
  expect 0 explore small.toml --out whole
  csv_of whole whole.csv
  with_fault full/store.sqlite "write sync" 1000000 28 explore small.toml --out full
  equal "$code" 0 "exit code without a fault"
  total=$(cat calls)
  [ "$total" -gt 20 ] || fail "only $total calls on the store were seen"
  tried=0
  refused=0
  while [ "$tried" -lt "$1" ]; do
    at=$((1 + tried * total / $1))
    error=$((tried % 2 == 0 ? 28 : 5))
    tried=$((tried + 1))
    rm -rf full
    with_fault full/store.sqlite "write sync" "$at" "$error" explore small.toml --out full
    if [ "$code" != 0 ]; then
      refused=$((refused + 1))
      equal "$code" 3 "exit code after failure $error of call $at"
      said stderr full/store.sqlite
    fi
    [ ! -e full/store.sqlite ] || whole_store full/store.sqlite
    expect 0 explore small.toml --out full
    expect 0 explore compare whole full --same --strict
    csv_of full full.csv
    cmp whole.csv full.csv || fail "the tables differ after failure $error of call $at"
  done
  echo "$tried failures among $total calls; $refused of them ended the run"
  [ "$refused" -gt 0 ] || fail "no failure was noticed"
}
case_full_disks_lose_nothing() { full_disks 6; }
case_long_full_disks_lose_nothing() { full_disks 150; }

# The same for what plan, run-shard and collect write.
case_full_disks_of_shards() {
  [ -e "$tools/libirc_fault_preload.so" ] || skip "no libirc_fault_preload.so (a build with sanitizers)"
  small_experiment
  expect 0 explore small.toml --out whole
  for file in manifest.json array.sbatch shards.txt store.sqlite; do
    rm -rf parts
    with_fault "parts/$file" write all 28 explore plan small.toml --out parts --shards 2
    equal "$code" 3 "plan on a full disk"
    said stderr "$file"
    [ "$file" = store.sqlite ] || [ ! -e "parts/$file" ] || fail "half a file: $file"
  done
  expect 0 explore plan small.toml --out parts --shards 2
  for error in 28 5; do
    with_fault parts/shards/1.sqlite write all "$error" explore run-shard parts/manifest.json --shard 1
    equal "$code" 3 "run-shard on a full disk"
    said stderr parts/shards/1.sqlite
  done
  for number in 0 1; do expect 0 explore run-shard parts/manifest.json --shard "$number"; done
  with_fault parts/store.sqlite write all 28 explore collect parts
  equal "$code" 3 "collect on a full disk"
  said stderr parts/store.sqlite
  expect 0 explore collect parts --strict
  expect 0 explore compare whole parts --same --strict
}

# The system's clock is years apart between plan, shards and collect, goes backward in between, and runs 500 times
# too fast in one of them.
case_clock_jumps_change_nothing() {
  command -v faketime >/dev/null || skip "faketime is not installed"
  [ -n "${IRC_SANITIZE:-}" ] && skip "faketime is a preload, and a sanitizer's runtime has to be loaded first"
  small_experiment
  expect 0 explore small.toml --out whole
  csv_of whole whole.csv
  at() {
    when=$1
    shift
    faketime --exclude-monotonic -f "$when" "$irc" "$@" >stdout 2>stderr || fail "irc $* at $when"
  }
  at '@2050-06-01 12:00:00' explore plan small.toml --out parts --shards 3
  at '@1999-01-01 00:00:00' explore run-shard parts/manifest.json --shard 0
  at '@2037-12-31 23:59:59' explore run-shard parts/manifest.json --shard 1
  at '@2020-02-29 00:00:00 x500' explore run-shard parts/manifest.json --shard 2
  at '@1975-01-01 00:00:00' explore collect parts
  at '@2010-01-01 00:00:00' explore small.toml --out parts
  expect 0 explore compare whole parts --same --strict
  csv_of parts parts.csv
  cmp whole.csv parts.csv || fail "the tables differ"
  command -v sqlite3 >/dev/null || return 0
  equal "$(sqlite3 parts/store.sqlite 'SELECT count(*) FROM points WHERE wall_s < 0 OR wall_s > 300')" 0 \
    "points whose evaluation took impossibly long"
}

# 200 points in one process: its memory and its open files do not grow with the points.
case_long_soak_of_two_hundred_points() {
  [ -r /proc/self/status ] || skip "no /proc"
  small_experiment 1
  sed 's/^key = "array.v_wl_v"/&\nrange = [0.5, 0.9]\nsteps = 50/; /^values = \[0.55/d' small.toml >soak.toml
  "$irc" explore soak.toml --out soak --workers 2 >stdout 2>stderr &
  run=$!
  : >samples
  while kill -0 "$run" 2>/dev/null; do
    rss=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$run/status" 2>/dev/null)
    files=$(ls "/proc/$run/fd" 2>/dev/null | wc -l)
    [ -n "$rss" ] && echo "$rss $files" >>samples
    sleep 0.1
  done
  wait "$run" || fail "the exploration"
  said stdout "200 points: "
  awk 'NR == 5 { first = $1 } { if ($1 > most) most = $1; if ($2 > files) files = $2; last = $1 }
    END { printf "%d samples, %d kB early, %d kB at most, %d kB last, at most %d open files\n", NR, first, most, last, files
          exit !(NR > 20 && most - first < 30000 && files < 40) }' samples || fail "memory or open files: see samples"
}

run_case
