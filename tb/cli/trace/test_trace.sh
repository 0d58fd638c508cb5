#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of traces as their readers see them: the content of the files, and that other programs read the same
# from them.
. "$(dirname "$0")/trace_cases.sh"

# --- what a user may ask for --------------------------------------------------------------------------------

case_usage() {
  expect 2 run --trace vdc
  said stderr --trace "'vdc'" "expected vcd, perfetto, csv or csv.zst" "did you mean 'vcd'?"
  expect 2 run --trace csv:operations
  said stderr "'operations'" "layer, operation or phase" "did you mean 'operation'?"
  expect 2 run --trace csv,vcd,csv:phase
  said stderr csv twice
  expect 2 run --trace csv,
  expect 2 run --trace ""
  expect 2 run --trace csv --trace-window 10..20us
  said stderr --trace-window "'10'" unit 10us
  expect 2 run --trace csv --trace-window 20us..10us
  said stderr 20us..10us "an end after the begin"
  expect 2 run --trace csv --trace-window 20us
  said stderr BEGIN..END
  expect 2 run --power-profile -1us
  said stderr --power-profile "'-1us'"
  expect 2 run --power-profile 0us
  # A time that is too long is reported as a mistake of the flag, not of a --set that nobody typed.
  for window in 1e7s.. ..1001s 1us..1e300s; do
    expect 2 run --trace csv --trace-window $window
    said stderr --trace-window "'$window'" "1000"
    grep -q -e "--set" stderr && fail "a --set is blamed"
  done
  expect 2 run --power-profile 2000s
  said stderr --power-profile "'2000s'" "1000"
  # A window without a trace has no effect.
  expect 2 run --trace-window 1us..2us
  said stderr --trace-window "--trace or --power-profile"
  expect 2 run --trace-window 1us..2us --trace csv --set trace.formats=\"\"
  nothing_written out/run
}

case_configuration() {
  printf 'base = "robust.toml"\n[trace]\nformats = "csv:layer,vcf"\n' >bad.toml
  expect 3 config bad.toml
  said stderr bad.toml:3 trace.formats "'vcf'" "did you mean 'vcd'?"
  expect 3 config --set trace.begin_s=2e-6 --set trace.end_s=1e-6
  said stderr trace.end_s
  expect 3 config --set trace.power_window_s=-1
  expect 0 config --json --set trace.formats=csv:phase --set trace.power_window_s=1e-6
  equal "$(json stdout /trace/formats /trace/power_window_s | tr '\n' ' ')" '"csv:phase" 1e-06 ' "in force"
  detectors
  # The flag sets the configuration's keys, and --set comes last.
  # shellcheck disable=SC2046
  expect 0 run $(quick) --trace csv --trace-window 1us..2ms --power-profile 5us --set trace.formats=csv:layer \
    --json --out out
  equal "$(json stdout /config/trace/formats /config/trace/begin_s /config/trace/end_s \
    /config/trace/power_window_s | tr '\n' ' ')" '"csv:layer" 1e-06 0.002 5e-06 ' "in force"
  said stderr trace.csv power.csv
  column out/trace.csv kind | grep -q macro_operation && fail "not the level that was set last"
  # A window in a file without a trace is reported as having no effect.
  printf 'base = "robust.toml"\n[trace]\nbegin_s = 1e-6\n' >waits.toml
  # shellcheck disable=SC2046
  expect 0 run waits.toml $(quick) --out out
  said stderr trace.begin_s "no effect"
  # shellcheck disable=SC2046
  expect 0 run waits.toml $(quick) --out out --trace csv:layer
  grep -q "no effect" stderr && fail "it has one"
  return 0
}

# --- energies -----------------------------------------------------------------------------------------------

