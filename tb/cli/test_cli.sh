#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of the command line as its users see it: exit codes, messages, files, output for machines. cases.sh
# describes the arguments.
. "$(dirname "$0")/cases.sh"

# --- the command line itself ------------------------------------------------------------------------------

case_version() {
  expect 0 --version
  [ -s stderr ] && fail "something on standard error"
  equal "$(wc -l <stdout | tr -d ' ')" 6 "lines"
  line=0
  for pattern in 'irc [0-9]+\.[0-9]+\.[0-9]+' 'revision: ([0-9a-f]{7,}|v?[0-9].*|unknown)(-dirty)?' \
    'compiler: (g\+\+|clang) [0-9]+\..*' 'SystemC: [0-9]+\.[0-9]+\.[0-9]+ \(SC_CPLUSPLUS=20[0-9]+\)' \
    'instruction sets: .* compiled in; this machine uses [a-z0-9_]+' \
    'optional parts: explore (on|off), pagmo (on|off)'; do
    line=$((line + 1))
    sed -n "${line}p" stdout | grep -Eqx "$pattern" || fail "line $line does not match '$pattern'"
  done
  chosen=$(sed -n 's/.*this machine uses //p' stdout)
  version=$(sed -n 's/^irc //p' stdout)
  for arguments in "--version --json" "--json --version"; do
    # shellcheck disable=SC2086
    expect 0 $arguments
    equal "$(json stdout /version /instruction_sets/chosen | tr '\n' ' ')" "\"$version\" \"$chosen\" " "facts as JSON"
    json stdout /schema /revision /compiler /systemc /instruction_sets/compiled/0 /parts/explore /parts/pagmo >values
  done
  expect 2 --json
  expect 2 --json config
  said stderr --version
}

# irc help prints what --help prints; the manual page holds every option of every command.
commands="run calibrate config device rtl model validate explore help completion"
commands_below="model:info validate:reference validate:latency validate:spice validate:engine validate:silicon"
case_help_command() {
  for words in "" run "validate spice"; do
    # shellcheck disable=SC2086
    expect 0 $words --help
    mv stdout wanted
    # shellcheck disable=SC2086
    expect 0 help $words
    same wanted stdout
  done
  expect 2 help fly
  said stderr fly
  expect 2 help run fly
}

case_manual_page() {
  expect 0 help --man
  [ -s stderr ] && fail "something on standard error"
  mv stdout irc.1
  grep -q '^\.TH IRC 1' irc.1 || fail "no title line"
  for section in NAME SYNOPSIS DESCRIPTION OPTIONS COMMANDS "COMMON OPTIONS" "EXIT STATUS" FILES EXAMPLES; do
    grep -qx ".SH $section" irc.1 || fail "no section $section"
  done
  # A minus sign is written \\- there.
  sed 's/\\-/-/g' irc.1 >plain
  for code in 0 1 2 3 70; do grep -qx "\\\\fB$code\\\\fR" plain || fail "no exit code $code"; done
  for words in "" $commands $(echo "$commands_below" | tr ' ' '\n'); do
    words=$(echo "$words" | tr ':' ' ')
    [ -z "$words" ] || grep -q "^\.SS \"irc $words[ \"]" plain || fail "no heading for irc $words"
    # shellcheck disable=SC2086
    expect 0 $words --help
    for option in $(grep -Eo '^  (-[a-z],)?--[a-z-]+(,--[a-z-]+)*' stdout | tr ', ' '\n\n'); do
      grep -qF -e "\\fB$option\\fR" plain || fail "option $option of 'irc $words' is not in the manual page"
    done
  done
  command -v man >which.log || skip "no man to check the page's markup with"
  man -l --warnings -E UTF-8 -Tutf8 -Z irc.1 >page 2>warnings || fail "man refuses the page: $(cat warnings)"
  [ -s warnings ] && fail "man warns: $(cat warnings)"
  return 0
}

# complete WORDS: what bash offers for the last word.
complete_words() {
  bash -c '. ./irc.bash; COMP_WORDS=(irc "$@"); COMP_CWORD=$#; _irc; printf "%s\n" "${COMPREPLY[@]}"' bash "$@" \
    >offered 2>complete.log
  [ -s complete.log ] && fail "bash: $(cat complete.log)"
  return 0
}

offers() {
  for word in "$@"; do grep -qxF -e "$word" offered || fail "'$word' is not offered: $(tr '\n' ' ' <offered)"; done
}

case_completion() {
  for shell in bash zsh fish; do
    expect 0 completion $shell
    [ -s stderr ] && fail "something on standard error"
    for command in $commands; do said stdout "$command"; done
    said stdout array.v_wl_v robust.toml models/traffic.onnx
    cp stdout "irc.$shell"
    if command -v $shell >which.log; then $shell -n "irc.$shell" || fail "$shell does not read the script"; fi
  done
  expect 2 completion
  expect 2 completion dos
  said stderr dos bash
  command -v bash >which.log || skip "no bash to try the script in"
  complete_words ""
  # shellcheck disable=SC2086
  offers $commands
  grep -q worker offered && fail "a hidden command is offered"
  for pair in $commands_below; do
    complete_words "${pair%:*}" ""
    offers "${pair#*:}"
  done
  complete_words run --
  offers --network --model --images --split --set --json --trace
  complete_words run --timing ""
  equal "$(tr '\n' ' ' <offered)" "lt at " "values of --timing"
  complete_words run --timing = a
  equal "$(cat offered)" at "values of --timing=a"
  complete_words run --evaluator ""
  offers auto exact fast ideal
  complete_words run --limit 3 --set array.v_w
  offers array.v_wl_v=
  complete_words run ro
  equal "$(cat offered)" robust.toml "presets"
  for flag in --network --model; do
    complete_words run $flag models/tr
    offers models/traffic.onnx
  done
  complete_words completion ""
  equal "$(tr '\n' ' ' <offered)" "bash zsh fish " "shells"
}

case_help() {
  expect 0 --help
  said stdout "Examples:" "irc run" "irc config" "Exit codes" run config device model validate
  for sub in run calibrate config device rtl "model info" "validate reference" "validate latency" "validate spice" "validate engine" "validate silicon"; do
    # shellcheck disable=SC2086
    expect 0 $sub --help
    said stdout --json --seed --threads --out --set
    [ -s stderr ] && fail "something on standard error"
  done
  return 0
}

case_usage_errors() {
  expect 2
  expect 2 fly
  said stderr fly
  expect 2 run --colour red
  said stderr --colour
  expect 2 run --limit many
  said stderr --limit many
  for flag in --limit --seed --threads --chips --nonideal-images; do
    expect 2 run $flag -1
    said stderr "$flag" -1 "whole number"
  done
  expect 2 validate reference --seed -1
  expect 2 run --seed 1.5
  said stderr --seed
  expect 2 run --timing sometimes
  said stderr sometimes
  expect 2 run --set
  expect 2 run robust.toml naive.toml
  expect 2 model
  expect 2 model info
  expect 2 validate everything
  said stderr everything reference latency spice
  expect 2 run --limit 1 --limit 2
  said stderr --limit
}

# An empty variable in a user's script must not select a default.
case_empty_arguments() {
  detectors
  for flag in --network --images --split --evaluator --out; do
    expect 2 run --limit 1 "$flag" ""
    said stderr "$flag"
  done
  # The second spelling of --network.
  expect 2 run --limit 1 --model ""
  said stderr --network
  nothing_written out/run
}

case_exit_codes() {
  expect 0 config
  expect 2 config --no-such-flag
  expect 3 config no-such-file.toml
  said stderr no-such-file.toml
}

