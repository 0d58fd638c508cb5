# SPDX-License-Identifier: Apache-2.0
# Functions for the test scripts of this folder; each script includes this file first.
#
#   test_*.sh CASE IRC SOURCE TOOLS
#
# CASE is one of a script's functions case_* without the prefix, IRC the program, SOURCE the source tree,
# TOOLS the folder with cli_detectors and cli_json. Exit code 0 means passed, 77 skipped, another failed; a
# failure prints what was seen.
set -u

case_name=$1
irc=$(realpath "$2")
source_dir=$(realpath "$3")
tools=$(realpath "$4")
samples=$source_dir/models/traffic-samples
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

fail() {
  echo "FAILED: $*"
  echo "--- command: ${command_line:-none}; exit code ${code:-none}"
  for stream in stdout stderr; do
    [ -f "$work/$stream" ] && echo "--- $stream" && head -c 3000 "$work/$stream"
  done
  exit 1
}

skip() {
  echo "skipped: $*"
  exit 77
}

# run_irc ARGUMENTS: runs irc and leaves code, stdout and stderr.
run_irc() {
  command_line="irc $*"
  "$irc" "$@" >"$work/stdout" 2>"$work/stderr"
  code=$?
}

# expect CODE ARGUMENTS: irc must exit with CODE and write errors to standard error only.
expect() {
  wanted=$1
  shift
  run_irc "$@"
  [ "$code" = "$wanted" ] || fail "expected exit code $wanted"
  [ "$wanted" = 0 ] && return
  [ -s "$work/stderr" ] || fail "an error without a message"
  [ -s "$work/stdout" ] && fail "an error, but standard output is not empty"
  return 0
}

# said STREAM TEXT...: every TEXT must occur literally in the stream.
said() {
  stream=$1
  shift
  for text in "$@"; do
    grep -qF -e "$text" "$work/$stream" || fail "'$text' is not on $stream"
  done
}

same() {
  cmp "$1" "$2" || { diff "$1" "$2" | head -20; fail "$1 and $2 differ"; }
}

json() {
  "$tools/cli_json" "$@" || fail "not exactly one JSON document with these keys: $*"
}

equal() {
  [ "$1" = "$2" ] || fail "$3: found '$1', expected '$2'"
}

is_png() {
  signature=$(head -c 8 "$1" | od -An -tx1 | tr -d ' \n')
  [ "$signature" = 89504e470d0a1a0a ] || fail "$1 is no PNG"
  [ "$(tail -c 8 "$1" | head -c 4)" = IEND ] || fail "$1 ends early"
}

detectors() {
  mkdir -p detectors
  "$tools/cli_detectors" detectors || fail "no detectors to test with"
  detector=$work/detectors/detector.onnx
}

# quick PICTURES ON_THE_ACCELERATOR: the arguments of a run that takes a moment.
quick() {
  echo "--model $detector --images $samples/scenes.json --limit ${1:-2} --nonideal-images ${2:-1} --evaluator ideal"
}

# Prints results without the values that depend on the machine.
result_of() {
  sed -e '/"wall_s"/d' -e '/"threads"/d' "$1/result.json"
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

# nothing_written FOLDER: there must be no result and no half-written file.
nothing_written() {
  [ -e "$1/result.json" ] && fail "$1/result.json was written"
  for left in "$1"/*.tmp-* "$1"/.*.tmp-* "$1"/.irc-probe; do
    [ -e "$left" ] && fail "$left was left behind"
  done
  return 0
}

# run_case: must be the last line of a script.
run_case() {
  if ! command -v "case_$case_name" >/dev/null; then
    echo "no case $case_name"
    exit 1
  fi
  "case_$case_name"
  echo "passed"
}
