#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs tb_macro.sv on one simulator several times: all readouts must match; sensing without driving, unknown
# bits (where the simulator has them) and a missing configuration must each stop the simulation with the
# reason.
#   run_simulator.sh verilator|icarus <configuration> <make_vectors> <folder of libraries> <scratch>
set -eu
simulator=$1 config=$2 vectors=$3 libraries=$4 scratch=$5
here=$(cd "$(dirname "$0")" && pwd)
rtl=$here/../../../rtl/dpi

rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"
cp "$config" macro.toml
"$vectors" macro.toml .

case "$simulator" in
  verilator)
    verilator --binary --timing -Wno-fatal -Wno-WIDTH --top-module tb_macro --Mdir build -I. -CFLAGS -O0 \
      -MAKEFLAGS "OPT_FAST=-O0 OPT_GLOBAL=-O0" -DDUT=irc_macro_dpi "$rtl/irc_macro_dpi.sv" "$here/tb_macro.sv" \
      -LDFLAGS "-L$libraries -lirc_dpi -Wl,-rpath,$libraries" >build.log 2>&1 || { cat build.log; exit 1; }
    command="./build/Vtb_macro"
    ;;
  icarus)
    iverilog -g2012 -I. -o tb.vvp -DDUT=irc_macro_vpi -s tb_macro "$rtl/irc_macro_vpi.v" "$here/tb_macro.sv"
    command="vvp -M$libraries -mirc_vpi tb.vvp"
    ;;
  *)
    echo "run_simulator: unknown simulator '$simulator'" >&2
    exit 2
    ;;
esac

# stopped <words of the reason> <argument>...: the simulation must stop before its end and print the reason.
stopped() {
  reason=$1
  shift
  if $command "$@" >stopped.log 2>&1; then
    cat stopped.log
    echo "run_simulator: went on, expected it to stop with '$reason'" >&2
    exit 1
  fi
  cat stopped.log
  grep -q "$reason" stopped.log
  ! grep -q '^PASS' stopped.log
}

$command >good.log 2>&1 || { cat good.log; exit 1; }
cat good.log
grep -q '^PASS: [1-9]' good.log
stopped 'no word lines were driven' +slip
# Verilator has two states only.
if [ "$simulator" = icarus ]; then
  for pin in cell program_row program rst_n word_line row_count read line bias_on drive sense level expected; do
    stopped 'unknown bits (x or z) in' +unknown=$pin
  done
fi
mv macro.toml elsewhere.toml
stopped 'macro.toml'
