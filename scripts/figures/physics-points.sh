# SPDX-License-Identifier: Apache-2.0
# Working points of the transistor.
# cost: quick
point() {  # LABEL W L R_HRS R_LABEL V_WL
  for ohm in 0.1 0.3; do
    result device --rows 1800 --set "card.transistor.width_m=$2e-9" --set "card.transistor.length_m=$3e-9" \
      --set "card.rram.hrs.r_ohm=$4" --set "array.v_wl_v=$6" --set "array.r_bl_ohm=$ohm" --set "array.r_sl_ohm=$ohm"
  done | xargs jq -s . >"$results/point.json"
  query '.[0] as $a
    | [$name, ($a.cell_area_m2 * 1e12 | fixed(3)), $r, $v, ($a.lrs_mean_current_a * 1e6 | significant(3)), ($a.lrs_sigma | fixed(3)),
       ($a.on_off | significant(3)), ($a.hrs_sigma | fixed(3)), ($a.kept | fixed(3)), (.[1].kept | fixed(3))] | row' --arg name "$1" --arg r "$5" --arg v "$6" "$results/point.json"
}
echo "| W x L (nm) | cell (um²) | R_HRS | V_WL (V) | LRS (uA) | sigma(I)/I | on/off | HRS spread | kept, 0.1 ohm | kept, 0.3 ohm |"
echo "|---|---|---|---|---|---|---|---|---|---|"
point "240 x 60 (default)" 240 60 1e6 "1 M" 0.50
point "240 x 60" 240 60 1e6 "1 M" 0.60
point "120 x 240" 120 240 3e6 "3 M" 0.60
point "120 x 240" 120 240 3e6 "3 M" 0.65
point "160 x 320" 160 320 1e6 "1 M" 0.60
point "**160 x 320 (robust_28nm)**" 160 320 3e6 "3 M" 0.60
point "160 x 320" 160 320 3e6 "3 M" 0.55
