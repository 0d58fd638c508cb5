# SPDX-License-Identifier: Apache-2.0
# What irc run prints, without the columns of the energy's components, the setup and the wall time.
# cost: quick
echo '```'
echo '$ build/bin/irc run'
"$irc" run --set run.draw=0 --out "$results/readme-run" >"$results/readme-run.log"
# The columns left out are those between the time and the total.
awk '/^(written|simulated|setup|trim)/ { next }
  /time us.* rest / { left = index($0, "time us") + 6; right = index($0, " rest ") + 5; table = 1 }
  /^$/ { table = 0 }
  table { print substr($0, 1, left) substr($0, right); next }
  { print }' "$results/readme-run.log"
echo '```'
