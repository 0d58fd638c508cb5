# SPDX-License-Identifier: Apache-2.0
# The ladder in a sentence.
# cost: long
query '(ladder | map((.techniques[-1] // "naive" | technique_label) + " " + (outcome("all").map | points(1)))) as $steps
  | "`irc ablate`, from naive to robust, mAP@0.5 in % with everything on, three chips: \($steps[0]), then, each step on top of those",
    "before it, \($steps[1:] | join(", ")).",
    "All rows at once at the nominal word-line voltage: \(.designs[] | select(.kind == "added" and .techniques == ["all-rows"]) | outcome("all").map | points(1))."' \
  "$(study ablate ablate)"
