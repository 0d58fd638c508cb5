#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of the command line itself: exit codes, messages, help, output for machines. cases.sh describes the
# arguments.
. "$(dirname "$0")/cases.sh"

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

run_case