# Constants for RTL and firmware are written, are the same as JSON, and are accepted by a linter and a C
# compiler where these exist.
case_rtl() {
  expect 0 rtl --out gen
  said stdout gen/irc_contract_pkg.sv gen/irc_config_pkg.sv gen/irc_contract.h
  said gen/irc_contract_pkg.sv "package irc_contract_pkg;" "DESCRIPTOR_IN_HEIGHT_LSB = 32'd64;"
  expect 0 rtl ideal.toml --set array.rows=512 --out gen --json
  said stdout '"ROWS": 512' '"OPCODE_HEAD": 5'
  said gen/irc_config_pkg.sv "ROWS = 32'd512;"
  if command -v verilator >lint.log 2>&1; then
    printf '%s\n' 'module both(output logic [31:0] o);' \
      '  assign o = irc_contract_pkg::DESCRIPTOR_BYTES + irc_config_pkg::ROWS;' 'endmodule' >both.sv
    verilator --lint-only -Wall gen/irc_contract_pkg.sv gen/irc_config_pkg.sv both.sv >lint.log 2>&1 ||
      fail "the packages are not clean: $(cat lint.log)"
  fi
  if command -v cc >lint.log 2>&1; then
    cc -std=c99 -pedantic -Wall -Wextra -Wconversion -Werror -fsyntax-only -x c gen/irc_contract.h >lint.log 2>&1 ||
      fail "the header is not clean: $(cat lint.log)"
  fi
  return 0
}

case_rtl_errors() {
  expect 2 rtl
  said stderr --out
  expect 3 rtl --set memory.bus_bytes=12 --out gen
  said stderr memory.bus_bytes 12 "power of two"
  nothing_written gen/irc_config_pkg.sv
  expect 3 rtl no-such-file.toml --out gen
  said stderr no-such-file.toml
  touch file
  expect 3 rtl --out file/gen
}

case_too_much_memory() {
  [ -n "${IRC_SANITIZE:-}" ] && skip "sanitizers need the address space"
  (ulimit -v 2000000) 2>/dev/null || skip "no limit of the address space here"
  detectors
  command_line="irc run with 2 GB for 32 GB"
  (
    ulimit -v 2000000
    # shellcheck disable=SC2046
    "$irc" run $(quick) --threads 1 --set memory.size_bytes=34359738368 --out out
  ) >stdout 2>stderr
  code=$?
  equal $code 3 "exit code"
  said stderr memory 34359738368
  nothing_written out
}

# --- configurations ---------------------------------------------------------------------------------------

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

# --- inputs -----------------------------------------------------------------------------------------------

case_bad_pictures() {
  detectors
  run_with="run --model $detector --evaluator ideal --out out"

  # shellcheck disable=SC2086
  expect 3 $run_with --images nowhere.png
  said stderr nowhere.png

  mkdir pictures
  # shellcheck disable=SC2086
  expect 3 $run_with --images pictures
  said stderr "no images"

  # A start of image and a frame header of 48 x 64, without an end.
  printf '\377\330\377\300\000\021\010\000\060\000\100\003\001\042\000\002\021\001\003\021\001\377\332' >pictures/cut.jpg
  # shellcheck disable=SC2086
  expect 3 $run_with --images pictures
  said stderr cut.jpg truncated
  nothing_written out
  rm pictures/cut.jpg

  head -c 900 "$samples/images/scene-3003-0.png" >pictures/cut.png
  # shellcheck disable=SC2086
  expect 3 $run_with --images pictures
  said stderr cut.png truncated
  rm pictures/cut.png

  echo "no picture at all" >pictures/text.png
  # shellcheck disable=SC2086
  expect 3 $run_with --images pictures/text.png
  said stderr text.png

  cp "$samples/scenes.json" missing.json
  cp "$samples"/images/scene-3003-[0-4].png .
  # shellcheck disable=SC2086
  expect 3 $run_with --images missing.json
  said stderr scene-3003-5.png
  nothing_written out
}

case_bad_annotations() {
  detectors
  run_with="run --model $detector --evaluator ideal --limit 1 --out out"
  sed 's/"image_id":5/"image_id":55/' "$samples/scenes.json" >orphan.json
  # shellcheck disable=SC2086
  expect 3 $run_with --images orphan.json
  said stderr orphan.json image_id 55

  sed 's/"category_id":3/"category_id":33/' "$samples/scenes.json" >class.json
  # shellcheck disable=SC2086
  expect 3 $run_with --images class.json
  said stderr class.json category_id 33

  head -c 700 "$samples/scenes.json" >half.json
  # shellcheck disable=SC2086
  expect 3 $run_with --images half.json
  said stderr half.json

  # One class that only the detector has, and one that only the data set has: both are named.
  expect 0 run --model detectors/zeppelin.onnx --images "$samples/scenes.json" --limit 2 --evaluator ideal --out zeppelin
  said stderr "no objects of the detector's classes" zeppelin "cannot find" cyclist

  make_yolo
  echo "3 0.5 0.5 0.1 0.1" >>yolo/labels/scene-3003-2.txt
  # shellcheck disable=SC2086
  expect 3 $run_with --images yolo
  said stderr scene-3003-2.txt: "class '3'" cyclist
}

case_bad_detectors() {
  detectors
  : >empty.onnx
  printf 'GIF89a or something else' >garbage.onnx
  head -c 2000 "$detector" >half.onnx
  for file in empty.onnx garbage.onnx half.onnx; do
    expect 3 model info $file
    said stderr $file
    expect 3 run --model $file --images "$samples/scenes.json" --out out
    said stderr $file
  done
  expect 3 model info detectors/five.onnx
  said stderr five.onnx weight "is 5"
  expect 3 model info nowhere.onnx
  said stderr nowhere.onnx
  expect 3 model info "$work"
  expect 3 run --model nowhere.onnx --out out
  said stderr nowhere.onnx
  # The name is longer than a file name may be.
  long=$(printf '%0300d' 0).onnx
  expect 3 model info "$long"
  expect 3 run --model "$long" --out out
  expect 3 run --model "$detector" --images "$long" --out out
  nothing_written out
}

case_bytes_that_are_no_text() {
  detectors
  bad=$(printf 'pic\377tures')
  mkdir "$bad" 2>/dev/null || skip "no such names on this file system"
  cp "$samples/images/scene-3003-0.png" "$bad"
  # TOML is UTF-8, and so is the configuration in force.
  expect 3 run --model "$detector" --images "$bad" --out out
  said stderr images
  # Images with such names are accepted.
  mkdir pictures
  cp "$samples/images/scene-3003-0.png" "pictures/$bad.png"
  expect 0 run --model "$detector" --images pictures --evaluator ideal --json --out out
  json stdout /images >values
  is_png "out/$bad.png"
}

# Names from files must not move the cursor or break a table.
no_control_characters() {
  LC_ALL=C tr -d '\n' <"$1" | LC_ALL=C grep -q '[[:cntrl:]]' && fail "a control character in $1"
  grep -q "$(printf '\302\233')" "$1" && fail "U+009B in $1"
  return 0
}

case_names_with_control_characters() {
  detectors
  mkdir pictures
  cp "$samples/images/scene-3003-0.png" pictures
  expect 0 model info detectors/control.onnx
  said stdout 'a\nb\x1b[31m' 've\nhicle' 'pede\x1b[1mstrian' 'cyc\u{9b}list' 'net\x1b[2J'
  no_control_characters stdout
  expect 0 run --model detectors/control.onnx --images pictures --evaluator ideal --trace vcd,csv --out out
  said stdout 'a\nb\x1b[31m' 'net\x1b[2J'
  no_control_characters stdout
  no_control_characters stderr
  for file in out/trace.vcd out/trace.csv; do
    [ -f "$file" ] || fail "no $file"
    no_control_characters "$file"
  done
  bad=$(printf 'no\nsuch\033[31m.toml')
  expect 3 run "$bad" --out out
  no_control_characters stderr
}

