// SPDX-License-Identifier: Apache-2.0
#include "fast/column_shape.h"

#include <algorithm>
#include <cmath>

#include "irc/device/technology_card.h"

namespace irc::array {
namespace {

constexpr std::size_t coarse_rows = 32;  // 8 per quarter
constexpr double swing = 0.5;            // relative change of a quarter's activity, up and down

using Quarters = std::array<double, shape_quarters>;
using Matrix = std::array<Quarters, shape_quarters>;

/// A ladder of median low-state cells, one per node, with memory for its solution.
struct CoarseLadder {
  MeanFieldLadder ladder;
  std::vector<double> gate, r_ohm, share, i_on_a, i_step_a, transfer, v_b_v, v_s_v;
  hwy::AlignedFreeUniquePtr<double[]> scratch;
  MeanFieldSolution solution;

  CoarseLadder(const ProgrammedTile& tile, const LumpLayout& layout, std::size_t nodes)
      : ladder(wires(tile.conditions(), tile.geometry().rows, layout, CellConstants(tile.card()),
                     static_cast<double>(layout.rows()) / static_cast<double>(nodes))),
        gate(nodes),
        r_ohm(nodes),
        share(nodes * mean_field_levels),
        i_on_a(share),
        i_step_a(share),
        transfer(share),
        v_b_v(share),
        v_s_v(share),
        scratch(hwy::AllocateAligned<double>(mean_field_scratch(nodes))) {
    const auto& card = tile.card();
    std::fill(gate.begin(), gate.end(),
              ladder.cell.gate(tile.conditions().v_wl_v, card.transistor_at_temperature().v_t_v));
    std::fill(r_ohm.begin(), r_ohm.end(), card.r_median_ohm(card.rram.lrs));
    ladder.rows = nodes;
    ladder.v_bl_v = tile.conditions().v_bl_v;
    ladder.gate_on = gate.data();
    ladder.r_ohm = r_ohm.data();
    ladder.share = share.data();
    ladder.share_stride = mean_field_levels;
    solution.i_on_a = i_on_a.data();
    solution.i_step_a = i_step_a.data();
    solution.transfer = transfer.data();
    solution.v_b_v = v_b_v.data();
    solution.v_s_v = v_s_v.data();
    solution.scratch = scratch.get();
  }

