# SPDX-License-Identifier: Apache-2.0
# What the robust working point costs in area.
# cost: quick
default=$(result run --limit 1 --set technology.card=default)
query '$default[0] as $d
  | "The arrays take \(.area_by_component_m2.array * 1e6 | fixed(3)) mm² and the whole accelerator \(.area_m2 * 1e6 | fixed(3)) mm² (`irc run --limit 1 --json`, `area_by_component_m2`);",
  "with the default card (`--set technology.card=default`) they take \($d.area_by_component_m2.array * 1e6 | fixed(3)) and \($d.area_m2 * 1e6 | fixed(3)) mm²."' \
  --slurpfile default "$default" "$(result run --limit 1)"
