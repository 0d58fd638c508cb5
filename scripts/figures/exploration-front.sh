# SPDX-License-Identifier: Apache-2.0
# The front of the exploration, point by point.
# cost: long
file=$(explored vwl-rhrs-sigma experiments/vwl-rhrs-sigma.toml)
echo "| V_WL (V) | high resistance (Mohm) | A_VT (mV um) | energy of the macros (nJ) | mAP lost (points) | energy of an image (uJ) |"
echo "|---|---|---|---|---|---|"
query '[.points[] | select(.on_front)] | sort_by(.metrics.energy_macro_j_per_image)[]
  | [(.parameters["array.v_wl_v"] | fixed(2)), (.parameters["card.rram.hrs.r_ohm"] / 1e6 | significant(2)), (.parameters["card.transistor.a_vt_v_m"] * 1e9 | significant(2)),
     (.metrics.energy_macro_j_per_image * 1e9 | fixed(0)), (.metrics.map_drop | points(1)), (.metrics.energy_j_per_image * 1e6 | fixed(2))] | row' "$file"
query '"", "Of the \(.points | length) evaluations, \([.points[] | select(.status == "done")] | length) are done and \([.points[] | select(.status == "infeasible")] | length) are infeasible: they lose more than 20 points of mAP."' "$file"
