# SPDX-License-Identifier: Apache-2.0
# Several chips on one and on two threads.
# cost: medium
for threads in 1 2; do result run --chips 8 --threads $threads; done >"$results/chips.paths"
query '
  "`irc run --chips 8 --set run.draw=0` takes \($one) s with `--threads 1` and \($two) s with `--threads 2`, \(($one | tonumber) / ($two | tonumber) | fixed(2)) times less."' --null-input --arg one "$(wall_seconds run --chips 8 --threads 1)" --arg two "$(wall_seconds run --chips 8 --threads 2)"
echo "The machine is $(machine), load average $(cut -d' ' -f1 /proc/loadavg) at the end."
