#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a run must not depend on, and what it must not use up. cases.sh describes the arguments.
. "$(dirname "$0")/cases.sh"

# --- surroundings -----------------------------------------------------------------------------------------

# locale_of NAME: makes a locale whose numbers have a decimal comma, or whose letters have other capitals.
locale_of() {
  command -v localedef >/dev/null && localedef -i "$1" -f UTF-8 "$work/locales/$1.UTF-8" 2>/dev/null
}

case_surroundings_do_not_matter() {
  detectors
  mkdir -p locales "a folder with spaces/ä"
  for sets in "robust.toml --set array.rows=256" \
    "naive.toml --set array.mapping=ternary --set array.macros=3 --set timing.mode=lt" \
    "ideal.toml --set array.amplifiers=32 --set timing.activations=streamed"; do
    arguments="run $sets --model $detector --limit 3 --nonideal-images 2 --json"
    # shellcheck disable=SC2086
    expect 0 $arguments --threads 1 --out here
    result_of here >here.json
    cd "a folder with spaces/ä" || exit 1
    # shellcheck disable=SC2086
    expect 0 $arguments --threads 3 --out "$work/there"
    cd "$work" || exit 1
    result_of there >there.json
    same here.json there.json
    same here/detections.json there/detections.json
    for name in de_DE tr_TR; do
      locale_of $name || continue
      # shellcheck disable=SC2086
      LOCPATH=$work/locales LC_ALL=$name.UTF-8 LANG=$name.UTF-8 expect 0 $arguments --threads 2 --out abroad
      result_of abroad >abroad.json
      same here.json abroad.json
      same here/detections.json abroad/detections.json
    done
  done
}

# Blocking and non-blocking transport give the same file, times included, except for what names them.
case_lt_and_at_agree_in_every_number() {
  detectors
  for preset in robust.toml "naive.toml --set array.mapping=ternary" ideal.toml; do
    for timing in lt at; do
      # shellcheck disable=SC2046,SC2086
      expect 0 run $preset $(quick 3 2) --chips 2 --timing $timing --json --out $timing
      result_of $timing | sed -e '/"mode": "[la]t"/d' >$timing.json
    done
    grep -q '"setup_s": [0-9]' lt.json && grep -q '"simulated_s": [0-9]' lt.json || fail "no times"
    same lt.json at.json
    same lt/detections.json at/detections.json
  done
}

# --- soak -------------------------------------------------------------------------------------------------

# use_of PID: prints "PEAK_KB DESCRIPTORS" of a process when it has ended: the largest memory and the largest
# number of open files that were seen.
use_of() {
  peak=0 descriptors=0
  while grep -qs '^State:.[^ZX]' "/proc/$1/status"; do
    now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$1/status" 2>/dev/null)
    [ -n "$now" ] && peak=$now
    # shellcheck disable=SC2012
    open=$(ls "/proc/$1/fd" 2>/dev/null | wc -l)
    [ "$open" -gt $descriptors ] && descriptors=$open
    sleep 0.2
  done
  echo "$peak $descriptors"
}

# watched WHAT COMMAND...: runs COMMAND and leaves peak and descriptors of its process.
watched() {
  what=$1
  shift
  "$@" >stdout 2>stderr &
  run=$!
  use=$(use_of $run)
  wait $run || fail "$what: exit code $?"
  peak=${use% *} descriptors=${use#* }
  echo "$what: $peak kB at most, $descriptors descriptors at most"
}

# pictures N: runs N pictures in one process.
pictures() {
  watched "$1 pictures" "$irc" run ideal.toml --model "$detector" --set run.scenes="$1" --limit "$1" \
    --evaluator ideal --threads 1 --out out
}

# At most 64 MiB of scenes and 64 MiB of the reference's maps are kept. What remains per picture is its boxes
# and detections, which are written at the end. 10,000 pictures took 321 MiB; keeping everything took 100 kB a
# picture.
case_long_ten_thousand_pictures() {
  [ -n "${IRC_SANITIZE:-}" ] && skip "a sanitizer needs memory of its own"
  detectors
  pictures 2000
  first_descriptors=$descriptors
  pictures 10000
  [ "$peak" -lt 420000 ] || fail "10000 pictures need $peak kB, expected less than 420000"
  [ "$descriptors" -le $((first_descriptors + 3)) ] || fail "$descriptors descriptors, expected $first_descriptors"
}

# points N: explores N points in one process. Points run in worker processes;
# this is about the process that plans, stores and counts.
points() {
  voltages=$(seq -s ', ' -f %.4f 0.55 0.002 "$(echo "$1" | awk '{ printf "%.4f", 0.55 + 0.002 * ($1 / 2 - 0.5) }')")
  cat >soak.toml <<END
[experiment]
name = "soak"
config = "robust.toml"
set = ["run.limit=1", "run.evaluator=ideal", "run.model=$detector", "run.images=$samples/scenes.json"]
[[parameter]]
key = "array.v_wl_v"
values = [$voltages]
[[parameter]]
key = "array.amplifiers"
values = [64, 32]
[metrics]
area_m2 = "min"
[strategy]
kind = "grid"
END
  watched "$1 points" "$irc" explore soak.toml --workers 1 --out "explored$1" --json
  equal "$(json stdout /evaluated)" "$1" "points"
}

case_long_two_hundred_points() {
  [ -n "${IRC_SANITIZE:-}" ] && skip "a sanitizer needs memory of its own"
  detectors
  points 50
  first_peak=$peak first_descriptors=$descriptors
  points 200
  # A point's record with its whole configuration and result is some 20 kB.
  [ $((peak - first_peak)) -lt $((150 * 60)) ] || fail "150 points more need $((peak - first_peak)) kB more"
  [ "$descriptors" -le $((first_descriptors + 3)) ] || fail "$descriptors descriptors, expected $first_descriptors"
}

run_case
