#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of irc explore under Slurm: on a one-node Slurm of their own, and with a stand-in for sbatch.
. "$(dirname "$0")/explore_cases.sh"

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

# docs_loop EXPERIMENT OPTIONS: the loop that docs/exploration.md shows for Slurm, for this experiment with these
# options of plan, as a script.
docs_loop() {
  awk '/^\*\*Slurm:\*\*/ { found = 1 } found && /^```$/ { fence++; next } fence == 1 { print } fence == 2 { exit }' \
    "$source_dir/docs/exploration.md" |
    sed "s|experiments/vwl-rhrs-sigma.toml --points-per-shard 20|$1 $2|; s|out/explore/vwl-rhrs-sigma|out/explore/$(basename "$1" .toml)|" >loop.sh
  grep -q "sbatch" loop.sh || fail "no loop in docs/exploration.md"
  grep -q "explore plan $1 $2" loop.sh || fail "the loop in docs/exploration.md has another form"
  grep -q "vwl-rhrs-sigma" loop.sh && fail "the loop still names its own experiment"
  mkdir -p bin
  ln -sf "$irc" bin/irc
}

# A stand-in for sbatch that refuses indices above $1, as a Slurm with that MaxArraySize less one does, and runs
# the tasks one after another.
stand_in_for_sbatch() {
  mkdir -p bin
  cat >bin/sbatch <<EOF
#!/bin/sh
echo "sbatch \$*" >>"$work/sbatch.calls"
for script; do :; done
last=\$(sed -n 's/^#SBATCH --array=0-//p' "\$script")
if [ "\$last" -gt $1 ]; then
  echo "sbatch: error: Batch job submission failed: Invalid job array specification" >&2
  exit 1
fi
i=0
while [ \$i -le \$last ]; do
  SLURM_ARRAY_TASK_ID=\$i sh "\$script" >>"$work/tasks" 2>&1
  i=\$((i + 1))
done
echo "Submitted batch job 1"
EOF
  chmod +x bin/sbatch
}

# More shards than one array may have go into several arrays, by default of 1,000 tasks.
case_batches_keep_below_the_largest_array() {
  cat >many.toml <<EOF
[experiment]
name = "many"
config = "robust.toml"
set = ["run.limit=1", "run.evaluator=ideal"]
[[parameter]]
key = "array.v_wl_v"
range = [0.5, 0.9]
steps = 1200
[metrics]
area_m2 = "min"
[strategy]
kind = "grid"
EOF
  expect 0 explore plan many.toml --shards 1200 --out many
  equal "$(grep -c 'sbatch --wait many/array.*\.sbatch$' stdout)" 2 "arrays"
  equal "$(cat many/array*.sbatch | grep -c '^#SBATCH --array=0-\(999\|199\)$')" 2 "directives"
  equal "$(wc -l <many/shards.txt)" 1200 shards
  expect 0 explore plan many.toml --shards 1200 --out many --array-limit 500 --json
  equal "$(json stdout /scripts/2)" '"many/array-3.sbatch"' "third script"
  expect 0 explore plan many.toml --shards 30 --out many
  [ -e many/array-2.sbatch ] && fail "a script of the larger batch is left"
  expect 2 explore plan many.toml --array-limit 0
  return 0
}

case_loop_of_the_documentation_runs_all_arrays() {
  small_experiment
  docs_loop small.toml "--points-per-shard 2 --array-limit 5"
  stand_in_for_sbatch 4
  PATH="$work/bin:$PATH" timeout 300 sh loop.sh >stdout 2>stderr || fail "the loop: exit code $?"
  equal "$(wc -l <sbatch.calls)" 3 "calls of sbatch"
  said stdout "complete, 24 points"
  expect 0 explore small.toml --out whole
  expect 0 explore compare whole out/explore/small --same
}

case_loop_of_the_documentation_ends_when_sbatch_refuses() {
  small_experiment
  docs_loop small.toml "--points-per-shard 2 --array-limit 12"
  stand_in_for_sbatch 4
  PATH="$work/bin:$PATH" timeout 60 sh loop.sh >stdout 2>stderr
  code=$?
  [ "$code" != 124 ] || fail "the loop does not end"
  equal "$(wc -l <sbatch.calls)" 1 "calls of sbatch"
  said stderr "Invalid job array specification"
  said stderr "no shard has brought a new point"
}

# The processes of run-shard that work in the folder "parts" of this test.
shard_processes() {
  pgrep -f "explore run-shard $work/parts/manifest.json" 2>/dev/null
}

# Tasks are killed at random, and what is missing is submitted again.
case_long_slurm_kill() {
  start_slurm
  small_experiment 20
  expect 0 explore small.toml --out whole
  csv_of whole whole.csv
  killed=0
  rounds=0
  while expect 0 explore plan small.toml --out parts --shards 4 && [ -s parts/shards.txt ]; do
    rounds=$((rounds + 1))
    [ "$rounds" -le 40 ] || fail "no end"
    sbatch --parsable parts/array.sbatch >job 2>stderr || fail "sbatch"
    tries=0
    while [ -n "$(squeue -h 2>/dev/null)" ] && [ "$rounds" -le 20 ] && [ "$tries" -lt 20 ]; do
      tries=$((tries + 1))
      sleep "0.$((rounds % 7 + 1))"
      victim=$(shard_processes | head -n 1)
      [ -n "$victim" ] && kill -9 "$victim" 2>/dev/null && killed=$((killed + 1)) && break
    done
    # A killed task asks to be run again, which takes Slurm two minutes. The next round is faster.
    while [ -n "$(shard_processes)" ]; do sleep 0.2; done
    scancel "$(cut -d';' -f1 job)" 2>/dev/null
    wait_for_jobs 200
    "$irc" explore collect parts >stdout 2>stderr
    code=$?
    [ "$code" = 0 ] || [ "$code" = 1 ] || fail "collect: exit code $code"
  done
  echo "killed $killed tasks in $rounds rounds"
  [ "$killed" -ge 3 ] || fail "killed only $killed tasks"
  expect 0 explore compare whole parts --same --strict
  csv_of parts parts.csv
  cmp whole.csv parts.csv || fail "the tables differ"
}

run_case
