// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include <tlm>

#include "irc/core/event.h"
#include "irc/mapping/timing.h"

namespace irc::model {

/// What a transaction inside a macro carries besides bytes: controller -> word-line driver -> array -> sense
/// amplifiers. Mandatory on these sockets: without it they answer TLM_GENERIC_ERROR_RESPONSE.
///
/// The command is TLM_WRITE_COMMAND, the address the tile number. Data of `evaluate`: `vectors` word-line
/// vectors of words_for(rows) 64-bit words; data of `program`: the tile's cells (mapping::tile_cells).
struct MacroBurst : tlm::tlm_extension<MacroBurst> {
  enum class Kind { evaluate, program };
  Kind kind = Kind::evaluate;
  mapping::TileRecord tile;
  mapping::VectorPhases phases;
  std::uint32_t layer = 0;
  std::uint32_t vectors = 0;
  std::uint32_t first_vector = 0;    ///< index in the layer's output map
  std::uint32_t row_vectors = 1;     ///< of an output row, whose first vector loads its whole window
  std::uint64_t first_read = 0;      ///< names the first vector's draws of read and decision noise
  std::uint64_t program_cycles = 0;  ///< `program` only
  const std::vector<std::int32_t>* bias = nullptr;  ///< per output; only if the bias comes from the source

  // Filled on the way down.
  std::uint64_t programming_count = 0;    ///< of the tile; names draws of decision noise
  std::uint64_t load_start_cycle = 0;     ///< first LOAD
  std::uint64_t compute_start_cycle = 0;  ///< first DRIVE
  std::uint64_t accept_cycle = 0;         ///< the word-line register takes the next burst
  std::uint64_t end_cycle = 0;            ///< last STORE over
  std::vector<double> currents_a;         ///< [group][vector][column]
  std::vector<double> group_current_a;    ///< per group: sum over vectors and bit lines
  std::vector<double> group_hrs_a;        ///< per group: of group_current_a, high-resistance cells
  std::vector<double> group_off_a;        ///< per group: of group_current_a, rows not driven
  std::vector<double> group_bias_a;       ///< per group: injected bias current, summed alike
  std::vector<std::uint64_t> decisions;   ///< one-bit readouts: [group][vector] rows of words_for(outputs)
  std::vector<std::int32_t> levels;       ///< multi-bit readouts: [group][vector][output]
  std::uint64_t fallback_vectors = 0;     ///< as in array::EvaluationStats
  std::uint64_t newton_iterations = 0;
  EvaluatedBy evaluated_by;

  bool starts_row(std::uint32_t vector) const { return (first_vector + vector) % row_vectors == 0; }

  tlm_extension_base* clone() const override { return new MacroBurst(*this); }
  void copy_from(const tlm_extension_base& other) override { *this = static_cast<const MacroBurst&>(other); }
};

/// Rows of group `group` of a tile: [begin, end).
struct GroupRows {
  std::size_t begin, end;
};
GroupRows group_rows(const MacroBurst& burst, std::size_t group);

}  // namespace irc::model
