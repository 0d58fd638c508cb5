# SPDX-License-Identifier: Apache-2.0
# Detections on the first three scenes with objects, robust preset above, naive preset below, as one image.
# cost: quick
# needs: gnuplot
for preset in robust naive; do
  "$irc" run $preset.toml --limit 4 --set run.draw=4 --out "$results/demo-$preset" >"$results/demo-$preset.log"
done
set --
for preset in robust naive; do
  for scene in 1 2 3; do set -- "$@" "$results/demo-$preset/scene-3003-$scene.png"; done
done
# Width and height are big-endian words of the PNG's head.
size=$(od -A n -t u1 -j 16 -N 8 "$1" | awk '{ print $3 * 256 + $4, $7 * 256 + $8 }')
width=${size% *} height=${size#* }
{
  echo "set terminal png truecolor size $((3 * width)),$((2 * height))"
  echo "set output 'docs/images/demo.png'"
  echo "set lmargin at screen 0; set rmargin at screen 1; set tmargin at screen 1; set bmargin at screen 0"
  echo "unset border; unset tics; unset key"
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
