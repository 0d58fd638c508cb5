// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/engine_sweep.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <exception>
#include <mutex>

#include <tbb/parallel_for.h>

#include "config_parts.h"
#include "irc/array/evaluator.h"
#include "irc/core/bits.h"
#include "irc/core/random.h"
#include "irc/platform/resources.h"

namespace irc::platform {
namespace {

using array::CellState;
using array::SourceLineGround;
using mapping::WeightScheme;

constexpr std::array<const char*, 5> cards = {"default", "low_ratio", "robust_28nm", "silicon_28nm",
                                              "ye_jssc23_28nm"};
constexpr std::size_t vectors_per_case = 24;

/// Draws one after the other from one setting's stream.
class Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t number) : random_(CounterRandom(seed, Stream::test).fork(number)) {}
  double uniform() { return random_.uniform(next_++); }
  bool chance(double probability) { return uniform() < probability; }
  double between(double low, double high) { return low + (high - low) * uniform(); }
  /// Equally likely in every decade.
  double log_between(double low, double high) { return low * std::pow(high / low, uniform()); }
  std::size_t below(std::size_t count) {
    return std::min(count - 1, static_cast<std::size_t>(uniform() * static_cast<double>(count)));
  }

 private:
  CounterRandom random_;
  std::uint64_t next_ = 0;
};

/// One setting, complete enough to make its tile and its vectors.
struct Setting {
  device::TechnologyCard card;
  array::ArrayConditions conditions;
  device::Nonidealities nonidealities;
  WeightScheme scheme = WeightScheme::ternary;
  std::size_t rows = 0, columns = 0;
  array::RowRange range;
  double activity = 0, zero_share = 0;
  std::uint64_t chip_seed = 0;
};

struct Switch {
  const char* name;
  bool device::Nonidealities::*on;
};
/// The switches that matter to the cells' currents.
constexpr Switch cell_switches[] = {{"device_variation", &device::Nonidealities::device_variation},
                                    {"cycle_to_cycle", &device::Nonidealities::cycle_to_cycle},
                                    {"vt_mismatch", &device::Nonidealities::vt_mismatch},
                                    {"stuck_at", &device::Nonidealities::stuck_at},
                                    {"drift", &device::Nonidealities::drift},
                                    {"off_leakage", &device::Nonidealities::off_leakage},
                                    {"clamp_variation", &device::Nonidealities::clamp_variation}};

/// Nothing, the usual range, or anything up to 10 kOhm.
double draw_wire_ohm(Draws& draws) {
  const double kind = draws.uniform();
  return kind < 0.15 ? 0.0 : draws.log_between(0.01, kind < 0.4 ? 1 : 1e4);
}

double draw_activity(Draws& draws) {
  const double kind = draws.uniform();
  if (kind < 0.05) return 0;
  if (kind < 0.1) return 1;
  return kind < 0.55 ? draws.log_between(0.001, 1) : draws.uniform();
}

void draw_device(Draws& draws, Setting& setting, EngineSweepCase& out) {
  out.card = cards[draws.below(cards.size())];
  setting.card = device::load_card("cards/" + out.card + ".toml", embedded);
  if (draws.chance(0.3)) {
    out.stuck_fraction = draws.log_between(0.001, 0.5);
    const double low = draws.uniform();
    setting.card.rram.lrs.stuck_fraction = out.stuck_fraction * low;
    setting.card.rram.hrs.stuck_fraction = out.stuck_fraction * (1 - low);
  }
  if (draws.chance(0.15)) {
    setting.card.rram.conduction = device::Conduction::sinh;
    setting.card.rram.alpha_per_v = draws.between(0.5, 4);
  }
  setting.nonidealities.read_noise = false;  // it is a sample of the current, no error of the engine
  if (!draws.chance(0.3)) return;
  for (const auto& [name, on] : cell_switches)
    if (draws.chance(0.5)) {
      setting.nonidealities.*on = false;
      out.without.emplace_back(name);
    }
}