case_dead_channels() {
  detectors
  expect 0 model info detectors/dead.onnx --json
  json stdout /nodes >values
  grep -q '"max_bias": 231' stdout && fail "a dead channel asks for 231 bias rows"
  expect 0 run --model detectors/dead.onnx --images "$samples/scenes.json" --limit 1 --evaluator ideal \
    --set 'array.bias="array"' --set array.bias_rows=8 --out out
  equal "$(json out/result.json /split_by_bias)" "[]" "layers split by bias rows"
}

case_bias_rows_that_split_a_layer() {
  detectors
  # conv3 has 108 weight rows; with its bias rows it is taller than the array.
  # shellcheck disable=SC2046
  expect 0 run $(quick) --set 'array.bias="array"' --set array.rows=108 --set array.bias_rows=8 --out out
  said stderr "irc: warning: layer 'conv4'" "108 weight rows" "array.rows is 108" "one-bit votes instead of one decision"
  json out/result.json /split_by_bias/0/layer /split_by_bias/0/weight_rows /split_by_bias/0/bias_rows \
    /split_by_bias/0/array_rows /split_by_bias/0/votes /split_by_bias/0/warning >values
  # shellcheck disable=SC2046
  expect 0 run $(quick) --set 'array.bias="source"' --set array.rows=108 --out out
  grep -q 'warning: layer' stderr && fail "a warning without bias rows"
  equal "$(json out/result.json /split_by_bias)" "[]" "layers split by bias rows"
}

case_layer_without_place() {
  detectors
  # shellcheck disable=SC2046
  expect 3 run $(quick) --set array.rows=16 --set array.bias_rows=4 --set array.macros=1 --out out
  said stderr "cannot be placed" "layer 'conv3'" "16 rows"
  nothing_written out
}

# --- results ----------------------------------------------------------------------------------------------

case_unwritable_out() {
  detectors
  : >file
  # The image cannot be read, so a complaint about the folder shows that the run had not begun.
  echo "no picture" >bad.png
  for place in file file/below /proc/no-folder-here; do
    expect 3 run --model "$detector" --images bad.png --evaluator ideal --out $place
    said stderr --out "$place"
    expect 3 validate reference "$detector" --out $place
    said stderr --out "$place"
  done
}

case_disk_full() {
  detectors
  (ulimit -f 6) 2>/dev/null || skip "no limit of file sizes here"
  for draw in 0 1; do
    command_line="irc run, files of at most 3 KiB, run.draw=$draw"
    # Standard output is a pipe, so the limit does not apply to it.
    # shellcheck disable=SC2046
    (
      ulimit -f 6
      "$irc" run $(quick) --set run.draw=$draw --set run.score_threshold=0.99 --out "full$draw" 2>&1
      echo "code $?"
    ) | cat >stdout
    code=$(sed -n 's/^code //p' stdout)
    equal "$code" 3 "exit code"
    said stdout "cannot write" "full$draw/" "mAP@0.5"
    nothing_written "full$draw"
  done
}

case_no_space_left() {
  space="mount -t tmpfs -o size=16k none full"
  mkdir full
  unshare -m sh -c "$space" 2>/dev/null || skip "may not mount a small disk"
  detectors
  command_line="irc run on a disk of 16 KiB"
  # shellcheck disable=SC2046
  unshare -m sh -c "$space"' && "$@"; code=$?; ls -A full/out >left; exit $code' sh \
    "$irc" run $(quick) --out full/out >stdout 2>stderr
  code=$?
  equal $code 3 "exit code"
  said stderr "No space left on device" full/out/
  said stdout "mAP@0.5"
  [ -s left ] && fail "left behind: $(cat left)"
  return 0
}

case_stdout_full() {
  [ -e /dev/full ] || skip "no /dev/full"
  detectors
  for arguments in --version --help config "config --resolved" "config --json" "model info $detector" \
    "run $(quick) --out a" "run $(quick) --json --out b"; do
    command_line="irc $arguments >/dev/full"
    # shellcheck disable=SC2086
    "$irc" $arguments >/dev/full 2>stderr
    code=$?
    equal $code 3 "exit code"
    said stderr "standard output"
  done
  # The result is still written to its file.
  json a/result.json /schema
  json b/result.json /schema
}

# Every command accepts --out, --seed, --threads and --set.
case_common_options() {
  detectors
  expect 0 config --seed 3 --threads 2 --set array.rows=512 --resolved --out a
  same stdout a/config.toml
  expect 0 model info "$detector" --seed 3 --threads 2 --json --out b
  same stdout b/model.json
  [ -s stderr ] && fail "something on standard error"
  expect 0 model info "$detector" --set array.rows=512 --json
  json stdout /nodes
  said stderr "--set has no effect"
  expect 3 model info "$detector" --set array.rowz=512
  said stderr rowz
  expect 0 validate reference "$detector" --seed 3 --threads 1 --set array.rows=512 --json --out c
  same stdout c/reference.json
  said stderr "--set has no effect" passed
  for arguments in config "model info $detector"; do
    : >file
    # shellcheck disable=SC2086
    expect 3 $arguments --out file
    said stderr --out file
  done
}

case_json_document() {
  detectors
  # shellcheck disable=SC2046
  expect 0 run $(quick) --json --out out
  json stdout /schema /version /seed /config /map/metric /map/ideal /map/nonideal /map/per_chip/0 /map/std \
    /map/worst /map/coco /latency_s_per_image /cycles_per_image /energy_j_per_image /energy_j/dram /energy_j/array /energy_j/clamp /array_j/lrs /array_j/off /area_by_component_m2/array /area_m2 /tops_per_w \
    /simulated_s /wall_s /images /chips /layers/0/name /layers/0/rows /layers/0/columns /layers/0/operations \
    /layers/0/cycles /layers/0/energy_j /layers/0/bit_errors /layers/0/bits /layers/0/fallback_vectors /layers/0/newton_iterations \
    /config/array/rows /config/run/seed >values
  equal "$(json stdout /schema /map/metric /images /chips | tr '\n' ' ')" '1 "voc_all_point@0.5" 1 1 ' "values"
  # The layers are conv1, pool2 and conv3; conv3 is the first in the array.
  equal "$(json stdout /layers/2/name)" '"conv3"' "third layer"
  json stdout /layers/2/energy_j/word_line /layers/2/energy_j/array /layers/2/array_j/hrs >values
  same stdout out/result.json

  expect 0 model info "$detector" --json
  json stdout /classes/0 /nodes/0/name >values
  expect 0 config --json
  json stdout /array/rows >values
  expect 0 validate reference "$detector" --json --out out
  json stdout /cases/0/bit_errors /cases/0/bits /cases/0/timing /cases/0/burst /cases/0/macros >values
  equal "$(json stdout /cases/0/bit_errors)" 0 "bit errors"
}

# The comparison of the solver with ngspice reports a missing ngspice.
case_validate_spice_without_ngspice() {
  real_path=$PATH
  PATH=/nonexistent "$irc" validate spice --json >stdout 2>stderr
  equal "$?" 3 "exit code"
  PATH=$real_path
  [ -s stdout ] && fail "an error, but standard output is not empty"
  said stderr ngspice "apt-get install"
}

