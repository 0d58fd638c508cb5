# SPDX-License-Identifier: Apache-2.0
# Simulated cycles against the closed form.
# cost: medium
query '.cases as $c
  | "`irc validate latency`: in \([$c[] | select(.passed)] | length) of \($c | length) cases (\([$c[].name] | unique | length) layers and geometries, LT and AT) the",
    "simulated cycles equal the closed form, command by command."' "$(result validate latency)"
