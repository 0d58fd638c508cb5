# SPDX-License-Identifier: Apache-2.0
# The exact solver on some of the scenes.
# cost: medium
file=$(result run --evaluator exact --nonideal-images 20)
query '
  "`irc run --evaluator exact --nonideal-images 20` solves every ladder on \(.images) of the \(.images_reference) scenes: nonideal \(.map.nonideal | percent),",
  "ideal \(.map.ideal | percent) on the same scenes, in \($seconds) s of processor time. So few images do not resolve a difference of a box or two."' --arg seconds "$(processor_seconds run --evaluator exact --nonideal-images 20)" "$file"
echo "The processor is $(machine)."