# Published macros: the document for scripts, and the documentation page that shows today's table.
case_validate_silicon() {
  expect 0 validate silicon
  said stdout "geometric mean" "NOT MET" "met" passed
  grep -v '^passed' stdout >lines
  while IFS= read -r line; do
    [ -z "$line" ] || grep -qxF -e "$line" "$source_dir/docs/energy.md" || fail "docs/energy.md lacks: $line"
  done <lines
  expect 0 validate silicon --fit
  said stdout r_settle_ohm macro_control_j_per_readout "with this fit" "set by hand" wires.c_wl_f
  # Values of the card that were set by hand may be changed. This is the first row of the sensitivity table.
  "$irc" validate silicon --fit --set card.wires.c_wl_f=1.5e-15 >stdout 2>stderr
  equal "$?" 1 "exit code"
  said stdout "NOT MET), worst" "1.5e-15"
  expect 0 validate silicon --set array.v_wl_v=1
  said stderr array.v_wl_v "no effect"
  expect 3 validate silicon --set card.wires.c_wl=1e-15
  said stderr c_wl
  expect 0 validate silicon --json --out out
  same stdout out/silicon.json
  json stdout /cases/0/macro /cases/0/boundary /cases/0/energy_ratio /cases/0/latency_ratio /cases/0/area_ratio \
    /cases/0/loo_energy_ratio /cases/0/assumed /fitted/energy/geometric_mean /not_fitted/latency/worst >values
  equal "$(json stdout /cases/0/boundary /cases/5/boundary /cases/5/latency_ratio | tr '\n' ' ')" '"core" "macro" null ' "values"
  said stderr passed
  # A list of the user's own: a value that nothing explains fails, a malformed list is bad input.
  cp "$source_dir/configs/silicon/macros.toml" own.toml
  expect 0 validate silicon own.toml
  sed 's/^energy_j = 2000e-12/energy_j = 2000e-9/' own.toml >thousandfold.toml
  "$irc" validate silicon thousandfold.toml >stdout 2>stderr
  equal "$?" 1 "exit code"
  said stdout "0.00" FAILED
  # Without fitted macros there is no mean, and no target is met.
  sed 's/^fitted = true/fitted = false/' own.toml >none.toml
  "$irc" validate silicon none.toml >stdout 2>stderr
  equal "$?" 1 "exit code"
  said stdout "energy, fitted macros                    geometric mean -, worst -, no macros" FAILED
  "$irc" validate silicon none.toml --json >stdout 2>stderr
  equal "$(json stdout /fitted/energy/geometric_mean)" null "geometric mean"
  sed 's/^readouts = 100 /readouts = -1 /' own.toml >negative.toml
  expect 3 validate silicon negative.toml
  said stderr negative.toml readouts -1
  expect 3 validate silicon no-such.toml
  said stderr no-such.toml
  real_path=$PATH
  PATH=/nonexistent "$irc" validate silicon --out bare >stdout 2>stderr
  equal "$?" 0 "exit code"
  PATH=$real_path
  said stdout "figure skipped: gnuplot is not installed"
  [ -e bare/silicon.svg ] && fail "a picture without gnuplot"
  command -v gnuplot >/dev/null || skip "no gnuplot"
  grep -q "</svg>" out/silicon.svg || fail "out/silicon.svg is no picture"
}

case_device() {
  expect 0 device --rows 64 --json --out out
  same stdout out/device.json
  equal "$(json stdout /rows /driven_share /lrs_share | tr '\n' ' ')" "64 0.18 0.3 " "load"
  json stdout /lrs_current_a /on_off /lrs_sigma /hrs_sigma /column_current_a /kept >values
  [ -s stderr ] && fail "something on standard error"
  cp stdout first
  expect 0 device --rows 64 --json --threads 1
  same first stdout
  expect 0 device naive.toml --rows 64
  said stdout "V_WL 0.9 V" "sigma(I)/I" "on/off" "kept"
  expect 2 device --rows -1
  expect 3 device --rows 0
  said stderr --rows "1 to 65536"
  for flag in --driven --lrs; do
    expect 3 device --rows 64 $flag 0
    expect 3 device --rows 64 $flag 1.5
    said stderr $flag 1.5 share
  done
  expect 3 device --set array.v_wl_w=1
}

case_device_sweep() {
  expect 0 device --rows 64 --sweep-v-wl 0.5..0.9 --sweep-steps 4 --against naive.toml --json --out out
  same stdout out/v_wl_sweep.json
  equal "$(json stdout /rows /points/0/v_wl_v /points/1/v_wl_v /points/4/v_wl_v | tr '\n' ' ')" "64 0.5 0.6 0.9 " voltages
  equal "$(json stdout /points/1/mark /points/4/mark | tr '\n"' '  ')" " robust.toml   naive.toml  " marks
  # The row of the working point equals the command's report without a sweep.
  keys="lrs_mean_current_a hrs_mean_current_a on_off lrs_sigma lrs_sigma_v_t lrs_sigma_r hrs_sigma column_current_a kept"
  json stdout $(for key in $keys; do echo /points/1/$key; done) >sweep
  cp stdout first
  expect 0 device --rows 64 --json
  json stdout $(for key in $keys; do echo /$key; done) >point
  same sweep point
  # The table has six lines, because no voltage occurs twice. The CSV's columns are those of the document.
  equal "$(wc -l <out/v_wl_sweep.csv)" 6 "lines of the table"
  equal "$(head -1 out/v_wl_sweep.csv)" "v_wl_v,$(echo $keys | tr ' ' ,),mark,refused" "head of the table"
  expect 0 device --rows 64 --sweep-v-wl 0.5..0.9 --sweep-steps 4 --against naive.toml --json --threads 1
  same first stdout
  expect 0 device --rows 64 --sweep-v-wl 0.1..0.5 --sweep-steps 2 --set array.v_wl_off_v=0.2
  said stdout "V_WL V" "refused" "array.v_wl_off_v" "robust.toml"
  for range in 0.9..0.5 0.5..0.5 0.5 0.5..6 -1..1 a..b ..1; do
    expect 3 device --sweep-v-wl=$range
    said stderr --sweep-v-wl "'$range'" FROM..TO
  done
  expect 3 device --sweep-v-wl 0.5..0.9 --sweep-steps 0
  said stderr --sweep-steps "1 to 1000"
  expect 3 device --sweep-v-wl 0.5..0.9 --against missing.toml
  said stderr missing.toml
  expect 3 device --sweep-v-wl 0.5..0.9 --set array.v_wl_w=1
  expect 2 device --against naive.toml
  expect 2 device --sweep-steps 3
  said stderr --sweep-v-wl
  # Without gnuplot the table is written, and figures of an earlier sweep are removed.
  touch out/v_wl_sweep.svg
  real_path=$PATH
  PATH=$work/no-programs
  run_irc device --rows 64 --sweep-v-wl 0.5..0.9 --sweep-steps 1 --out out
  PATH=$real_path
  equal "$code" 0 "exit code without gnuplot"
  said stderr "figure was not drawn: gnuplot is not installed"
  [ -e out/v_wl_sweep.svg ] && fail "a figure without gnuplot"
  equal "$(wc -l <out/v_wl_sweep.csv)" 4 "lines of the table"
  command -v gnuplot >/dev/null || skip "no gnuplot"
  expect 0 device --rows 64 --sweep-v-wl 0.5..0.9 --sweep-steps 4 --against naive.toml --out out
  is_png out/v_wl_sweep.png
  grep -q "</svg>" out/v_wl_sweep.svg || fail "out/v_wl_sweep.svg is no picture"
  for text in "robust.toml: 0.6 V" "naive.toml: 0.9 V" "V_t mismatch alone"; do
    grep -qF "$text" out/v_wl_sweep.svg || fail "'$text' is not in the figure"
  done
}

