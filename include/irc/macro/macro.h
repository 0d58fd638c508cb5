// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "irc/macro/macro_amplifiers.h"
#include "irc/macro/macro_cells.h"

namespace irc::macro {

/// One row of cells, as programming takes them: rows in order from 0, all of the same bit lines.
struct ProgramRow {
  std::size_t row = 0;
  std::size_t first_column = 0, columns = 0;  ///< bit lines
  std::span<const std::uint64_t> cells;       ///< bit i = LRS for bit line first_column + i; others not used
  bool last = false;                          ///< the tile is complete
};

/// Word lines driven in one operation, and the names of its random draws.
struct Operation {
  std::span<const std::uint64_t> word_lines;  ///< bit r drives row r; none outside `rows`
  array::RowRange rows;                       ///< the row group that is enabled
  std::uint64_t read = 0;                     ///< picture * pixels + vector; below 2^40
  std::uint64_t group = 0;                    ///< number of the row group; below 2^19
};

/// The lines that the amplifiers read at one position of their mux: amplifier a reads the one line l in
/// [line, line + lines) with l mod amplifiers = a. Numbered as MacroAmplifiers numbers them.
struct MuxStep {
  std::size_t line = 0, lines = 0;
  bool bias_on = false;  ///< the bias sources of these lines inject
};

/// One macro for a caller who has pins instead of tiles and bursts: programs row by row, drives one vector at
/// a time and reads it one mux step at a time. Readouts are those of the burst path, bit by bit. Not
/// thread-safe.
class Macro {
 public:
  /// `index` is the macro's number on its chip. Throws InputError for a config that makes no sense.
  Macro(const MacroConfig& config, std::size_t index);
  Macro(const Macro&) = delete;
  Macro& operator=(const Macro&) = delete;

  const MacroConfig& config() const { return config_; }
  /// Number of lines that amplifiers can read.
  std::size_t lines() const;
  /// Trims the amplifiers as `irc run` does where the configuration asks for it; else does nothing.
  void trim();

  /// Row 0 starts a tile and evicts those that share its bit lines; the last row completes it.
  /// Throws InputError for a row out of order, outside the macro or unlike the tile's other rows, and where a
  /// tile starts before the one before it was complete; that one is lost then.
  void program_row(const ProgramRow& row);
  /// A whole tile at once; `cells` as MacroCells::program takes them. Throws InputError alike.
  void program(const TileExtent& extent, std::span<const std::uint8_t> cells);
  /// Throws InputError for a tile that the macro's size or its weight scheme does not allow.
  void check_extent(const TileExtent& extent) const;
  /// A tile has begun and is not complete.
  bool programming() const { return rows_done_ > 0; }
  /// Forgets a tile that is not complete.
  void abandon_programming() { rows_done_ = 0; }

  /// Biases of the sources of lines first_line + i, in unit currents. Throws InputError where the bias does
  /// not come from sources, or for lines that do not exist.
  void set_bias(std::size_t first_line, std::span<const std::int32_t> units);

  /// One readout per amplifier: a decision 0 or 1, multi-bit a level. Amplifiers that read no line give 0.
  /// The currents of a tile are found once for all mux steps of an operation.
  /// Throws InputError for word lines outside the rows, rows or lines outside a programmed tile, too many
  /// lines, or names out of range; InternalError where a column has no solution.
  void read(const Operation& operation, const MuxStep& step, std::span<std::int32_t> readouts);

  /// What can be said of an operation before its lines are known. Throws InputError for word lines outside
  /// the rows and for names out of range.
  static void check(const Operation& operation);

  /// The tile whose output that line is, or nullptr.
  const ResidentTile* tile_of_line(std::size_t line) const;
  const MacroCells& cells() const { return cells_; }
  const MacroAmplifiers& amplifiers() const { return amplifiers_; }

 private:
  void check_row(const ProgramRow& row) const;
  const ResidentTile& tile_for(const Operation& operation, const MuxStep& step) const;
  void evaluate(const ResidentTile& tile, const Operation& operation);
  bool evaluated(const Operation& operation) const;

  MacroConfig config_;
  MacroCells cells_;
  MacroAmplifiers amplifiers_;
  std::vector<std::int32_t> bias_units_;  ///< per line

  TileExtent under_way_;  ///< `rows` counts nothing yet
  std::size_t rows_done_ = 0;
  std::vector<std::uint64_t> row_cells_;  ///< [row][word]
  std::uint64_t next_tile_ = 0;           ///< tiles need a number each, which nobody asks for

  // Currents of the operation last read, and what they are of.
  const ResidentTile* tile_ = nullptr;
  std::vector<std::uint64_t> word_lines_;
  array::RowRange rows_;
  std::uint64_t read_ = 0, group_ = 0;
  std::vector<double> currents_a_;
};

}  // namespace irc::macro
