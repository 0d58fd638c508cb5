# SPDX-License-Identifier: Apache-2.0
# Sensing range against word-line voltage and injected bias.
# cost: long
# grid EXPERIMENT X-KEY Y-KEY: a row for each Y, a column for each X, in the order of the experiment's document.
grid() {
  query --arg x "$2" --arg y "$3" --arg head "$4" --argjson xf "$5" --argjson yf "$6" --arg yu "$7" '
    def value($k): .parameters[$k];
    ([.points[] | value($x)] | unique) as $xs | ([.points[] | value($y)] | unique) as $ys | .points as $points
    | ([$head] + [$xs[] | . * $xf | significant(2) + " uA"] | row), "|" + "---|" * (($xs | length) + 1),
      ($ys[] as $yv | [($yv * $yf | significant(2)) + $yu]
       + [$xs[] as $xv | $points[] | select(value($x) == $xv and value($y) == $yv) | .metrics.map_nonideal | points(2)] | row)' "$1"
}
top=$(explored sensing-range-top experiments/sensing-range-top.toml)
bottom=$(explored sensing-range-bottom experiments/sensing-range-bottom.toml)
echo "mAP@0.5 of the robust preset in %, mean of three chips, 300 images, seed 1; ideal $(query '[.points[].metrics.map_ideal] | max | points' "$top")."
echo "Columns are the upper end of the sensing range (\`irc explore experiments/sensing-range-top.toml\`):"
echo
grid "$top" sense.i_max_a array.v_wl_v "V_WL" 1e6 1 " V"
echo
echo "Columns are the injected bias, rows the lower end of the sensing range (\`irc explore experiments/sensing-range-bottom.toml\`):"
echo
grid "$bottom" sense.injected_bias_a sense.i_min_a "range from" 1e6 1e6 " uA"
