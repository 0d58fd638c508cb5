#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of inputs that cannot be used: what is said, and that nothing is written.
. "$(dirname "$0")/cases.sh"

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

run_case
