// SPDX-License-Identifier: Apache-2.0
#include "irc/mapping/placement.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "irc/core/error.h"

namespace irc::mapping {
namespace {

std::size_t ceil_div(std::size_t a, std::size_t b) {
  return (a + b - 1) / b;
}

std::size_t reference_columns(const Geometry& geometry) {
  return geometry.scheme == WeightScheme::binary_reference ? 2 : 0;
}

std::size_t outputs_per_macro(const Geometry& geometry) {
  return geometry.scheme == WeightScheme::binary_reference ? 2 * geometry.column_pairs - 2
                                                           : geometry.column_pairs;
}

/// Tile records store macros and columns in 16 bits, and the size of a tile's cells in 32 bits.
void check_limit(const char* key, std::size_t value, std::size_t limit) {
  if (value > limit)
    throw InputError(std::string("array.") + key + ": " + std::to_string(value) +
                     " found, expected at most " + std::to_string(limit));
}

void check_geometry(const Geometry& g) {
  if (g.macros == 0 || g.rows == 0 || g.column_pairs == 0 || g.amplifiers == 0)
    throw InputError("array: macros, rows, column_pairs and amplifiers must be at least 1");
  check_limit("macros", g.macros, 65535);
  check_limit("column_pairs", g.column_pairs, 32767);
  check_limit("rows", g.rows, 1u << 19);
  if (g.amplifiers > g.column_pairs)
    throw InputError("array.amplifiers: " + std::to_string(g.amplifiers) + " found, expected at most the " +
                     std::to_string(g.column_pairs) + " column pairs");
  if (reference_columns(g) != 0 && g.column_pairs < 2)
    throw InputError("array.column_pairs: 1 found, binary_reference needs at least 2 (one for references)");
}

/// A digital bias can be added to several readouts that are summed, or to levels. A single one-bit readout is
/// already the decision, so nothing can be added to it.
void check_digital_bias(const network::Node& node, const network::Conv& conv, const Geometry& geometry) {
  const bool one_readout = conv.rows() <= geometry.rows &&
                           (geometry.rows_per_operation == 0 || conv.rows() <= geometry.rows_per_operation);
  if (geometry.bias != BiasPlacement::digital || !geometry.one_bit_readout || !one_readout) return;
  if (std::all_of(conv.bias.begin(), conv.bias.end(), [](int bias) { return bias == 0; })) return;
  const bool array_possible = geometry.scheme != WeightScheme::binary_reference;
  throw InputError("layer '" + node.name + "': its " + std::to_string(conv.rows()) +
                   " rows fit one operation, and a one-bit decision leaves nothing to add digital biases to. "
                   "array.bias is \"digital\"; the nearest remedy is array.bias = \"source\". Others are " +
                   (array_possible ? "array.bias = \"array\", " : "") +
                   "a smaller array.rows_per_operation, or sense.kind = \"multi_bit\"");
}

void check_layer(const network::Node& node, const network::Conv& conv, const Geometry& geometry) {
  if (geometry.scheme != WeightScheme::ternary) {
    const auto zero = std::find(conv.weights.begin(), conv.weights.end(), std::int8_t{0});
    if (zero != conv.weights.end())
      throw InputError("layer '" + node.name + "': weight " + std::to_string(zero - conv.weights.begin()) +
                       " is 0, but a binary mapping holds only -1 and +1; use array.mapping = \"ternary\"");
  }
  if (geometry.scheme == WeightScheme::binary_reference && geometry.bias == BiasPlacement::array)
    throw InputError(
        "array.bias: \"array\" found, mapping \"binary_reference\" needs \"source\" or \"digital\"");
  check_digital_bias(node, conv, geometry);
}

/// Column pairs taken from each macro in the current round.
class Round {
 public:
  explicit Round(const Geometry& geometry) : geometry_(geometry), used_(geometry.macros, 0) {}

  void clear() { std::fill(used_.begin(), used_.end(), 0); }

