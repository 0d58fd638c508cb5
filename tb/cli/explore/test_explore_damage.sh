#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of irc explore on damaged and tampered files. tb/unit/explore/test_damage.cpp tries every key.
. "$(dirname "$0")/explore_cases.sh"

needs_sqlite3() {
  command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
}

# A store with all points of the small experiment, in the folder "good", and its table.
good_store() {
  small_experiment
  expect 0 explore small.toml --out good
  csv_of good good.csv
}

# The content address of a finished point.
finished_point() {
  sed -n 's/^\([0-9a-f]*\),done,.*/\1/p' good.csv | head -n 1
}

case_damaged_record_costs_only_itself() {
  needs_sqlite3
  good_store
  point=$(finished_point)
  for change in "wall_s = 'abc'" "peak_rss_bytes = -1" "result = '{}'" "result = replace(result, '\"area_m2\":', '\"area_m2\":\"x\",\"was\":')" \
    "status = 'failed'" "config_toml = ''" "result = x'00ff'"; do
    rm -rf bad
    cp -r good bad
    sqlite3 bad/store.sqlite "UPDATE points SET $change WHERE id = '$point'" || fail "sqlite3: $change"
    key=${change%% *}
    expect 0 explore export bad --csv
    equal "$(grep -c '^[0-9a-f]*,' stdout)" 23 "points after $change"
    said stderr "left out (--strict refuses them): 1"
    said stderr "bad/store.sqlite: point $point: $key"
    expect 3 explore export bad --strict
    said stderr "bad/store.sqlite: point $point: $key"
    expect 0 explore export bad --json
    equal "$(json stdout /left_out/0/id)" "\"$point\"" "point that is left out"
    expect 0 explore report bad
    expect 3 explore report bad --strict
    expect 0 explore compare good bad
    said stderr "point $point: $key"
    expect 1 explore compare good bad --same
    expect 3 explore compare good bad --strict
    expect 3 explore small.toml --out bad --strict
    # The point is evaluated again, and takes the place of the damaged record.
    expect 0 explore plan small.toml --out bad --shards 4 --json
    equal "$(json stdout /missing)" 1 "missing points after $change"
    expect 0 explore small.toml --out bad --json
    equal "$(json stdout /damaged)" 1 "damaged records"
    expect 0 explore compare good bad --same --strict
    csv_of bad bad.csv
    cmp good.csv bad.csv || fail "the tables differ after $change"
  done
}

case_damaged_stores_are_refused() {
  good_store
  for damage in text truncated empty; do
    rm -rf bad
    cp -r good bad
    case $damage in
      text) printf 'no database%5000s' x >bad/store.sqlite ;;
      truncated) head -c 20000 good/store.sqlite >bad/store.sqlite ;;
      empty) : >bad/store.sqlite ;;
    esac
    for command in "export bad" "report bad" "compare good bad"; do
      expect 3 explore $command
      said stderr bad/store.sqlite
    done
    [ "$damage" = empty ] || expect 3 explore small.toml --out bad
  done
  rm -rf bad
  mkdir -p bad/store.sqlite
  expect 3 explore export bad
  expect 3 explore small.toml --out bad
  rm -rf bad/store.sqlite
  mkfifo bad/store.sqlite
  timeout 20 "$irc" explore export bad >stdout 2>stderr
  equal $? 3 "exit code for a named pipe"
  timeout 20 "$irc" explore small.toml --out bad >stdout 2>stderr
  equal $? 3 "exit code for a named pipe to write to"
}

