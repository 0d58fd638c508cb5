# SPDX-License-Identifier: Apache-2.0
# Energy and time of published macros.
# cost: quick
query '
  def line($name; $e): [$name, ($e.geometric_mean | fixed(2)), ($e.worst | fixed(2)), ($e.count | tostring)] | row;
  "`irc validate silicon` fits five coefficients to published macros and compares energy and time of one access. The figures",
  "are the factors by which prediction and publication differ. The targets are a geometric mean of \(.targets.energy_geometric_mean) and a worst case of",
  "\(.targets.energy_worst) for energy, and a geometric mean of \(.targets.latency_geometric_mean) for time.",
  "",
  "| | geometric mean | worst | macros |",
  "|---|---|---|---|",
  line("energy, fitted macros"; .fitted.energy),
  line("energy, each macro left out of the fit"; .fitted.loo_energy),
  line("energy, macros never fitted"; .not_fitted.energy),
  line("time, fitted macros"; .fitted.latency),
  line("time, each macro left out of the fit"; .fitted.loo_latency),
  line("time, macros never fitted"; .not_fitted.latency),
  "",
  "The next worst energy is \([.cases[] | select(.fitted) | .energy_ratio | select(. != null) | log | fabs] | sort | .[-2] | exp | fixed(2)).",
  "The energies also rest on values that are set by hand: with the 1.5 fF of word line per cell of the default card instead",
  "of 0.5 fF the geometric mean is \($wide[0].fitted.energy.geometric_mean | fixed(2)), and \($wide[0].refitted.energy.geometric_mean | fixed(2)) after a new fit, which \(if $wide[0].refitted.energy.geometric_mean > .targets.energy_geometric_mean then "misses" else "meets" end) the target. [energy.md](energy.md) has every macro."' --slurpfile wide "$(result validate silicon --fit --set card.wires.c_wl_f=1.5e-15)" \
  "$(result validate silicon)"
