# SPDX-License-Identifier: Apache-2.0
# Published macros, one by one.
# cost: quick
# needs: gnuplot
echo '```'
"$irc" validate silicon --out "$results/silicon" || [ $? -eq 1 ]
echo '```'
echo
image=$(find "$results/silicon" -name '*.png' | head -n 1)
cp "$image" docs/images/silicon.png
echo '![Predicted over published energy and time of an access](images/silicon.png)'