case_wrong_manifests_are_refused() {
  small_experiment
  expect 0 explore plan small.toml --out parts --shards 3
  cp parts/manifest.json good.json
  # change EXPRESSION KEY: both commands must refuse the manifest and name file and key.
  change() {
    sed "$1" good.json >parts/manifest.json
    cmp -s good.json parts/manifest.json && fail "sed $1 changed nothing"
    expect 3 explore run-shard parts/manifest.json --shard 2
    said stderr manifest.json
    said stderr "$2"
    expect 3 explore collect parts
    said stderr manifest.json
    said stderr "$2"
  }
  change 's/"schema":1/"schema":"1"/' schema
  change 's/"schema":1/"schema":2/' schema
  change 's/"code_version":"[^"]*"/"code_version":7/' code_version
  change 's/"stage":/"phase":/' stage
  change 's/"shards":.*,"stage"/"shards":null,"stage"/' shards
  change 's/"shards":.*,"stage"/"shards":[],"stage"/' shards
  change 's/"shards":.*,"stage"/"shards":[[],[],[]],"stage"/' 'shards[0]'
  change 's/"config_toml":/"toml":/g' config_toml
  change 's/"id":"[0-9a-f]*"/"id":"x"/g' id
  change 's/"id":"./"id":"/g' id
  change 's/v_wl_v = 0.6\\n/v_wl_v = 0.61\\n/g' "content address"
  change 's/^{/{"x":/' "not valid JSON"
  head -c 500 good.json >parts/manifest.json
  expect 3 explore collect parts
  # Nothing has run, so nothing is complete.
  cp good.json parts/manifest.json
  expect 1 explore collect parts
  said stdout "24 points of the batch are missing in shards 0, 1, 2"
  expect 1 explore collect parts --require-new
  expect 3 explore run-shard parts/manifest.json --shard 3
  [ ! -e parts/shards/3.sqlite ] || fail "a store for a shard that does not exist"
}

case_collect_names_what_it_leaves_out() {
  needs_sqlite3
  small_experiment
  expect 0 explore small.toml --out whole
  expect 0 explore plan small.toml --out parts --shards 3
  for number in 0 1 2; do expect 0 explore run-shard parts/manifest.json --shard "$number"; done
  cp -r parts/shards sound
  printf 'no database%5000s' x >parts/shards/0.sqlite
  point=$(sqlite3 parts/shards/2.sqlite "SELECT id FROM points WHERE status = 'done' LIMIT 1")
  sqlite3 parts/shards/2.sqlite "UPDATE points SET config_toml = replace(config_toml, 'v_wl_v = 0.', 'v_wl_v = 0.5') WHERE id = '$point'"
  expect 3 explore collect parts
  said stdout "15 new points"
  said stderr parts/shards/0.sqlite
  said stderr "parts/shards/2.sqlite: point $point: config_toml"
  expect 3 explore collect parts --strict
  cp sound/0.sqlite parts/shards/0.sqlite
  # The shard evaluates what is damaged again.
  expect 0 explore run-shard parts/manifest.json --shard 2
  said stderr "$point"
  expect 0 explore collect parts --strict
  said stdout "9 new points"
  expect 0 explore compare whole parts --same
}

case_studies_evaluate_damaged_records_again() {
  needs_sqlite3
  cat >study.toml <<EOF
[sensitivity]
name = "small"
config = "robust.toml"
images = 2
set = ["run.evaluator=ideal"]
[[curve]]
name = "v_wl"
keys = ["array.v_wl_v"]
values = [0.5, 0.7]
EOF
  expect 0 sensitivity study.toml --out out --json
  cp stdout first
  sqlite3 out/store.sqlite "UPDATE points SET result = '{\"map\": 5}' WHERE id = (SELECT max(id) FROM points)"
  expect 3 sensitivity study.toml --out out --strict
  said stderr "out/store.sqlite: point"
  expect 0 sensitivity study.toml --out out --json
  said stderr "left out"
  cmp first stdout || fail "the repaired study differs"
  expect 0 sensitivity study.toml --out out --strict
}

# Another process keeps the store locked for longer than irc waits.
case_long_locked_store_is_refused() {
  needs_sqlite3
  good_store
  { echo "BEGIN EXCLUSIVE;"; sleep 75; echo "COMMIT;"; } | sqlite3 good/store.sqlite &
  daemons="$daemons $!"
  sleep 1
  expect 3 explore export good
  said stderr "good/store.sqlite"
  said stderr "locked"
}

run_case
