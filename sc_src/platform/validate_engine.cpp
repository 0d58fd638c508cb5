// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "irc/core/bits.h"
#include "irc/core/random.h"
#include "irc/platform/resources.h"
#include "irc/platform/validate.h"

namespace irc::platform {

namespace {

using array::SourceLineGround;

constexpr std::size_t columns = 32, vectors = 64;

struct EngineSetup {
  std::string card;
  std::size_t rows = 0;
  double v_wl_v = 0, r_ohm = 0, activity = 0;
  SourceLineGround ground = SourceLineGround::bottom;
  bool edges = false;
};

/// The regimes of docs/physics.md: working points, wire resistances and activities, for short to long
/// columns.
std::vector<EngineSetup> engine_setups() {
  const auto bottom = SourceLineGround::bottom, top = SourceLineGround::top;
  return {{"robust_28nm", 144, 0.60, 0.1, 0.2, bottom},
          {"robust_28nm", 288, 0.60, 0.1, 0.2, bottom},
          {"robust_28nm", 576, 0.60, 0.1, 0.2, bottom},
          {"robust_28nm", 1152, 0.60, 0.1, 0.1, bottom},
          {"robust_28nm", 1152, 0.60, 0.1, 0.3, bottom},
          {"robust_28nm", 1152, 0.60, 0.3, 0.2, top},
          {"robust_28nm", 4608, 0.60, 0.1, 0.1, bottom},
          {"robust_28nm", 4608, 0.60, 0.1, 0.2, bottom},
          {"robust_28nm", 4608, 0.60, 0.1, 0.4, bottom},
          {"robust_28nm", 4608, 0.60, 0.3, 0.2, top},
          {"default", 1152, 0.45, 0.3, 0.2, bottom},
          {"default", 1152, 0.50, 0.3, 0.2, bottom},
          {"default", 1152, 0.60, 0.1, 0.2, bottom},
          {"default", 1152, 0.60, 0.3, 0.3, bottom},
          {"default", 1152, 0.90, 0.1, 0.2, top},
          {"default", 4608, 0.45, 0.3, 0.2, bottom},
          {"default", 4608, 0.50, 0.1, 0.2, bottom},
          {"low_ratio", 1152, 0.50, 0.1, 0.2, bottom},
          {"robust_28nm", 1152, 0.60, 0.1, 0.2, bottom, true},
          {"robust_28nm", 4608, 0.60, 0.1, 0.2, bottom, true},
          {"default", 1152, 0.50, 0.3, 0.2, bottom, true},
          {"default", 4608, 0.60, 0.3, 0.4, bottom}};
}

array::ProgrammedTile make_tile(const EngineSetup& setup, std::uint64_t seed) {
  const auto card = device::load_card("cards/" + setup.card + ".toml", embedded);
  auto conditions = array::ArrayConditions::nominal(card);
  conditions.v_wl_v = setup.v_wl_v;
  conditions.r_bl_ohm = conditions.r_sl_ohm = setup.r_ohm;
  conditions.ground = setup.ground;
  device::Nonidealities nonidealities;
  nonidealities.read_noise = false;  // it is a sample of the current, no error of the engine
  // Ternary weights, 46 % of them zero. The two columns of a pair never both have a low cell in a row.
  const CounterRandom random(seed, Stream::test);
  std::vector<array::CellState> states(setup.rows * columns, array::CellState::hrs);
  for (std::size_t pair = 0; pair < columns / 2; ++pair)
    for (std::size_t row = 0; row < setup.rows; ++row) {
      const double u = random.uniform(pair * setup.rows + row);
      if (u < 0.54) states[(2 * pair + (u < 0.27)) * setup.rows + row] = array::CellState::lrs;
    }
  array::TilePlace place;
  place.chip_seed = seed;
  return {{setup.rows, columns}, states, card, conditions, nonidealities, place};
}

/// With `edges`, one window in five extends over the edge of the image, so a third of its rows is dark.
std::vector<std::uint64_t> make_vectors(const EngineSetup& setup, std::uint64_t seed) {
  const CounterRandom random = CounterRandom(seed, Stream::test).fork(1);
  const std::size_t words = words_for(setup.rows);
  std::vector<std::uint64_t> bits(words * vectors);
  for (std::size_t v = 0; v < vectors; ++v)
    for (std::size_t row = 0; row < setup.rows; ++row) {
      const bool dark = setup.edges &&
                        ((v % 10 == 0 && row < setup.rows / 3) || (v % 10 == 5 && row >= 2 * setup.rows / 3));
      if (!dark && random.uniform(v * setup.rows + row) < setup.activity)
        bits[v * words + row / 64] |= std::uint64_t{1} << (row % 64);
    }
  return bits;
}

EngineCase run_case(const EngineSetup& setup, std::uint64_t seed) {
  const auto tile = make_tile(setup, seed);
  const auto bits = make_vectors(setup, seed);
  const array::WordLineBatch batch{bits.data(), words_for(setup.rows), vectors, 0};
  std::vector<double> exact(vectors * columns), fast(exact), ideal(exact);
  array::make_exact_evaluator()->evaluate(tile, batch, {0, setup.rows}, exact);
  array::make_ideal_evaluator()->evaluate(tile, batch, {0, setup.rows}, ideal);
  const auto stats = array::make_fast_evaluator()->evaluate(tile, batch, {0, setup.rows}, fast);
  EngineCase c;
  c.name = fmt::format("{}, {}{}", setup.card, setup.ground == SourceLineGround::top ? "top" : "bottom",
                       setup.edges ? ", edges" : "");
  c.rows = setup.rows;
  c.v_wl_v = setup.v_wl_v;
  c.r_ohm = setup.r_ohm;
  c.activity = setup.activity;
  c.edges = setup.edges;
  c.currents = exact.size();
  c.outside = stats.fallback_vectors;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double error = std::abs(fast[i] / exact[i] - 1);
    c.rms_relative_error += error * error / static_cast<double>(exact.size());
    c.max_relative_error = std::max(c.max_relative_error, error);
    c.kept += exact[i] / ideal[i] / static_cast<double>(exact.size());
  }
  c.rms_relative_error = std::sqrt(c.rms_relative_error);
  for (std::size_t i = 0; i + 1 < exact.size(); i += 2, ++c.decisions) {
    const bool truth = exact[i] > exact[i + 1];
    c.decision_flips += (fast[i] > fast[i + 1]) != truth;
    c.ideal_sum_flips += (ideal[i] > ideal[i + 1]) != truth;
  }
  return c;
}

}  // namespace

