#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints where the time of a whole run goes: the share of perf's samples in each part of the program.
#   benchmarks/profile.sh ARGUMENTS OF irc...       for instance: benchmarks/profile.sh run --evaluator fast
# Needs perf (Debian: linux-perf) and permission to use it. Set IRC=program to profile another than
# build/bin/irc.
set -eu

irc=${IRC:-$(dirname "$0")/../build/bin/irc}
command -v perf >/dev/null || {
  echo "profile.sh: perf is not installed (Debian: linux-perf)" >&2
  exit 3
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
perf record -q -F 499 -o "$work/data" "$irc" "$@" >/dev/null
perf report -i "$work/data" --stdio --no-children -F overhead,symbol >"$work/report" 2>/dev/null
# The first matching rule counts.
awk '
  function part(s) {
    if (s ~ /lump_sums|spread_bits|LumpIndex|sum_groups|TileWeights|for_each_chunk|count_bits/) return "lump sums"
    if (s ~ /combine_lumps|finish_currents|sum_lumps|count_masked/) return "currents from the sums, noise added"
    if (s ~ /MeanFieldSolver|ColumnSolver|column_shape|fit_column|fit_sets|make_column_model|CellWeights|PolynomialFit|pack_tile/) return "preparation of the models"
    if (s ~ /irc::array::/) return "exact solver and the rest of `array`"
    if (s ~ /irc::sense::/) return "decisions"
    if (s ~ /normal|philox|coarse|CounterRandom/) return "random draws: noise, and the spread of cells"
    if (s ~ /irc::device::|exact_exp|exact_log|exp_of/) return "random draws: noise, and the spread of cells"
    if (s ~ /irc::network::|count_differences|count_ones/) return "reference, digital layers, comparison"
    if (s ~ /irc::scene::/) return "generated scenes"
    if (s ~ /irc::detection::|cv::/) return "pictures and boxes"
    if (s ~ /sc_core::|tlm|irc::model::|irc::mapping::|irc::platform::|irc::energy::|irc::trace::/) return "SystemC, controller, events"
    if (s ~ /\[k\]/) return "operating system"
    return "the rest: threads, memory, libraries"
  }
  $1 ~ /%$/ { name = part($0); share[name] += $1 }
  END { for (name in share) if (share[name] >= 0.05) printf "| %s | %.1f %% |\n", name, share[name] }' "$work/report" |
  sort -t'|' -k3 -rn >"$work/table"
[ -s "$work/table" ] || {
  echo "profile.sh: perf gave no samples" >&2
  exit 1
}
printf '| part | share of all samples |\n|---|---|\n'
cat "$work/table"
