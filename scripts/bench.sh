#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs missing packages, builds and measures. It prints one JSON document on standard output and everything else on
# standard error. docs/performance.md explains the figures.
#   scripts/bench.sh [--quick] [--engine-only | --runs-only] [--threads 1,2] [--street FILE] [--programs DIR]
#     --quick        runs one shape, one round and one short run, to show that it works; the figures mean nothing
#     --engine-only  compares the evaluators with sgemm, without whole runs; --runs-only does only whole runs
#     --threads      thread counts of the engine part; whole runs use the last one
#     --street FILE  the street detector's images (docs/detection.md); the default is generated scenes of their size
#     --programs DIR uses the programs in DIR; nothing is installed or built
set -eu
cd "$(dirname "$0")/.."
exec 3>&1 1>&2

fail() {
  echo "bench.sh: $1" >&2
  exit "${2:-1}"
}
usage() { fail "$1; see the head of scripts/bench.sh" 2; }

quick=false engine=true runs=true threads=1,2 street="" programs=""
while [ $# -gt 0 ]; do
  case "$1" in
    --quick) quick=true ;;
    --engine-only) runs=false ;;
    --runs-only) engine=false ;;
    --threads | --street | --programs)
      [ $# -gt 1 ] || usage "$1 wants a value"
      case "$1" in
        --threads) threads=$2 ;;
        --street) street=$2 ;;
        --programs) programs=$2 ;;
      esac
      shift
      ;;
    *) usage "unknown argument '$1'" ;;
  esac
  shift
done
"$engine" || "$runs" || usage "--engine-only and --runs-only leave nothing to do"
case ",$threads," in
  *,,* | *[!0-9,]* | *,0*) usage "--threads '$threads': expected counts such as 1,2" ;;
esac
[ -z "$street" ] || [ -e "$street" ] || fail "--street '$street' is not there" 3

if [ -z "$programs" ]; then
  scripts/setup.sh
  # A build folder that is older than the packages has the benchmarks switched off.
  cmake --preset release -DIRC_BUILD_BENCHMARKS=ON
  scripts/build.sh release
  programs=build/bin
fi
for program in irc bench_engine irc-make-detector irc-make-scenes; do
  [ -x "$programs/$program" ] || fail "$programs/$program is not built; configure with -DIRC_BUILD_BENCHMARKS=ON" 3
done
for tool in jq /usr/bin/time; do
  command -v "$tool" >/dev/null || fail "$tool is not installed (scripts/setup.sh)" 3
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

# --- machine ------------------------------------------------------------------------------------------------------

load=$(cut -d' ' -f1-3 /proc/loadavg)
cpu=$(awk -F': *' '/^model name/ { print $2; exit }' /proc/cpuinfo)
[ -n "$cpu" ] || cpu=$(uname -m)
sets=$(awk '/^(flags|Features)/ {
  for (i = 3; i <= NF; ++i) if ($i ~ /^(sse4_2|avx2|fma|avx512f|avx512bw|avx512_vnni|amx_int8|asimd|sve)$/) print $i
  exit }' /proc/cpuinfo)
memory_kib=$(awk '/^MemTotal/ { print $2 }' /proc/meminfo)
compiler=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$programs/../CMakeCache.txt" 2>/dev/null) || compiler=""
version=$("${compiler:-c++}" --version 2>/dev/null) || version="unknown"
revision=$(git describe --always --abbrev=40 --dirty --exclude '*' 2>/dev/null) || revision="unknown"

has() { printf '%s\n' "$sets" | grep -qx "$1"; }

# --- OpenBLAS: find the kernels that are fastest on this machine, and use them for the whole run -------------------

# The empty name means OpenBLAS's own choice.
cores="default"
has avx512f && cores="$cores SkylakeX"
has avx2 && cores="$cores Haswell"
echo '{}' >"$work/blas.json"

# with_core CORE COMMAND...
with_core() {
  core=$1
  shift
  if [ "$core" = default ]; then env -u OPENBLAS_CORETYPE "$@"; else env OPENBLAS_CORETYPE="$core" "$@"; fi
}

if "$engine"; then
  : >"$work/tried"
  for core in $cores; do
    with_core "$core" "$programs/bench_engine" --sgemm-only --rounds 7 --threads 1 --m 1024 --kn 1152x128 \
      >"$work/sgemm.json" || fail "bench_engine failed with the OpenBLAS kernels '$core'"
    jq -ec --arg asked "$core" \
      '{asked: $asked, core: .openblas_core, macs_per_s: (.engine[0].macs_per_s | select(. > 0))}' \
      "$work/sgemm.json" >>"$work/tried" || fail "no sgemm figure with the OpenBLAS kernels '$core'"
  done
  jq -es '(max_by(.macs_per_s) | {asked, core}) + {tried: .}' "$work/tried" >"$work/blas.json"
  core=$(jq -r .asked "$work/blas.json")
  echo "bench: OpenBLAS kernels: $(jq -r '"\(.core) of \([.tried[] | "\(.asked) = \(.core)"] | join(", "))"' "$work/blas.json")"
fi

# --- engine -------------------------------------------------------------------------------------------------------

