# SPDX-License-Identifier: Apache-2.0
# Speed against OpenBLAS sgemm, in a sentence.
# cost: long
# needs: build/bin/bench_engine build/bin/irc-make-detector
[ -s "$results/bench.json" ] || scripts/bench.sh --programs "$programs" >"$results/bench.json"
query '.machine as $m
  | def ratio($list; $evaluator): $list[] | select(.evaluator == $evaluator) | .ratio_to_sgemm | fixed(1);
  [.engine[] | select(.m == 4096 and .k == 4608 and .n == 256 and .threads == 1)] as $one
  | ([.engine[] | select(.evaluator == "sgemm" and .m == 4096 and .k == 4608 and .n == 256 and .threads == 1)][0].macs_per_s / 1e9 | fixed(0)) as $sgemm
  | "`scripts/bench.sh`, one thread, 4096 vectors x 4608 rows x 256 bit lines: the plain sum takes \(ratio($one; "ideal")) times, all physics",
    "\(ratio($one; "fast")) times the speed of OpenBLAS sgemm in the same run (\($m.openblas.core) kernels, \($sgemm) GMAC/s).",
    "Whole runs, all physics: \([.runs[] | "\(.detector) \(.images_per_s | fixed(1)) images/s"] | join(", ")) (\(.runs[0].threads) threads, \(.runs[0].timing)).",
    "The machine is \($m.cpu), \($m.cores) cores, \($m.instruction_sets | join(" ")), \($m.compiler).",
    "[performance.md](performance.md) has the tables."' "$results/bench.json"
