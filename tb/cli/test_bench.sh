#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of scripts/bench.sh: the keys of its document, and that the failure of a part makes it fail.
#   test_bench.sh BENCH PROGRAMS      exit 0: passed, 77: skipped, else failed
# shellcheck disable=SC2016  # $ in single quotes: jq's and the replacements' variables
set -u

bench=$(realpath "$1")
programs=$(realpath "$2")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

skip() {
  echo "skipped: $*"
  exit 77
}
fail() {
  echo "FAILED: $*; exit code ${code:-none}"
  head -c 3000 stdout stderr
  exit 1
}

[ -n "${IRC_SANITIZE:-}" ] && skip "no speed under sanitizers"
[ -x "$programs/bench_engine" ] || skip "the benchmarks are not built"
for tool in jq /usr/bin/time; do command -v $tool >/dev/null || skip "$tool is not installed"; done

run() {
  "$bench" "$@" >stdout 2>stderr
  code=$?
}
# fails CODE TEXT ARGUMENTS: it must fail with a message and print nothing on standard output.
fails() {
  wanted=$1 text=$2
  shift 2
  run "$@"
  [ "$code" = "$wanted" ] || fail "expected exit code $wanted of bench.sh $*"
  grep -qF -e "$text" stderr || fail "'$text' is not on standard error of bench.sh $*"
  [ -s stdout ] && fail "bench.sh $* failed, but printed something"
  return 0
}
# holds FILTER: checks the single document on standard output.
holds() { jq -es "length == 1 and (.[0] | $1)" stdout >/dev/null || fail "not so: $1"; }

# --- the document -------------------------------------------------------------------------------------------------

run --quick --programs "$programs" --threads 1
[ "$code" = 0 ] || fail "quick mode"
holds '.quick'
holds '.machine | has("cpu", "instruction_sets", "cores", "memory_bytes", "compiler", "revision", "load_average", "openblas")'
holds '.machine.cores > 0 and .machine.memory_bytes > 0 and (.machine.load_average | length == 3)'
holds '.machine.openblas | .core as $c | .tried | max_by(.macs_per_s).core == $c'
holds '[.engine[].evaluator] == ["sgemm", "ideal", "fast", "exact"]'
holds 'all(.engine[]; has("m", "k", "n", "threads", "spread") and .threads == 1 and .macs_per_s > 0 and .ratio_to_sgemm > 0)'
holds '.preparation[0] | .cells > 0 and .threads == 1 and .draw_s > 0 and .model_s > 0'
holds '.engine[0].instruction_set | length > 0'
holds '.limited == []'
holds '.runs | length == 1'
holds '.runs[0] | .detector == "traffic" and .images_per_s > 0 and .peak_rss_bytes > 1000000 and has("setup_s")'
holds '.runs[0] | .threads == 1 and .timing == "at" and .evaluator == "fast"'

# --- what must fail -----------------------------------------------------------------------------------------------

# replace NAME BODY: replaces a program by a script with that body.
replace() {
  printf '#!/bin/sh\n%s\n' "$2" >"replaced/$1"
  chmod +x "replaced/$1"
}
fresh() {
  rm -rf replaced
  mkdir replaced
  for name in irc bench_engine irc-make-detector irc-make-scenes; do ln -s "$programs/$name" "replaced/$name"; done
}

fails 2 "unknown argument" --colour
fails 2 "wants a value" --threads
fails 2 "expected counts" --threads one
fails 2 "nothing to do" --engine-only --runs-only
fails 3 "is not built" --programs "$work"
fails 3 "is not there" --programs "$programs" --street no-such-file.json

row='{"evaluator": "sgemm", "macs_per_s": 1, "ratio_to_sgemm": 1}'
sgemm="case \"\$*\" in *sgemm-only*) echo '{\"openblas_core\": \"X\", \"engine\": [$row]}'; exit 0 ;; esac"

fresh
rm replaced/bench_engine && replace bench_engine 'exit 1'
fails 1 "bench_engine failed with the OpenBLAS kernels" --quick --programs "$work/replaced"
replace bench_engine 'echo "{}"'
fails 1 "no sgemm figure" --quick --programs "$work/replaced"
replace bench_engine "$sgemm; exit 1"
fails 1 "bench_engine failed" --quick --engine-only --programs "$work/replaced"
replace bench_engine "$sgemm; echo '{\"engine\": [$row], \"preparation\": []}'"
fails 1 "no usable figures" --quick --engine-only --programs "$work/replaced"

fresh
rm replaced/irc && replace irc 'exit 70'
fails 1 "irc run failed" --quick --runs-only --programs "$work/replaced"
replace irc 'echo "{\"images\": 0, \"layers\": []}"'
fails 1 "did not run 2 pictures" --quick --runs-only --programs "$work/replaced"
# Fewer images take longer, so there is no steady state to measure.
replace irc 'while [ $# -gt 1 ]; do [ "$1" = --limit ] && n=$2; shift; done
[ "$n" = 2 ] && sleep 0.1
echo "{\"images\": $n, \"layers\": [], \"config\": {}}"'
fails 1 "took no longer" --quick --runs-only --programs "$work/replaced"
