// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "irc/macro/macro_amplifiers.h"
#include "irc/macro/macro_cells.h"

/// One macro of the accelerator: its cells, its amplifiers, and both together for a caller with pins.
namespace irc::macro {

/// One row of cells as programming takes them: rows in order from 0, all on the same bit lines.
struct ProgramRow {
  std::size_t row = 0;           ///< word line
  std::size_t first_column = 0,  ///< first bit line
      columns = 0;               ///< number of bit lines
  /// Bit i = LRS for bit line first_column + i; further bits are ignored.
  std::span<const std::uint64_t> cells;
  bool last = false;  ///< whether this row completes the tile
};

/// The word lines driven in one operation, and the names of its random draws.
struct Operation {
  std::span<const std::uint64_t> word_lines;  ///< bit r drives row r; no bit outside `rows` may be set
  array::RowRange rows;                       ///< the enabled row group
  std::uint64_t read = 0;                     ///< image * pixels + vector; below 2^40
  std::uint64_t group = 0;                    ///< number of the row group; below 2^19
};

/// The lines that the amplifiers read at one position of their mux: amplifier a reads the one line l in
/// [line, line + lines) with l mod amplifiers = a. Lines are numbered as in MacroAmplifiers.
struct MuxStep {
  std::size_t line = 0,  ///< first line
      lines = 0;         ///< number of lines
  bool bias_on = false;  ///< whether the bias sources of these lines inject current
};

/// One macro for a caller that has pins and not tiles and bursts. It is programmed row by row, driven with
/// one vector at a time, and read one mux step at a time. The readouts have the same bits as those of the
/// burst path. Not thread-safe.
class Macro {
 public:
  /// `index` is the macro's number on its chip. Throws InputError for a configuration that is not allowed.
  Macro(const MacroConfig& config, std::size_t index);
  Macro(const Macro&) = delete;
  Macro& operator=(const Macro&) = delete;

  const MacroConfig& config() const { return config_; }  ///< configuration of the macro
  /// Number of lines that amplifiers can read.
  std::size_t lines() const;
  /// Trims the amplifiers, as `irc run` does, if the configuration asks for it. Otherwise does nothing.
  void trim();

  /// Programs one row. Row 0 starts a tile and evicts the tiles that share its bit lines; the last row
  /// completes the tile. Throws InputError for a row that is out of order, outside the macro or on other bit
  /// lines than the tile's other rows, and for a new tile before the last one is complete. The incomplete
  /// tile is lost then.
  void program_row(const ProgramRow& row);
  /// Programs a whole tile; `cells` is as for MacroCells::program. Throws InputError for a tile that is not
  /// allowed or while another tile is being programmed.
  void program(const TileExtent& extent, std::span<const std::uint8_t> cells);
  /// Throws InputError for a tile that the macro's size or its weight scheme does not allow.
  void check_extent(const TileExtent& extent) const;
  /// True if a tile has begun and is not complete.
  bool programming() const { return rows_done_ > 0; }
  /// Discards a tile that is not complete.
  void abandon_programming() { rows_done_ = 0; }

  /// Sets the biases of lines first_line + i, in unit currents of their sources. Throws InputError if the
  /// bias does not come from sources, or for lines that do not exist.
  void set_bias(std::size_t first_line, std::span<const std::int32_t> units);

  /// Makes one readout per amplifier: a decision 0 or 1, or a level for a multi-bit readout. Amplifiers that
  /// read no line give 0. The currents of a tile are computed once for all mux steps of an operation. Throws
  /// InputError for word lines outside the rows, rows or lines outside a programmed tile, too many lines, or
  /// names out of range, and InternalError if the solver does not converge.
  void read(const Operation& operation, const MuxStep& step, std::span<std::int32_t> readouts);

  /// Makes the checks of an operation that do not need its lines. Throws InputError for word lines outside
  /// the rows and for names out of range.
  static void check(const Operation& operation);

  /// The tile that has this line as an output, or nullptr.
  const ResidentTile* tile_of_line(std::size_t line) const;
  const MacroCells& cells() const { return cells_; }                 ///< cells of the macro
  const MacroAmplifiers& amplifiers() const { return amplifiers_; }  ///< amplifiers of the macro

 private:
  void check_row(const ProgramRow& row) const;
  const ResidentTile& tile_for(const Operation& operation, const MuxStep& step) const;
  void evaluate(const ResidentTile& tile, const Operation& operation);
  bool evaluated(const Operation& operation) const;

  MacroConfig config_;
  MacroCells cells_;
  MacroAmplifiers amplifiers_;
  std::vector<std::int32_t> bias_units_;  ///< per line

  TileExtent under_way_;  ///< its `rows` are not used
  std::size_t rows_done_ = 0;
  std::vector<std::uint64_t> row_cells_;  ///< [row][word]
  /// Number of the next tile; tiles need numbers, although no caller uses them.
  std::uint64_t next_tile_ = 0;

  // The currents of the last operation, and the operation they belong to.
  const ResidentTile* tile_ = nullptr;
  std::vector<std::uint64_t> word_lines_;
  array::RowRange rows_;
  std::uint64_t read_ = 0, group_ = 0;
  std::vector<double> currents_a_;
};

}  // namespace irc::macro
