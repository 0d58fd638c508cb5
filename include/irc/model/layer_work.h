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

/// Word lines of all output pixels of a layer for the tiles that hold the same rows, made row by row as
/// bursts ask for them.
struct WordLines {
  std::uint32_t row_begin = 0, rows = 0;
  std::size_t words = 0;            ///< per pixel
  std::vector<std::uint64_t> bits;  ///< [pixel][word]
  std::vector<bool> filled;         ///< per output row
  network::WindowRows windows;
};

/// Where a macro's thread stands in a layer: tile by tile, row by row, burst by burst.
struct MacroCursor {
  std::vector<const mapping::TileRecord*> tiles;
  std::vector<mapping::VectorPhases> phases;  ///< of each tile
  std::size_t tile = 0;
  int y = 0, x = 0;
  bool finished() const { return tile >= tiles.size(); }
};

/// One burst under way: where its word lines are, and what came back.
struct MacroJob {
  const std::uint64_t* inputs = nullptr;  ///< [vector][word]
  std::size_t input_bytes = 0;
  MacroBurst burst;
};

/// Everything the controller knows of the layer it runs.
struct LayerWork {
  mapping::Descriptor descriptor;
  std::vector<mapping::TileRecord> tiles;
  const DigitalLayer* digital_layer = nullptr;
  network::Conv window;           ///< kernel, stride and padding for unrolling; no weights
  std::vector<BinaryMap> inputs;  ///< one per input; empty for pictures
  Picture picture;
  BinaryMap output;
  DenseMap<float> head;
  std::vector<MacroCursor> cursors;               ///< per macro
  std::vector<std::unique_ptr<WordLines>> lines;  ///< one for each range of rows in use
  bool adds_up = false;                           ///< no tile decides alone: readouts are summed
  std::vector<std::int64_t> sums;  ///< [pixel][output]: readouts added up, where a tile alone cannot decide
  std::vector<std::uint32_t> parts_left;                ///< per output row: bursts still to come, in vectors
  std::vector<sc_core::sc_time> input_ready, row_done;  ///< per row; input_ready per input row
  int input_rows = 0;                                   ///< input rows that have arrived
  int parts_running = 0;                                ///< threads that work on this layer
  std::vector<bool> finished_rows;
  mapping::CommandError error = mapping::CommandError::none;

  bool streams_input() const { return (descriptor.flags & mapping::flag_input_from_memory) != 0; }
  bool streams_output() const { return (descriptor.flags & mapping::flag_output_to_memory) != 0; }
  bool picture_input() const { return (descriptor.flags & mapping::flag_picture_input) != 0; }
  bool in_array() const { return descriptor.opcode == mapping::Opcode::conv_array; }
  /// Nobody sees where an output row ends: the input is all there and the output stays.
  bool rows_unseen() const { return !streams_input() && !streams_output(); }
  /// Input rows that must be there before output row `y` can start.
  int rows_needed(int y) const;
  /// LT: local time at which they are there.
  sc_core::sc_time ready_for(int y) const {
    return input_ready[static_cast<std::size_t>(rows_needed(y) - 1)];
  }
  std::uint64_t input_row_bytes() const;
};

}  // namespace irc::model
