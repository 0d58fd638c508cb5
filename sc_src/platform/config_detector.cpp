// SPDX-License-Identifier: Apache-2.0
// [detector]: what the values of the detector's head mean, for files that do not say so themselves.
#include <set>

#include "config_parts.h"

namespace irc::platform {

void detail::read_detector(const TomlTable& root, RunConfig& config) {
  const auto table = root.find_table("detector");
  auto& d = config.detector;
  if (table.has("classes")) d.classes = table.strings("classes");
  std::set<std::string> seen;
  for (const auto& name : d.classes)
    if (name.empty() || !seen.insert(name).second)
      throw table.error("classes", "the names of the detector's classes in the order of its head, each once");
  d.stride = whole(table, "stride", d.stride, 0, 4096);
  d.box = static_cast<detection::BoxForm>(table.find_choice("box", box_names).value_or(0));
  d.scores = static_cast<detection::ScoreForm>(table.find_choice("scores", score_names).value_or(0));
}

}  // namespace irc::platform
