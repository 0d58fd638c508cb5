#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of irc ablate as its users see it. cases.sh describes the arguments.
. "$(dirname "$0")/../cases.sh"

# small_study KEY NAIVE_VALUE: two techniques between two presets of this test, which gives 4 designs under 4
# conditions, each a moment. KEY is the second technique, beside the word-line voltage.
small_study() {
  section=${1%%.*}
  {
    echo 'base = "robust.toml"'
    echo '[array]'
    echo 'v_wl_v = 0.7'
    [ "$section" = array ] || echo "[$section]"
    echo "${1#*.} = $2"
  } >poor.toml
  cat >small.toml <<END
net = [
  { techniques = [], model = "models/traffic.onnx" },
]
[study]
name = "small"
naive = "poor.toml"
robust = "robust.toml"
pictures = 3
chips = 2
single_pictures = 2
single_chips = 1
set = ["run.evaluator=ideal"]
[[technique]]
name = "voltage"
keys = ["array.v_wl_v"]
[[technique]]
name = "other"
keys = ["$1"]
[[nonideality]]
name = "cells"
on = ["nonidealities.device_variation", "nonidealities.cycle_to_cycle", "nonidealities.vt_mismatch"]
[[nonideality]]
name = "rest"
on = ["nonidealities.drift", "nonidealities.off_leakage", "nonidealities.read_noise", "nonidealities.stuck_at",
  "nonidealities.wire_resistance", "nonidealities.clamp_resistance", "nonidealities.clamp_variation",
  "nonidealities.offset", "nonidealities.sense_noise", "nonidealities.sensing_range",
  "nonidealities.level_errors", "nonidealities.bias_variation"]
END
}

# --- the cases --------------------------------------------------------------------------------------------

case_bad_studies() {
  small_study sense.trim false
  sed 's/"sense.trim"/"sense.tri"/' small.toml >bad.toml
  expect 3 ablate bad.toml
  said stderr "bad.toml:18:" "did you mean sense.trim?"
  sed 's/"sense.trim"/"sense.trim_reads"/' small.toml >bad.toml
  expect 3 ablate bad.toml
  said stderr "bad.toml:16:" "other changes nothing"
  sed 's/"array.v_wl_v"/"array.bias_rows"/; s/^naive = .*/naive = "other.toml"/' small.toml >bad.toml
  sed '/^v_wl_v/s/.*/v_wl_v = 0.7\nbias_rows = 60/' poor.toml >other.toml
  expect 3 ablate bad.toml
  said stderr "bad.toml:7:" "array.v_wl_v differs between the presets" "belongs to no technique"
  sed 's/"nonidealities.drift", //' small.toml >bad.toml
  expect 3 ablate bad.toml
  said stderr "bad.toml:" "nonidealities.drift belongs to none"
  sed 's/traffic.onnx/nothing.onnx/' small.toml >bad.toml
  expect 3 ablate bad.toml
  said stderr "bad.toml:2:" "nothing.onnx"
  expect 3 ablate nothing.toml
  expect 3 ablate small.toml --set run.limit=2
  said stderr "--limit"
  expect 2 ablate small.toml --chips 0
  expect 2 ablate small.toml --limit -1
  [ -e out ] && fail "something was written before the mistake was found"
  return 0
}

case_tables_and_resumption() {
  small_study sense.trim false
  expect 0 ablate small.toml --out whole --workers 2 --json
  mv stdout whole.json
  equal "$(json whole.json /failed)" 0 failed
  equal "$(json whole.json /designs/0/label)" '"naive"' "the first design"
  equal "$(json whole.json /designs/3/label)" '"robust"' "the last design"
  equal "$(json whole.json /designs/0/outcomes/0/column)" '"none"' "the first column"
  equal "$(json whole.json /designs/0/outcomes/0/map_drop)" 0.0 "what the ideal array loses in one operation"
  equal "$(json whole.json /designs/3/outcomes/3/images)" 3 "pictures of the column all"
  equal "$(json whole.json /designs/3/outcomes/1/images)" 2 "pictures of a single nonideality"
  equal "$(json whole.json /effects/1/added/chips)" 2 "chips of an effect"
  equal "$(grep -c ',done,' whole/ablation.csv)" 16 "finished lines"
  grep -q '^| naive + voltage | ' whole/ablation.md || fail "no such line in ablation.md"
  if command -v gnuplot >/dev/null; then
    is_png whole/ablation.png
    grep -q '</svg>' whole/ablation.svg || fail "ablation.svg ends early"
  fi
  # A second run evaluates nothing again.
  before=$(stat -c %Y.%s whole/store.sqlite)
  expect 0 ablate small.toml --out whole
  equal "$(stat -c %Y.%s whole/store.sqlite)" "$before" "the store"
  same stdout whole/ablation.md
  # A run that is killed after part of its work and then continued gives the same tables.
  "$irc" ablate small.toml --out pieces --workers 1 >stdout 2>stderr &
  run=$!
  tries=0
  until [ -e pieces/store.sqlite ] || [ "$tries" -ge 200 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
  sleep 1
  kill -9 "$run" 2>/dev/null
  wait "$run" 2>/dev/null
  [ -e pieces/store.sqlite ] || fail "killed before there was a store"
  expect 0 ablate small.toml --out pieces --workers 2
  same whole/ablation.csv pieces/ablation.csv
  same whole/ablation.md pieces/ablation.md
  expect 0 ablate small.toml --out pieces --seed 2
  cmp -s whole/ablation.csv pieces/ablation.csv && fail "another seed gives the same"
  return 0
}

case_refused_and_failed_designs() {
  # Digital biases need row groups, and the naive preset has neither.
  small_study array.bias '"digital"'
  sed -i 's/^v_wl_v = 0.7/rows_per_operation = 256/' poor.toml
  sed -i 's/array.v_wl_v/array.rows_per_operation/' small.toml
  expect 0 ablate small.toml --out refused --chips 1 --limit 2
  said stdout "refused [1]" "1. " "a one-bit decision leaves nothing to add a bias to" "one chip: not known"
  equal "$(grep -c ',refused,' refused/ablation.csv)" 4 "refused lines"
  equal "$(grep -c ',done,' refused/ablation.csv)" 12 "finished lines"
  # A memory that is too small is noticed when the detector is placed.
  small_study memory.size_bytes 65536
  run_irc ablate small.toml --out failed --chips 1 --limit 2
  equal "$code" 1 "exit code"
  said stderr "8 evaluations failed" "naive + voltage, all: " "memory"
  equal "$(grep -c ',failed,' failed/ablation.csv)" 8 "failed lines"
  # A detector with other training is not used instead.
  small_study sense.trim false
  sed 's/^keys = \["sense.trim"\]/&\nnet = "calm"/' small.toml >calm.toml
  expect 0 ablate calm.toml --out calm --chips 1 --limit 2
  said stdout "no such net [1]" "trained with exactly these techniques: calm"
  equal "$(grep -c ',no_net,' calm/ablation.csv)" 8 "lines without a net"
}

run_case