bool EngineCase::passed() const {
  return rms_relative_error <= 0.004 && max_relative_error <= 0.02 && 100 * decision_flips <= decisions;
}

std::vector<EngineCase> validate_engine(std::uint64_t seed) {
  std::vector<EngineCase> cases;
  for (const auto& setup : engine_setups()) cases.push_back(run_case(setup, seed));
  return cases;
}

nlohmann::json to_json(const std::vector<EngineCase>& cases) {
  auto list = nlohmann::json::array();
  for (const auto& c : cases)
    list.push_back({{"name", c.name},
                    {"rows", c.rows},
                    {"v_wl_v", c.v_wl_v},
                    {"r_ohm", c.r_ohm},
                    {"activity", c.activity},
                    {"kept", c.kept},
                    {"in_domain", c.in_domain()},
                    {"fallback_vectors", c.outside},
                    {"currents", c.currents},
                    {"rms_relative_error", c.rms_relative_error},
                    {"max_relative_error", c.max_relative_error},
                    {"decision_flips", c.decision_flips},
                    {"decisions", c.decisions},
                    {"ideal_sum_flips", c.ideal_sum_flips},
                    {"passed", c.passed()}});
  return {{"cases", list}};
}

std::string to_text(const std::vector<EngineCase>& cases) {
  std::string out = fmt::format(
      "{:<28} {:>5} {:>6} {:>6} {:>6} {:>6} {:>8} {:>8} {:>8} {:>6} {:>6} {:>9}  {}\n", "card, ground",
      "rows", "V_WL", "ohm", "active", "kept", "rms", "max", "outside", "flips", "ideal", "decisions", "");
  for (const auto& c : cases)
    out += fmt::format(
        "{:<28} {:>5} {:>6.2f} {:>6.2f} {:>6.2f} {:>6.3f} {:>7.3f}% {:>7.3f}% {:>8} {:>6} {:>6} {:>9}  {}\n",
        c.name, c.rows, c.v_wl_v, c.r_ohm, c.activity, c.kept, 100 * c.rms_relative_error,
        100 * c.max_relative_error, c.outside, c.decision_flips, c.ideal_sum_flips, c.decisions,
        c.passed() ? "ok" : "FAILED");
  return out;
}

}  // namespace irc::platform
