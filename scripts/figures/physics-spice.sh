# SPDX-License-Identifier: Apache-2.0
# Exact solver against ngspice, by rows.
# cost: medium
# needs: ngspice
echo "| rows | cases | currents | largest relative difference |"
echo "|---|---|---|---|"
query '.cases | group_by(.rows)[] | [(.[0].rows | tostring), (length | tostring), ([.[].currents] | add | tostring),
  ([.[].max_relative_error] | max | scientific)] | row' "$(result validate spice --long)"
query '.cases as $c | "", "`irc validate spice --long` compares \([$c[].currents] | add | thousands) currents in \($c | length) cases, of which \([$c[] | select(.passed)] | length) pass. Without",
  "`--long` it leaves out the columns of \([$c[].rows] | max) rows."' "$(result validate spice --long)"
