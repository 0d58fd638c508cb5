# SPDX-License-Identifier: Apache-2.0
# The document of scripts/bench.sh as tables.
# cost: long
# needs: build/bin/bench_engine build/bin/irc-make-detector
scripts/bench.sh --programs "$programs" >"$results/bench.json"
jq -rf benchmarks/bench_table.jq "$results/bench.json"