# The demo passes its arguments to both runs, they override its defaults, and it refuses at once what it
# cannot pass on.
case_demo_arguments() {
  command -v cmake >/dev/null || skip "no cmake"
  mkdir -p demo/scripts demo/build/bin
  cp -r "$source_dir/cmake" demo/cmake
  cp "$source_dir/scripts/demo.sh" demo/scripts
  for replaced in setup build; do printf '#!/bin/sh\necho %s\n' $replaced >demo/scripts/$replaced.sh; done
  chmod +x demo/scripts/*.sh
  ln -s "$irc" demo/build/bin/irc
  demo() {
    command_line="demo.sh $*"
    demo/scripts/demo.sh "$@" >stdout 2>stderr
    code=$?
  }
  demo --limit 2 --evaluator ideal --nonideal-images=1 --chips 2 --set run.draw=1
  equal $code 0 "exit code"
  said stdout "robust" "naive" "TOPS/W"
  for run in demo-robust demo-naive; do
    equal "$(json demo/out/$run/result.json /images /chips | tr '\n' ' ')" "1 2 " "$run"
  done
  for argument in --out --out=x --network=my.onnx --model=my.onnx --json naive.toml; do
    demo "$argument"
    equal $code 2 "exit code"
    said stderr "$argument"
    [ -s stdout ] && fail "something was done"
  done
  return 0
}

case_written_files() {
  detectors
  # shellcheck disable=SC2046
  expect 0 run $(quick 2 2) --out deep/er/out
  said stdout "mAP@0.5 ideal" "mAP@0.5 nonideal" "energy goes to" "macros" "written: 4 files in deep/er/out"
  json deep/er/out/result.json /schema
  json deep/er/out/detections.json
  equal "$(ls deep/er/out | tr '\n' ' ')" "detections.json result.json scene-3003-0.png scene-3003-1.png " files
  for picture in deep/er/out/*.png; do is_png "$picture"; done
}

# Two images with the same name in different formats must not overwrite each other's result.
case_equal_names() {
  detectors
  mkdir twins
  cp "$samples/images/scene-3003-0.png" twins/street.png
  printf 'P6\n2 2\n255\nabcdefghijkl' >twins/street.ppm
  # shellcheck disable=SC2012
  expect 0 run --model "$detector" --images twins --evaluator ideal --out out
  said stdout "written: 4 files"
  equal "$(ls out/*.png | wc -l | tr -d ' ')" 2 "pictures"
  for picture in out/*.png; do is_png "$picture"; done
}

# Prints results without the values that depend on the machine.
result_of() {
  sed -e '/"wall_s"/d' -e '/"threads"/d' "$1/result.json"
}

case_seed_repeats() {
  detectors
  for run in a b c; do
    seed=11
    [ $run = c ] && seed=12
    # shellcheck disable=SC2046
    expect 0 run $(quick) --seed $seed --json --out $run
    result_of $run >$run.json
  done
  same a/detections.json b/detections.json
  same a.json b.json
  cmp -s a.json c.json && fail "another seed gives the same result"
  # The cells differ, but the images' truth does not.
  equal "$(json a/result.json /map/ideal)" "$(json c/result.json /map/ideal)" "ideal mAP"
}

case_threads_do_not_matter() {
  detectors
  for threads in 1 2; do
    # shellcheck disable=SC2046
    expect 0 run $(quick 4 2) --threads $threads --json --out t$threads
    result_of t$threads >t$threads.json
  done
  same t1/detections.json t2/detections.json
  same t1.json t2.json
}

# Chips run in one, two or three processes with the same results. With a trace they share one simulation.
case_chips_do_not_share_a_process() {
  detectors
  for timing in at lt; do
    for threads in 1 2 4; do
      # shellcheck disable=SC2046
      expect 0 run $(quick 4 3) --chips 3 --timing $timing --threads $threads --json --out t$threads
      result_of t$threads >t$threads.json
    done
    for threads in 2 4; do
      same t1/detections.json t$threads/detections.json
      same t1.json t$threads.json
      for picture in t1/*.png; do same "$picture" "t$threads/$(basename "$picture")"; done
    done
  done
  [ "$(json t1/result.json /map/per_chip/0)" = "$(json t1/result.json /map/per_chip/2)" ] &&
    [ "$(grep -c '"bit_errors": 0,' t1/result.json)" = "$(grep -c '"bit_errors"' t1/result.json)" ] &&
    fail "chips that do not differ"
  # shellcheck disable=SC2046
  expect 0 run $(quick 4 3) --chips 3 --timing lt --threads 2 --trace csv:layer --json --out traced
  grep -q . traced/trace.csv || fail "no trace"
  same t1/detections.json traced/detections.json
  for key in /energy_j_per_image /setup_s /setup_j /simulated_s /map/per_chip/2 /cycles_per_image; do
    equal "$(json traced/result.json $key)" "$(json t1/result.json $key)" "$key with a trace"
  done
}

# Prints the workers of irc process $1 as "PID PID ...".
workers_of() {
  cat "/proc/$1/task/$1/children" 2>/dev/null
}

# chips_running: starts two chips, which take minutes, and sets the process ids run, first and second.
chips_running() {
  "$irc" run --limit 100 --evaluator exact --chips 2 --threads 2 --out out >stdout 2>stderr &
  run=$!
  for _ in $(seq 600); do
    # shellcheck disable=SC2046
    set -- $(workers_of $run)
    [ $# = 2 ] && break
    sleep 0.05
  done
  [ $# = 2 ] || fail "$# workers, expected 2"
  first=$1
  second=$2
}

# gone PID...: the processes must end within five seconds. A process that adopts orphans may leave them as
# zombies.
gone() {
  for pid in "$@"; do
    for _ in $(seq 100); do
      grep -qs '^State:.[^ZX]' "/proc/$pid/status" || continue 2
      sleep 0.05
    done
    fail "process $pid still runs"
  done
}

case_killed_chips() {
  [ -r "/proc/$$/task/$$/children" ] || skip "this kernel does not list children"
  [ -f "$source_dir/models/traffic.onnx" ] || skip "no models/traffic.onnx"
  chips_running
  kill -9 "$second"
  wait "$run"
  code=$?
  equal $code 70 "exit code"
  said stderr "chip 1" "signal 9" "--threads"
  gone "$first"
  nothing_written out
  # Stopping the run stops its workers.
  for signal in TERM KILL; do
    chips_running
    kill -$signal "$run"
    wait "$run"
    gone "$first" "$second"
    nothing_written out
  done
  # The command of workers cannot be used on the command line.
  expect 2 run-chips 0 1 </dev/null
  said stderr "no job"
}

# --- calibration --------------------------------------------------------------------------------------------

# sure SIGN FEWER MORE: with SIGN "over", FEWER bit errors must be below MORE by more than four standard
# errors of the difference of two counts; with "within", they may be above by at most two.
sure() {
  awk -v sign="$1" -v fewer="$2" -v more="$3" 'BEGIN {
    sure = sign == "over" ? more - fewer > 4 * sqrt(more + fewer) : fewer - more <= 2 * sqrt(more + fewer)
    exit !sure
  }'
}

# The sensing range starts above all currents, so every decision loses gain. Bias sources without variation
# lift the inputs into the range, after which it has no effect. A run with the range switched off is the
# reference. The result must not depend on the number of threads.
case_calibrate() {
  detectors
  on="--pictures 8 --chips 1"
  low="--model $detector --set run.evaluator=ideal --set sense.i_min_a=4e-5 --set sense.injected_bias_a=0
       --set nonidealities.bias_variation=false"
  for threads in 1 2; do
    # shellcheck disable=SC2086
    expect 0 calibrate robust.toml $low $on --threads $threads --json --out c$threads
  done
  same c1/calibrated.toml c2/calibrated.toml
  grep -v wall_s c1/calibration.json | grep -v '"threads"' >c1.json
  grep -v wall_s c2/calibration.json | grep -v '"threads"' >c2.json
  same c1.json c2.json
  # shellcheck disable=SC2086
  expect 0 calibrate robust.toml $low $on --set nonidealities.sensing_range=false --measure-only --json
  cp stdout free.json
  # A bias of i_min_a lifts all inputs into the range.
  # shellcheck disable=SC2086
  expect 0 calibrate robust.toml $low $on --set sense.injected_bias_a=4e-5 --measure-only --json
  cp stdout lifted.json
  layer=0
  while "$tools/cli_json" c1/calibration.json /layers/$layer/name >name 2>none; do
    before=$(json c1/calibration.json /layers/$layer/bit_errors_before)
    after=$(json c1/calibration.json /layers/$layer/bit_errors_after)
    free=$(json free.json /layers/$layer/bit_errors_before)
    words="layer $(cat name): $before bit errors before, $after after, $free without a sensing range"
    equal "$(json lifted.json /layers/$layer/bit_errors_before)" "$free" "bit errors of the lifted layer $(cat name)"
    sure over "$free" "$before" || fail "nothing to gain in $words"
    # The search may accept at most one standard error for a smaller bias. Its estimate from eight images is
    # uncertain by 27 %.
    sure within "$after" "$free" || fail "$words"
    layer=$((layer + 1))
  done
  [ "$layer" -ge 1 ] || fail "no layers"
  for key in passes operations decisions register_writes loaded_bytes energy_j time_s; do
    json c1/calibration.json /cost/$key >value
    [ "$(cat value)" = 0 ] && fail "the search costs no $key"
  done
  # The calibrated file alone gives the errors that were reported.
  # shellcheck disable=SC2086
  expect 0 calibrate c1/calibrated.toml $on --measure-only --json
  equal "$(json stdout /layers/0/bit_errors_before)" "$(json c1/calibration.json /layers/0/bit_errors_after)" \
    "bit errors of the calibrated configuration"
  # On other scenes the whole network improves, and the scenes of the calibration are refused.
  expect 0 run c1/calibrated.toml --limit 2 --json --out after
  # shellcheck disable=SC2086
  expect 0 run robust.toml $low --limit 2 --json --out before
  errors_of() { grep -o '"bit_errors": [0-9]*' "$1" | awk '{ sum += $2 } END { print sum }'; }
  before=$(errors_of before/result.json)
  after=$(errors_of after/result.json)
  sure over "$after" "$before" || fail "$before bit errors before, $after after"
  expect 3 run c1/calibrated.toml --limit 2 --set run.scene_seed=4004
  said stderr run.scene_seed 4004
}

# Where nothing can be gained, everything stays: without a sensing range the bias only adds variation.
case_calibrate_leaves() {
  detectors
  expect 0 calibrate robust.toml --model "$detector" --pictures 4 --chips 2 --set run.evaluator=ideal \
    --set nonidealities.all=false --json --out c
  layer=0
  while "$tools/cli_json" c/calibration.json /layers/$layer/name >name 2>none; do
    for key in injected_bias_a threshold_units; do
      equal "$(json c/calibration.json /layers/$layer/found/$key)" \
        "$(json c/calibration.json /layers/$layer/configured/$key)" "$key of layer $(cat name)"
    done
    equal "$(json c/calibration.json /layers/$layer/bit_errors_after)" \
      "$(json c/calibration.json /layers/$layer/bit_errors_before)" "bit errors of layer $(cat name)"
    layer=$((layer + 1))
  done
  [ "$layer" -ge 1 ] || fail "no layers"
}

# Images of a calibration are refused one by one, whatever names lead to them.
case_calibrated_pictures() {
  detectors
  expect 0 calibrate --model "$detector" --images "$samples/scenes.json" --pictures 2 --chips 1 \
    --set run.evaluator=ideal --out g
  expect 0 run g/calibrated.toml --limit 1 --out scenes
  for images in scenes.json images images/scene-3003-0.png; do
    expect 3 run g/calibrated.toml --images "$samples/$images" --out refused
    said stderr "run.images: " /scene-3003-0.png calibration.images scenes.json
  done
  ln -s "$samples/images" linked
  expect 3 run g/calibrated.toml --images linked --out refused
  said stderr linked/scene-3003-0.png
  nothing_written refused
  # A copy counts as another image.
  mkdir other
  cp "$samples/images/scene-3003-0.png" other/a.png
  expect 0 run g/calibrated.toml --images other --out copies
  ln -s "$samples/images/scene-3003-1.png" other/b.png
  expect 3 run g/calibrated.toml --images other --out refused
  said stderr other/b.png
  expect 0 run g/calibrated.toml --images other --limit 1 --out copies
  # The images of the calibration must be readable.
  sed 's/scenes[.]json/moved.json/' g/calibrated.toml >moved.toml
  expect 3 run moved.toml --images other --limit 1 --out refused
  said stderr calibration.images moved.json
  # A second calibration may use the images of the first.
  expect 0 calibrate g/calibrated.toml --images "$samples/scenes.json" --pictures 2 --chips 1 --measure-only
}

case_calibrate_errors() {
  detectors
  expect 3 calibrate --scene-seed 3003
  said stderr 3003 run.scene_seed
  expect 2 calibrate --chip-seed 1
  said stderr --chip-seed --per-chip
  expect 2 calibrate --per-chip --chips 2
  expect 2 calibrate --pictures 0
  expect 2 calibrate --chips -1
  expect 2 calibrate --split train
  expect 2 calibrate --images "$samples/scenes.json" --scene-seed 7
  expect 2 calibrate --set run.images="$samples/scenes.json"
  said stderr --images "$samples/scenes.json"
  expect 3 calibrate --images "$samples/scenes.json" --set run.images="$samples/scenes.json"
  said stderr run.images
  expect 3 calibrate --set timing.activations=streamed
  said stderr timing.activations
  printf 'base = "robust.toml"\n\n[sense.layers.attic]\ninjected_bias_a = 1e-6\n' >unknown.toml
  for command in run config calibrate; do
    expect 3 $command unknown.toml
    said stderr unknown.toml:3 attic "in the array"
  done
  # Commands that need no detector do not read one.
  expect 0 device unknown.toml
}

# The yield on both sides of its limit, with its confidence interval.
case_yield() {
  detectors
  for drop in 0 1; do
    # shellcheck disable=SC2046
    expect 0 run $(quick 2 2) --chips 2 --yield-drop $drop --set array.v_wl_v=0.45 --json --out y$drop
  done
  equal "$(json y1/result.json /map/yield/good_chips)" 2 "chips within a drop of 1"
  equal "$(json y1/result.json /map/yield/share)" 1.0 "their share"
  equal "$(json y1/result.json /map/yield/ci95/1)" 1.0 "upper limit"
  equal "$(json y1/result.json /map/yield/ci95/0 | cut -c1-6)" 0.1581 "lower limit, sqrt(0.025)"
  equal "$(json y0/result.json /map/yield/drop | cut -c1-3)" 0.0 "drop"
  expect 2 run --yield-drop 2
  said stderr --yield-drop
}

# The loosely and the approximately timed model have different events but the same bits.
case_timings_agree() {
  detectors
  for timing in lt at; do
    # shellcheck disable=SC2046
    expect 0 run $(quick 2 2) --timing $timing --json --out $timing
  done
  same lt/detections.json at/detections.json
  equal "$(json lt/result.json /map/nonideal)" "$(json at/result.json /map/nonideal)" mAP
  # Cycles are whole numbers, and the layers' cycles add up to the image's.
  total=0
  for layer in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    cycles=$("$tools/cli_json" at/result.json /layers/$layer/cycles 2>none) || break
    equal "$cycles" "$(json lt/result.json /layers/$layer/cycles)" "cycles of layer $layer"
    case $cycles in *[!0-9]*) fail "cycles of layer $layer: $cycles" ;; esac
    total=$((total + cycles))
  done
  equal "$total" "$(json at/result.json /cycles_per_image)" "cycles of all layers"
  equal "$total" "$(json lt/result.json /cycles_per_image)" "cycles of all layers, lt"
}

# Without nonidealities the accelerator computes exactly the network's bits.
case_ideal_preset() {
  detectors
  # shellcheck disable=SC2046
  expect 0 run ideal.toml $(quick 4 0) --set run.model="$detector" --json --out out
  equal "$(grep -c '"bit_errors": 0,' stdout)" "$(grep -c '"bit_errors"' stdout)" "layers without bit errors"
  equal "$(json stdout /map/nonideal /map/coco)" "$(json stdout /map/ideal /map/coco_ideal)" mAP
  equal "$(json stdout /images)" 4 pictures
}

case_mapping_of_other_weights() {
  detectors
  # shellcheck disable=SC2046
  expect 3 run $(quick) --set array.mapping=binary_differential --out out
  said stderr "layer 'conv3'" "-1 and +1"
  nothing_written out
}

# --- kinds of data sets -----------------------------------------------------------------------------------

case_plain_folder() {
  detectors
  mkdir plain
  cp "$samples"/images/scene-3003-[01].png plain
  expect 0 run --model "$detector" --images plain --evaluator ideal --out out
  said stdout "no annotations" "mAP@0.5 nonideal"
  grep -q '^drop' stdout && fail "a drop of nothing"
  equal "$(json out/result.json /map/ideal /map/nonideal /map/per_chip/0 /map/std /map/worst /map/coco | sort -u)" \
    null "mAP without annotations"
  equal "$(json out/result.json /images)" 2 pictures
  for picture in out/*.png; do is_png "$picture"; done
  expect 0 run --model "$detector" --images plain/scene-3003-1.png --evaluator ideal --out one
  equal "$(json one/result.json /images)" 1 pictures
}

# The data set has annotations, but not for the images that run.
case_nothing_to_find() {
  detectors
  expect 0 run --model "$detector" --images "$samples/scenes.json" --limit 1 --evaluator ideal --chips 3 --out out
  said stdout "no annotations"
  grep -q '^drop' stdout && fail "a drop of nothing"
  equal "$(json out/result.json /map/ideal /map/nonideal /map/per_chip/2 /map/std /map/worst /map/coco | sort -u)" \
    null "mAP without objects"
}

# Prints the samples as lines "image id file width height" and "object image category x y width height".
sample_lines() {
  sed -n -e 's/.*"id":\([0-9]*\),"file_name":"\([^"]*\)","width":\([0-9]*\),"height":\([0-9]*\).*/image \1 \2 \3 \4/p' \
    -e 's/.*"image_id":\([0-9]*\),"category_id":\([0-9]*\),"bbox":\[\([^]]*\)\].*/object \1 \2 \3/p' \
    "$samples/scenes.json" | tr ',' ' '
}