  /// Places all row pieces of one group of outputs, on different macros while those have room. Places nothing
  /// if they do not all fit.
  std::optional<std::vector<Tile>> try_place(const Tile& shape, const std::vector<std::size_t>& row_cuts,
                                             std::vector<std::size_t>& tiles_on_macro) {
    std::vector<std::size_t> used = used_, count = tiles_on_macro;
    std::vector<Tile> placed;
    for (std::size_t piece = 0; piece + 1 < row_cuts.size(); ++piece) {
      std::optional<std::size_t> best;
      for (std::size_t m = 0; m < used.size(); ++m) {
        if (used[m] + shape.pairs > geometry_.column_pairs) continue;
        if (!best || std::pair(count[m], used[m]) < std::pair(count[*best], used[*best])) best = m;
      }
      if (!best) return std::nullopt;
      Tile tile = shape;
      tile.macro = *best;
      tile.row_begin = row_cuts[piece];
      tile.rows = row_cuts[piece + 1] - row_cuts[piece];
      tile.first_pair = used[*best];
      used[*best] += shape.pairs;
      ++count[*best];
      placed.push_back(tile);
    }
    used_ = used;
    tiles_on_macro = count;
    return placed;
  }

  const std::vector<std::size_t>& used() const { return used_; }
  void restore(const std::vector<std::size_t>& used) { used_ = used; }

 private:
  const Geometry& geometry_;
  std::vector<std::size_t> used_;
};

std::vector<std::size_t> cuts(std::size_t total, std::size_t pieces) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i <= pieces; ++i) out.push_back(total * i / pieces);
  return out;
}

}  // namespace

bool is_array_layer(const network::Conv& conv) {
  return conv.step && (conv.kind == network::WeightKind::ternary || conv.kind == network::WeightKind::binary);
}

std::vector<ArrayLayer> array_layers(const network::Graph& graph) {
  std::vector<ArrayLayer> out;
  for (network::NodeId id = 0; id < graph.nodes.size(); ++id) {
    const auto* conv = std::get_if<network::Conv>(&graph.nodes[id].op);
    if (conv != nullptr && is_array_layer(*conv)) out.push_back({graph.nodes[id].name, id});
  }
  return out;
}

std::size_t tile_columns(std::size_t outputs, const Geometry& geometry) {
  return geometry.scheme == WeightScheme::binary_reference ? outputs + reference_columns(geometry)
                                                           : 2 * outputs;
}

std::size_t bias_rows_of(const network::Conv& conv, const Geometry& geometry) {
  if (geometry.bias != BiasPlacement::array) return 0;
  std::size_t most = 0;
  for (const std::int64_t b : conv.bias) most = std::max(most, static_cast<std::size_t>(std::abs(b)));
  return most;
}

