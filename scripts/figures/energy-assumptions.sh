# SPDX-License-Identifier: Apache-2.0
# How much rests on assumptions about single macros.
# cost: quick
plain=$(result validate silicon --fit)
# taken WHAT MACROS ARGUMENTS...: MACROS is a pattern of their names, whose ratios change.
taken() {
  what=$1 macros=$2
  shift 2
  query '
    [$plain[0].cases[] | select(.energy_ratio and (.macro | test($macros)))] as $before | .cases as $cases
    | [$what, (if $macros == "^$" then "" else [$before[] | .macro as $m | "\($m) \(.energy_ratio | fixed(2)) → \($cases[] | select(.macro == $m) | .energy_ratio | fixed(2))"] | join("; ") end),
       (.fitted.energy.geometric_mean | fixed(2)), (.refitted.energy.geometric_mean | fixed(2))] | row' --arg what "$what" --arg macros "$macros" --slurpfile plain "$plain" "$(result validate silicon "$@" --fit)"
}
without() { sed "$2" configs/silicon/macros.toml >"$results/macros-$1.toml"; echo "$results/macros-$1.toml"; }
echo "| assumption taken back | energy of the macros it is about, predicted over published | geometric mean, energy | refitted |"
echo "|---|---|---|---|"
taken "none" '^$'
taken "Liu: pairs between rails at the read voltage, not at the supply" "Liu" "$(without liu-rails '/^v_supply_v = 0.2  *# the pair/d')"
taken "Liu: cells of 2–20 uS, not the default cell" "Liu" "$(without liu-cells '/^r_lrs_ohm = 50e3/d; /^r_hrs_ohm = 500e3/d')"
taken "Ye: cells of 1, 2 and 4 units, not of 1" "Ye" "$(without ye-weights '/^current_weight/d')"
taken "Liu, Mochida, Xue: pairs with one cell high, not half of all cells low" "Liu|Mochida|Xue" "$(without pairs '/^lrs_share = 0.25/d')"
taken "all macros: word line of 1.5 instead of 0.5 fF per cell" "Xue JSSC|Yoon" --set card.wires.c_wl_f=1.5e-15
taken "all macros: word line of 5.6 instead of 0.1 ohm per cell" "Xue JSSC" --set card.wires.r_wl_ohm=5.6
taken "all macros: high state of 1 Mohm instead of 100 kohm" "Xue JSSC" --set card.rram.hrs.r_ohm=1e6
taken "all macros: no leakage of the periphery" "^$" --set card.energy.leakage_periphery_w=0.0
taken "all macros: reference ratio 0" "Xue ISSCC" --set card.energy.reference_current_ratio=0.0
query 'def without($names): [.cases[] | select(.fitted and .energy_ratio and (.macro | test($names) | not)) | .energy_ratio] | miss.mean | fixed(2);
  "", "Without Liu and Ye the geometric mean of the other macros is \(without("^(Liu|Ye) ")), and without the core of Xue as well \(without("^(Liu|Ye|Xue JSSC)"))."' "$plain"
cat <<'END'

The rows about single macros are `irc validate silicon mine.toml --fit`, where `mine.toml` is a copy of
`configs/silicon/macros.toml` without the lines of that assumption. The rows about all macros are, in order:

```
build/bin/irc validate silicon --fit --set card.wires.c_wl_f=1.5e-15            # exit code 1: target missed
build/bin/irc validate silicon --fit --set card.wires.r_wl_ohm=5.6
build/bin/irc validate silicon --fit --set card.rram.hrs.r_ohm=1e6
build/bin/irc validate silicon --fit --set card.energy.leakage_periphery_w=0.0
build/bin/irc validate silicon --fit --set card.energy.reference_current_ratio=0.0
```
END
