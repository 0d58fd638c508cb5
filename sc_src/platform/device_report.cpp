// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/device_report.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "irc/array/evaluator.h"
#include "irc/core/bits.h"
#include "irc/core/error.h"
#include "irc/device/cell.h"
#include "irc/device/variation.h"

namespace irc::platform {

namespace {

using device::CellState;

// Sample sizes: they give the standard deviations to about 1 %, and the kept share to the last printed digit.
constexpr std::size_t cells_sampled = 10000, columns_sampled = 24, vectors_sampled = 16;

struct Moments {
  double mean = 0, sigma = 0;
};

/// Currents of cells programmed alike, alone at the clamp. Stuck cells are left out, because they are no
/// variation.
Moments cell_currents(const RunConfig& config, device::Nonidealities spread, CellState state) {
  spread.stuck_at = false;
  const device::CellVariation variation(config.card, spread, config.run.seed, 0, 0);
  const auto& c = config.conditions;
  std::vector<double> currents_a(cells_sampled);
  double mean_a = 0, square_a2 = 0;
  for (std::size_t i = 0; i < cells_sampled; ++i) {
    const auto cell = variation.draw({i, 0}, state);
    currents_a[i] = device::solve_cell(config.card, cell, c.v_bl_v, 0, c.v_wl_v).i_a;
    mean_a += currents_a[i] / double{cells_sampled};
  }
  for (const double i_a : currents_a) square_a2 += (i_a - mean_a) * (i_a - mean_a);
  return {mean_a, std::sqrt(square_a2 / double{cells_sampled})};
}

double relative_sigma(const Moments& moments) {
  return moments.sigma / moments.mean;
}

struct ColumnCurrents {
  double solved_a = 0, summed_a = 0;
};

ColumnCurrents column_currents(const RunConfig& config, const ColumnLoad& load) {
  const CounterRandom random(config.run.seed, Stream::test);
  std::vector<CellState> states(load.rows * columns_sampled);
  for (std::size_t i = 0; i < states.size(); ++i)
    states[i] = random.fork(0).uniform(i) < load.lrs_share ? CellState::lrs : CellState::hrs;
  auto still = config.nonidealities;
  still.read_noise = false;
  const array::ProgrammedTile tile({load.rows, columns_sampled}, states, config.card, config.conditions,
                                   still, {config.run.seed, 0, 0, 0, 0});
  const std::size_t words = words_for(load.rows);
  std::vector<std::uint64_t> bits(words * vectors_sampled);
  for (std::size_t v = 0; v < vectors_sampled; ++v)
    for (std::size_t row = 0; row < load.rows; ++row)
      if (random.fork(1).fork(v).uniform(row) < load.driven_share)
        bits[v * words + row / 64] |= std::uint64_t{1} << (row % 64);
  const array::WordLineBatch batch{bits.data(), words, vectors_sampled, 0};
  std::vector<double> currents_a(columns_sampled * vectors_sampled);
  const auto mean_a = [&](const array::ColumnEvaluator& evaluator) {
    return evaluator.evaluate(tile, batch, {0, load.rows}, currents_a).current_sum_a /
           static_cast<double>(currents_a.size());
  };
  return {mean_a(*array::make_exact_evaluator()), mean_a(*array::make_ideal_evaluator())};
}

}  // namespace

void check_load(const ColumnLoad& load) {
  if (load.rows == 0 || load.rows > 65536)
    throw InputError("--rows: " + std::to_string(load.rows) + " found, expected 1 to 65536");
  for (const auto& [option, share] :
       {std::pair("--driven", load.driven_share), std::pair("--lrs", load.lrs_share)})
    if (!(share > 0 && share <= 1))
      throw InputError(std::string(option) + ": " + std::to_string(share) +
                       " found, expected a share above 0 and at most 1");
}

DeviceReport describe_device(const RunConfig& config, const ColumnLoad& load) {
  DeviceReport report;
  report.load = load;
  check_load(load);
  report.sigma_v_t_v = config.card.transistor.sigma_v_t_v();
  report.cell_area_m2 = config.card.cell_area_m2();
  report.lrs_current_a = config.lrs_current_a;
  report.hrs_current_a = config.hrs_current_a;
  const auto lrs = cell_currents(config, config.nonidealities, CellState::lrs);
  const auto hrs = cell_currents(config, config.nonidealities, CellState::hrs);
  report.lrs_mean_current_a = lrs.mean;
  report.hrs_mean_current_a = hrs.mean;
  report.on_off = lrs.mean / hrs.mean;
  report.lrs_sigma = relative_sigma(lrs);
  report.hrs_sigma = hrs.sigma / lrs.mean;
  auto only_v_t = config.nonidealities, only_r = config.nonidealities;
  only_v_t.device_variation = only_v_t.cycle_to_cycle = false;
  only_r.vt_mismatch = false;
  report.lrs_sigma_v_t = relative_sigma(cell_currents(config, only_v_t, CellState::lrs));
  report.lrs_sigma_r = relative_sigma(cell_currents(config, only_r, CellState::lrs));
  const auto column = column_currents(config, report.load);
  report.column_current_a = column.solved_a;
  report.kept = column.solved_a / column.summed_a;
  return report;
}

nlohmann::json to_json(const DeviceReport& report, const RunConfig& config) {
  const auto& c = config.conditions;
  return {{"card", config.card.name},
          {"width_m", config.card.transistor.width_m},
          {"length_m", config.card.transistor.length_m},
          {"sigma_v_t_v", report.sigma_v_t_v},
          {"cell_area_m2", report.cell_area_m2},
          {"v_wl_v", c.v_wl_v},
          {"v_bl_v", c.v_bl_v},
          {"r_bl_ohm", c.r_bl_ohm},
          {"r_sl_ohm", c.r_sl_ohm},
          {"lrs_current_a", report.lrs_current_a},
          {"hrs_current_a", report.hrs_current_a},
          {"lrs_mean_current_a", report.lrs_mean_current_a},
          {"hrs_mean_current_a", report.hrs_mean_current_a},
          {"on_off", report.on_off},
          {"lrs_sigma", report.lrs_sigma},
          {"lrs_sigma_v_t", report.lrs_sigma_v_t},
          {"lrs_sigma_r", report.lrs_sigma_r},
          {"hrs_sigma", report.hrs_sigma},
          {"rows", report.load.rows},
          {"driven_share", report.load.driven_share},
          {"lrs_share", report.load.lrs_share},
          {"column_current_a", report.column_current_a},
          {"kept", report.kept}};
}

std::string to_text(const DeviceReport& report, const RunConfig& config) {
  const auto& c = config.conditions;
  const auto& t = config.card.transistor;
  std::string out;
  const auto line = [&](const char* what, const std::string& value) {
    out += fmt::format("{:<22} {}\n", what, value);
  };
  line("cell",
       fmt::format("{}: W x L {:.0f} x {:.0f} nm, sigma Vt {:.1f} mV, {:.3f} um2", config.card.name,
                   t.width_m * 1e9, t.length_m * 1e9, report.sigma_v_t_v * 1e3, report.cell_area_m2 * 1e12));
  line("working point", fmt::format("V_WL {:.3g} V, V_BL {:.3g} V", c.v_wl_v, c.v_bl_v));
  const auto current = [](double median_a, double mean_a) {
    return fmt::format("{:.3f} uA mean, {:.3f} uA of the median cell", mean_a * 1e6, median_a * 1e6);
  };
  line("LRS current",
       current(report.lrs_current_a, report.lrs_mean_current_a) +
           fmt::format(", sigma(I)/I {:.3f} (of V_t mismatch alone {:.3f}, of resistance {:.3f})",
                       report.lrs_sigma, report.lrs_sigma_v_t, report.lrs_sigma_r));
  line("HRS current", current(report.hrs_current_a, report.hrs_mean_current_a) +
                          fmt::format(", spread {:.3f} of the mean LRS current", report.hrs_sigma));
  line("on/off", fmt::format("{:.1f}", report.on_off));
  line("column",
       fmt::format("{} rows, {:.0f} % driven, {:.0f} % of the cells low, {:.3g} ohm per cell on the bit "
                   "line, {:.3g} ohm on the source line",
                   report.load.rows, 100 * report.load.driven_share, 100 * report.load.lrs_share, c.r_bl_ohm,
                   c.r_sl_ohm));
  line("kept", fmt::format("{:.3f} of the cells' summed currents: {:.1f} uA", report.kept,
                           report.column_current_a * 1e6));
  return out;
}

}  // namespace irc::platform
