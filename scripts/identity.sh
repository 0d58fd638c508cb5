#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compares two builds: whether results, traces, stores, RTL packages and cycle stamps are the same, byte for byte. A change
# of structure that is not meant to change behaviour must pass.
#   scripts/identity.sh [--keep FOLDER] BEFORE AFTER [CASE...]
#     BEFORE, AFTER   two programs irc, for instance of two build folders
#     CASE            only these cases; --list names them
#     --keep FOLDER   keeps all outputs in FOLDER/before and FOLDER/after
# What may differ is the recorded version of the program, which a point's address covers, and wall-clock times. Exit code
# 0: all the same; 1: something differs, and the first differences are printed; 2: wrong usage; 3: a program is missing or
# fails.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
cases="robust naive ideal multi_bit reference pieces_lt pieces_at exact chips calibration traces traces_lt device rtl store"

refuse() {
  echo "identity.sh: $1" >&2
  exit "$2"
}

keep=""
while [ $# -gt 0 ]; do
  case "$1" in
    --keep)
      [ $# -ge 2 ] || refuse "--keep needs a folder" 2
      keep=$2
      shift
      ;;
    --list) echo "$cases" | tr ' ' '\n' && exit 0 ;;
    -h | --help) sed -n '3,/^set -eu/s/^# \{0,1\}//p' "$0" && exit 0 ;;
    -*) refuse "unknown option '$1'; expected --keep, --list or --help" 2 ;;
    *) break ;;
  esac
  shift
done
[ $# -ge 2 ] || refuse "expected two programs" 2
before=$(command -v "$1") || refuse "no program '$1'" 3
after=$(command -v "$2") || refuse "no program '$2'" 3
before=$(realpath "$before")
after=$(realpath "$after")
shift 2
for name in "$@"; do
  case " $cases " in *" $name "*) ;; *) refuse "no case '$name'; expected one of $cases" 2 ;; esac
done
[ $# -eq 0 ] || cases=$*
command -v jq >/dev/null || refuse "jq is not installed (scripts/setup.sh)" 3
if [ -n "$keep" ]; then
  mkdir -p "$keep"
  folder=$(realpath "$keep")
else
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
fi

# Each case runs in a folder of its own and leaves all that is compared there. $irc is the program.
variants=$here/tb/cosim/variants
run() { "$irc" run "$@" --out out --json >json; }
case_robust() { run robust.toml --limit 3 --write-head; }
case_naive() { run naive.toml --limit 2; }
case_ideal() { run ideal.toml --limit 2; }
case_multi_bit() {
  run naive.toml --limit 1 --set sense.kind=multi_bit --set sense.bits=4 --set sense.level_units=2 --trace csv
}
case_reference() {
  run naive.toml --limit 1 --set sense.kind=reference --set array.mapping=binary_reference --evaluator auto --trace csv
}
case_pieces_lt() { run "$variants/mux.toml" --limit 1 --timing lt; }
case_pieces_at() { run "$variants/mux.toml" --limit 1 --trace csv:phase,vcd:phase; }
case_exact() { run robust.toml --limit 1 --evaluator exact; }
case_chips() { run robust.toml --limit 2 --chips 3 --yield-drop 0.03; }
case_calibration() { "$irc" calibrate robust.toml --pictures 4 --out out --json >json; }
case_traces() { run "$here/traces/golden/golden.toml" --trace csv:phase,vcd:phase,perfetto:phase --power-profile 1us; }
case_traces_lt() { run robust.toml --limit 1 --timing lt --trace csv:layer,vcd:operation,perfetto:layer; }
case_device() {
  for preset in robust naive; do "$irc" device "$preset.toml" --json >"$preset.json"; done
}
case_rtl() {
  for config in "$here"/configs/*.toml "$variants"/*.toml; do
    name=$(basename "$config" .toml)
    "$irc" rtl "$config" --out "$name" >"$name.log"
    "$irc" config "$config" --resolved >"$name.toml"
  done
}
case_store() {
  cat >experiment.toml <<EXPERIMENT
[experiment]
name = "identity"
seed = 1
config = "robust.toml"
[[parameter]]
key = "array.v_wl_v"
values = [0.55, 0.7]
[[parameter]]
key = "array.amplifiers"
values = [64, 128]
[metrics]
map_drop = "min"
energy_j_per_image = "min"
[strategy]
kind = "grid"
[[fidelity]]
images = 8
chips = 1
EXPERIMENT
  "$irc" explore experiment.toml --out store >log
  "$irc" explore export store | cut -d, -f2- >points.csv  # without the addresses
  "$irc" explore export store --json >points.json
  "$irc" explore report store --data data.json >/dev/null
}

# constant: a document without the program's version, wall-clock times, and the points' addresses, which cover the version.
constant='if type == "object" then del(.version, .irc_version, .wall_s) | if has("points") then del(.points[].id) else . end
  else . end'

# settle FOLDER: makes the outputs of a case comparable.
settle() {
  rm -rf "$1/store" "$1/log"  # the store's file holds times; its records were exported
  for file in $(find "$1" -name '*.json' -o -name json); do
    jq -S "$constant" "$file" >"$file.constant" || refuse "$file is no JSON document" 3
    mv "$file.constant" "$file"
  done
}

differs=0
for name in $cases; do
  for side in before after; do
    [ "$side" = before ] && irc=$before || irc=$after
    # Both sides run in one place, because some outputs name their folder. They run in the background, because a shell
    # ignores set -e in what stands before ||.
    rm -rf "${folder:?}/run" "$folder/$side/$name"
    mkdir -p "$folder/run" "$folder/$side"
    (cd "$folder/run" && "case_$name" 2>"$folder/messages") &
    wait $! || {
      head -n 3 "$folder/messages" >&2
      refuse "case $name: $irc failed" 3
    }
    mv "$folder/run" "$folder/$side/$name"
    settle "$folder/$side/$name"
  done
  files=$(find "$folder/before/$name" -type f | wc -l)
  [ "$files" -gt 0 ] || refuse "case $name wrote nothing to compare" 3
  if diff -r "$folder/before/$name" "$folder/after/$name" >"$folder/difference"; then
    echo "$name: $files files are the same"
  else
    echo "$name: DIFFERENT"
    head -n 10 "$folder/difference" | cut -c1-200
    differs=1
  fi
done
exit "$differs"
