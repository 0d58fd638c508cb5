// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "irc/core/bits.h"
#include "irc/core/error.h"
#include "irc/core/random.h"
#include "irc/platform/resources.h"
#include "irc/platform/spice.h"
#include "irc/platform/validate.h"

namespace irc::platform {

namespace {

using array::SourceLineGround;

/// The parameters of one column that vary between cases.
struct SpiceSetup {
  std::string name;
  std::size_t rows = 0;
  device::TechnologyCard card;
  array::ArrayConditions conditions;
  device::Nonidealities nonidealities;
};

device::TechnologyCard stuck_card(const char* name) {
  auto card = device::load_card(name, embedded);
  card.rram.lrs.stuck_fraction = card.rram.hrs.stuck_fraction =
      0.02;  // every longer column has a few stuck cells
  return card;
}

SpiceSetup base_setup(std::size_t rows, double v_wl_v, const char* card = "cards/default.toml") {
  SpiceSetup out;
  out.rows = rows;
  out.card = stuck_card(card);
  out.conditions = array::ArrayConditions::nominal(out.card);
  out.conditions.v_wl_v = v_wl_v;
  out.nonidealities.read_noise = false;
  return out;
}

/// From this length on, ngspice needs seconds per current, because it searches each wire's sense source among
/// all of them. So fewer wires and vectors are tried, and the conduction models take turns.
constexpr std::size_t long_rows = 4608;

/// Adds every combination of word-line voltage, grounding, wires and conduction.
void add_grid(std::vector<SpiceSetup>& setups, std::size_t rows) {
  std::vector<std::pair<double, double>> wires_ohm = {{0, 0}, {0.1, 0.1}, {2, 2}, {0.1, 2}, {2, 0}};
  if (rows >= long_rows) wires_ohm.resize(3);
  bool turn = false;
  for (const double v_wl_v : {0.35, 0.5, 0.6, 0.9, 1.1})
    for (const auto ground : {SourceLineGround::bottom, SourceLineGround::top})
      for (const auto& [r_bl_ohm, r_sl_ohm] : wires_ohm) {
        turn = !turn;
        for (const bool sinh : {false, true}) {
          if (rows >= long_rows && sinh != turn) continue;
          auto setup = base_setup(rows, v_wl_v);
          setup.name = "grid";
          setup.conditions.ground = ground;
          setup.conditions.r_bl_ohm = r_bl_ohm;
          setup.conditions.r_sl_ohm = r_sl_ohm;
          setup.card.rram.conduction = sinh ? device::Conduction::sinh : device::Conduction::ohmic;
          setup.card.rram.alpha_per_v = sinh ? 4 : 0;
          setups.push_back(setup);
        }
      }
}

/// Adds cases for values that the grid keeps fixed.
void add_singles(std::vector<SpiceSetup>& setups, std::size_t rows) {
  const auto add = [&](const char* name, SpiceSetup setup) {
    setup.name = name;
    setups.push_back(setup);
  };
  auto setup = base_setup(rows, 0.6, "cards/robust_28nm.toml");
  add("robust card", setup);
  setup.card.temperature_k = 358;
  setup.card.retention_s = 1e6;
  setup.card.rram.hrs.drift_ln_per_decade = -0.02;
  add("robust card, 85 degrees, after retention", setup);
  if (rows >= long_rows) return;
  setup = base_setup(rows, 0.6);
  setup.conditions.v_wl_off_v = 0.3;
  add("word lines off at 0.3 V", setup);
  setup.conditions.v_wl_off_v = -0.3;
  add("word lines off at -0.3 V", setup);
  setup = base_setup(rows, 0.6);
  setup.conditions.r_clamp_ohm = 0;
  add("clamp without resistance", setup);
  setup.card.biases.v_bl_sigma_v = 5e-3;
  setup.conditions.r_clamp_ohm = 2000;
  add("weak clamp with spread", setup);
  setup = base_setup(rows, 0.9);
  setup.nonidealities.off_leakage = false;
  add("no leakage", setup);
}

std::vector<SpiceSetup> setups(bool long_run) {
  std::vector<SpiceSetup> out;
  std::vector<std::size_t> rows = {1, 16, 128, 1024};
  if (long_run) rows.push_back(long_rows);
  for (const std::size_t n : rows) {
    add_grid(out, n);
    add_singles(out, n);
  }
  return out;
}

/// Shares of driven rows, from none to all.
std::vector<double> densities_of(std::size_t rows) {
  return rows >= long_rows ? std::vector<double>{0, 0.2, 1} : std::vector<double>{0, 0.02, 0.2, 0.6, 1};
}

/// Draws a column and its vectors. Each case has its own draws.
SpiceCase run_setup(const SpiceSetup& setup, std::uint64_t seed, std::uint64_t number) {
  const auto random = CounterRandom(seed, Stream::test).fork(number);
  std::vector<array::CellState> states(setup.rows);
  for (std::size_t row = 0; row < setup.rows; ++row)
    states[row] = random.uniform(row) < 0.35 ? array::CellState::lrs : array::CellState::hrs;
  const auto densities = densities_of(setup.rows);
  const std::size_t words = words_for(setup.rows), vectors = densities.size();
  std::vector<std::uint64_t> bits(words * vectors);
  for (std::size_t v = 0; v < vectors; ++v)
    for (std::size_t row = 0; row < setup.rows; ++row)
      if (random.uniform((v + 1) * setup.rows + row) < densities[v])
        bits[v * words + row / 64] |= std::uint64_t{1} << (row % 64);
  array::TilePlace place;
  place.chip_seed = seed;
  place.macro = number;
  const array::ProgrammedTile tile({setup.rows, 1}, states, setup.card, setup.conditions, setup.nonidealities,
                                   place);
  auto result = compare_with_spice(tile, {bits.data(), words, vectors, 0}, setup.card);
  result.name = setup.name;
  return result;
}

SpiceCase describe(const array::ProgrammedTile& tile) {
  const auto& c = tile.conditions();
  SpiceCase out;
  out.rows = tile.geometry().rows;
  out.v_wl_v = c.v_wl_v;
  out.r_bl_ohm = c.r_bl_ohm;
  out.r_sl_ohm = c.r_sl_ohm;
  out.r_clamp_ohm = c.r_clamp_ohm;
  out.ground = c.ground == SourceLineGround::top ? "top" : "bottom";
  out.conduction = tile.card().rram.conduction == device::Conduction::sinh ? "sinh" : "ohmic";
  out.min_current_a = std::numeric_limits<double>::infinity();
  return out;
}

}  // namespace

SpiceCase compare_with_spice(const array::ProgrammedTile& tile, const array::WordLineBatch& batch,
                             const device::TechnologyCard& card) {
  const auto ngspice = require_ngspice();
  const auto [rows, columns] = tile.geometry();
  std::vector<double> currents_a(batch.vectors * columns);
  const auto stats = array::make_exact_evaluator()->evaluate(tile, batch, {0, rows}, currents_a);
  SpiceCase out = describe(tile);
  out.newton_iterations = stats.newton_iterations;
  out.fallback_vectors = stats.fallback_vectors;
  for (std::size_t v = 0; v < batch.vectors; ++v)
    for (std::size_t column = 0; column < columns; ++column) {
      const std::span vector(batch.bits + v * batch.words_per_vector, batch.words_per_vector);
      const double spice_a = ngspice_current_a(ngspice, spice_netlist(tile, column, vector, card));
      const double size_a = std::fabs(spice_a);
      const double error_a = std::fabs(currents_a[v * columns + column] - spice_a);
      const double relative = error_a / std::max(size_a, SpiceCase::floor_a);
      // NaN stays NaN, because such a case must not pass.
      if (!(relative <= out.max_relative_error) && !std::isnan(out.max_relative_error))
        out.max_relative_error = relative;
      out.min_current_a = std::min(out.min_current_a, size_a);
      out.max_current_a = std::max(out.max_current_a, size_a);
      ++out.currents;
    }
  return out;
}

std::vector<SpiceCase> validate_spice(bool long_run, std::uint64_t seed,
                                      const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  require_ngspice();  // fails before anything is drawn
  const auto all = setups(long_run);
  std::vector<SpiceCase> results(all.size());
  std::mutex finishing;
  std::uint64_t finished = 0;
  tbb::parallel_for(std::size_t{0}, all.size(), [&](std::size_t i) {
    results[i] = run_setup(all[i], seed, i);
    const std::lock_guard lock(finishing);
    if (progress) progress(++finished, all.size());
  });
  return results;
}

nlohmann::json to_json(const std::vector<SpiceCase>& cases) {
  auto list = nlohmann::json::array();
  for (const auto& c : cases)
    list.push_back({{"name", c.name},
                    {"rows", c.rows},
                    {"v_wl_v", c.v_wl_v},
                    {"r_bl_ohm", c.r_bl_ohm},
                    {"r_sl_ohm", c.r_sl_ohm},
                    {"r_clamp_ohm", c.r_clamp_ohm},
                    {"ground", c.ground},
                    {"conduction", c.conduction},
                    {"currents", c.currents},
                    {"min_current_a", c.min_current_a},
                    {"max_current_a", c.max_current_a},
                    {"newton_iterations", c.newton_iterations},
                    {"fallback_vectors", c.fallback_vectors},
                    {"max_relative_error", c.max_relative_error},
                    {"passed", c.passed()}});
  return {{"cases", list}, {"bound", SpiceCase::bound}, {"floor_a", SpiceCase::floor_a}};
}

std::string to_text(const std::vector<SpiceCase>& cases) {
  std::string out = fmt::format("{:>5} {:>6} {:>6} {:>9} {:>7} {:>7} {:>11}  worst case\n", "rows", "V_WL",
                                "cases", "currents", "Newton", "damped", "rel. error");
  std::map<std::pair<std::size_t, double>, std::vector<const SpiceCase*>> groups;
  for (const auto& c : cases) groups[{c.rows, c.v_wl_v}].push_back(&c);
  for (const auto& [key, group] : groups) {
    SpiceCase sum, worst;
    for (const auto* c : group) {
      sum.currents += c->currents;
      sum.newton_iterations += c->newton_iterations;
      sum.fallback_vectors += c->fallback_vectors;
      // A failed case counts as the worst, also where its error is NaN.
      if (worst.currents == 0 || (worst.passed() && !(c->max_relative_error <= worst.max_relative_error)))
        worst = *c;
    }
    out +=
        fmt::format("{:>5} {:>6g} {:>6} {:>9} {:>7.1f} {:>7} {:>11.1e}  {} {} r_bl {:g} r_sl {:g}, {} {}\n",
                    key.first, key.second, group.size(), sum.currents,
                    static_cast<double>(sum.newton_iterations) / static_cast<double>(sum.currents),
                    sum.fallback_vectors, worst.max_relative_error, worst.conduction, worst.ground,
                    worst.r_bl_ohm, worst.r_sl_ohm, worst.name, worst.passed() ? "" : "FAILED");
  }
  return out + fmt::format("bound {:g} of the current, or of {:g} A where it is smaller\n", SpiceCase::bound,
                           SpiceCase::floor_a);
}

}  // namespace irc::platform
