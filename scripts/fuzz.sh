#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Searches for inputs that break a reader: builds the fuzz targets of tb/fuzz with Clang, libFuzzer and sanitizers, runs
# them one after the other, and prints executions, coverage (edges and features) and crashes of each.
#   scripts/fuzz.sh [TARGET...] [--seconds N] [--seed S]     targets such as onnx toml; the default is all, for 60 s each
#   scripts/fuzz.sh --seeds [TARGET...]                      writes the seeds again (tb/fuzz/corpus); needs no Clang
#   scripts/fuzz.sh --list                                   names the targets
# The search starts from tb/fuzz/corpus and tb/fuzz/regressions. What it finds in between is kept in build-fuzz/found, and
# inputs that crash in build-fuzz/crashes: fix the reader and add the input to tb/fuzz/regressions/TARGET.
# Exit code 0: no crash; 1: a crash; 2: usage; 77: Clang with libFuzzer is not installed.
set -eu
cd "$(dirname "$0")/.."

usage() {
  sed -n '3,10s/^# \{0,1\}//p' scripts/fuzz.sh >&2
  exit 2
}

all=$(sed -n 's/^ *irc_fuzz_target(\([a-z]*\).*/\1/p' tb/fuzz/CMakeLists.txt | tr '\n' ' ')
targets="" seconds=60 seed=1 mode=search
while [ $# -gt 0 ]; do
  case "$1" in
    --seconds | --seed)
      case "${2:-}" in "" | *[!0-9]*) usage ;; esac
      if [ "$1" = --seconds ]; then seconds=$2; else seed=$2; fi
      shift
      ;;
    --seeds) mode=seeds ;;
    --list)
      echo "$all"
      exit 0
      ;;
    -*) usage ;;
    *)
      case " $all " in *" $1 "*) targets="$targets $1" ;; *)
        echo "fuzz.sh: there is no target '$1'; expected some of $all" >&2
        exit 2
        ;;
      esac
      ;;
  esac
  shift
done
[ -n "$targets" ] || targets=$all
jobs=${IRC_JOBS:-$(nproc)}

if [ "$mode" = seeds ]; then
  cmake --preset release >/dev/null
  for target in $targets; do
    cmake --build build --parallel "$jobs" --target "fuzz_$target" >/dev/null
    rm -rf "tb/fuzz/corpus/$target"
    "build/fuzz/fuzz_$target" --write-seeds "tb/fuzz/corpus/$target"
    echo "$target: $(find "tb/fuzz/corpus/$target" -type f | wc -l) seeds"
  done
  exit 0
fi

compiler=""
for name in clang++ clang++-14 clang++-19 clang++-18 clang++-17 clang++-16 clang++-15; do
  command -v "$name" >/dev/null || continue
  if echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' |
    "$name" -fsanitize=fuzzer,address -x c++ - -o /dev/null 2>/dev/null; then
    compiler=$name
    break
  fi
done
if [ -z "$compiler" ]; then
  echo "fuzz.sh: Clang with libFuzzer is not installed (apt-get install clang libclang-rt-14-dev; Debian 13: libclang-rt-19-dev)" >&2
  exit 77
fi

cmake --preset fuzz -DCMAKE_CXX_COMPILER="$compiler" >/dev/null
names=""
for target in $targets; do names="$names fuzz_$target"; done
# shellcheck disable=SC2086  # a list of words
cmake --build --preset fuzz --parallel "$jobs" --target $names >&2

# Readers that want files get them in memory, if there is such a folder.
scratch=$(mktemp -d "$(if [ -w /dev/shm ]; then echo /dev/shm; else echo /tmp; fi)/irc-fuzz.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM
export TMPDIR="$scratch" SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1
# Leaks are not looked for, because the SystemC kernel leaves its objects to the end of the process.
export ASAN_OPTIONS="detect_leaks=0:allocator_may_return_null=1:${ASAN_OPTIONS:-}"
export UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}"

mkdir -p build-fuzz/found build-fuzz/crashes build-fuzz/log
status=0
printf '%-12s %12s %10s %8s %9s %7s\n' target executions per_second edges features crashes
for target in $targets; do
  found=build-fuzz/found/$target
  crashes=build-fuzz/crashes/$target
  log=build-fuzz/log/$target.txt
  mkdir -p "$found" "$crashes"
  inputs=""
  for folder in "tb/fuzz/corpus/$target" "tb/fuzz/regressions/$target"; do
    if [ -d "$folder" ]; then inputs="$inputs $folder"; fi
  done
  code=0
  # shellcheck disable=SC2086  # a list of words
  "build-fuzz/fuzz/fuzz_$target" -max_total_time="$seconds" -seed="$seed" -max_len=32768 -rss_limit_mb=4096 -timeout=25 \
    -detect_leaks=0 -print_final_stats=1 -artifact_prefix="$crashes/" "$found" $inputs >"$log" 2>&1 || code=$?
  # The last line of progress: "#1234  DONE   cov: 567 ft: 890 corp: ..."
  awk -v target="$target" -v crashes="$([ "$code" -eq 0 ] && echo 0 || echo 1)" '
    /cov: / {
      for (i = 1; i < NF; ++i) {
        if ($i == "cov:") cov = $(i + 1)
        if ($i == "ft:") ft = $(i + 1)
      }
    }
    /^#[0-9]/ { runs = substr($1, 2) }
    /^stat::number_of_executed_units/ { runs = $2 }
    /^stat::average_exec_per_sec/ { rate = $2 }
    END { printf "%-12s %12d %10d %8d %9d %7d\n", target, runs, rate, cov, ft, crashes }' "$log"
  if [ "$code" -ne 0 ]; then
    status=1
    grep -aE '^(fuzz:|==[0-9]+==ERROR|.*runtime error:|SUMMARY:|Test unit written)' "$log" | head -n 8 >&2 || true
    echo "fuzz.sh: $target stopped with a crash; see $log" >&2
  fi
done
exit "$status"
