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
/// The rows of a layer are numbered weights first (kernel_h * kernel_w * channels, channel-last), then its
/// bias rows. A tile holds the layer's rows [row_begin, row_begin + rows) and its outputs [output_begin,
/// output_begin + outputs).
struct Tile {
  network::NodeId node = 0;      ///< layer
  std::size_t macro = 0;         ///< macro that holds the tile
  std::size_t pass = 0;          ///< passes of one layer run one after the other, with programming in between
  std::size_t row_begin = 0;     ///< first row of the layer
  std::size_t rows = 0;          ///< number of rows
  std::size_t output_begin = 0;  ///< first output of the layer
  std::size_t outputs = 0;       ///< number of outputs
  std::size_t first_pair = 0;    ///< first column pair in the macro
  std::size_t pairs = 0;         ///< column pairs occupied, with reference columns
  std::size_t columns = 0;       ///< bit lines used
};

/// One pass of one layer: tiles that are resident at the same time.
struct Pass {
  network::NodeId node = 0;        ///< layer
  std::size_t round = 0;           ///< the macros are reprogrammed at the start of each round
  std::vector<std::size_t> tiles;  ///< indices into Placement::tiles
};

/// All tiles of a network and the order in which they run.
struct Placement {
  std::vector<Tile> tiles;   ///< tiles of all layers
  std::vector<Pass> passes;  ///< in the order of execution
  /// 1: every weight stays resident; more: the macros are reprogrammed for every image.
  std::size_t rounds = 0;
};

/// Bit lines of a tile with `outputs` outputs, with reference columns.
std::size_t tile_columns(std::size_t outputs, const Geometry& geometry);

/// Whether a convolution runs in the array, that is, has binary or ternary weights and a step.
bool is_array_layer(const network::Conv& conv);

/// A layer with its weights in the array.
struct ArrayLayer {
  std::string name;          ///< name of the layer
  network::NodeId node = 0;  ///< number of the layer in the network
};

/// The array layers of `graph`, in its order.
std::vector<ArrayLayer> array_layers(const network::Graph& graph);

/// Bias rows that a layer needs under `geometry` (0 unless the bias is placed in the array).
std::size_t bias_rows_of(const network::Conv& conv, const Geometry& geometry);

/// Places every array layer of `graph`. Tiles of one pass are spread over the macros, least used first.
/// Throws InputError that names layer, requirement and limit if a layer cannot be placed.
Placement place(const network::Graph& graph, const Geometry& geometry);

/// The cells of a tile, column-major with one bit per cell (LRS = 1), packed without padding: cell (column,
/// row) is bit column * rows + row. In differential schemes column 2o is the positive and 2o + 1 the negative
/// column of output o. In the reference scheme column o belongs to output o, and the all-LRS and the all-HRS
/// column follow.
std::vector<std::uint8_t> tile_cells(const network::Conv& conv, const Tile& tile, const Geometry& geometry);

}  // namespace irc::mapping
