#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Inputs that are no files of the right kind: they are refused at once, with their path and exit code 3. See
# cases.sh for the arguments.
. "$(dirname "$0")/cases.sh"

# refused PATH ARGUMENTS: irc must name PATH and end with exit code 3 within seconds.
refused() {
  refused_path=$1
  shift
  command_line="irc $*"
  timeout 20 "$irc" "$@" >stdout 2>stderr <empty
  code=$?
  equal "$code" 3 "exit code"
  said stderr "$refused_path"
  [ "$(wc -c <stderr)" -lt 2000 ] || fail "a message of $(wc -c <stderr) bytes"
  [ -e out/result.json ] && fail "a result"
  return 0
}

# kinds: makes one of each kind of file that is not regular, with the ending $1; prints their names.
kinds() {
  mkfifo "pipe$1"
  ln -s "pipe$1" "link$1"
  ln -s /dev/zero "zero$1"
  mkdir "folder$1"
  echo "pipe$1 link$1 zero$1 folder$1"
}

: >empty

case_no_regular_files() {
  detectors
  common="--evaluator ideal --limit 1 --out out"
  for kind in $(kinds .toml); do
    # shellcheck disable=SC2086
    refused "$kind" run "$kind" $common
    refused "$kind" config "$kind"
    refused "$kind" config --set "technology.card=$kind"
    refused "$kind" rtl "$kind" --out out
    refused "$kind" validate silicon "$kind"
    printf 'base = "%s"\n' "$kind" >based.toml
    refused "$kind" config based.toml
  done
  for kind in $(kinds .onnx); do
    # shellcheck disable=SC2086
    refused "$kind" run --network "$kind" $common
    refused "$kind" model info "$kind"
  done
  for kind in $(kinds .json) $(kinds .yaml) $(kinds .png); do
    case $kind in folder*) continue ;; esac # folders are data sets, too
    # shellcheck disable=SC2086
    refused "$kind" run --network "$detector" --images "$kind" $common
  done
  # A pipe of the shell, too.
  command_line="irc config /dev/stdin"
  echo 'base = "robust.toml"' | timeout 20 "$irc" config /dev/stdin >stdout 2>stderr
  code=$?
  equal "$code" 3 "exit code"
  said stderr /dev/stdin "a pipe"
  # Links to files are files.
  echo 'base = "robust.toml"' >real.toml
  ln -s real.toml good.toml
  expect 0 config good.toml
}

case_stores_and_manifests() {
  "$irc" explore --help | grep -q export || skip "no exploration"
  for kind in $(kinds .toml); do refused "$kind" explore "$kind" --out out; done
  for kind in $(kinds .sqlite); do
    [ "$kind" = folder.sqlite ] || refused "$kind" explore export "$kind"
  done
  for kind in $(kinds .json); do refused "$kind" explore run-shard "$kind" --shard 0; done
}

case_large_files() {
  detectors
  for name in large.toml large.onnx large.json large.png large.sqlite; do truncate -s 20G $name 2>empty || skip "no large files here"; done
  refused large.toml config large.toml
  said stderr "16777216"
  refused large.onnx model info large.onnx
  refused large.json run --network "$detector" --images large.json --out out
  refused large.png run --network "$detector" --images large.png --out out
}

# 8,000 levels of nesting overflowed the stack.
case_deep_nesting() {
  dotted=$(awk 'BEGIN { for (i = 0; i < 8000; ++i) printf "a."; print "a" }')
  brackets=$(awk 'BEGIN { for (i = 0; i < 8000; ++i) printf "["; for (i = 0; i < 8000; ++i) printf "]" }')
  tables=$(awk 'BEGIN { for (i = 0; i < 8000; ++i) printf "{a="; printf "1"; for (i = 0; i < 8000; ++i) printf "}" }')
  echo "$dotted = 1" >keys.toml
  echo "[$dotted]" >header.toml
  echo "[[$dotted]]" >array.toml
  echo "a = $brackets" >brackets.toml
  echo "a = $tables" >tables.toml
  for file in *.toml; do
    refused $file config $file
    said stderr "64 levels"
    refused $file config --set technology.card=$file
    refused $file validate silicon $file
    printf 'base = "%s"\n' $file >based
    refused $file config based
    if "$irc" explore --help | grep -q export; then refused $file explore $file; fi
  done
  refused "--set a.a" config --set "$dotted=1"
  refused "--set a=" config --set "a=$brackets"
  refused "--set array.rows=" config --set "array.rows=$tables"
  echo 'base = "robust.toml"' >chain0.toml
  for i in $(seq 1 300); do printf 'base = "chain%d.toml"\n' $((i - 1)) >chain$i.toml; done
  expect 0 config chain20.toml --resolved
  refused chain300.toml config chain300.toml
  said stderr "32 files"
}

run_case
