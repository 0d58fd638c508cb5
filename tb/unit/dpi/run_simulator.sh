#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs tb_macro.sv on one simulator.
#   run_simulator.sh verilator|icarus good|slip|config <configuration> <make_vectors> <folder of libraries> <scratch>
# good: all readouts must fit; slip: sense without drive; config: a configuration that does not exist. The latter
# two must fail, and say why.
set -eu
simulator=$1 kind=$2 config=$3 vectors=$4 libraries=$5 scratch=$6
here=$(cd "$(dirname "$0")" && pwd)
rtl=$here/../../../rtl/dpi

rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"
"$vectors" "$config" .
extra=""
[ "$kind" != slip ] || extra=-DSLIP
[ "$kind" != config ] || config=$scratch/missing.toml

# shellcheck disable=SC2086  # the extra definition may be none
case "$simulator" in
  verilator)
    verilator --binary --timing -j 2 -Wno-fatal -Wno-WIDTH --top-module tb_macro --Mdir build -I. \
      -CFLAGS -O1 -MAKEFLAGS OPT_FAST=-O1 \
      -DDUT=irc_macro_dpi "-DCONFIG=\"$config\"" $extra "$rtl/irc_macro_dpi.sv" "$here/tb_macro.sv" \
      -LDFLAGS "-L$libraries -lirc_dpi -Wl,-rpath,$libraries" >build.log 2>&1 || { cat build.log; exit 1; }
    command="./build/Vtb_macro"
    ;;
  icarus)
    iverilog -g2012 -I. -o tb.vvp -DDUT=irc_macro_vpi "-DCONFIG=\"$config\"" $extra -s tb_macro \
      "$rtl/irc_macro_vpi.v" "$here/tb_macro.sv"
    command="vvp -M$libraries -mirc_vpi tb.vvp"
    ;;
  *)
    echo "run_simulator: unknown simulator '$simulator'" >&2
    exit 2
    ;;
esac

status=0
$command >run.log 2>&1 || status=$?
cat run.log
case "$kind" in
  good) [ "$status" -eq 0 ] && grep -q '^PASS: [1-9]' run.log ;;
  slip) grep -q 'no word lines were driven' run.log && ! grep -q '^PASS' run.log ;;
  config) grep -q 'missing.toml' run.log && ! grep -q '^PASS' run.log ;;
esac