void draw_conditions(Draws& draws, Setting& setting) {
  auto& conditions = setting.conditions = array::ArrayConditions::nominal(setting.card);
  conditions.r_bl_ohm = draw_wire_ohm(draws);
  conditions.r_sl_ohm = draw_wire_ohm(draws);
  if (draws.chance(0.2)) conditions.r_clamp_ohm = draws.chance(0.5) ? 0 : draws.log_between(1, 1e6);
  conditions.ground = draws.chance(0.5) ? SourceLineGround::bottom : SourceLineGround::top;
  conditions.v_wl_v = draws.between(0.35, 1.1);
}

Setting draw_setting(std::uint64_t seed, EngineSweepCase& out) {
  Draws draws(seed, out.number);
  Setting setting;
  draw_device(draws, setting, out);
  draw_conditions(draws, setting);
  constexpr std::array schemes = {WeightScheme::ternary, WeightScheme::binary_differential,
                                  WeightScheme::binary_reference};
  setting.scheme = schemes[draws.below(schemes.size())];
  setting.zero_share = draws.uniform();
  setting.rows = static_cast<std::size_t>(draws.log_between(16, 9216.99));
  setting.columns = 2 * (1 + draws.below(20));
  setting.range = {0, setting.rows};
  if (draws.chance(0.2)) {
    setting.range.begin = draws.below(setting.rows);
    setting.range.end = setting.range.begin + 1 + draws.below(setting.rows - setting.range.begin);
  }
  setting.activity = draw_activity(draws);
  setting.chip_seed = seed * 1000003 + out.number;
  return setting;
}

/// States of the cells, [column][row], as the mapping programs random weights.
std::vector<CellState> draw_states(const Setting& setting, Draws& draws) {
  const std::size_t rows = setting.rows;
  std::vector<CellState> states(rows * setting.columns, CellState::hrs);
  for (std::size_t pair = 0; pair < setting.columns / 2; ++pair) {
    CellState* plus = states.data() + 2 * pair * rows;
    CellState* minus = plus + rows;
    for (std::size_t row = 0; row < rows; ++row) {
      const bool positive = draws.chance(0.5);
      if (setting.scheme == WeightScheme::binary_reference) {
        if (positive) plus[row] = CellState::lrs;
        if (row % 2 != 0) minus[row] = CellState::lrs;  // half of a reference column conducts
      } else if (setting.scheme == WeightScheme::binary_differential ||
                 draws.uniform() >= setting.zero_share) {
        (positive ? plus : minus)[row] = CellState::lrs;
      }
    }
  }
  return states;
}

/// Vectors at the activity and at half of it, with stripes, and over an edge of the image, where a third of
/// the rows is dark.
std::vector<std::uint64_t> draw_vectors(const Setting& setting, Draws& draws) {
  const std::size_t rows = setting.rows, words = words_for(rows);
  std::vector<std::uint64_t> bits(words * vectors_per_case);
  for (std::size_t v = 0; v < vectors_per_case; ++v)
    for (std::size_t row = 0; row < rows; ++row) {
      double share = v % 4 == 1 ? 0.5 * setting.activity : setting.activity;
      if ((v % 4 == 2 && row < rows / 3) || (v % 4 == 3 && row >= 2 * rows / 3) ||
          (v % 8 == 4 && row % 7 < 3))
        share = 0;
      if (draws.uniform() < share) bits[v * words + row / 64] |= std::uint64_t{1} << (row % 64);
    }
  return bits;
}

void describe(const Setting& setting, EngineSweepCase& out) {
  out.mapping = detail::mapping_names[static_cast<std::size_t>(setting.scheme)];
  out.ground = setting.conditions.ground == SourceLineGround::top ? "top" : "bottom";
  out.conduction = setting.card.rram.conduction == device::Conduction::sinh ? "sinh" : "ohmic";
  out.rows = setting.rows;
  out.columns = setting.columns;
  out.row_begin = setting.range.begin;
  out.row_end = setting.range.end;
  out.v_wl_v = setting.conditions.v_wl_v;
  out.r_bl_ohm = setting.conditions.r_bl_ohm;
  out.r_sl_ohm = setting.conditions.r_sl_ohm;
  out.r_clamp_ohm = setting.conditions.r_clamp_ohm;
  out.activity = setting.activity;
}

