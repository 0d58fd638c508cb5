#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of irc explore as its users see it.
#
#   test_explore.sh CASE IRC SOURCE TOOLS
#
# CASE is one of the functions case_* below without the prefix; those named long_* take minutes. Exit code 0
# means passed, 77 skipped, another failed; a failure prints what was seen.
set -u

case_name=$1
irc=$(realpath "$2")
source_dir=$(realpath "$3")
tools=$(realpath "$4")
work=$(mktemp -d) || exit 1
daemons=""
clean_up() {
  for pid in $daemons; do kill "$pid" 2>/dev/null; done
  rm -rf "$work"
}
trap clean_up EXIT
cd "$work" || exit 1

fail() {
  echo "FAILED: $*"
  for file in "$work"/stdout "$work"/stderr "$work"/log/*.log; do
    [ -f "$file" ] && echo "--- $file" && tail -c 3000 "$file"
  done
  exit 1
}

skip() {
  echo "skipped: $*"
  exit 77
}

# expect CODE ARGUMENTS: irc must exit with CODE.
expect() {
  wanted=$1
  shift
  "$irc" "$@" >stdout 2>stderr
  code=$?
  [ "$code" = "$wanted" ] || fail "irc $*: exit code $code, expected $wanted"
}

said() {
  grep -qF -e "$2" "$1" || fail "'$2' is not on $1"
}

json() {
  "$tools/cli_json" "$@" || fail "not exactly one JSON document with these keys: $*"
}

equal() {
  [ "$1" = "$2" ] || fail "$3: found '$1', expected '$2'"
}

# A grid of 24 points that take a moment each. Some of them have a wrong configuration.
small_experiment() {
  cat >small.toml <<EOF
[experiment]
name = "small"
config = "robust.toml"
set = ["run.limit=${1:-2}", "run.evaluator=ideal"]
[[parameter]]
key = "array.v_wl_v"
values = [0.55, 0.6, 0.65, 0.7, 0.8, 0.9]
[[parameter]]
key = "array.column_pairs"
values = [64, 96]
[[parameter]]
key = "array.amplifiers"
values = [48, 32]
[metrics]
energy_macro_j_per_image = "min"
area_m2 = "min"
bit_error_rate = "min"
[strategy]
kind = "grid"
EOF
}

csv_of() {
  "$irc" explore export "$1" --csv >"$2" 2>stderr || fail "export of $1"
}

# --- the cases --------------------------------------------------------------------------------------------

case_bad_experiments() {
  small_experiment
  sed 's/array.v_wl_v/array.v_wl/' small.toml >bad.toml
  expect 3 explore bad.toml
  said stderr "bad.toml:6:"
  said stderr "did you mean array.v_wl_v?"
  sed 's/^bit_error_rate/bit_eror_rate/' small.toml >bad.toml
  expect 3 explore bad.toml
  said stderr "did you mean bit_error_rate?"
  sed 's/values = \[64, 96\]/range = [96, 64]/' small.toml >bad.toml
  expect 3 explore bad.toml
  said stderr "low < high"
  sed 's/^name.*/&\nconstraints = ["bit_error_rate <= -1"]/' small.toml >bad.toml
  expect 3 explore bad.toml
  said stderr "no result can meet"
  sed 's/\[48, 32\]/[32, 7]/' small.toml >bad.toml
  expect 3 explore bad.toml
  said stderr "with the value 7 no point"
  expect 3 explore nothing.toml
  expect 3 explore export nothing.sqlite
  expect 2 explore
  [ -e out ] && fail "something was written before the mistake was found"
  return 0
}

case_results_do_not_depend_on_workers() {
  small_experiment
  expect 0 explore small.toml --out one --workers 1 --json
  mv stdout one.json
  expect 0 explore small.toml --out two --workers 3 --threads 2
  expect 0 explore compare one two --same
  csv_of one one.csv
  csv_of two two.csv
  cmp one.csv two.csv || fail "the tables differ"
  equal "$(json one.json /evaluated)" 24 evaluated
  # 48 amplifiers do not divide 64 pairs. These points are recorded as failed, and the others run.
  equal "$(json one.json /failed)" 6 failed
  equal "$(grep -c '^[0-9a-f]*,failed,.*array.amplifiers' one.csv)" 6 "failed lines with their reason"
  # A second run evaluates nothing again.
  before=$(stat -c %Y.%s one/store.sqlite)
  expect 0 explore small.toml --out one --json
  equal "$(stat -c %Y.%s one/store.sqlite)" "$before" "the store"
  cmp stdout one.json || fail "the second run's answer differs"
  expect 0 explore report one --data data.json
  json data.json /schema /experiment/name /points/0/config_toml >stdout
  expect 0 explore report one --out page.html
  grep -q "<html" page.html || fail "no page"
  expect 0 explore one/../small.toml --out other --seed 2
  expect 1 explore compare one other --same
}