Placement place(const network::Graph& graph, const Geometry& geometry) {
  check_geometry(geometry);
  Placement result;
  Round round(geometry);
  for (network::NodeId id = 0; id < graph.nodes.size(); ++id) {
    const auto* conv = std::get_if<network::Conv>(&graph.nodes[id].op);
    if (conv == nullptr || !is_array_layer(*conv)) continue;
    const auto& node = graph.nodes[id];
    check_layer(node, *conv, geometry);

    const std::size_t bias_rows = bias_rows_of(*conv, geometry);
    if (bias_rows > geometry.bias_rows)
      throw InputError("layer '" + node.name + "' needs " + std::to_string(bias_rows) +
                       " bias rows, array.bias_rows allows " + std::to_string(geometry.bias_rows) +
                       ". array.bias = \"source\" needs none" +
                       (bias_rows < geometry.rows
                            ? "; otherwise raise array.bias_rows to at least " + std::to_string(bias_rows)
                            : ""));
    const std::size_t rows = conv->rows() + bias_rows;
    const std::size_t row_pieces = ceil_div(rows, geometry.rows);
    if (row_pieces > geometry.macros)
      throw InputError("layer '" + node.name + "' cannot be placed: its " + std::to_string(rows) +
                       " rows need " + std::to_string(row_pieces) + " macros of " +
                       std::to_string(geometry.rows) + " rows, the accelerator has " +
                       std::to_string(geometry.macros));
    const auto row_cuts = cuts(rows, row_pieces);
    const auto outputs = static_cast<std::size_t>(conv->out_channels);
    const std::size_t column_pieces = ceil_div(outputs, outputs_per_macro(geometry));
    const auto output_cuts = cuts(outputs, column_pieces);

    // A layer starts a new round as a whole, so that no tile is overwritten before it has run.
    const auto place_all = [&](bool may_split) -> bool {
      Placement trial = result;
      const auto saved = round.used();
      std::vector<std::size_t> tiles_on_macro(geometry.macros, 0);
      std::size_t pass = 0;
      trial.passes.push_back({id, trial.rounds - 1, {}});
      for (std::size_t piece = 0; piece < column_pieces; ++piece) {
        Tile shape;
        shape.node = id;
        shape.output_begin = output_cuts[piece];
        shape.outputs = output_cuts[piece + 1] - output_cuts[piece];
        shape.columns = tile_columns(shape.outputs, geometry);
        shape.pairs = ceil_div(shape.columns, 2);
        auto placed = round.try_place(shape, row_cuts, tiles_on_macro);
        if (!placed && may_split) {
          round.clear();
          std::fill(tiles_on_macro.begin(), tiles_on_macro.end(), 0);
          ++trial.rounds;
          ++pass;
          trial.passes.push_back({id, trial.rounds - 1, {}});
          placed = round.try_place(shape, row_cuts, tiles_on_macro);
        }
        if (!placed) {
          round.restore(saved);
          return false;
        }
        for (auto& tile : *placed) {
          tile.pass = pass;
          trial.passes.back().tiles.push_back(trial.tiles.size());
          trial.tiles.push_back(tile);
        }
      }
      result = std::move(trial);
      return true;
    };
    if (result.rounds == 0) result.rounds = 1;
    if (place_all(false)) continue;
    const bool untouched =
        std::all_of(round.used().begin(), round.used().end(), [](std::size_t used) { return used == 0; });
    if (!untouched) {
      round.clear();
      ++result.rounds;
    }
    if (!place_all(true))
      throw InternalError("layer '" + node.name + "' does not fit an empty accelerator after all checks");
  }
  return result;
}

std::vector<std::uint8_t> tile_cells(const network::Conv& conv, const Tile& tile, const Geometry& geometry) {
  std::vector<std::uint8_t> bytes(ceil_div(tile.rows * tile.columns, 8));
  const auto set = [&](std::size_t column, std::size_t row) {
    const std::size_t bit = column * tile.rows + row;
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] | (1u << (bit % 8)));
  };
  const bool reference = geometry.scheme == WeightScheme::binary_reference;
  const std::size_t weight_rows = conv.rows();
  for (std::size_t o = 0; o < tile.outputs; ++o) {
    const std::size_t output = tile.output_begin + o;
    for (std::size_t row = 0; row < tile.rows; ++row) {
      const std::size_t layer_row = tile.row_begin + row;
      int value;
      if (layer_row < weight_rows) {
        value = conv.weights[output * weight_rows + layer_row];
      } else {
        const int bias = conv.bias[output];
        const bool used = layer_row - weight_rows < static_cast<std::size_t>(std::abs(bias));
        value = used ? (bias > 0 ? 1 : -1) : 0;
      }
      if (reference) {
        if (value > 0) set(o, row);
      } else if (value != 0) {
        set(2 * o + (value > 0 ? 0 : 1), row);
      }
    }
  }
  if (reference)
    for (std::size_t row = 0; row < tile.rows; ++row) set(tile.outputs, row);
  return bytes;
}

}  // namespace irc::mapping