make_voc() {
  mkdir -p voc/Annotations voc/JPEGImages voc/ImageSets/Main
  cp "$samples"/images/*.png voc/JPEGImages
  sample_lines | awk '
    BEGIN { split("vehicle pedestrian cyclist", name, " ") }
    $1 == "image" {
      stem[$2] = substr($3, 1, length($3) - 4)
      text[$2] = "<annotation>\n <filename>" $3 "</filename>\n <size><width>" $4 "</width><height>" $5 \
        "</height><depth>3</depth></size>\n"
    }
    $1 == "object" {
      text[$2] = text[$2] " <object><name>" name[$3] "</name><bndbox><xmin>" $4 + 1 "</xmin><ymin>" $5 + 1 \
        "</ymin><xmax>" $4 + $6 "</xmax><ymax>" $5 + $7 "</ymax></bndbox></object>\n"
    }
    END { for (i in text) printf "%s</annotation>\n", text[i] >("voc/Annotations/" stem[i] ".xml") }'
  ls voc/Annotations | sed 's/\.xml$//' >voc/ImageSets/Main/val.txt
}

make_yolo() {
  mkdir -p yolo/images yolo/labels
  cp "$samples"/images/*.png yolo/images
  printf 'vehicle\npedestrian\ncyclist\n' >yolo/classes.txt
  sample_lines | awk '
    $1 == "image" { stem[$2] = substr($3, 1, length($3) - 4); w[$2] = $4; h[$2] = $5 }
    $1 == "object" {
      printf "%d %.17g %.17g %.17g %.17g\n", $3 - 1, ($4 + $6 / 2) / w[$2], ($5 + $7 / 2) / h[$2], \
        $6 / w[$2], $7 / h[$2] >("yolo/labels/" stem[$2] ".txt")
    }'
}

# The same images in three formats give the same boxes and the same mAP.
case_coco_voc_yolo() {
  detectors
  make_voc
  make_yolo
  printf 'path: yolo\ntrain: images\nval: images\nnc: 3\nnames: [vehicle, pedestrian, cyclist]\n' >data.yaml
  set -- "coco $samples/scenes.json" "voc voc" "yolo yolo" "yaml data.yaml" "split voc --set run.split=val"
  for kind in "$@"; do
    name=${kind%% *}
    # shellcheck disable=SC2086
    expect 0 run --model "$detector" --nonideal-images 2 --evaluator ideal --json --out $name --images ${kind#* }
    json "$name/result.json" /map/ideal_all_images /map/ideal /map/nonideal /map/coco /images_reference >"$name.map"
    sed 's/"image_id":[0-9]*,"category_id":[0-9]*/box/' "$name/detections.json" >"$name.boxes"
    same coco.map "$name.map"
    same coco.boxes "$name.boxes"
  done
  [ "$(wc -l <coco.boxes)" -gt 2 ] || fail "no detections to compare"
  equal "$(tail -n 1 coco.map)" 6 pictures
}

