// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <systemc>
#include <variant>
#include <vector>

#include "irc/core/tensor.h"
#include "irc/mapping/compiler.h"
#include "irc/model/macro_burst.h"
#include "irc/network/operators.h"

namespace irc::model {

/// Where a macro's thread stands in a layer: tile by tile, row by row, burst by burst.
struct MacroCursor {
  std::vector<const mapping::TileRecord*> tiles;
  std::size_t tile = 0;
  int y = 0, x = 0;
  bool finished() const { return tile >= tiles.size(); }
};

/// One burst under way: its word lines and what came back.
struct MacroJob {
  std::vector<std::uint64_t> inputs;  ///< [vector][word]
  MacroBurst burst;
  int y = 0, x = 0;
};

/// Everything the controller knows of the layer it runs.
struct LayerWork {
  mapping::Descriptor descriptor;
  std::vector<mapping::TileRecord> tiles;
  const network::Conv* digital_layer = nullptr;
  network::Conv window;           ///< kernel, stride and padding for unrolling; no weights
  std::vector<BinaryMap> inputs;  ///< one per input; empty for pictures
  Picture picture;
  BinaryMap output;
  DenseMap<float> head;
  std::vector<MacroCursor> cursors;  ///< per macro
  bool adds_up = false;              ///< no tile decides alone: readouts are summed
  std::vector<std::int64_t> sums;    ///< [pixel][output]: readouts added up, where a tile alone cannot decide
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
  /// Input rows that must be there before output row `y` can start.
  int rows_needed(int y) const;
  /// LT: local time at which they are there.
  sc_core::sc_time ready_for(int y) const {
    return input_ready[static_cast<std::size_t>(rows_needed(y) - 1)];
  }
  std::uint64_t input_row_bytes() const;
};

}  // namespace irc::model
