# SPDX-License-Identifier: Apache-2.0
# A search against the whole grid.
# cost: long
explored macro-size experiments/macro-size.toml >"$results/paths"
explored macro-size-search experiments/macro-size-search.toml >>"$results/paths"
studies=${FIGURES_STUDIES:-out/figures-studies}
echo '```'
"$irc" explore compare "$studies/macro-size" "$studies/macro-size-search"
echo '```'
