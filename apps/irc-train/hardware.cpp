// SPDX-License-Identifier: Apache-2.0
#include "hardware.h"

#include <fmt/core.h>

#include <algorithm>

#include "irc/array/evaluator.h"
#include "irc/core/bits.h"
#include "irc/core/error.h"
#include "irc/macro/macro_config.h"

namespace irc::train {

namespace {

constexpr std::size_t table_side = 64;  // drawn cells per state form a square of this side
constexpr std::uint64_t table_chip =
    0x7261696e;  // a chip that no run draws, because the seeds of runs are small or derived

torch::Tensor drawn_cells(const platform::RunConfig& config, device::CellState state) {
  const std::vector<array::CellState> states(table_side * table_side, state);
  const array::ProgrammedTile tile({table_side, table_side}, states, config.card, config.conditions,
                                   config.nonidealities, {table_chip, 0, 0, 0, 0});
  torch::Tensor currents = torch::empty({static_cast<std::int64_t>(states.size())});
  float* out = currents.data_ptr<float>();
  for (std::size_t c = 0; c < table_side; ++c)
    for (std::size_t r = 0; r < table_side; ++r) {
      const device::CellParameters cell{tile.r_ohm(c)[r], tile.v_t_v(c)[r], tile.states(c)[r]};
      const double i_a =
          device::solve_cell(config.card, cell, tile.v_bl_v(c), 0, config.conditions.v_wl_v).i_a;
      *out++ = static_cast<float>(i_a / config.unit_current_a);
    }
  return currents;
}

/// One entry of `table` per element of a tensor of that shape, drawn at random.
torch::Tensor drawn(const torch::Tensor& table, at::IntArrayRef shape) {
  return table.index({torch::randint(table.numel(), shape, torch::kLong)});
}

/// Sums over the driven cells of random columns, and the currents that the exact solver computes for them.
struct DroopSamples {
  std::vector<double> sum, moment, current;
};

DroopSamples sample_columns(const platform::RunConfig& config, std::size_t rows, std::size_t group) {
  constexpr std::size_t columns = 16, vectors = 48;
  const CounterRandom random = CounterRandom(table_chip, Stream::training).fork(rows);
  std::vector<array::CellState> states(rows * columns);
  for (std::size_t i = 0; i < states.size(); ++i)
    states[i] = random.uniform(i) < 0.275 ? array::CellState::lrs : array::CellState::hrs;
  device::Nonidealities wires = device::Nonidealities::none();
  wires.wire_resistance = config.nonidealities.wire_resistance;
  wires.clamp_resistance = config.nonidealities.clamp_resistance;
  wires.drift = config.nonidealities.drift;
  const array::ProgrammedTile tile({rows, columns}, states, config.card, config.conditions, wires, {});
  const std::size_t words = words_for(rows);
  std::vector<std::uint64_t> lines(words * vectors, 0);
  for (std::size_t v = 0; v < vectors; ++v) {
    const double activity = 0.05 + 0.55 * static_cast<double>(v) / vectors;
    for (std::size_t r = 0; r < rows; ++r)
      if (random.fork(1).uniform(v * rows + r) < activity)
        lines[v * words + r / 64] |= std::uint64_t{1} << (r % 64);
  }
  const auto exact = array::make_exact_evaluator();
  DroopSamples out;
  std::vector<double> currents_a(vectors * columns);
  const auto cell_u = [&](device::CellState state, std::size_t c, std::size_t r) {
    const device::CellParameters cell{tile.r_ohm(c)[r], tile.v_t_v(c)[r], state};
    return device::solve_cell(config.card, cell, tile.v_bl_v(c), 0, config.conditions.v_wl_v).i_a /
           config.unit_current_a;
  };
  for (std::size_t begin = 0; begin < rows; begin += group) {
    const array::RowRange range{begin, std::min(rows, begin + group)};
    exact->evaluate(tile, {lines.data(), words, vectors, 0}, range, currents_a);
    for (std::size_t c = 0; c < columns; ++c) {
      std::vector<double> cell(rows);
      for (std::size_t r = range.begin; r < range.end; ++r) cell[r] = cell_u(tile.states(c)[r], c, r);
      for (std::size_t v = 0; v < vectors; ++v) {
        double sum = 0, moment = 0;
        for (std::size_t r = range.begin; r < range.end; ++r) {
          if ((lines[v * words + r / 64] >> (r % 64) & 1) == 0) continue;
          sum += cell[r];
          moment += cell[r] * ((static_cast<double>(r) + 0.5) / static_cast<double>(rows) - 0.5);
        }
        out.sum.push_back(sum);
        out.moment.push_back(moment);
        out.current.push_back(currents_a[v * columns + c] / config.unit_current_a);
      }
    }
  }
  return out;
}

torch::Tensor doubles(const std::vector<double>& values) {
  return torch::tensor(values, torch::kDouble);
}

}  // namespace

Droop fit_droop(const platform::RunConfig& config, std::size_t rows, std::size_t group) {
  const DroopSamples samples = sample_columns(config, rows, group == 0 ? rows : group);
  const torch::Tensor sum = doubles(samples.sum), moment = doubles(samples.moment),
                      current = doubles(samples.current);
  const torch::Tensor terms = torch::stack({sum, moment, -sum * sum}, 1);
  // Normal equations with a slight ridge, because groups of one row have no moment of their own.
  const torch::Tensor square = terms.t().matmul(terms);
  const torch::Tensor ridge = torch::diag(square.diagonal() * 1e-9 + 1e-12);
  const torch::Tensor fit = torch::linalg_solve(square + ridge, terms.t().matmul(current));
  const torch::Tensor residual = terms.matmul(fit) - current;
  return {fit[0].item<double>(), fit[1].item<double>(), fit[2].item<double>(),
          (residual.pow(2).mean().sqrt() / current.mean()).item<double>()};
}

Hardware::Hardware(const platform::RunConfig& config)
    : config_(config),
      group_(static_cast<std::int64_t>(config.geometry.rows_per_operation)),
      unit_a_(config.unit_current_a) {
  const auto refuse = [](const char* what) {
    throw InputError(fmt::format("the hardware of training: {} is not modelled", what));
  };
  if (config.sense.kind != sense::SenseConfig::Kind::differential)
    refuse("sense.kind other than differential");
  if (group_ == 0 && config.geometry.bias != mapping::BiasPlacement::array)
    refuse("a bias outside the array with all rows in one operation");
  if (group_ > 0 && config.geometry.bias != mapping::BiasPlacement::digital)
    refuse("a bias that is not digital with several row groups");
  low_ = drawn_cells(config, device::CellState::lrs);
  high_ = drawn_cells(config, device::CellState::hrs);
  constexpr std::size_t amplifiers = table_side * table_side / 4;
  sense::SenseAmplifierBank bank(config.sense, config.nonidealities, table_chip, 0, amplifiers);
  bank.calibrate(macro::trim_common_units * unit_a_);
  std::vector<double> values;
  for (std::size_t a = 0; a < amplifiers; ++a)
    for (const double current_a : {bank.offset_a(a), bank.bias_plus_a(a), bank.bias_minus_a(a)})
      values.push_back(current_a / unit_a_);
  amplifiers_ = doubles(values).to(torch::kFloat).view({-1, 3});
}

const Droop& Hardware::droop(std::size_t rows) const {
  const auto found = droops_.find(rows);
  if (found != droops_.end()) return found->second;
  return droops_.emplace(rows, fit_droop(config_, rows, static_cast<std::size_t>(group_))).first->second;
}

torch::Tensor Hardware::cells(const torch::Tensor& low) const {
  return torch::where(low, drawn(low_, low.sizes()), drawn(high_, low.sizes()));
}

/// Shapes: `lines` is [groups, places, rows]; `low` is [outputs, groups, rows], true where the cell is in the
/// low-resistance state; `bias_cells` is [outputs], the number of low-state cells that are always driven.
torch::Tensor Hardware::column_currents(const torch::Tensor& lines, const torch::Tensor& low,
                                        const torch::Tensor& bias_cells, const Droop& droop) const {
  const std::int64_t count = low.size(1) * low.size(2);
  const torch::Tensor position =
      ((torch::arange(count, torch::kFloat) + 0.5) / static_cast<double>(count) - 0.5)
          .view({low.size(1), -1});
  const torch::Tensor weights = cells(low) * (droop.scale + droop.slope * position);
  torch::Tensor current = torch::bmm(lines, weights.permute({1, 2, 0}));
  if (bias_cells.defined()) {
    // The sum of that many drawn cells, approximated by its first two moments. The other line of the pair
    // holds high-state cells in these rows, whose mean is subtracted here.
    const torch::Tensor spread = low_.std() * bias_cells.sqrt() * torch::randn_like(bias_cells);
    current = current + ((low_.mean() - high_.mean()) * bias_cells + spread).clamp_min(0);
  }
  current = current - droop.bend * current * current;
  const double noise = config_.nonidealities.read_noise ? config_.card.rram.lrs.read_noise : 0;
  if (noise > 0) current = current + noise * current.clamp_min(0).sqrt() * torch::randn_like(current);
  return current;
}

torch::Tensor Hardware::sensed(torch::Tensor plus, torch::Tensor minus) const {
  const sense::SenseConfig& s = config_.sense;
  const std::int64_t outputs = plus.size(2);
  const torch::Tensor drawn_amplifiers =
      amplifiers_.index({torch::randint(amplifiers_.size(0), {outputs}, torch::kLong)});
  plus = plus + drawn_amplifiers.select(1, 1);
  minus = minus + drawn_amplifiers.select(1, 2);
  torch::Tensor gain = torch::ones_like(plus);
  if (config_.nonidealities.sensing_range) {
    const double least = s.i_min_a / unit_a_, most = s.i_max_a / unit_a_;
    if (least > 0) gain = ((plus + minus) * (0.5 / least)).clamp(s.gm_floor, 1.0);
    plus = plus.clamp(least, most);
    minus = minus.clamp(least, most);
  }
  torch::Tensor error = drawn_amplifiers.select(1, 0).expand_as(plus);
  if (config_.nonidealities.sense_noise) error = error + s.noise_sigma_a / unit_a_ * torch::randn_like(plus);
  const torch::Tensor growth = 1 + s.offset_growth_per_a * unit_a_ * 0.5 * (plus + minus);
  return plus - minus + error * growth / gain;
}

torch::Tensor Hardware::sums(const torch::Tensor& input, const torch::Tensor& weights,
                             const torch::Tensor& bias, int stride) const {
  const torch::NoGradGuard guard;
  const std::int64_t n = input.size(0), channels = input.size(1), k = weights.size(2);
  const std::int64_t outputs = weights.size(0), rows = channels * k * k;
  const std::int64_t height = (input.size(2) + 2 * (k / 2) - k) / stride + 1;
  const std::int64_t width = (input.size(3) + 2 * (k / 2) - k) / stride + 1;
  // Word lines in the mapping's order: kernel row, kernel column, channel.
  const torch::Tensor patches = torch::im2col(input, {k, k}, {1, 1}, {k / 2, k / 2}, {stride, stride});
  torch::Tensor lines = patches.view({n, channels, k * k, height * width})
                            .permute({0, 3, 2, 1})
                            .reshape({n * height * width, rows});
  torch::Tensor rolled = weights.permute({0, 2, 3, 1}).reshape({outputs, rows});
  const std::int64_t group = group_ == 0 ? rows : group_, groups = (rows + group - 1) / group;
  const std::int64_t missing = groups * group - rows;
  if (missing > 0) {
    lines = torch::constant_pad_nd(lines, {0, missing});
    rolled = torch::constant_pad_nd(rolled, {0, missing});
  }
  lines = lines.view({-1, groups, group}).permute({1, 0, 2});
  rolled = rolled.view({outputs, groups, group});
  torch::Tensor bias_plus, bias_minus;
  if (bias.defined()) {
    bias_plus = bias.clamp_min(0);
    bias_minus = (-bias).clamp_min(0);
  }
  const Droop& bent = droop(static_cast<std::size_t>(rows));
  const torch::Tensor difference = sensed(column_currents(lines, rolled.gt(0), bias_plus, bent),
                                          column_currents(lines, rolled.lt(0), bias_minus, bent));
  const double threshold = config_.sense.threshold_a / unit_a_;
  torch::Tensor sum = group_ == 0
                          ? difference.squeeze(0) - threshold + 0.5
                          : config_.level_units * (2 * difference.gt(threshold).to(torch::kFloat) - 1).sum(0);
  return sum.view({n, height, width, outputs}).permute({0, 3, 1, 2}).contiguous();
}

}  // namespace irc::train