# Splits are selected by name. An unknown name is refused, with the names of the splits that exist.
case_splits() {
  detectors
  run_with="run --network $detector --nonideal-images 1 --evaluator ideal --json --out out"
  make_yolo
  mkdir few
  for name in scene-3003-1 scene-3003-2; do
    mkdir -p few/images few/labels
    cp yolo/images/$name.png few/images
    cp yolo/labels/$name.txt few/labels
  done
  printf 'train: yolo/images\nval: few/images\nnames: [vehicle, pedestrian, cyclist]\n' >data.yaml
  # shellcheck disable=SC2086
  expect 0 $run_with --images data.yaml
  equal "$(json stdout /images_reference)" 2 "images of val, the default"
  # shellcheck disable=SC2086
  expect 0 $run_with --images data.yaml --split train
  equal "$(json stdout /images_reference)" 6 "images of train"
  equal "$(json stdout /config/run/split)" '"train"' "split in force"
  # shellcheck disable=SC2086
  expect 0 $run_with --images data.yaml --split train --set run.split=val
  equal "$(json stdout /images_reference)" 2 "images of --set's split"
  make_voc
  head -n 3 voc/ImageSets/Main/val.txt >voc/ImageSets/Main/test.txt
  # shellcheck disable=SC2086
  expect 0 $run_with --images voc
  equal "$(json stdout /images_reference)" 6 "images of the whole VOC folder"
  # shellcheck disable=SC2086
  expect 0 $run_with --images voc --split test
  equal "$(json stdout /images_reference)" 3 "images of test"
  for set in "data.yaml 'train', 'val'" "voc 'test', 'val'"; do
    # shellcheck disable=SC2086
    expect 3 $run_with --images ${set%% *} --split night
    said stderr "${set%% *}" "no split 'night'" "${set#* }"
  done
  for set in yolo yolo/images yolo/images/scene-3003-1.png "$samples/scenes.json"; do
    # shellcheck disable=SC2086
    expect 3 $run_with --images "$set" --split val
    said stderr "$set" "no split 'val'"
  done
  expect 2 run --split val --out out
  said stderr --split --images
}

