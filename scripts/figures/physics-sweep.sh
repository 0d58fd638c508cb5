# SPDX-License-Identifier: Apache-2.0
# Cells and columns over the word-line voltage.
# cost: quick
file=$(result device robust.toml --sweep-v-wl 0.35..1.1 --against naive.toml)
query '(.marks | map({(.v_wl_v * 100 | round | tostring): (.label | rtrimstr(".toml"))}) | add) as $marks
  | "| V_WL (V) | LRS (uA) | HRS (uA) | on/off | sigma(I)/I | of V_t alone | of R alone | kept |",
  "|---|---|---|---|---|---|---|---|",
  (.points[] | select(.refused | not) | (.v_wl_v * 100) as $c
   | select((($c | round) - $c | fabs) < 0.01 and ([40, 45, 50, 60, 70, 80, 90, 110] | index($c | round)))
   | $marks[$c | round | tostring] as $mark | (.v_wl_v | fixed(2)) as $v
   | [(if $mark then "**\($v) (\($mark))**" else $v end), (.lrs_mean_current_a * 1e6 | fixed(4)), (.hrs_mean_current_a * 1e6 | fixed(4)),
      (.on_off | significant(3)), (.lrs_sigma | fixed(3)), (.lrs_sigma_v_t | fixed(3)), (.lrs_sigma_r | fixed(3)), (.kept | fixed(3))] | row)' "$file"