case_energies_add_up() {
  need jq zstd
  detectors
  for level in layer operation phase; do
    # shellcheck disable=SC2046
    expect 0 run $(quick 3 3) --chips 2 --trace "csv:$level,csv.zst:$level" --power-profile 3us --out $level
    energies_agree $level
    grep -c ": agree" stdout >count
    equal "$(cat count)" 5 "sums that agree"
    zstd -dc $level/trace.csv.zst | cmp - $level/trace.csv || fail "compressed, it is another table"
  done
  # Row groups, row pieces, column multiplexing and digitally added bias have terms that the preset does not
  # have.
  # shellcheck disable=SC2046
  expect 0 run $(quick 2 2) --trace csv:phase --out parts --set array.rows=64 --set array.bias_rows=8 \
    --set array.rows_per_operation=20 --set array.amplifiers=32 --set array.column_pairs=64 --set timing.burst_vectors=7
  energies_agree parts
  # Streamed maps: the DMA writes and reads between layers.
  # shellcheck disable=SC2046
  expect 0 run $(quick 2 2) --timing lt --trace csv --out streamed --set timing.activations=streamed
  energies_agree streamed
}

case_wrong_energies_are_found() {
  need jq
  golden good
  for wrong in '$d' '20s/[^,]*$/1e-15/' '30d'; do
    rm -rf bad
    cp -r good bad
    sed -i "$wrong" bad/trace.csv
    energies_differ bad
  done
  # The check must notice a joule that moves to another component or to another layer.
  rm -rf bad
  cp -r good bad
  sed 's/"array": /"array": 1/' good/result.json >bad/result.json
  energies_differ bad
  rm -rf bad
  cp -r good bad
  sed 's/^digital_move,,0,0,2,/digital_move,,0,0,3,/' good/trace.csv >bad/trace.csv
  energies_differ bad
  # Half a trace has half the energy, and the check explains why it refuses it.
  golden part --trace-window 33us..
  "$source_dir/scripts/check_trace.sh" part 2>stderr
  equal $? 3 "exit code"
  said stderr window
}

# --- time ---------------------------------------------------------------------------------------------------

# Phases are computed from the lengths in an event. Their ends must equal the event's own end, also after
# bursts that begin in the middle of an output row and wait for the previous burst.
case_phases_fill_their_bursts() {
  detectors
  for variant in "timing.mode=at timing.burst_vectors=1024" "timing.mode=at timing.burst_vectors=7" \
    "timing.mode=lt timing.burst_vectors=5" "timing.mode=at timing.input_bus_bits=16" \
    "timing.mode=at timing.output_bus_bits=2" "timing.mode=lt timing.activations=streamed"; do
    settings=$(for set in $variant; do echo "--set $set"; done)
    for level in operation phase; do
      # shellcheck disable=SC2046,SC2086
      expect 0 run $(quick) $settings --set array.rows_per_operation=30 --set array.column_pairs=8 \
        --set array.amplifiers=4 --trace csv:$level --out $level
    done
    awk -F, '
      FNR == 1 { ++file; for (i = 1; i <= NF; ++i) c[$i] = i; next }
      $c["kind"] != "macro_operation" { next }
      file == 1 {
        key = $c["picture"] " " $c["layer"] " " $c["tile"]
        burst = key " " $c["vector_begin"]
        begin[burst] = $c["start_s"]; end[key " " $c["vector_end"]] = $c["end_s"]
        next
      }
      {
        key = $c["picture"] " " $c["layer"] " " $c["tile"]
        if ($c["phase"] == "load" && (key " " $c["vector_begin"]) in begin && begin[key " " $c["vector_begin"]] != $c["start_s"])
          { print "burst " key " " $c["vector_begin"] " begins at " begin[key " " $c["vector_begin"]] ", its LOAD at " $c["start_s"]; bad = 1 }
        if ($c["phase"] == "store" && (key " " $c["vector_end"]) in end) {
          ++met
          if (end[key " " $c["vector_end"]] != $c["end_s"])
            { print "burst " key " ends at " end[key " " $c["vector_end"]] ", its STORE at " $c["end_s"]; bad = 1 }
        }
      }
      END { bursts = 0; for (k in end) ++bursts; if (bursts == 0 || met != bursts) { print met " of " bursts " bursts end in a STORE"; bad = 1 } exit bad }' \
      operation/trace.csv phase/trace.csv >wrong || fail "$variant: $(head -5 wrong)"
  done
}

