// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "irc/platform/config.h"

namespace irc::platform {

/// One setting of an array, read with several vectors by the fast engine and by the exact solver. Currents
/// that the fast engine hands to the exact solver count as flagged. The others must be within `bound`.
struct EngineSweepCase {
  /// Allowed deviation of an unflagged current, relative to the exact current or to array::deviation_floor_a,
  /// whichever is larger.
  static constexpr double bound = 0.05;
  std::uint64_t number = 0;          ///< of the case in its sweep
  std::string card,                  ///< technology card
      mapping,                       ///< how weights are stored, as `array.mapping` names it
      ground,                        ///< where the source lines are grounded: "top" or "bottom"
      conduction;                    ///< conduction model of the cells: "ohmic" or "sinh"
  std::size_t rows = 0,              ///< rows of the tile
      columns = 0,                   ///< bit lines of the tile
      row_begin = 0,                 ///< first row that may be driven
      row_end = 0;                   ///< one past the last row that may be driven
  double v_wl_v = 0,                 ///< word-line voltage
      r_bl_ohm = 0,                  ///< bit-line resistance per row
      r_sl_ohm = 0,                  ///< source-line resistance per row
      r_clamp_ohm = 0,               ///< output resistance of the clamp
      activity = 0,                  ///< share of driven rows
      stuck_fraction = 0;            ///< share of stuck cells
  std::vector<std::string> without;  ///< nonidealities that are off
  std::size_t currents = 0;          ///< number of compared currents
  std::uint64_t flagged = 0;         ///< of these, handed to the exact solver
  double engine_error = 0,           ///< what the fast engine says of itself, see array::EvaluationStats
      max_relative_error = 0;        ///< largest deviation of an unflagged current, relative as `bound` says
  std::string failure;               ///< message of an evaluator that failed; empty otherwise
  /// Both evaluators gave currents, and every unflagged one is within the bound.
  bool within_bound() const { return failure.empty() && max_relative_error <= bound; }
};

/// Draws `count` settings: wires and clamp from 0 to 10 kOhm per row and 1 MOhm, both grounds, word lines
/// from 0.35 to 1.1 V, 16 to 9216 rows, whole tiles and row groups, activities from 0 to 100 %, stuck cells,
/// every shipped card and mapping, both conduction models. A setting depends on `seed` and its number only.
/// `progress` receives the number of finished and of all settings.
std::vector<EngineSweepCase> sweep_engine(
    std::uint64_t count, std::uint64_t seed,
    const std::function<void(std::uint64_t, std::uint64_t)>& progress = {});
/// One setting of that sweep, by its number from 0.
EngineSweepCase sweep_case(std::uint64_t number, std::uint64_t seed);

/// The same comparison for the conditions of a configuration: its card, voltages, wires, nonidealities,
/// mapping and row groups, with columns of 64 rows to `array.rows` and activities from 2 to 80 %.
std::vector<EngineSweepCase> validate_engine_for(const RunConfig& config, std::uint64_t seed);

/// The cases as JSON, with the bound and the counts of currents, flagged currents and failed cases.
nlohmann::json to_json(const std::vector<EngineSweepCase>& cases);
/// A summary as text for people: counts, the worst unflagged deviation, and every case that is not within the
/// bound. Up to 60 cases are printed one by one.
std::string to_text(const std::vector<EngineSweepCase>& cases);

}  // namespace irc::platform
