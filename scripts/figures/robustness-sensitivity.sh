# SPDX-License-Identifier: Apache-2.0
# mAP against one parameter at a time.
# cost: long
# needs: gnuplot
file=$(study sensitivity sensitivity)
cp "${FIGURES_STUDIES:-out/figures-studies}/sensitivity/sensitivity.png" docs/images/sensitivity.png
echo '![mAP against V_WL, device sigma, V_t mismatch, offset, wire resistance, sensing range, rows per operation and injected bias](images/sensitivity.png)'
echo
echo "mAP@0.5 of the robust preset in %, mean over chips, at each value of the parameter (\`irc sensitivity\`, seed 1):"
echo
echo "| parameter | value: mAP@0.5 |"
echo "|---|---|"
query '.curves[] | [.label, ([.series[0].points[] | "\(.label): " + (if .status == "done" then (.map | points) else .status end)] | join("; "))] | row' "$file"
