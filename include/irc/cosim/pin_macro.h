// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "irc/macro/macro.h"
#include "irc/model/accelerator_config.h"

namespace irc::cosim {

/// What the operation pins of one macro say at a rising edge of the clock (docs/dpi.md lists the pins).
struct OperationPins {
  bool drive = false, settle = false, sense = false;
  bool bias_on = false;
  std::uint32_t row_first = 0, row_count = 0;
  std::uint32_t line = 0, lines = 0;
  std::uint64_t read = 0;
  std::uint32_t group = 0;
  std::span<const std::uint64_t> word_lines;  ///< bit r drives row r; only looked at in a phase
};

/// One macro behind its pins, free of their types: follows the phases of an operation, programming and biases
/// from edge to edge and reports each slip of the protocol as SC_REPORT_ERROR("irc/cosim/macro", ...).
///
/// A slip that the report handler lets pass spoils its operation only: the next drive phase starts anew.
class PinMacro {
 public:
  /// `index` is the macro's number on its chip. Throws InputError for a config that makes no sense.
  PinMacro(const model::AcceleratorConfig& config, std::size_t index);

  /// Forgets the operation and the tile that is being programmed; cells and biases stay.
  void reset();
  /// The operation pins as sampled at a rising edge; call it once per edge, before program_row.
  void clock(const OperationPins& pins);
  /// One row, as sampled at a rising edge with `program` high.
  void program_row(const macro::ProgramRow& row);
  /// As sampled at a rising edge with `bias_we` high. Bit i of `lanes` enables units[i]. Ignored where the
  /// bias does not come from sources.
  void write_bias(std::size_t first_line, std::uint64_t lanes, std::span<const std::int32_t> units);

  /// What the amplifiers show while the pins are as given: one readout each, 0 without a valid operation.
  /// Reports nothing: pins may pass through anything between two edges.
  std::span<const std::int32_t> levels(const OperationPins& pins);
  /// Counts up with every call that gave other levels.
  std::uint64_t levels_version() const { return levels_version_; }

  /// The simulation ends here: reports an operation or a tile that was not brought to its end.
  void finish();
  /// Trims the amplifiers as `irc run` does where the configuration asks for it.
  void trim() { macro_.trim(); }
  const macro::Macro& macro() const { return macro_; }

 private:
  enum class Phase { idle, drive, settle, sense, spoilt };
  void on_drive(const OperationPins& pins);
  void on_settle(const OperationPins& pins);
  void on_sense(const OperationPins& pins);
  void on_gap();
  void begin_step(const OperationPins& pins);
  void end_step();
  void end_operation();
  void check_duration(const char* phase, std::uint64_t expected);
  void check_held(const OperationPins& pins);
  void check_programming();
  macro::Operation operation() const;
  void slip(const std::string& what);

  std::size_t index_;
  std::uint64_t drive_cycles_, settle_cycles_, amplifier_cycles_, program_cycles_;
  macro::Macro macro_;
  bool source_bias_;

  Phase phase_ = Phase::idle;
  bool drove_ = false;              ///< drive was high at the edge before
  std::uint64_t cycle_ = 0;         ///< rising edges seen
  std::uint64_t phase_cycles_ = 0;  ///< of the phase, or of the mux step
  std::uint64_t programmed_until_ = 0;
  std::uint64_t last_program_ = 0;

  bool latched_ = false;  ///< an operation is driven
  std::vector<std::uint64_t> word_lines_;
  array::RowRange rows_;
  std::uint64_t read_ = 0;
  std::uint32_t group_ = 0;
  const macro::ResidentTile* tile_ = nullptr;  ///< that the operation's steps read
  macro::MuxStep step_;
  std::size_t lines_read_ = 0;  ///< from the tile's first line on

  std::vector<std::int32_t> sampled_, shown_;
  macro::MuxStep shown_step_;
  bool shown_dark_ = true;  ///< shown_ is 0 for want of an operation
  std::uint64_t levels_version_ = 0;
  bool shown_valid_ = false;  ///< shown_ is of this operation and shown_step_
};

}  // namespace irc::cosim
