// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "irc/mapping/geometry.h"
#include "irc/network/graph.h"

namespace irc::mapping {

/// A rectangle of one macro's cells that holds a piece of one layer.
///
/// Rows of a layer are numbered weights first (kernel_h * kernel_w * channels, channel-last), then its bias
/// rows. A tile holds the layer's rows [row_begin, row_begin + rows) and outputs
/// [output_begin, output_begin + outputs).
struct Tile {
  network::NodeId node = 0;
  std::size_t macro = 0;
  std::size_t pass = 0;  ///< passes of one layer run after each other, with programming between
  std::size_t row_begin = 0;
  std::size_t rows = 0;
  std::size_t output_begin = 0;
  std::size_t outputs = 0;
  std::size_t first_pair = 0;  ///< first column pair in the macro
  std::size_t pairs = 0;       ///< column pairs taken (reference columns included)
  std::size_t columns = 0;     ///< bit lines used
};

/// One pass of one layer: the tiles that are resident together.
struct Pass {
  network::NodeId node = 0;
  std::size_t round = 0;           ///< the macros are programmed anew at each round
  std::vector<std::size_t> tiles;  ///< indices into Placement::tiles
};

struct Placement {
  std::vector<Tile> tiles;
  std::vector<Pass> passes;  ///< in order of execution
  std::size_t rounds = 0;    ///< 1: every weight stays resident; more: reprogrammed for every picture
};

/// Bit lines of a tile with so many outputs, reference columns included.
std::size_t tile_columns(std::size_t outputs, const Geometry& geometry);

/// Whether a convolution runs in the array: binary or ternary weights and a step behind them.
bool is_array_layer(const network::Conv& conv);

/// A layer with its weights in the array: its name and its number in the network.
struct ArrayLayer {
  std::string name;
  network::NodeId node = 0;
};

/// Those of `graph`, in its order.
std::vector<ArrayLayer> array_layers(const network::Graph& graph);

/// Bias rows a layer needs under `geometry` (0 unless the bias sits in the array).
std::size_t bias_rows_of(const network::Conv& conv, const Geometry& geometry);

/// Places every array layer of `graph`. Tiles of one pass are spread over the macros, least used first.
/// Throws InputError naming layer, need and limit where a layer cannot be placed.
Placement place(const network::Graph& graph, const Geometry& geometry);

/// The tile's cells, column-major, one bit a cell (LRS = 1), packed without padding: cell (column, row) is
/// bit column * rows + row. Differential schemes: column 2o is the positive, 2o + 1 the negative column of
/// output o. Reference scheme: column o, then the all-LRS and the all-HRS column.
std::vector<std::uint8_t> tile_cells(const network::Conv& conv, const Tile& tile, const Geometry& geometry);

}  // namespace irc::mapping
