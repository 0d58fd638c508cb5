# The document of scripts/bench.sh as the tables of docs/performance.md: jq -rf benchmarks/bench_table.jq bench.json
def digits($n): . as $x | pow(10; $n) as $p | ($x * $p | round) / $p;
def giga: . / 1e9 | if . < 1 then digits(3) elif . < 10 then digits(1) else round end;
.machine as $m
| "\($m.cpu), \($m.cores) cores, \($m.memory_bytes / 1073741824 | round) GiB, \($m.instruction_sets | join(" "));",
  "\($m.compiler); revision \($m.revision[0:12])\($m.revision | capture("(?<d>-dirty)$").d // ""); load average before the run \($m.load_average | map(tostring) | join(" "));",
  "OpenBLAS kernels \($m.openblas.core // "not run").",
  (select(.engine | length > 0) | "",
   "| vectors x rows x bit lines | threads | sgemm, GMAC/s | ideal | fast | exact | ideal / sgemm | fast / sgemm | spread |",
   "|---|---|---|---|---|---|---|---|---|",
   (.engine as $e | [range(0; $e | length) | select($e[.].evaluator == "sgemm")][] | . as $i
    | ($e[$i:$i + 4] | map({(.evaluator): .}) | add) as $r
    | "| \($r.sgemm.m) x \($r.sgemm.k) x \($r.sgemm.n) | \($r.sgemm.threads) | \($r.sgemm.macs_per_s | giga) | \($r.ideal.macs_per_s | giga) | \($r.fast.macs_per_s | giga) | \($r.exact.macs_per_s | giga) | \($r.ideal.ratio_to_sgemm | digits(1)) | \($r.fast.ratio_to_sgemm | digits(1)) | \($r.fast.spread * 100 | round) % |"),
   (select(.limited | length > 0) | "",
    "| instruction set, 4096 x 4608 x 256, one thread | sgemm kernels | sgemm, GMAC/s | ideal | fast | ideal / sgemm | fast / sgemm |",
    "|---|---|---|---|---|---|---|",
    (.limited as $e | [range(0; $e | length) | select($e[.].evaluator == "sgemm")][] | . as $i
     | ($e[$i:$i + 4] | map({(.evaluator): .}) | add) as $r
     | "| \($r.fast.instruction_set) | \($r.sgemm.openblas) | \($r.sgemm.macs_per_s | giga) | \($r.ideal.macs_per_s | giga) | \($r.fast.macs_per_s | giga) | \($r.ideal.ratio_to_sgemm | digits(1)) | \($r.fast.ratio_to_sgemm | digits(1)) |")),
   "",
   "| preparation, threads | cells | draw, s | model, s | cells per second, both |",
   "|---|---|---|---|---|",
   (.preparation[] | "| \(.threads) | \(.cells) | \(.draw_s | digits(2)) | \(.model_s | digits(2)) | \(.cells / (.draw_s + .model_s) / 1e6 | digits(1)) M |")),
  (select(.runs | length > 0) | "",
   "| detector | pictures | pictures/s | spread | set up, s | peak RSS, MiB | to the exact solver, pairs |",
   "|---|---|---|---|---|---|---|",
   (.runs[] | "| \(.detector) (\(.evaluator), \(.timing), \(.threads) threads) | \(.pictures), \(.images[1]) | \(.images_per_s | digits(1)) | \(.spread * 100 | round) % | \(.setup_s | digits(1)) | \(.peak_rss_bytes / 1048576 | round) | \(.fallback_vectors) |"))
