# SPDX-License-Identifier: Apache-2.0
# An image with the times that were fitted to published macros.
# cost: quick
query '"With the fitted times an image takes \(.latency_s_per_image / $plain[0].latency_s_per_image | fixed(1)) times as long, \(.latency_s_per_image | us), and \(.energy_j_per_image | uj):"' --slurpfile plain "$(result run)" \
  "$(result run --set card.biases.t_word_line_s=4.16e-9 --set card.wires.r_settle_ohm=9.86e3 --set card.sense.sense_charge_c=9.15e-15 --set card.sense.t_sense_s=0.0)"
cat <<'END'

```
build/bin/irc run --set card.biases.t_word_line_s=4.16e-9 --set card.wires.r_settle_ohm=9.86e3 \
  --set card.sense.sense_charge_c=9.15e-15 --set card.sense.t_sense_s=0.0
```
END
