# SPDX-License-Identifier: Apache-2.0
# Column currents of the exact solver against ngspice.
# cost: medium
# needs: ngspice
query '.cases as $c | .bound as $bound
  | "`irc validate spice --long`: \([$c[] | select(.passed)] | length) of \($c | length) cases pass, with \([$c[].currents] | add | thousands) column currents of",
    "\([$c[].rows] | min) to \([$c[].rows] | max) rows. The largest relative difference is \([$c[].max_relative_error] | max | scientific); the bound is \($bound | scientific)."' \
  "$(result validate spice --long)"
