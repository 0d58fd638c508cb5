# SPDX-License-Identifier: Apache-2.0
# What irc run prints, without the columns of the energy's components and the wall time.
# cost: quick
echo '```'
echo '$ build/bin/irc run'
"$irc" run --set run.draw=0 --out "$results/readme-run" |
  awk '/^(written|simulated)/ { next } /^$/ { done = 1 } done || NR == 1 { print; next } { print substr($0, 1, 65) substr($0, 138) }'
echo '```'
