// SPDX-License-Identifier: Apache-2.0
// Experiment files. An experiment that was read has at least one rung, and its metrics have names.
#include "fuzz.h"
#include "irc/core/error.h"
#include "irc/explore/experiment.h"

namespace irc::fuzz {

void run(Input input) {
  const auto experiment = explore::parse_experiment(text_of(input), "fuzz.toml");
  demand(!experiment.ladder.empty(), "an experiment has a rung");
  demand(!experiment.space.parameters.empty(), "an experiment has a parameter");
  for (const auto& reported : experiment.metrics)
    demand(explore::find_metric(reported.metric.name) != nullptr, "every metric is known");
}

void seeds(const AddSeed& add) {
  const std::string head = "[experiment]\nname = \"t\"\n",
                    metrics = "[metrics]\nmap_drop = \"min\"\nenergy_j_per_image = \"min\"\n";
  add("grid.toml",
      head + metrics +
          "[strategy]\nkind = \"grid\"\n[[parameter]]\nkey = \"array.v_wl_v\"\nvalues = [0.5, 0.6]\n");
  add("lhs.toml", head + "seed = 7\nyield_drop = 0.03\nconstraints = [\"map_drop <= 0.05\"]\n" + metrics +
                      "[strategy]\nkind = \"lhs\"\npoints = 8\n"
                      "[[parameter]]\nkey = \"card.rram.hrs.r_ohm\"\nrange = [1e5, 1e7]\nscale = \"log\"\n"
                      "[[parameter]]\nkey = \"array.macros\"\nrange = [4, 16]\ninteger = true\n");
  add("choices.toml",
      head + metrics +
          "[strategy]\nkind = \"grid\"\n[[parameter]]\nname = \"readout\"\n[[parameter.choice]]\nlabel = \"1 "
          "bit\"\n"
          "set = [\"sense.kind=differential\"]\n[[parameter.choice]]\nlabel = \"flash\"\n"
          "set = [\"sense.kind=multi_bit\", \"sense.trim=false\"]\n[[parameter]]\nkey = \"sense.bits\"\n"
          "values = [2, 3]\nwhen = { readout = [\"flash\"] }\n[[parameter]]\nkey = \"array.column_pairs\"\n"
          "values = [64, 128]\n[[parameter]]\nname = \"mux\"\nkey = \"array.amplifiers\"\n"
          "divides = \"array.column_pairs\"\nvalues = [1, 2]\n");
  add("nsga2.toml", head + metrics +
                        "[strategy]\nkind = \"nsga2\"\npopulation = 8\ngenerations = 2\n"
                        "[[parameter]]\nkey = \"array.v_wl_v\"\nrange = [0.4, 0.9]\n[[parameter]]\n"
                        "key = \"array.rows_per_operation\"\nvalues = [0, 64]\n"
                        "[[fidelity]]\nimages = 2\n[[fidelity]]\nimages = 4\nchips = 2\nkeep = 0.5\n");
}

}  // namespace irc::fuzz
