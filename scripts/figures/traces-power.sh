# SPDX-License-Identifier: Apache-2.0
# Energy by layer and power over time, as images.
# cost: quick
# needs: gnuplot
"$irc" run --limit 1 --power-profile 250ns --set run.draw=0 --out "$results/power" >"$results/power.log"
cp "$results/power/energy_layers.png" docs/images/energy-layers.png
cp "$results/power/power.png" docs/images/power-profile.png
echo '![Energy per image by layer and component](../docs/images/energy-layers.png)'
echo '![Mean and peak power of the first image](../docs/images/power-profile.png)'
