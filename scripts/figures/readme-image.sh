# SPDX-License-Identifier: Apache-2.0
# Detections of the demo, robust preset above, naive preset below, as one image.
# cost: quick
# needs: gnuplot
for preset in robust naive; do
  "$irc" run $preset.toml --limit 3 --set run.draw=3 --out "$results/demo-$preset" >"$results/demo-$preset.log"
done
# The images of one scene stand in one column.
set -- "$results"/demo-robust/*.png "$results"/demo-naive/*.png
[ $# -eq 6 ] || { echo "expected six images of the demo, not $#" >&2; exit 1; }
size=$(od -A n -t u1 -j 16 -N 8 "$1" | awk '{ print $3 * 256 + $4, $7 * 256 + $8 }')
width=${size% *} height=${size#* }
{
  echo "set terminal pngcairo size $((3 * width)),$((2 * height))"
  echo "set output 'docs/images/demo.png'"
  echo "set lmargin 0; set rmargin 0; set tmargin 0; set bmargin 0; unset border; unset tics; unset key"
  echo "set xrange [0:$((3 * width))]; set yrange [0:$((2 * height))]"
  i=0
  for image in "$@"; do
    [ $i -eq 0 ] && printf 'plot ' || printf ', '
    printf "'%s' binary filetype=png origin=(%s,%s) with rgbimage" "$image" \
      "$((i % 3 * width)).5" "$(((1 - i / 3) * height)).5"
    i=$((i + 1))
  done
  echo
} >"$results/demo.gp"
gnuplot "$results/demo.gp"
echo '![Detections on three scenes, robust preset above, naive preset below; dashed boxes are the ground truth](docs/images/demo.png)'