void compare(const Setting& setting, std::uint64_t seed, EngineSweepCase& out) {
  describe(setting, out);
  Draws draws(seed ^ 0x5bd1e995u, out.number);
  const auto states = draw_states(setting, draws);
  const auto bits = draw_vectors(setting, draws);
  array::TilePlace place;
  place.chip_seed = setting.chip_seed;
  const array::ProgrammedTile tile({setting.rows, setting.columns}, states, setting.card, setting.conditions,
                                   setting.nonidealities, place);
  const array::WordLineBatch batch{bits.data(), words_for(setting.rows), vectors_per_case, 0};
  std::vector<double> exact_a(vectors_per_case * setting.columns), fast_a(exact_a);
  array::make_exact_evaluator()->evaluate(tile, batch, setting.range, exact_a);
  const auto stats = array::make_fast_evaluator()->evaluate(tile, batch, setting.range, fast_a);
  out.currents = exact_a.size();
  out.flagged = stats.fallback_vectors;
  out.engine_error = stats.evaluated_by.engine_error;
  for (std::size_t column = 0; column < setting.columns; ++column) {
    const double floor_a = array::deviation_floor_a(tile, column, setting.range);
    for (std::size_t v = 0; v < vectors_per_case; ++v) {
      const std::size_t at = v * setting.columns + column;
      const double deviation = std::abs(fast_a[at] - exact_a[at]) / std::max(exact_a[at], floor_a);
      // A current that is not a number deviates without limit.
      out.max_relative_error =
          std::isfinite(deviation) ? std::max(out.max_relative_error, deviation) : HUGE_VAL;
    }
  }
}

/// An evaluator that fails is a finding like any other; the sweep goes on.
void compare_or_note(const Setting& setting, std::uint64_t seed, EngineSweepCase& out) {
  try {
    compare(setting, seed, out);
  } catch (const std::exception& fault) {
    out.failure = fault.what();
  }
}

}  // namespace

EngineSweepCase sweep_case(std::uint64_t number, std::uint64_t seed) {
  EngineSweepCase out;
  out.number = number;
  compare_or_note(draw_setting(seed, out), seed, out);
  return out;
}

std::vector<EngineSweepCase> sweep_engine(std::uint64_t count, std::uint64_t seed,
                                          const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  std::vector<EngineSweepCase> cases(count);
  std::uint64_t done = 0;
  std::mutex mutex;
  tbb::parallel_for(std::uint64_t{0}, count, [&](std::uint64_t number) {
    cases[number] = sweep_case(number, seed);
    const std::lock_guard lock(mutex);
    if (progress) progress(++done, count);
  });
  return cases;
}

std::vector<EngineSweepCase> validate_engine_for(const RunConfig& config, std::uint64_t seed) {
  std::vector<EngineSweepCase> cases;
  std::vector<std::size_t> heights;
  for (std::size_t rows = 64; rows < config.geometry.rows; rows *= 3) heights.push_back(rows);
  heights.push_back(config.geometry.rows);
  for (const std::size_t rows : heights)
    for (const double activity : {0.02, 0.05, 0.1, 0.2, 0.4, 0.8}) {
      Setting setting;
      setting.card = config.card;
      setting.conditions = config.conditions;
      setting.nonidealities = config.nonidealities;
      setting.nonidealities.read_noise = false;
      setting.scheme = config.geometry.scheme;
      setting.rows = rows;
      setting.columns = std::min<std::size_t>(32, 2 * config.geometry.column_pairs);
      const std::size_t group = config.geometry.rows_per_operation;
      setting.range = {0, group == 0 ? rows : std::min(rows, group)};
      setting.activity = activity;
      setting.zero_share = 0.46;  // as in the shipped ternary detectors
      setting.chip_seed = chip_seed(seed, 0);
      EngineSweepCase out;
      out.number = cases.size();
      out.card = config.card.name;
      compare_or_note(setting, seed, out);
      cases.push_back(std::move(out));
    }
  return cases;
}

}  // namespace irc::platform
