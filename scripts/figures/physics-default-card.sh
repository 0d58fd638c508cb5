# SPDX-License-Identifier: Apache-2.0
# Spread of the default card's cells over the word-line voltage.
# cost: quick
echo "| V_WL (V) | relative spread of the LRS current | on/off ratio |"
echo "|---|---|---|"
for v in 0.45 0.50 0.55 0.60 1.10; do
  query '[$v, (.lrs_sigma | percent(0)), (.on_off | significant(3))] | row' --arg v $v \
    "$(result device --set technology.card=default --set array.v_wl_v=$v)"
done
echo
echo "Each row is \`irc device --set technology.card=default --set array.v_wl_v=V\`, seed 1."