echo '{"engine": [], "preparation": []}' >"$work/engine.json"
: >"$work/limited"
if "$engine"; then
  shapes=""
  "$quick" && shapes="--rounds 1 --m 1024 --kn 1152x128"
  # shellcheck disable=SC2086  # options
  with_core "$core" "$programs/bench_engine" --threads "$threads" $shapes >"$work/engine.json" ||
    fail "bench_engine failed"
  jq -e '(.engine | length > 0) and (.preparation | length > 0)
         and all(.engine[]; .macs_per_s > 0 and .ratio_to_sgemm > 0)' "$work/engine.json" >/dev/null ||
    fail "bench_engine printed no usable figures"
  # Measures older instruction sets, each against the sgemm for the same processors.
  "$quick" || for pair in avx3=SkylakeX avx2=Haswell; do
    set=${pair%=*}
    jq -e --arg set "$set" '.instruction_sets[1:] | index($set) != null' "$work/engine.json" >/dev/null || continue
    with_core "${pair#*=}" "$programs/bench_engine" --threads 1 --m 4096 --kn 4608x256 --instruction-set "$set" \
      >"$work/one.json" || fail "bench_engine failed with the instruction set '$set'"
    jq -ec '.openblas_core as $core | .engine[] | . + {openblas: $core}' "$work/one.json" >>"$work/limited" ||
      fail "bench_engine printed no usable figures for '$set'"
  done
fi

# --- whole runs ---------------------------------------------------------------------------------------------------

# timed N OUT ARGUMENTS: runs N images and adds seconds, peak KiB and result to OUT.
timed() {
  n=$1 rows=$2
  shift 2
  /usr/bin/time -o "$work/time" -f '%e %M' "$programs/irc" run "$@" --limit "$n" --nonideal-images 0 \
    --evaluator fast --timing at --threads "${threads##*,}" --set run.draw=0 --out "$work/out" --json \
    >"$work/result.json" || fail "irc run failed: $* --limit $n"
  read -r seconds kib <"$work/time"
  jq -ec --argjson s "$seconds" --argjson kib "$kib" --argjson n "$n" \
    'select(.images == $n) | {n: $n, s: $s, kib: $kib, model, timing: .config.timing.mode,
      evaluator: .config.run.evaluator, fallback: ([.layers[].fallback_vectors] | add)}' \
    "$work/result.json" >>"$rows" || fail "irc run did not run $n pictures: $*"
}

# measure N1 N2 ROUNDS PICTURES ARGUMENTS: images per second is the slope between N1 and N2 images.
measure() {
  few=$1 many=$2 rounds=$3 pictures=$4
  shift 4
  : >"$work/rows"
  round=0
  while [ "$round" -lt "$rounds" ]; do
    timed "$few" "$work/rows" "$@"
    timed "$many" "$work/rows" "$@"
    round=$((round + 1))
  done
  jq -ecs --argjson few "$few" --argjson many "$many" --arg pictures "$pictures" --argjson threads "${threads##*,}" '
    def median: sort | .[length / 2 | floor];
    . as $rows
    | [$rows[] | select(.n == $few)] as $a | [$rows[] | select(.n == $many)] as $b
    | [range($a | length) | ($many - $few) / ([$b[.].s - $a[.].s, 1e-9] | max)] as $rates
    | (($b | map(.s) | median) - ($a | map(.s) | median)) as $slope
    | select($slope > 0)
    | (($many - $few) / $slope) as $rate
    | {detector: $b[0].model, images_per_s: $rate, peak_rss_bytes: (($b | map(.kib) | max) * 1024),
       setup_s: (($b | map(.s) | median) - $many / $rate), threads: $threads, timing: $b[0].timing,
       evaluator: $b[0].evaluator, images: [$few, $many], rounds: ($a | length),
       spread: ((($rates | max) - ($rates | min)) / $rate), pictures: $pictures,
       fallback_vectors: $b[0].fallback}' "$work/rows" >>"$work/runs" ||
    fail "$many pictures took no longer than $few: irc run $*"
  tail -n 1 "$work/runs" |
    jq -r '"bench: \(.detector): \(.images_per_s) pictures/s, set up in \(.setup_s) s, \(.peak_rss_bytes / 1048576) MiB"'
}

: >"$work/runs"
if "$runs" && "$quick"; then
  measure 2 100 1 "generated scenes"
elif "$runs"; then
  measure 20 300 3 "generated scenes"
  if [ -n "$street" ]; then
    measure 10 60 3 photographs --model models/street.onnx --images "$street"
  else
    "$programs/irc-make-scenes" "$work/scenes" --count 60 --width 160 --height 160 || fail "irc-make-scenes failed"
    measure 10 60 3 "generated scenes" --model models/street.onnx --images "$work/scenes"
  fi
  "$programs/irc-make-detector" "$work/tiny-yolo.onnx" || fail "irc-make-detector failed"
  # The images come from files, as photographs do. Making scenes of 416 x 416 would take a quarter of the time.
  "$programs/irc-make-scenes" "$work/large" --count 62 --width 416 --height 416 || fail "irc-make-scenes failed"
  measure 2 62 3 "generated scenes, PNG" experiments/tiny-yolo.toml --model "$work/tiny-yolo.onnx" --images "$work/large"
fi

# --- document -----------------------------------------------------------------------------------------------------

jq -n --argjson quick "$quick" --arg cpu "$cpu" --arg sets "$sets" --argjson cores "$(nproc)" \
  --argjson kib "$memory_kib" --arg compiler "$version" --arg revision "$revision" --arg load "$load" \
  --slurpfile limited "$work/limited" --slurpfile blas "$work/blas.json" --slurpfile engine "$work/engine.json" --slurpfile runs "$work/runs" '
  {quick: $quick,
   machine: {cpu: $cpu, instruction_sets: ($sets | split("\n") | map(select(. != ""))), cores: $cores,
             memory_bytes: ($kib * 1024), compiler: ($compiler | split("\n")[0]), revision: $revision,
             load_average: ($load | split(" ") | map(tonumber)), openblas: $blas[0]},
   engine: $engine[0].engine, limited: $limited, preparation: $engine[0].preparation, runs: $runs}' >"$work/bench.json" ||
  fail "the document could not be put together"
cat "$work/bench.json" >&3
