# SPDX-License-Identifier: Apache-2.0
# An exploration's points and front.
# cost: long
query '[.points[] | select(.on_front)] as $front | ($front | min_by(.metrics.energy_macro_j_per_image)) as $cheap
  | ([$front[] | select(.metrics.map_drop <= 0.0005)] | min_by(.metrics.energy_macro_j_per_image)) as $free
  | def point: "\(.metrics.energy_macro_j_per_image * 1e9 | fixed(0)) nJ in the macros with \(.metrics.map_drop | points(1)) points of mAP lost (\(.parameters["array.v_wl_v"] | fixed(2)) V)";
  "`irc explore experiments/vwl-rhrs-sigma.toml`: \(.points | length) evaluations, of which \([.points[] | select(.status == "done")] | length) are done, \([.points[] | select(.status == "infeasible")] | length) infeasible (more than",
  "20 points lost) and \([.points[] | select(.status == "failed")] | length) failed. The front has \($front | length) points, from \($cheap | point) to",
  "\($free | point). [exploration.md](exploration.md) describes it."' \
  "$(explored vwl-rhrs-sigma experiments/vwl-rhrs-sigma.toml)"
