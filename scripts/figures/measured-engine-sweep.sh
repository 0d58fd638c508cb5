# SPDX-License-Identifier: Apache-2.0
# Random settings of the array, far outside the usual ones, on three seeds.
# cost: medium
set --
for seed in 1 2 3; do set -- "$@" "$(result validate engine --sweep 500 --seed $seed)"; done
query '[.[].cases[]] as $all | [.[].flagged] as $flagged | [.[].currents] as $currents
  | "`irc validate engine --sweep 500 --seed S` for S = 1 to 3 draws \($all | length | thousands) settings. Of \($currents | add | thousands) column",
    "currents, \(($flagged | add) / ($currents | add) | percent) were flagged, that is handed to the exact solver; \([$all[] | select(.flagged == 0)] | length | thousands) settings needed no hand-over and",
    "\([$all[] | select(.flagged == .currents)] | length | thousands) were handed over altogether.",
    "",
    "- The largest deviation that was not flagged is \([.[].worst_unflagged_error] | max | percent); the bound is 5 %, and \([.[].beyond_bound] | add) settings are beyond it.",
    "- \([$all[] | select(.max_relative_error > 0.03)] | length) settings are off by more than 3 %, \([$all[] | select(.max_relative_error > 0.01)] | length) by more than 1 %."' -s "$@"
