# SPDX-License-Identifier: Apache-2.0
# What irc run prints.
# cost: quick
echo '```'
echo '$ build/bin/irc run'
"$irc" run --set run.draw=0 --out "$results/readme-run" | grep -v '^written'
echo '```'
