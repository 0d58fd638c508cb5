// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "irc/macro/macro.h"
#include "irc/model/accelerator_config.h"

namespace irc::cosim {

/// The operation pins of one macro at a rising edge of the clock (docs/dpi.md lists the pins).
struct OperationPins {
  bool drive = false,                         ///< phase DRIVE
      settle = false,                         ///< phase SETTLE
      sense = false;                          ///< phase SENSE
  bool bias_on = false;                       ///< the bias sources of the read lines inject
  std::uint32_t row_first = 0,                ///< first row of the row group
      row_count = 0;                          ///< rows of the row group
  std::uint32_t line = 0,                     ///< first line that is read
      lines = 0;                              ///< number of lines that are read
  std::uint64_t read = 0;                     ///< names the random draws
  std::uint32_t group = 0;                    ///< number of the row group
  std::span<const std::uint64_t> word_lines;  ///< bit r drives row r; read only in a phase
};

/// One macro behind its pins, independent of their types. It follows the phases of an operation, programming
/// and biases from edge to edge, and reports each protocol error as SC_REPORT_ERROR("irc/cosim/macro", ...).
///
/// A protocol error that the report handler lets pass spoils only its own operation: the next drive phase
/// starts a new one.
class PinMacro {
 public:
  /// `index` is the macro's number on its chip. Throws InputError for an inconsistent configuration.
  PinMacro(const model::AcceleratorConfig& config, std::size_t index);

  /// Forgets the operation and the tile that is being programmed. Cells and biases stay.
  void reset();
  /// Takes the operation pins sampled at a rising edge. Call it once per edge, before program_row.
  void clock(const OperationPins& pins);
  /// Takes one row, sampled at a rising edge with `program` high.
  void program_row(const macro::ProgramRow& row);
  /// Takes biases, sampled at a rising edge with `bias_we` high. Bit i of `lanes` enables units[i]. Ignored
  /// where the bias does not come from sources.
  void write_bias(std::size_t first_line, std::uint64_t lanes, std::span<const std::int32_t> units);

  /// The amplifiers' outputs while the pins are as given: one readout each, 0 without a valid operation. This
  /// reports nothing, because pins may take any values between two edges.
  std::span<const std::int32_t> levels(const OperationPins& pins);
  /// Increases with every call of `levels` that gave other levels.
  std::uint64_t levels_version() const { return levels_version_; }

  /// Call this at the end of the simulation: reports an operation or a tile that is not complete.
  void finish();
  /// Trims the amplifiers as `irc run` does where the configuration asks for it.
  void trim() { macro_.trim(); }
  /// The macro itself.
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
  bool drove_ = false;              ///< drive was high at the previous edge
  std::uint64_t cycle_ = 0;         ///< rising edges seen
  std::uint64_t phase_cycles_ = 0;  ///< cycles of the phase, or of the multiplexer step
  std::uint64_t programmed_until_ = 0;
  std::uint64_t last_program_ = 0;

  bool latched_ = false;  ///< an operation is driven
  std::vector<std::uint64_t> word_lines_;
  array::RowRange rows_;
  std::uint64_t read_ = 0;
  std::uint32_t group_ = 0;
  const macro::ResidentTile* tile_ = nullptr;  ///< the tile that the operation's steps read
  macro::MuxStep step_;
  std::size_t lines_read_ = 0;  ///< counted from the tile's first line

  std::vector<std::int32_t> sampled_, shown_;
  macro::MuxStep shown_step_;
  bool shown_dark_ = true;  ///< shown_ is 0 because there is no operation
  std::uint64_t levels_version_ = 0;
  bool shown_valid_ = false;  ///< shown_ belongs to this operation and shown_step_
};

}  // namespace irc::cosim
