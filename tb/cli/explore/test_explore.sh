#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of irc explore and irc sensitivity as their users see them.
. "$(dirname "$0")/explore_cases.sh"

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

run_case
