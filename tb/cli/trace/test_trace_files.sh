#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of power profiles, and of traces that cannot be written.
. "$(dirname "$0")/trace_cases.sh"

# --- power profile ------------------------------------------------------------------------------------------

case_power_profile() {
  need jq gnuplot
  golden out
  said stdout power.csv energy_layers.csv power.svg power.png energy_layers.svg energy_layers.png
  for name in power energy_layers; do
    is_png out/$name.png
    head -c 200 out/$name.svg | grep -q '<svg' || grep -q '<svg' out/$name.svg || fail "$name.svg is no SVG"
    grep -q '</svg>' out/$name.svg || fail "$name.svg ends early"
  done
  awk -F, 'NR == 1 { next }
    NR > 2 && $1 != end { print "line " NR ": begins at " $1 ", the one before ends at " end; bad = 1 }
    { end = $2; if ($3 > $4 * (1 + 1e-12)) { print "line " NR ": mean " $3 " above peak " $4; bad = 1 } }
    END { exit bad || NR < 100 }' out/power.csv >wrong || fail "$(head -3 wrong)"
  # Energy by layer, per image.
  equal "$(awk -F, 'NR > 1 { for (i = 2; i <= NF; ++i) s += $i } END { printf "%.9g", s }' out/energy_layers.csv)" \
    "$(jq '.energy_j_per_image' out/result.json | awk '{ printf "%.9g", $1 }')" "energy of the layers"
}

# Files of an earlier run must not be taken for this run's.
case_stale_files() {
  need gnuplot
  golden out --trace csv,csv.zst,vcd,perfetto
  equal "$(ls out | tr '\n' ' ')" "detections.json energy_layers.csv energy_layers.png energy_layers.svg power.csv power.png power.svg result.json trace.csv trace.csv.zst trace.perfetto.json trace.vcd " files
  golden out --set trace.formats=\"\" --set trace.power_window_s=0
  equal "$(ls out | tr '\n' ' ')" "detections.json result.json " files
}

case_no_gnuplot() {
  mkdir bin
  command_line="irc run without gnuplot"
  PATH=$work/bin "$irc" run "$source_dir/traces/golden/golden.toml" --out out >stdout 2>stderr
  code=$?
  equal $code 0 "exit code"
  said stderr "gnuplot is not installed" "apt-get install"
  for table in power.csv energy_layers.csv; do [ -s out/$table ] || fail "no $table"; done
  [ -e out/power.png ] && fail "a figure out of nowhere"
  # A gnuplot that fails is reported differently from a missing one.
  printf '#!/bin/sh\necho "no terminal here" >&2\nexit 1\n' >bin/gnuplot
  chmod +x bin/gnuplot
  PATH=$work/bin:$PATH "$irc" run "$source_dir/traces/golden/golden.toml" --out out >stdout 2>stderr
  code=$?
  equal $code 0 "exit code"
  said stderr "figures were not drawn" "gnuplot failed (exit code 1)" "no terminal here"
}

# --- files that cannot be written ---------------------------------------------------------------------------

case_unwritable_place() {
  detectors
  : >file
  # shellcheck disable=SC2046
  expect 3 run $(quick) --trace csv --out file/below
  mkdir -p out/trace.csv
  # shellcheck disable=SC2046
  expect 3 run $(quick) --trace csv --out out
  said stderr out/trace.csv "Is a directory"
  # The error comes at once, not after the run.
  nothing_written out
}

# A trace that fails must not destroy other results.
case_trace_too_large() {
  [ -n "${IRC_SANITIZE:-}" ] && skip "one run without sanitizers will do"
  detectors
  for format in csv csv.zst vcd perfetto; do
    command_line="irc run with at most 24 KiB per file, $format"
    (
      ulimit -f 48
      # shellcheck disable=SC2046
      "$irc" run $(quick 6 6) --chips 4 --set run.draw=0 --trace $format:phase --out out-$format
    ) >stdout 2>stderr
    code=$?
    equal $code 3 "exit code"
    said stderr "cannot write" "out-$format/trace." "File too large" "the results are complete"
    said stdout "mAP@0.5"
    json out-$format/result.json /schema >values
    json out-$format/detections.json >values
    for left in out-$format/*.tmp-* out-$format/trace.*; do
      [ -e "$left" ] && fail "$left was left behind"
    done
  done
  return 0
}

# The golden run takes 33 us, which are 33 million windows of a picosecond. 9 us of them only fill the disk.
case_power_profile_too_narrow() {
  [ -n "${IRC_SANITIZE:-}" ] && skip "one run without sanitizers will do"
  command_line="irc run --power-profile 1ps --trace-window ..9us, at most 24 KiB per file"
  (
    ulimit -f 48
    exec timeout 60 "$irc" run "$source_dir/traces/golden/golden.toml" --trace csv:layer --power-profile 1ps \
      --trace-window ..9us --out small
  ) >stdout 2>stderr
  code=$?
  equal $code 3 "exit code"
  said stderr "cannot write" small/power.csv "File too large" "the results are complete"
  json small/result.json /schema >values
  equal "$(ls small | tr '\n' ' ')" "detections.json result.json trace.csv " files
  golden_profile="$source_dir/traces/golden/golden.toml --power-profile 1ps --out large"
  # shellcheck disable=SC2086
  run_irc run $golden_profile
  equal $code 3 "exit code"
  said stderr large/power.csv "more than 10000000 windows of 1e-12 s" "choose wider windows" "the results are complete"
  json large/result.json /schema >values
  nothing_left=$(find large -name 'power*' -o -name '*.tmp-*')
  equal "$nothing_left" "" "what is left"
}

case_trace_fills_the_disk() {
  space="mount -t tmpfs -o size=128k none full"
  mkdir full
  unshare -m sh -c "$space" 2>/dev/null || skip "may not mount a small disk"
  detectors
  command_line="irc run --trace on a disk of 128 KiB"
  # shellcheck disable=SC2046
  unshare -m sh -c "$space"' && "$@"; code=$?; cp -r full/out kept; exit $code' sh \
    "$irc" run $(quick 6 6) --set run.draw=0 --trace perfetto:phase --out full/out >stdout 2>stderr
  code=$?
  equal $code 3 "exit code"
  said stderr "No space left on device" "the results are complete"
  json kept/result.json /schema >values
  equal "$(ls kept | tr '\n' ' ')" "detections.json result.json " "files"
}

run_case
