// SPDX-License-Identifier: Apache-2.0
// A study for tests.
#pragma once
#include <stdexcept>
#include <string>

namespace irc::study::test {

inline const std::string study_text = R"(net = [
  { techniques = [], model = "models/traffic-naive.onnx" },
  { techniques = ["trained"], model = "models/traffic.onnx" },
]
[study]
name = "t"
naive = "naive.toml"
robust = "robust.toml"
pictures = 10
chips = 2
single_pictures = 4
set = ["run.evaluator=ideal"]
[[technique]]
name = "low-v"
keys = ["array.v_wl_v"]
[[technique]]
name = "rows"
label = "all rows"
keys = ["array.rows_per_operation", "sense.level_units"]
[[technique]]
name = "quiet"
keys = ["array.mapping", "array.bias"]
net = "trained"
[[technique]]
name = "amplifier"
keys = ["sense.trim", "sense.injected_bias_a"]
[[adjust]]
on = ["rows"]
off = ["quiet"]
set = ["array.bias=source"]
note = "nothing to add to"
[[nonideality]]
name = "cells"
on = ["nonidealities.device_variation", "nonidealities.cycle_to_cycle", "nonidealities.vt_mismatch"]
[[nonideality]]
name = "rest"
on = ["nonidealities.drift", "nonidealities.off_leakage", "nonidealities.read_noise", "nonidealities.stuck_at",
  "nonidealities.wire_resistance", "nonidealities.clamp_resistance", "nonidealities.clamp_variation",
  "nonidealities.offset", "nonidealities.sense_noise", "nonidealities.sensing_range", "nonidealities.level_errors",
  "nonidealities.bias_variation"]
)";

inline std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const auto at = text.find(what);
  if (at == std::string::npos) throw std::logic_error("not in the text: " + what);
  return text.replace(at, what.size(), with);
}

}  // namespace irc::study::test