  double gradient(std::size_t row, std::size_t level) const {
    const std::size_t at = row * mean_field_levels + level;
    return transfer[at] * i_on_a[at];
  }
};

std::size_t coarse_begin(const LumpLayout& layout, std::size_t coarse) {
  return coarse * layout.rows() / coarse_rows;
}

/// The quarter of a coarse row. The borders are those of the lumps' quarters.
std::size_t coarse_quarter(const LumpLayout& layout, std::size_t coarse) {
  const std::size_t middle = (coarse_begin(layout, coarse) + coarse_begin(layout, coarse + 1)) / 2;
  return quarter_of(std::min(middle / layout.lump_rows, layout.lumps - 1), layout.lumps);
}

/// The number of median cells that carry the current of the column's cells in each coarse row at the
/// reference level.
std::array<double, coarse_rows> loads(const CoarseLadder& coarse, const LumpLayout& layout,
                                      const ShapeInputs& inputs) {
  std::array<double, coarse_rows> out{}, b{}, s{}, i{}, x{};
  for (std::size_t f = 0; f < coarse_rows; ++f) {
    const std::size_t begin = coarse_begin(layout, f), end = coarse_begin(layout, f + 1);
    const std::size_t middle =
        (begin + end) / 2 / inputs.per_node * mean_field_levels + inputs.reference_level;
    b[f] = inputs.v_b_v[middle];
    s[f] = std::min(inputs.v_s_v[middle], b[f]);
    for (std::size_t row = begin; row < end; ++row)
      out[f] += inputs.i_on_a[row * mean_field_levels + inputs.reference_level];
  }
  solve_cells(coarse.ladder.cell,
              {coarse_rows, coarse.r_ohm.data(), coarse.gate.data(), b.data(), s.data(), i.data(), x.data()});
  for (std::size_t f = 0; f < coarse_rows; ++f) out[f] = i[f] > 0 ? out[f] / i[f] : 0.0;
  return out;
}

/// The second derivative of the current with respect to the quarters' relative activities, scaled to the
/// column's own gradients. Zero if the coarse ladder has no solution.
Matrix curvature(CoarseLadder& coarse, const LumpLayout& layout, const std::array<double, coarse_rows>& load,
                 double activity, const Quarters& gradient_a) {
  // The lanes are four quarters moved up and four quarters moved down.
  for (std::size_t f = 0; f < coarse_rows; ++f)
    for (std::size_t lane = 0; lane < mean_field_levels; ++lane) {
      const bool moved = coarse_quarter(layout, f) == lane % shape_quarters;
      const double change = !moved ? 0.0 : lane < shape_quarters ? swing : -swing;
      coarse.share[f * mean_field_levels + lane] = load[f] * activity * (1 + change);
    }
  Matrix out{};
  if (!solve_mean_field(coarse.ladder, coarse.solution)) return out;
  Matrix up{}, down{};  // [moved quarter][observed quarter]
  for (std::size_t f = 0; f < coarse_rows; ++f)
    for (std::size_t q = 0; q < shape_quarters; ++q) {
      const std::size_t seen = coarse_quarter(layout, f);
      up[q][seen] += load[f] * coarse.gradient(f, q);
      down[q][seen] += load[f] * coarse.gradient(f, q + shape_quarters);
    }
  for (std::size_t q = 0; q < shape_quarters; ++q)
    for (std::size_t p = 0; p < shape_quarters; ++p) {
      const double mean = 0.5 * (up[q][p] + down[q][p]);
      if (mean > 0) out[q][p] = gradient_a[p] * (up[q][p] - down[q][p]) / (2 * swing * activity) / mean;
    }
  for (std::size_t q = 0; q < shape_quarters; ++q)
    for (std::size_t p = 0; p < q; ++p) out[q][p] = out[p][q] = 0.5 * (out[q][p] + out[p][q]);
  return out;
}

Quarters times(const Matrix& m, const Quarters& v) {
  Quarters out{};
  for (std::size_t q = 0; q < v.size(); ++q)
    for (std::size_t p = 0; p < v.size(); ++p) out[q] += m[q][p] * v[p];
  return out;
}

double dot(const Quarters& a, const Quarters& b) {
  double sum = 0;
  for (std::size_t q = 0; q < a.size(); ++q) sum += a[q] * b[q];
  return sum;
}

/// Removes the weighted mean from the deviations: P^T m P with P = 1 - 1 w^T / sum(w).
Matrix at_constant_total(const Matrix& m, const Quarters& weight) {
  double total = 0;
  for (const double w : weight) total += w;
  Matrix p{};
  for (std::size_t q = 0; q < p.size(); ++q)
    for (std::size_t r = 0; r < p.size(); ++r) p[q][r] = (q == r ? 1.0 : 0.0) - weight[r] / total;
  Matrix out{};
  for (std::size_t a = 0; a < p.size(); ++a)
    for (std::size_t b = 0; b < p.size(); ++b)
      for (std::size_t q = 0; q < p.size(); ++q)
        for (std::size_t r = 0; r < p.size(); ++r) out[a][b] += p[q][a] * m[q][r] * p[r][b];
  return out;
}

/// The eigenvector with the largest magnitude, by power iteration. Its last digits do not matter.
Quarters strongest(const Matrix& m) {
  Quarters v = {1.0, 0.3, -0.4, -0.9};
  for (int iteration = 0; iteration < 40; ++iteration) {
    const Quarters next = times(m, v);
    const double length = std::sqrt(dot(next, next));
    if (!(length > 0)) return {};
    for (std::size_t q = 0; q < v.size(); ++q) v[q] = next[q] / length;
  }
  return v;
}

/// The even and the odd part of the current's change along the modes. The column is moved to both sides as
/// far as a window over the image's edge moves it.
void swing_modes(CoarseLadder& coarse, const LumpLayout& layout, const std::array<double, coarse_rows>& load,
                 double activity, double gradient_a, std::size_t level, ColumnShape& shape) {
  // The lanes are: at rest, then each mode up and down.
  std::array<double, ColumnModelBlock::modes> reach{};
  for (std::size_t j = 0; j < reach.size(); ++j) {
    double largest = 0;
    for (const double v : shape.mode[j]) largest = std::max(largest, std::abs(v));
    reach[j] = largest > 0 ? 0.9 * activity / largest : 0.0;
  }
  for (std::size_t f = 0; f < coarse_rows; ++f)
    for (std::size_t lane = 0; lane < mean_field_levels; ++lane) {
      const std::size_t j = (lane - 1) / 2;
      double local = activity;
      if (lane > 0 && j < reach.size())
        local += (lane % 2 == 1 ? reach[j] : -reach[j]) * shape.mode[j][coarse_quarter(layout, f)];
      coarse.share[f * mean_field_levels + lane] = load[f] * local;
    }
  if (!solve_mean_field(coarse.ladder, coarse.solution)) return;
  Quarters gradient{};
  for (std::size_t f = 0; f < coarse_rows; ++f)
    gradient[coarse_quarter(layout, f)] += load[f] * coarse.gradient(f, 0);
  double total = 0;
  for (const double g : gradient) total += g;
  const auto& i_a = coarse.solution.total_a;
  for (std::size_t j = 0; j < reach.size(); ++j) {
    const double s = reach[j];
    if (!(s > 0) || !(total > 0)) continue;
    const double odd_a = 0.5 * (i_a[1 + 2 * j] - i_a[2 + 2 * j]) - s * dot(shape.mode[j], gradient);
    shape.skew[j][level] = gradient_a / total * odd_a / (s * s * s);
  }
}

/// Starts the coarse ladder from the column's expected ladder at a level.
void start_at(std::vector<double>& b_v, std::vector<double>& s_v, const LumpLayout& layout,
              const ShapeInputs& inputs, std::size_t level) {
  for (std::size_t f = 0; f < coarse_rows; ++f) {
    const std::size_t middle = (coarse_begin(layout, f) + coarse_begin(layout, f + 1)) / 2 / inputs.per_node;
    const std::size_t from = middle * mean_field_levels + level;
    for (std::size_t l = 0; l < mean_field_levels; ++l) {
      b_v[f * mean_field_levels + l] = inputs.v_b_v[from];
      s_v[f * mean_field_levels + l] = inputs.v_s_v[from];
    }
  }
}

}  // namespace

std::size_t rows_per_node(const LumpLayout& layout) {
  // A node then drops by about a thousandth of the bit-line voltage, and the rows on both sides of it cancel.
  constexpr std::size_t nodes = 256;
  return std::max<std::size_t>(1, layout.rows() / nodes);
}

MeanFieldLadder wires(const ArrayConditions& conditions, std::size_t tile_rows, const LumpLayout& layout,
                      const CellConstants& constants, double per_node) {
  MeanFieldLadder ladder(constants);
  ladder.rows = layout.rows();
  ladder.r_bl_ohm = per_node * conditions.r_bl_ohm;
  ladder.r_sl_ohm = per_node * conditions.r_sl_ohm;
  // The node is in the middle of its rows.
  const double inside = 0.5 * (per_node - 1);
  ladder.r_clamp_ohm =
      conditions.r_clamp_ohm + (static_cast<double>(layout.begin) + inside) * conditions.r_bl_ohm;
  ladder.ground_at_top = conditions.ground == SourceLineGround::top;
  const std::size_t segments = ladder.ground_at_top ? layout.begin + 1 : tile_rows - layout.end + 1;
  ladder.r_ground_ohm = (static_cast<double>(segments) + inside) * conditions.r_sl_ohm;
  return ladder;
}

AverageColumn average_column(const ProgrammedTile& tile, const LumpLayout& layout, std::size_t nodes,
                             const std::array<double, mean_field_levels>& activity) {
  CoarseLadder coarse(tile, layout, nodes);
  std::size_t low = 0;
  for (std::size_t column = 0; column < tile.geometry().columns; ++column)
    for (const auto state : tile.states(column).subspan(layout.begin, layout.rows()))
      low += state == CellState::lrs;
  const double per_column = static_cast<double>(low) / static_cast<double>(tile.geometry().columns);
  const double load = std::max(1.0, per_column);
  for (std::size_t at = 0; at < nodes; ++at)
    for (std::size_t l = 0; l < activity.size(); ++l)
      coarse.share[at * mean_field_levels + l] = load / static_cast<double>(nodes) * activity[l];
  AverageColumn out;
  out.solved = solve_mean_field(coarse.ladder, coarse.solution);
  if (!out.solved) return out;
  out.v_b_v = std::move(coarse.v_b_v);
  out.v_s_v = std::move(coarse.v_s_v);
  return out;
}

ColumnShape column_shape(const ProgrammedTile& tile, const LumpLayout& layout, const ShapeInputs& inputs,
                         const QuarterWeights& quarters) {
  ColumnShape out;
  if (layout.rows() < coarse_rows) return out;
  CoarseLadder coarse(tile, layout, coarse_rows);
  coarse.ladder.v_bl_v = tile.v_bl_v(inputs.column);
  const auto load = loads(coarse, layout, inputs);
  std::vector<double> b_v(coarse.v_b_v.size()), s_v(b_v);
  coarse.ladder.start_b_v = b_v.data();
  coarse.ladder.start_s_v = s_v.data();
  std::array<Matrix, shape_levels> second;
  for (std::size_t k = 0; k < shape_levels; ++k) {
    start_at(b_v, s_v, layout, inputs, shape_level[k]);
    second[k] = at_constant_total(curvature(coarse, layout, load, inputs.activity[k], quarters.sum_a[k]),
                                  quarters.reference);
  }
  // All levels use the modes of the middle level.
  Matrix rest = second[1];
  for (std::size_t j = 0; j < out.mode.size(); ++j) {
    const Quarters& mode = out.mode[j] = strongest(rest);
    const double eigenvalue = dot(mode, times(rest, mode));
    for (std::size_t q = 0; q < rest.size(); ++q)
      for (std::size_t p = 0; p < rest.size(); ++p) rest[q][p] -= eigenvalue * mode[q] * mode[p];
    for (std::size_t k = 0; k < shape_levels; ++k)
      out.curvature[j][k] = 0.5 * dot(mode, times(second[k], mode));
  }
  for (std::size_t k = 0; k < shape_levels; ++k) {
    start_at(b_v, s_v, layout, inputs, shape_level[k]);
    double gradient_a = 0;
    for (const double g : quarters.sum_a[k]) gradient_a += g;
    swing_modes(coarse, layout, load, inputs.activity[k], gradient_a, k, out);
  }
  return out;
}

}  // namespace irc::array