case_two_processes_share_a_store() {
  small_experiment
  "$irc" explore small.toml --out both --workers 1 >first 2>&1 &
  first=$!
  expect 0 explore small.toml --out both --workers 1
  wait "$first" || fail "the first process"
  expect 0 explore small.toml --out alone
  expect 0 explore compare both alone --same
}

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

case_shards_equal_one_run() {
  small_experiment
  expect 0 explore small.toml --out whole
  expect 0 explore plan small.toml --out parts --shards 3 --json
  equal "$(json stdout /shards)" 3 shards
  # A shard that is told to stop exits with 75 and keeps its results.
  "$irc" explore run-shard parts/manifest.json --shard 0 --workers 1 2>stderr &
  shard=$!
  # The shard handles the signal only after it has opened its store.
  for _ in $(seq 100); do
    ls parts/shards/*.sqlite >/dev/null 2>&1 && break
    sleep 0.1
  done
  kill -TERM "$shard"
  wait "$shard"
  code=$?
  [ "$code" = 75 ] || [ "$code" = 0 ] || fail "the stopped shard's exit code is $code"
  expect 1 explore collect parts
  while read -r number; do expect 0 explore run-shard parts/manifest.json --shard "$number"; done <parts/shards.txt
  expect 0 explore collect parts
  expect 0 explore compare whole parts --same
  expect 0 explore plan small.toml --out parts
  said stdout "complete, 24 points"
  [ -s parts/shards.txt ] && fail "shards are left"
  expect 3 explore run-shard parts/manifest.json --shard 9
}

# GNU parallel runs the shards, two at a time, as docs/exploration.md shows.
case_shards_under_parallel() {
  command -v parallel >/dev/null || skip "parallel is not installed"
  small_experiment
  expect 0 explore small.toml --out whole
  expect 0 explore plan small.toml --out parts --shards 3
  parallel --will-cite --joblog joblog --resume --retries 3 -j 2 \
    "$irc" explore run-shard parts/manifest.json --workers 1 --shard {} :::: parts/shards.txt >stdout 2>stderr ||
    fail "parallel"
  expect 0 explore collect parts
  expect 0 explore compare whole parts --same
}

# A search runs over shards, generation by generation.
case_search_over_shards() {
  small_experiment
  sed 's/kind = "grid"/kind = "nsga2"\npopulation = 8\ngenerations = 2/; s/values = \[48, 32\]/values = [16, 32]/' small.toml >search.toml
  "$irc" explore search.toml --out whole >stdout 2>stderr
  code=$?
  grep -q "no pagmo" stderr && skip "this build has no pagmo"
  equal "$code" 0 "exit code"
  rounds=0
  while "$irc" explore plan search.toml --out parts --shards 2 >stdout 2>stderr && [ -s parts/shards.txt ]; do
    rounds=$((rounds + 1))
    [ "$rounds" -le 10 ] || fail "no end"
    while read -r number; do expect 0 explore run-shard parts/manifest.json --shard "$number"; done <parts/shards.txt
    expect 0 explore collect parts
  done
  [ "$rounds" -ge 2 ] || fail "only $rounds rounds: no generations"
  expect 0 explore compare whole parts --same
}

# Starts one slurmctld and one slurmd on loopback, in a folder of their own.
start_slurm() {
  for program in slurmctld slurmd munged sbatch scontrol; do
    command -v "$program" >/dev/null || skip "$program is not installed (slurm-wlm, munge)"
  done
  [ "$(id -u)" = 0 ] || skip "slurmd wants to be root"
  d=$work/slurm
  host=$(hostname -s)
  mkdir -p "$d/state" "$d/spool" "$d/run" "$d/log"
  chmod 755 "$work" "$d" "$d/run"
  dd if=/dev/urandom of="$d/key" bs=1024 count=1 2>/dev/null
  chmod 600 "$d/key"
  port=$((20000 + $$ % 20000))
  cat >"$d/slurm.conf" <<EOF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$d/state
SlurmdSpoolDir=$d/spool
SlurmctldPidFile=$d/run/slurmctld.pid
SlurmdPidFile=$d/run/slurmd.pid
SlurmctldLogFile=$d/log/slurmctld.log
SlurmdLogFile=$d/log/slurmd.log
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$d/run/munge.sock
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MpiDefault=none
RequeueExit=75
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=2
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 RealMemory=1000
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
EOF
  export SLURM_CONF="$d/slurm.conf"
  munged --foreground --force --key-file="$d/key" --socket="$d/run/munge.sock" --pid-file="$d/run/munged.pid" \
    --log-file="$d/log/munged.log" --seed-file="$d/run/munged.seed" >"$d/log/munged.out" 2>&1 &
  daemons="$daemons $!"
  sleep 1
  slurmctld -D -i >"$d/log/slurmctld.out" 2>&1 &
  daemons="$daemons $!"
  slurmd -D >"$d/log/slurmd.out" 2>&1 &
  daemons="$daemons $!"
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    sinfo -h -o %T 2>/dev/null | grep -q idle && return 0
    sleep 1
  done
  tail -n 5 "$d"/log/*
  skip "no Slurm on this machine: sinfo shows no idle node"
}

# wait_for_jobs SECONDS
wait_for_jobs() {
  left=$1
  while [ -n "$(squeue -h 2>/dev/null)" ]; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || fail "jobs are left: $(squeue)"
    sleep 1
  done
}

# Four tasks. One of them is told to stop while it works and starts again, which takes Slurm two minutes.
# (Shard 0 has all the wrong configurations and finishes at once.)
case_long_slurm() {
  start_slurm
  small_experiment 300
  expect 0 explore small.toml --out whole
  expect 0 explore plan small.toml --out parts --shards 4
  sbatch --parsable parts/array.sbatch >job 2>stderr || fail "sbatch"
  job=$(cut -d';' -f1 job)
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    squeue -h -t R -o %K 2>/dev/null | grep -qx 1 && break
    sleep 0.5
  done
  # A task that is being launched cannot receive the signal yet.
  told=false
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    scancel --batch --signal=TERM "${job}_1" 2>stderr && told=true && break
    sleep 0.5
  done
  "$told" || fail "the task could not be told to stop"
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    grep -qs "stopped before the end" parts/log/*_1.log && break
    sleep 0.5
  done
  cat parts/log/*_1.log >stdout
  said stdout "stopped before the end"
  wait_for_jobs 300
  cat parts/log/*_1.log >stdout
  said stdout "shard 1: complete"
  expect 0 explore collect parts
  expect 0 explore compare whole parts --same
}

# Four tasks, one of which is cancelled. Its missing points are planned and submitted again.
case_slurm() {
  start_slurm
  small_experiment
  expect 0 explore small.toml --out whole
  expect 0 explore plan small.toml --out parts --shards 4
  sbatch --parsable parts/array.sbatch >job 2>stderr || fail "sbatch"
  scancel "$(cut -d';' -f1 job)_3"
  wait_for_jobs 60
  expect 1 explore collect parts
  expect 0 explore plan small.toml --out parts --shards 4
  sbatch --parsable parts/array.sbatch >job 2>stderr || fail "sbatch"
  wait_for_jobs 60
  expect 0 explore collect parts
  expect 0 explore compare whole parts --same
}

# Compares the search with the exhaustive grid: share of the hypervolume, share of the evaluations.
case_long_search_against_grid() {
  expect 0 explore experiments/macro-size.toml --out grid
  expect 0 explore experiments/macro-size-search.toml --out search
  expect 0 explore compare grid search --min-ratio 0.95
  cat stdout
  "$irc" explore compare grid search --json >stdout 2>stderr
  grid=$(json stdout /a/evaluated)
  search=$(json stdout /b/evaluated)
  [ $((4 * search)) -le "$grid" ] || fail "$search of $grid evaluations are more than a quarter"
}

# A study of two curves that takes a moment.
small_study() {
  cat >study.toml <<EOF
[sensitivity]
name = "small"
config = "robust.toml"
against = "naive.toml"
images = 3
chips = 2
against_images = 2
set = ["run.evaluator=ideal"]
[[curve]]
name = "v_wl"
label = "V_WL (V)"
keys = ["array.v_wl_v"]
values = [-1, 0.7]
[[curve]]
name = "bias"
keys = ["sense.injected_bias_a"]
against = false
values = [0.0, 1e-5]
EOF
}

case_sensitivity() {
  small_study
  expect 0 sensitivity study.toml --json --out out
  equal "$(json stdout /curves/0/series/0/points/0/status)" '"refused"' "status of -1 V"
  equal "$(json stdout /curves/0/series/0/points/1/value /curves/0/series/1/points/2/value | tr '\n' ' ')" \
    "0.6 0.9 " "working points"
  equal "$(json stdout /curves/0/series/0/points/2/images /curves/0/series/1/points/1/images | tr '\n' ' ')" \
    "3 2 " pictures
  # The working point is the run of the configuration itself.
  json stdout /curves/0/series/0/points/1/map /curves/0/series/0/points/1/energy_j_per_image >of_study
  cp stdout first
  expect 0 run robust.toml --limit 3 --chips 2 --seed 1 --evaluator ideal --set run.draw=0 --json
  json stdout /map/nonideal /energy_j_per_image >of_run
  cmp of_study of_run || fail "the working point differs from its run"
  # A header line, 3 points of each configuration for V_WL, and 3 of robust's for the bias (0, its own 5 uA,
  # 10 uA).
  equal "$(wc -l <out/sensitivity.csv)" 10 "lines of the table"
  grep -q 'refused.*array.v_wl_v' out/sensitivity.csv || fail "no reason in the table"
  grep -q 'refused: .*array.v_wl_v' out/sensitivity.md || fail "no reason in the page"
  # Everything is in the store, so the second run evaluates nothing, and it does not matter that the program
  # cannot run.
  rm out/sensitivity.csv
  before=$(cksum <out/store.sqlite)
  expect 0 sensitivity study.toml --json --out out
  cmp first stdout || fail "the second time gave something else"
  equal "$(cksum <out/store.sqlite)" "$before" "store after running nothing"
  [ -s out/sensitivity.csv ] || fail "no table the second time"
  command -v gnuplot >/dev/null || skip "no gnuplot"
  for figure in sensitivity sensitivity-v_wl sensitivity-bias; do
    [ -s out/$figure.png ] || fail "no $figure.png"
    grep -q "</svg>" out/$figure.svg || fail "$figure.svg is no picture"
  done
}

case_sensitivity_resumes() {
  small_study
  expect 0 sensitivity study.toml --out whole
  # Half of the study first, then all of it, gives the same bytes as a single run.
  expect 0 sensitivity study.toml --curve bias --out parts
  said stdout "sense.injected_bias_a"
  grep -q "V_WL" stdout && fail "a curve that was not asked for"
  expect 0 sensitivity study.toml --out parts --workers 1
  cmp whole/sensitivity.csv parts/sensitivity.csv || fail "two parts differ from the whole"
}

case_sensitivity_errors() {
  small_study
  sed 's/array.v_wl_v/array.v_wl/' study.toml >wrong.toml
  expect 3 sensitivity wrong.toml --out out
  said stderr "wrong.toml:12"
  said stderr "did you mean array.v_wl_v?"
  sed 's/values = \[-1, 0.7\]/values = [-1, 7]/' study.toml >wrong.toml
  expect 3 sensitivity wrong.toml --out out
  said stderr "wrong.toml:13"
  said stderr "accepts none of the values"
  expect 3 sensitivity missing.toml
  said stderr missing.toml
  expect 3 sensitivity study.toml --curve colour --out out
  said stderr "v_wl, bias"
  expect 2 sensitivity study.toml --workers -1
  [ -e out ] && fail "something was written before the study was checked"
  return 0
}

case_shipped_experiments_are_valid() {
  for file in "$source_dir"/configs/experiments/*.toml; do
    grep -q '^\[strategy\]' "$file" || continue
    name=experiments/$(basename "$file")
    "$irc" explore plan "$name" --out "plan-$(basename "$file" .toml)" --json >stdout 2>stderr
    code=$?
    grep -q "no pagmo" stderr && continue
    equal "$code" 0 "exit code of plan $name"
    [ "$(json stdout /missing)" -gt 0 ] || fail "$name plans nothing"
  done
}

"case_$case_name"
