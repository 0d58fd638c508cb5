# SPDX-License-Identifier: Apache-2.0
# The report page of an exploration as a browser shows it.
# cost: long
# needs: chromium
explored vwl-rhrs-sigma experiments/vwl-rhrs-sigma.toml >"$results/exploration.path"
"$irc" explore report "${FIGURES_STUDIES:-out/figures-studies}/vwl-rhrs-sigma" --out "$results/report.html" >"$results/report.log"
chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --virtual-time-budget=5000 --window-size=1024,1280 \
  --screenshot="$PWD/docs/images/exploration-report.png" "file://$(realpath "$results/report.html")" >"$results/chromium.log" 2>&1
echo '![Report: scatter with Pareto front, parallel coordinates, selected point](images/exploration-report.png)'
