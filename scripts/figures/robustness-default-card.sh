# SPDX-License-Identifier: Apache-2.0
# The default card's short transistor over voltage and wires.
# cost: long
echo "mAP@0.5 in %, one chip, 60 images, of"
echo "\`irc run --nonideal-images 60 --set technology.card=default --set array.r_bl_ohm=R --set array.r_sl_ohm=R --set array.v_wl_v=V\`:"
echo
echo "| | 0.45 V | 0.50 V | 0.60 V | 0.70 V | 0.90 V |"
echo "|---|---|---|---|---|---|"
for ohm in 0.3 2; do
  line="| $ohm ohm per cell |"
  for v in 0.45 0.50 0.60 0.70 0.90; do
    case $ohm/$v in
      2/0.[79]*) line="$line – |" ;;  # most columns go to the exact solver: hours
      *) line="$line $(query '.map.nonideal | points' "$(result run --nonideal-images 60 --set technology.card=default \
        --set array.r_bl_ohm=$ohm --set array.r_sl_ohm=$ohm --set array.v_wl_v=$v)") |" ;;
    esac
  done
  echo "$line"
done
query '"", "The ideal mAP@0.5 on these images is \(.map.ideal | percent)."' "$(result run --nonideal-images 60 --set technology.card=default \
  --set array.r_bl_ohm=0.3 --set array.r_sl_ohm=0.3 --set array.v_wl_v=0.60)"