# Classes in another order are matched by name in the AP, the detections file and the result.
case_classes_in_another_order() {
  [ -f "$source_dir/models/traffic.onnx" ] || skip "no models/traffic.onnx"
  ln -s "$samples/images" images
  sed -e '/"id":3,"name"/d' -e '/"id":1,"name"/s/^/  {"id":3,"name":"cyclist"},\n/' -e 's/\("pedestrian"}\),/\1/' \
    "$samples/scenes.json" >turned.json
  cp "$samples/scenes.json" same.json
  for set in same turned; do
    expect 0 run --images $set.json --nonideal-images 6 --evaluator ideal --set run.draw=0 --json --out $set
    cp stderr $set.said
  done
  grep -q "different order" same.said && fail "a note about classes in the same order"
  [ "$(grep -c "different order; they are matched by name" turned.said)" = 1 ] || fail "no note about another order"
  equal "$(json turned/result.json /map/per_class/0/class /map/per_class/1/class | tr '\n' ' ')" '"cyclist" "vehicle" ' order
  same same/detections.json turned/detections.json
  # The classes are summed in another order, so the mAP may differ in its last digits.
  for key in ideal nonideal coco; do
    equal "$(json turned/result.json /map/$key | cut -c1-12)" "$(json same/result.json /map/$key | cut -c1-12)" "mAP $key"
  done
  for pair in "0 1" "1 2" "2 0"; do
    for key in class objects ideal nonideal; do
      equal "$(json turned/result.json "/map/per_class/${pair#* }/$key")" \
        "$(json same/result.json "/map/per_class/${pair% *}/$key")" "$key of class ${pair% *}"
    done
  done
}

# The mean of the AP per class is the mAP, on the terminal and in the result.
case_ap_per_class() {
  [ -f "$source_dir/models/traffic.onnx" ] || skip "no models/traffic.onnx"
  expect 0 run --images "$samples/scenes.json" --evaluator ideal --set run.draw=0 --chips 2 --out out
  said stdout "AP@0.5 vehicle" "AP@0.5 pedestrian" "AP@0.5 cyclist" " ideal, " " nonideal, "
  for key in ideal nonideal; do
    json out/result.json /map/$key /map/per_class/0/$key /map/per_class/1/$key /map/per_class/2/$key >aps
    awk 'NR == 1 { mean = $1 } NR > 1 { sum += $1 } END { off = mean - sum / 3; exit !(off < 1e-12 && off > -1e-12) }' aps ||
      fail "the mean over the classes is not the mAP, $key: $(cat aps)"
  done
  equal "$(json out/result.json /map/per_class/0/class)" '"vehicle"' "first class"
  equal "$(json out/result.json /map/per_class/0/objects /map/per_class/1/objects /map/per_class/2/objects | awk '{ sum += $1 } END { print sum }')" \
    "$(grep -c '"bbox"' "$samples/scenes.json")" objects
  mkdir plain
  cp "$samples/images/scene-3003-1.png" plain
  detectors
  expect 0 run --network "$detector" --images plain --evaluator ideal --out none
  equal "$(json none/result.json /map/per_class)" null "classes without annotations"
  grep -q "AP@0.5 vehicle" stdout && fail "AP without annotations"
  return 0
}

# The detector's raw output does not depend on the number of threads, and is the reference's without nonidealities.
case_head_values() {
  detectors
  # shellcheck disable=SC2046
  expect 0 run $(quick 4 3) --chips 3 --threads 1 --write-head --out one
  said stdout "written: 7 files in one (result.json, detections.json, 3 images, head.npy, head_ideal.npy)"
  # shellcheck disable=SC2046
  expect 0 run $(quick 4 3) --chips 3 --threads 3 --set run.write_head=true --json --out many
  same one/head.npy many/head.npy
  same one/head_ideal.npy many/head_ideal.npy
  cmp -s one/head.npy one/head_ideal.npy && fail "nonidealities change nothing"
  equal "$(head -c 8 one/head.npy | od -An -tx1 | tr -d ' \n')" 934e554d50590100 "magic and version"
  equal "$(json stdout /head/nonideal /head/ideal | tr '\n' ' ')" '"head.npy" "head_ideal.npy" ' names
  shape=$(json stdout /head/shape)
  head -c 128 one/head.npy | grep -aqF "'descr': '<f4', 'fortran_order': False, 'shape': ($(echo "$shape" | tr -d '[]' | sed 's/,/, /g'))" ||
    fail "the header does not say the shape $shape"
  # shellcheck disable=SC2046
  set -- $(echo "$shape" | tr -d '[]' | tr ',' ' ')
  equal "$1 $2" "3 7" "images and channels: three classes and four sides"
  equal "$(wc -c <one/head.npy)" $((128 + 4 * $1 * $2 * $3 * $4)) bytes
  equal "$(json stdout /head/image_ids)" "[0,1,2]" "images"
  # shellcheck disable=SC2046
  expect 0 run ideal.toml $(quick 4 2) --write-head --json --out ideal
  same ideal/head.npy ideal/head_ideal.npy
  # A run without --write-head removes the files of an earlier run.
  # shellcheck disable=SC2046
  expect 0 run $(quick 4 3) --json --out one
  equal "$(json stdout /head)" null "head without --write-head"
  [ -e one/head.npy ] || [ -e one/head_ideal.npy ] && fail "heads of an earlier run"
  return 0
}

# --network and its older name --model.
case_network_option() {
  detectors
  for command in run calibrate; do
    expect 0 $command --help
    said stdout "--network,--model"
  done
  for flag in --network --model; do
    expect 0 run $flag "$detector" --images "$samples/scenes.json" --limit 1 --evaluator ideal --json --out out
    equal "$(json stdout /config/run/model)" "\"$detector\"" "network in force with $flag"
  done
  expect 2 run --network "$detector" --model "$detector"
}

# ideal.toml computes the exact arithmetic of every shipped detector, to the last bit of its head.
case_ideal_preset_on_shipped_detectors() {
  for model in traffic traffic-naive street street-naive; do
    [ -f "$source_dir/models/$model.onnx" ] || skip "no models/$model.onnx"
    expect 0 run ideal.toml --network models/$model.onnx --images "$samples/images" --limit 2 --nonideal-images 1 \
      --set run.draw=0 --write-head --json --out $model
    equal "$(grep -c '"bit_errors": 0,' stdout)" "$(grep -c '"bit_errors"' stdout)" "layers without bit errors, $model"
    same $model/head.npy $model/head_ideal.npy
    equal "$(json stdout /map/nonideal)" "$(json stdout /map/ideal)" "mAP, $model"
  done
  # robust.toml refuses such biases, and names the cheapest remedy first.
  expect 3 run robust.toml --network models/traffic-naive.onnx --limit 1 --out refused
  said stderr "bias rows" 'array.bias = "source"' "array.bias_rows"
  nothing_written refused
  expect 3 config --set array.bias=digital
  said stderr "'array.bias'" 'expected "source"' "leaves nothing to add a bias to"
}

# A folder and a model of the user's own, both outside this source tree.
case_photographs() {
  photos=$source_dir/../shared/data/modes-of-transport
  model=$source_dir/models/street.onnx
  [ -d "$photos" ] || skip "no photographs beside the source tree"
  [ -f "$model" ] || skip "no models/street.onnx"
  expect 0 run --model "$model" --images "$photos" --limit 2 --nonideal-images 1 --evaluator ideal --json --out out
  json stdout /map/ideal /map/nonideal /latency_s_per_image >values
  equal "$(json stdout /images_reference)" 2 pictures
  for picture in out/*.png; do is_png "$picture"; done
}

# The state after a first clone.
case_shipped_detector() {
  [ -f "$source_dir/models/traffic.onnx" ] || skip "no models/traffic.onnx"
  expect 0 run --limit 2 --nonideal-images 1 --evaluator ideal --json --out out
  json stdout /map/ideal /map/nonideal >values
  for picture in out/*.png; do is_png "$picture"; done
}

run_case
