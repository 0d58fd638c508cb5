#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of scripts/synthesis.sh: the RTL passes, and each kind of mistake that the script looks for is found.
#   test_synthesis.sh CASE IRC SOURCE      CASE is a function case_* without the prefix
# Exit code 0: passed, 77: skipped, else failed.
# shellcheck disable=SC2016  # $ in single quotes: jq's variables
set -u

case_name=$1
IRC=$(realpath "$2")
export IRC
source_dir=$(realpath "$3")
script=$source_dir/scripts/synthesis.sh
small=$source_dir/tb/synthesis/small.toml
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

fail() {
  echo "FAILED: $*; exit code ${code:-none}"
  for stream in stdout stderr; do [ -f $stream ] && echo "--- $stream" && head -c 3000 $stream; done
  exit 1
}
run() {
  "$script" "$@" >stdout 2>stderr
  code=$?
}
expect() {
  wanted=$1
  shift
  run "$@"
  [ "$code" = "$wanted" ] || fail "synthesis.sh $*: expected exit code $wanted"
}
said() { grep -qF -e "$2" "$1" || fail "'$2' is not on $1"; }
need() {
  for tool in "$@"; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
  done
}

# broken FILE PATTERN TEXT: a copy of the RTL whose one line that matches PATTERN is followed by TEXT.
broken() {
  rm -rf broken
  cp -r "$source_dir/rtl" broken
  [ "$(grep -c -e "$2" "broken/$1")" = 1 ] || fail "$1: '$2' is not there once"
  sed -i "/$2/a $3" "broken/$1"
}

# refused FILE PATTERN TEXT MESSAGE...: the RTL with this mistake fails, with this message.
refused() {
  broken "$1" "$2" "$3"
  expect 1 --check --rtl broken "$small"
  shift 3
  said stderr "synthesis.sh: small:"
  for text in "$@"; do said stderr "$text"; done
}

case_passes() {
  need yosys jq
  expect 0 --check "$small"
  said stdout "small: no latches, loops or unintended memories"
  expect 0 --check --json "$small"
  [ "$(jq -r '.[0].geometry + " \(length) \(.[0].latches + .[0].loops)"' stdout)" = "small 1 0" ] || fail "wrong document"
}

case_latch() {
  need yosys jq
  refused irc_csr.sv '^  logic rung, reset_asked, cleared;' \
    '  logic held; always_latch if (wvalid) held = wdata[0];' "Latch inferred"
}

# yosys 0.23 takes the operator for a part of the cast's size, and the netlist is wrong without a word.
case_operator_before_a_cast() {
  need yosys jq
  for text in "~12'(wdata[3:0])" "!irc_x::W'(wdata[3:0])" "-12'(wdata[3:0])"; do
    broken irc_csr.sv '^  logic rung, reset_asked, cleared;' "  logic [11:0] cast; assign cast = $text;"
    expect 1 --check --rtl broken "$small"
    said stderr "irc_csr.sv:"
    said stderr "$text"
    said stderr "operator before a cast"
  done
}

case_loop() {
  need yosys jq
  refused irc_csr.sv '^  logic rung, reset_asked, cleared;' \
    '  logic loop_a, loop_b; assign loop_a = loop_b ^ wvalid; assign loop_b = loop_a ^ awvalid; assign doorbell_loop = loop_a; logic doorbell_loop;' \
    "ERROR"
}

case_loop_through_modules() {
  need yosys jq
  # A command starts as soon as nothing holds it; a hold that depends on its start closes a loop through two modules.
  rm -rf broken
  cp -r "$source_dir/rtl" broken
  sed -i 's/\.hold(drain_busy)/.hold(drain_busy || run)/' broken/irc_controller.sv
  cmp -s broken/irc_controller.sv "$source_dir/rtl/irc_controller.sv" && fail "the mistake was not planted"
  expect 1 --check --rtl broken "$small"
  said stderr "SCCs"
}

case_two_drivers() {
  need yosys jq
  refused irc_csr.sv '^  assign awready = write;' '  assign awready = arvalid;' "check"
}

case_no_driver() {
  need yosys jq
  refused irc_csr.sv '^  assign irq  *= (irq_status' '  logic nothing; logic [1:0] sink; always_ff @(posedge clk) sink <= {sink[0], nothing}; ' "ERROR"
}

case_memory() {
  need yosys jq
  refused irc_csr.sv '^  logic rung, reset_asked, cleared;' \
    '  logic [31:0] log[16]; always_ff @(posedge clk) if (write) log[wdata[3:0]] <= wdata;' "select"
}

case_usage() {
  need yosys jq
  expect 2 --no-such-option
  expect 2 --rtl
  expect 2 --netlist x.v
  expect 2 --netlist x.v --check "$small"
  expect 2 "$small" --json
  expect 3 no_such_geometry
  said stderr "no geometry 'no_such_geometry'"
  expect 3 --rtl "$work" "$small"
  expect 0 --help
  said stdout "scripts/synthesis.sh"
  IRC=$work/none expect 3 --check "$small"
  # Without yosys the tests are skipped, and so say so.
  mkdir bin
  for tool in sh dirname basename sed ls mktemp; do ln -s "$(command -v $tool)" bin/; done
  PATH=$work/bin expect 77 --check "$small"
}

"case_$case_name"
