// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include <tlm>

#include "irc/core/event.h"
#include "irc/mapping/timing.h"

namespace irc::model {

/// What a transaction inside a macro carries besides bytes, on its way from the controller through the
/// word-line driver and the array to the sense amplifiers. These sockets require it and answer
/// TLM_GENERIC_ERROR_RESPONSE without it.
///
/// The command is TLM_WRITE_COMMAND, the address is the tile number. The data of `evaluate` are `vectors`
/// word-line vectors of words_for(rows) 64-bit words each. The data of `program` are the tile's cells
/// (mapping::tile_cells).
struct MacroBurst : tlm::tlm_extension<MacroBurst> {
  /// What the macro does with the burst.
  enum class Kind {
    evaluate,  ///< reads the tile with word-line vectors
    program    ///< writes the tile's cells
  };
  Kind kind = Kind::evaluate;      ///< what the macro does with the burst
  mapping::TileRecord tile;        ///< the tile it concerns
  mapping::VectorPhases phases;    ///< cycles of each phase per vector
  std::uint32_t layer = 0;         ///< number of the layer in the program
  std::uint32_t vectors = 0;       ///< word-line vectors in the burst
  std::uint32_t first_vector = 0;  ///< index of the first vector in the layer's output map
  std::uint32_t row_vectors =
      1;                         ///< vectors per output row; the first vector of a row loads its whole window
  std::uint64_t first_read = 0;  ///< names the first vector's draws of read and decision noise
  std::uint64_t program_cycles = 0;  ///< cycles that programming takes; only for `program`
  const std::vector<std::int32_t>* bias =
      nullptr;  ///< per output; only if the bias comes from the bias source

  // The parts of the macro fill in the following on the way.
  std::uint64_t programming_count = 0;  ///< how often the tile was programmed; names draws of decision noise
  std::uint64_t load_start_cycle = 0;   ///< start of the first LOAD
  std::uint64_t compute_start_cycle = 0;  ///< start of the first DRIVE
  std::uint64_t accept_cycle = 0;         ///< when the word-line register takes the next burst
  std::uint64_t end_cycle = 0;            ///< end of the last STORE
  std::vector<double> currents_a;         ///< [group][vector][column], in A
  std::vector<double> group_current_a;    ///< per group: sum over vectors and bit lines, in A
  std::vector<double>
      group_hrs_a;  ///< per group: the share of group_current_a in high-resistance cells, in A
  std::vector<double>
      group_off_a;  ///< per group: the share of group_current_a in rows that are not driven, in A
  std::vector<double> group_bias_a;      ///< per group: injected bias current, summed in the same way, in A
  std::vector<std::uint64_t> decisions;  ///< one-bit readouts: [group][vector] rows of words_for(outputs)
  std::vector<std::int32_t> levels;      ///< multi-bit readouts: [group][vector][output]
  std::uint64_t fallback_vectors =
      0;  ///< (vector, column) pairs that needed a fallback, see array::EvaluationStats
  std::uint64_t newton_iterations = 0;  ///< summed over (vector, column) pairs
  EvaluatedBy evaluated_by;             ///< how many vectors each evaluator took

  /// Whether vector `vector` of the burst is the first of an output row.
  bool starts_row(std::uint32_t vector) const { return (first_vector + vector) % row_vectors == 0; }

  /// A copy, as TLM extensions must provide it.
  tlm_extension_base* clone() const override { return new MacroBurst(*this); }
  /// Copies `other`, which must be a MacroBurst.
  void copy_from(const tlm_extension_base& other) override { *this = static_cast<const MacroBurst&>(other); }
};

/// What a macro's sockets check before they take a burst: the extension, the command, all bytes enabled, and
/// a length and an address that suit the burst. Returns TLM_OK_RESPONSE if all is right.
tlm::tlm_response_status check_burst(const tlm::tlm_generic_payload& payload);

/// Rows of one row group: [begin, end).
struct GroupRows {
  std::size_t begin,  ///< first row
      end;            ///< one past the last row
};
/// Rows of row group `group` of the burst's tile.
GroupRows group_rows(const MacroBurst& burst, std::size_t group);

}  // namespace irc::model
