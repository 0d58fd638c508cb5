// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "irc/platform/engine_sweep.h"

namespace irc::platform {
namespace {

struct Summary {
  std::size_t failed = 0, untouched = 0;  ///< untouched: without a single flagged current
  std::uint64_t currents = 0, flagged = 0;
  const EngineSweepCase* worst = nullptr;

  explicit Summary(const std::vector<EngineSweepCase>& cases) {
    for (const auto& c : cases) {
      failed += !c.within_bound();
      untouched += c.flagged == 0;
      currents += c.currents;
      flagged += c.flagged;
      if (worst == nullptr || c.max_relative_error > worst->max_relative_error) worst = &c;
    }
  }
};

std::string line_of(const EngineSweepCase& c) {
  return fmt::format(
      "{:>5}  {:<15} {:<19} {:>5} [{}, {}) {:<6} {:>5.2f} {:>9.3g} {:>9.3g} {:>9.3g} {:>6.3f} {:>6}/{:<6} "
      "{:>7.3f}%  {}\n",
      c.number, c.card, c.mapping, c.rows, c.row_begin, c.row_end, c.ground, c.v_wl_v, c.r_bl_ohm, c.r_sl_ohm,
      c.r_clamp_ohm, c.activity, c.flagged, c.currents, 100 * c.max_relative_error,
      !c.failure.empty() ? "FAILED: " + c.failure
      : c.within_bound() ? "ok"
                         : "FAILED");
}

}  // namespace

nlohmann::json to_json(const std::vector<EngineSweepCase>& cases) {
  auto list = nlohmann::json::array();
  for (const auto& c : cases) {
    nlohmann::json entry{{"number", c.number},
                         {"card", c.card},
                         {"mapping", c.mapping},
                         {"ground", c.ground},
                         {"conduction", c.conduction},
                         {"rows", c.rows},
                         {"columns", c.columns},
                         {"row_begin", c.row_begin},
                         {"row_end", c.row_end},
                         {"v_wl_v", c.v_wl_v},
                         {"r_bl_ohm", c.r_bl_ohm},
                         {"r_sl_ohm", c.r_sl_ohm},
                         {"r_clamp_ohm", c.r_clamp_ohm},
                         {"activity", c.activity},
                         {"stuck_fraction", c.stuck_fraction},
                         {"without", c.without},
                         {"currents", c.currents},
                         {"flagged", c.flagged},
                         {"engine_error", c.engine_error},
                         {"max_relative_error", c.max_relative_error},
                         {"within_bound", c.within_bound()},
                         {"passed", c.within_bound()}};
    if (!c.failure.empty()) entry["failure"] = c.failure;
    list.push_back(std::move(entry));
  }
  const Summary summary(cases);
  return {{"bound", EngineSweepCase::bound},
          {"currents", summary.currents},
          {"flagged", summary.flagged},
          {"worst_unflagged_error", summary.worst == nullptr ? 0.0 : summary.worst->max_relative_error},
          {"beyond_bound", summary.failed},
          {"cases", list}};
}

std::string to_text(const std::vector<EngineSweepCase>& cases) {
  constexpr std::size_t printed_one_by_one = 60;
  const Summary summary(cases);
  std::string out =
      fmt::format("{:>5}  {:<15} {:<19} {:>5} {} {:<6} {:>5} {:>9} {:>9} {:>9} {:>6} {:>13} {:>8}\n", "case",
                  "card", "mapping", "rows", "driven", "ground", "V_WL", "BL ohm", "SL ohm", "clamp ohm",
                  "active", "flagged/all", "error");
  for (const auto& c : cases)
    if (cases.size() <= printed_one_by_one || !c.within_bound() || &c == summary.worst) out += line_of(c);
  out += fmt::format(
      "{} cases, {} currents: {} flagged ({:.1f} %), that is handed to the exact solver; {} cases without "
      "any\n"
      "worst unflagged deviation {:.3f} % of the current (bound {:.0f} %); {} cases beyond the bound\n",
      cases.size(), summary.currents, summary.flagged,
      summary.currents == 0
          ? 0.0
          : 100.0 * static_cast<double>(summary.flagged) / static_cast<double>(summary.currents),
      summary.untouched, summary.worst == nullptr ? 0.0 : 100 * summary.worst->max_relative_error,
      100 * EngineSweepCase::bound, summary.failed);
  return out;
}

}  // namespace irc::platform
