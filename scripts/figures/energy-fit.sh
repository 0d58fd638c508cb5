# SPDX-License-Identifier: Apache-2.0
# The fit's coefficients.
# cost: quick
echo '```'
"$irc" validate silicon --fit | sed -n '/^fitted at/,/^$/p' | sed '/^$/d'
echo '```'