case_window() {
  need jq
  golden all --trace csv:phase,vcd:phase,perfetto:phase
  golden part --trace csv:phase,vcd:phase,perfetto:phase --trace-window 33.16us..33.2us
  # The rows are exactly those of the whole trace that touch the window, and they are not cut.
  awk -F, 'NR == 1 { for (i = 1; i <= NF; ++i) c[$i] = i; print; next }
    $c["end_s"] > 33.16e-6 + 1e-15 && $c["start_s"] < 33.2e-6 - 1e-15' all/trace.csv >touching.csv
  same touching.csv part/trace.csv
  [ "$(wc -l <part/trace.csv)" -gt 20 ] || fail "hardly anything in the window"
  # A dump begins and ends with the window.
  equal "$(grep '^#' part/trace.vcd | head -n 1)" "#33160000" "begin of the dump"
  last=$(grep '^#' part/trace.vcd | tail -n 1)
  [ "${last#\#}" -le 33200000 ] || fail "the dump goes on to $last"
  jq -r -f "$tests/check_perfetto.jq" part/trace.perfetto.json >wrong || fail "no JSON"
  [ -s wrong ] && fail "$(cat wrong)"
  golden behind --trace csv,vcd,perfetto --trace-window 1s..
  equal "$(wc -l <behind/trace.csv | tr -d ' ')" 1 "lines of a window that nothing is in"
  said stderr "nothing happened in the trace's window" "ended at 3.3489e-05 s"
  [ "$(grep -vc "^irc: images: " stderr)" = 1 ] || fail "more than the note"
  [ -e behind/power.png ] && fail "a picture of nothing"
  golden open --trace csv:phase --trace-window ..33.2us
  grep -qv "^irc: images: " stderr && fail "a note on a window that shows something"
  [ "$(wc -l <open/trace.csv)" -gt "$(wc -l <part/trace.csv)" ] || fail "an open window is not the larger"
}

# The order of events differs between LT and AT, and the number of threads must have no effect.
case_same_bytes() {
  detectors
  all=vcd:phase,perfetto:phase,csv:phase
  # shellcheck disable=SC2046
  expect 0 run $(quick 3 3) --threads 1 --trace $all --power-profile 1us --out one
  # shellcheck disable=SC2046
  expect 0 run $(quick 3 3) --threads 2 --trace $all --power-profile 1us --out two
  for file in trace.vcd trace.perfetto.json trace.csv power.csv energy_layers.csv; do same one/$file two/$file; done
  # In LT the host sets up at slightly other times. Lengths, counts and energies are the same, row by row.
  for timing in lt at; do
    # shellcheck disable=SC2046
    expect 0 run $(quick 3 3) --timing $timing --trace csv --out $timing
    awk -F, 'NR == 1 { for (i = 1; i <= NF; ++i) c[$i] = i; print; next }
      $c["picture"] != "" { $c["end_s"] = sprintf("%.0f", ($c["end_s"] - $c["start_s"]) * 1e12); $c["start_s"] = ""; print }' \
      $timing/trace.csv >$timing.table
  done
  same lt.table at.table
}

# --- other programs -----------------------------------------------------------------------------------------

case_golden_traces() {
  need jq
  golden out
  alike "trace.csv" "$source_dir/traces/golden/trace.csv" out/trace.csv -F,
  vcd_table "$source_dir/traces/golden/trace.vcd" wanted.table
  vcd_table out/trace.vcd found.table
  alike "trace.vcd" wanted.table found.table
  for trace in "$source_dir/traces/golden" out; do
    jq -r -f "$tests/flat_json.jq" "$trace/trace.perfetto.json" >"$(basename "$trace").events" || fail "no JSON"
  done
  alike "trace.perfetto.json" golden.events out.events
  equal "$(wc -l <out.events)" "$(jq '.traceEvents | length' out/trace.perfetto.json)" events
  # The comparison notices another picosecond, a missing row, another word and a repeated row.
  for change in 's/^\(layer.*\)000,/\1001,/' '$d' '5s/dma_read/dma_write/' '$p'; do
    sed "$change" out/trace.csv >changed.csv
    cmp -s changed.csv out/trace.csv && fail "'$change' changes nothing"
    awk -F, -f "$tests/compare_tables.awk" out/trace.csv changed.csv >difference && fail "'$change' is not seen"
  done
  # The detector in the folder is the one that this test's tool makes.
  detectors
  same detectors/golden.onnx "$source_dir/traces/golden/golden.onnx"
}

