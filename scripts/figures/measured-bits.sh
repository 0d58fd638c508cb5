# SPDX-License-Identifier: Apache-2.0
# Every bit of every layer against the reference.
# cost: medium
query '.cases as $c
  | "`irc validate reference`: \([$c[].bit_errors] | add) bit errors and \([$c[].head_errors] | add) wrong head values in",
    "\($c | length) cases, of which \([$c[] | select(.passed)] | length) pass: \([$c[].detector] | unique | length) shipped detectors, LT and AT, bursts of",
    "\([$c[].burst] | unique | map(tostring) | join(", ")) vectors, \([$c[].macros] | min) to \([$c[].macros] | max) macros, maps on chip and streamed.",
    "The cases compare \([$c[].bits] | add | thousands) bits in all."' "$(result validate reference)"
