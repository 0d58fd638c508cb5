# SPDX-License-Identifier: Apache-2.0
# Fast engine against the exact solver, eight seeds.
# cost: medium
set --
for seed in 1 2 3 4 5 6 7 8; do set -- "$@" "$(result validate engine --seed $seed)"; done
query '[.[].cases[]] as $all | [$all[] | select(.in_domain)] as $in
  | [$in[] | select(.name | test("edge") | not)] as $inner
  | "`irc validate engine --seed S` for S = 1 to 8: \([$all[] | select(.passed)] | length) of \($all | length) cases pass, with \([$all[].rows] | min) to \([$all[].rows] | max) rows per",
    "column.",
    "",
    "- Inside its domain the fast engine deviates from the exact column current by at most \([$in[].rms_relative_error] | max | percent) rms and",
    "  \([$in[].max_relative_error] | max | percent) anywhere; without the windows that hang over an image edge by at most \([$inner[].rms_relative_error] | max | percent) and",
    "  \([$inner[].max_relative_error] | max | percent).",
    "- \([$in[].decision_flips] | add | thousands) of \([$in[].decisions] | add | thousands) differential decisions differ; the ideal sum would change \([$in[].ideal_sum_flips] | add | thousands). A single case of",
    "  \([$in[].decisions] | max | thousands) decisions has at most \([$in[].decision_flips] | max) that differ.",
    "- In \([$in[] | select(.decision_flips > 0.1 * .ideal_sum_flips)] | length) of the \($in | length) cases more than a tenth of the ideal sum'"'"'s number of decisions differ; there both numbers are small.",
    "- In the \([$all[] | select(.in_domain | not)] | length) cases outside the domain the exact solver computes most currents."' -s "$@"