case_perfetto_structure() {
  need jq
  detectors
  for variant in "phase" "operation" "layer" "phase --set array.rows_per_operation=30" \
    "phase --timing lt --set timing.activations=streamed" "operation --chips 2 --set timing.burst_vectors=3"; do
    # shellcheck disable=SC2046,SC2086
    expect 0 run $(quick 2 2) --out out --trace perfetto:$variant
    jq -r -f "$tests/check_perfetto.jq" out/trace.perfetto.json >wrong || fail "no JSON"
    [ -s wrong ] && fail "$variant: $(head -5 wrong)"
    jq -e '[.traceEvents[] | select(.ph == "B")] | length >= 15' out/trace.perfetto.json >values || fail "hardly a slice"
  done
  jq -e '[.traceEvents[] | select(.ph == "s")] | length > 0' out/trace.perfetto.json >values || fail "no arrow"
  golden out
  jq -r -f "$tests/check_perfetto.jq" out/trace.perfetto.json >wrong
  [ -s wrong ] && fail "$(head -5 wrong)"
  for change in 'map(if .ph == "E" and .name == "drive" then .ts += 1 else . end)' 'map(select(.ph != "f"))' \
    'map(select(.ph != "E"))' 'map(select(.name != "thread_name"))' 'map(select(.name != "process_name"))' \
    'map(if .ph == "C" then .args.value |= tostring else . end)' 'map(if .ph == "f" then .ts += 1 else . end)' \
    'map(if .ph == "s" then .ts += 1e6 else . end)' 'map(if .ph == "B" then del(.pid) else . end)' '[]'; do
    jq ".traceEvents |= $change" out/trace.perfetto.json | jq -r -f "$tests/check_perfetto.jq" >wrong
    [ -s wrong ] || fail "$change passes"
  done
}

# GTKWave's own converter reads a dump and writes it again, with every value at its time.
case_vcd_round_trip() {
  need vcd2fst fst2vcd
  detectors
  golden golden
  # shellcheck disable=SC2046
  expect 0 run $(quick 2 2) --out detector --trace vcd:operation
  golden window --trace vcd:phase --trace-window 33.16us..33.2us
  for run in golden detector window; do
    vcd2fst $run/trace.vcd $run.fst >stdout 2>stderr || fail "vcd2fst does not read $run"
    fst2vcd $run.fst >$run.back 2>stderr || fail "fst2vcd does not write $run"
    vcd_table $run/trace.vcd $run.wanted
    vcd_table $run.back $run.found
    same $run.wanted $run.found
    [ "$(wc -l <$run.wanted)" -gt 100 ] || fail "$run: hardly a change"
  done
  sed 's/^sdrive /ssense /' golden/trace.vcd >changed.vcd
  vcd2fst changed.vcd changed.fst >stdout 2>stderr && fst2vcd changed.fst >changed.back
  vcd_table changed.back changed.found
  cmp -s golden.wanted changed.found && fail "another phase is not seen"
  return 0
}

# Dump and table agree on word lines while driven, on the current, and on the energy at the end.
case_vcd_says_what_the_table_says() {
  golden out --trace vcd:phase,csv:phase
  vcd_table out/trace.vcd changes
  awk -F, 'NR == 1 { for (i = 1; i <= NF; ++i) c[$i] = i; next }
    { sum += $c["energy_j"] }
    $c["phase"] == "drive" { printf "%.0f irc.macro%s.active_word_lines %.9g\n", $c["start_s"] * 1e12, $c["macro"], $c["active_word_lines"] }
    END { printf "%.9g\n", sum >"sum" }' out/trace.csv >driven
  awk '$2 ~ /active_word_lines/ && $3 > 0 { printf "%s %s %.9g\n", $1, $2, $3 }' changes >rises
  [ -s rises ] || fail "no word line is ever driven"
  # Equal adjacent values are one value in the dump, so its rises are a subset of the table's rows.
  LC_ALL=C sort driven >driven.sorted
  LC_ALL=C sort rises | LC_ALL=C comm -23 - driven.sorted >strange
  [ -s strange ] && fail "in the dump only: $(head -3 strange)"
  equal "$(awk '$2 == "irc.energy_j" { last = $3 } END { printf "%.9g", last }' changes)" "$(cat sum)" "energy at the end"
  equal "$(awk '$2 == "irc.power_w" { last = $3 } END { print last }' changes)" 0 "power at the end"
}

run_case
