# SPDX-License-Identifier: Apache-2.0
# Published macros, one by one.
# cost: quick
# needs: gnuplot chromium
echo '```'
"$irc" validate silicon --out "$results/silicon" >"$results/silicon.log" || [ $? -eq 1 ]
grep -v '^drawn:' "$results/silicon.log"
echo '```'
echo
size=$(sed -n 's/^ *width="\([0-9]*\)" height="\([0-9]*\)".*/\1,\2/p' "$results/silicon/silicon.svg" | head -n 1)
chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --window-size="$size" \
  --screenshot="$PWD/docs/images/silicon.png" "file://$(realpath "$results/silicon/silicon.svg")" >"$results/chromium.log" 2>&1
echo '![Predicted over published energy and time of an access](images/silicon.png)'
