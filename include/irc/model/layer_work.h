// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <systemc>
#include <variant>
#include <vector>

#include "irc/core/tensor.h"
#include "irc/mapping/compiler.h"
#include "irc/model/digital_unit.h"
#include "irc/model/macro_burst.h"
#include "irc/network/operators.h"

namespace irc::model {

/// Word lines of all output pixels of a layer, for the tiles that hold the same rows. They are made output
/// row by output row, when a burst asks for them.
struct WordLines {
  std::uint32_t row_begin = 0,      ///< first row of the unrolled window in these tiles
      rows = 0;                     ///< number of rows
  std::size_t words = 0;            ///< 64-bit words per pixel
  std::vector<std::uint64_t> bits;  ///< [pixel][word]
  std::vector<bool> filled;         ///< per output row: whether its bits are made
  network::WindowRows windows;      ///< unrolls the window rows of the layer
};

/// Progress of a macro's thread through a layer: tile by tile, row by row, burst by burst.
struct MacroCursor {
  std::vector<const mapping::TileRecord*> tiles;  ///< the macro's tiles, in order
  std::vector<mapping::VectorPhases> phases;      ///< cycles per vector, for each tile
  std::size_t tile = 0;                           ///< index of the current tile
  int y = 0,                                      ///< output row of the next vector
      x = 0;                                      ///< output column of the next vector
  /// Whether all tiles are done.
  bool finished() const { return tile >= tiles.size(); }
};

/// One burst under way: its word lines and its result.
struct MacroJob {
  const std::uint64_t* inputs = nullptr;  ///< [vector][word]
  std::size_t input_bytes = 0;            ///< size of the word lines in bytes
  MacroBurst burst;                       ///< the extension that travels with the transaction
};

/// Everything the controller knows about the layer it runs.
struct LayerWork {
  mapping::Descriptor descriptor;                 ///< the command
  std::vector<mapping::TileRecord> tiles;         ///< tiles of the layer; empty for digital layers
  const DigitalLayer* digital_layer = nullptr;    ///< parameters of a digital convolution, else nullptr
  network::Conv window;                           ///< kernel, stride and padding for unrolling; no weights
  std::vector<BinaryMap> inputs;                  ///< one per input; empty for images
  Picture picture;                                ///< the image, where the layer reads one
  BinaryMap output;                               ///< binary output, where the layer has one
  DenseMap<float> head;                           ///< output of the last layer
  std::vector<MacroCursor> cursors;               ///< per macro
  std::vector<std::unique_ptr<WordLines>> lines;  ///< one for each range of rows in use
  bool adds_up = false;                           ///< no tile decides alone: readouts are summed digitally
  std::vector<std::int64_t> sums;  ///< [pixel][output]: summed readouts, where a tile alone cannot decide
  std::vector<std::uint32_t> parts_left;      ///< per output row: vectors still to come from the bursts
  std::vector<sc_core::sc_time> input_ready,  ///< per input row: when it has arrived
      row_done;                               ///< per output row: when it is finished
  int input_rows = 0;                         ///< input rows that have arrived
  int parts_running = 0;                      ///< threads that work on this layer
  std::vector<bool> finished_rows;            ///< per output row
  mapping::CommandError error = mapping::CommandError::none;  ///< first error of the layer

  /// The input comes from memory row by row.
  bool streams_input() const { return (descriptor.flags & mapping::flag_input_from_memory) != 0; }
  /// The output goes to memory row by row.
  bool streams_output() const { return (descriptor.flags & mapping::flag_output_to_memory) != 0; }
  /// The input is an image, not a binary map.
  bool picture_input() const { return (descriptor.flags & mapping::flag_picture_input) != 0; }
  /// The layer runs in the array.
  bool in_array() const { return descriptor.opcode == mapping::Opcode::conv_array; }
  /// The end time of an output row is not visible outside: the input is complete and the output stays on
  /// chip.
  bool rows_unseen() const { return !streams_input() && !streams_output(); }
  /// Number of input rows that must be there before output row `y` can start.
  int rows_needed(int y) const;
  /// In LT: the time at which these rows are there; zero if they were there before the layer.
  sc_core::sc_time ready_for(int y) const {
    return input_ready[static_cast<std::size_t>(rows_needed(y) - 1)];
  }
  /// Bytes of one input row in memory.
  std::uint64_t input_row_bytes() const;
};

}  // namespace irc::model
