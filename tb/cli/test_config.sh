#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of configurations: files, --set, presets.
. "$(dirname "$0")/cases.sh"

case_config_errors() {
  printf '[array]\nrows = 128\nv_wl_w = 0.5\n' >near.toml
  expect 3 config near.toml
  said stderr near.toml:3 v_wl_w "did you mean 'v_wl_v'"

  printf '[array]\nrows = "many"\n' >type.toml
  expect 3 config type.toml
  said stderr type.toml:2 rows many integer

  printf '[run]\nseed = 1\n\n[array]\nrows = 0\n' >range.toml
  expect 3 config range.toml
  said stderr range.toml:5 rows "0" "1 to 65536"

  printf '[array]\nrows = = 128\n' >syntax.toml
  expect 3 config syntax.toml
  said stderr syntax.toml:2 "not valid TOML"

  printf '[aray]\nrows = 128\n' >section.toml
  expect 3 config section.toml
  said stderr section.toml:1 aray array

  printf 'base = "nowhere.toml"\n' >base.toml
  expect 3 config base.toml
  said stderr base.toml:1 nowhere.toml

  printf 'base = "b.toml"\n' >a.toml
  printf 'base = "a.toml"\n' >b.toml
  expect 3 config a.toml
  said stderr a.toml b.toml

  expect 3 run near.toml --out out
  said stderr near.toml:3
  [ -e out ] && fail "a folder for a run that cannot start"
  return 0
}

case_set_errors() {
  expect 3 config --set array.v_wl_w=0.5
  said stderr v_wl_w v_wl_v
  expect 3 config --set array.rows=many
  said stderr array.rows many
  expect 3 config --set array.rows=-4
  said stderr -- -4
  expect 3 config --set rows
  said stderr section.key=value
  expect 3 config --set array.rows=
  expect 3 config --seed 18446744073709551615
  said stderr seed
  expect 3 run --evaluator guess --out out
  said stderr guess ideal
}

case_set_precedence() {
  detectors
  printf 'base = "robust.toml"\n[run]\nlimit = 4\nseed = 7\n[array]\nrows = 1024\n' >mine.toml
  expect 0 config mine.toml --json
  equal "$(json stdout /run/limit /run/seed /array/rows | tr '\n' ' ')" "4 7 1024 " "the file over its base"
  expect 0 config mine.toml --json --seed 8 --set array.rows=512 --set array.rows=256
  equal "$(json stdout /run/limit /run/seed /array/rows | tr '\n' ' ')" "4 8 256 " "flags over the file"
  expect 0 config mine.toml --json --seed 8 --set run.seed=9 --threads 2 --set run.threads=1
  equal "$(json stdout /run/seed /run/threads | tr '\n' ' ')" "9 1 " "--set over flags"
  expect 0 run mine.toml --model "$detector" --images "$samples/scenes.json" --limit 3 \
    --set run.limit=1 --evaluator ideal --json --out out
  equal "$(json stdout /images_reference)" 1 "--set over --limit"
}

case_presets() {
  for file in "$source_dir"/configs/*.toml; do
    model=$(sed -n 's/^model *= *"\([^"]*\)".*/\1/p' "$file")
    if [ ! -f "$source_dir/${model:-models/traffic.onnx}" ]; then
      missing=$model
      continue
    fi
    expect 0 config "$(basename "$file")" --json
    json stdout /run/model /array/rows >values
    # The file and the embedded preset must have the same values.
    mv stdout inside.json
    expect 0 config "$file" --json --set run.model="${model:-models/traffic.onnx}"
    sed '/"model"/d' inside.json >inside
    sed '/"model"/d' stdout >outside
    same inside outside
  done
  [ -z "${missing:-}" ] || skip "no $missing; the other presets are fine"
}

case_config_keys() {
  expect 0 config --keys
  said stdout "[array]" "[sense.layers.NAME]" "v_wl_v" "word-line voltage of a driven row." "Default: card." "0 to 5"
  [ -s stderr ] && fail "something on standard error"
  expect 0 config --keys --json
  json stdout /0/key /0/default /0/values /0/meaning >values
  expect 2 config --keys robust.toml
  expect 0 config --keys --out kept --set array.rows=512
  said stderr "has no effect"
  json kept/keys.json /0/key >values
  expect 2 config --keys --resolved
  said stderr --keys --resolved
}

# The tables of the documentation come from the same list; the check sees a row that is wrong, and one that is missing.
case_config_key_tables() {
  command -v jq >which.log || skip "no jq"
  mkdir -p copy/docs copy/scripts
  cp "$source_dir/scripts/key_tables.sh" copy/scripts
  cp "$source_dir/docs/configuration.md" copy/docs
  key_tables() { IRC=$irc sh copy/scripts/key_tables.sh "$@" >stdout 2>stderr; }
  key_tables --check || fail "docs/configuration.md is not what scripts/key_tables.sh writes"
  sed -i 's/word-line voltage of a driven row/another text/' copy/docs/configuration.md
  key_tables --check && fail "a wrong row passes"
  said stderr "scripts/key_tables.sh"
  key_tables || fail "the tables are not written"
  same copy/docs/configuration.md "$source_dir/docs/configuration.md"
  sed -i '/<!-- keys: trace -->/d' copy/docs/configuration.md
  key_tables --check && fail "a missing section passes"
  said stderr "[trace]"
  key_tables --other && fail "an unknown option passes"
  return 0
}

case_resolved_config_repeats() {
  detectors
  for preset in ideal.toml robust.toml naive.toml; do
    expect 0 config $preset --resolved --set array.rows=512 --seed 3 --set "run.model=$detector"
    mv stdout once.toml
    expect 0 config once.toml --resolved
    same stdout once.toml
    expect 0 config $preset --json --set array.rows=512 --seed 3 --set "run.model=$detector"
    mv stdout direct.json
    expect 0 config once.toml --json
    same stdout direct.json
  done
}

run_case
