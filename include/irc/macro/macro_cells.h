// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "irc/array/state_currents.h"
#include "irc/macro/macro_config.h"

namespace irc::macro {

/// A tile that is programmed into a macro.
struct ResidentTile {
  TileExtent extent;                             ///< where it lies
  std::unique_ptr<array::ProgrammedTile> cells;  ///< its cells
  array::StateCurrents states;                   ///< currents of these cells by state

  /// How often the tile's bit lines were programmed before.
  std::uint64_t programming_count() const { return cells->place().programming_count; }
};

/// The cells of one macro. They are programmed tile by tile and read through their bit-line currents. Not
/// thread-safe.
class MacroCells {
 public:
  /// `config` must outlive the object.
  MacroCells(const MacroConfig& config, std::size_t macro);

  /// Changes the chip. All tiles are lost, and later programming draws the new chip's cells.
  void change_chip(std::uint64_t chip_seed);

  /// Whether a tile of this extent lies within the macro.
  bool fits(const TileExtent& extent) const;
  /// The error message for an extent that does not fit.
  std::string misfit(const TileExtent& extent) const;
  /// Programs a tile under `number`. Tiles that share a bit line with it are lost. `cells` has one bit per
  /// cell, 1 = LRS: cell (column, row) is bit column x rows + row (docs/registers.md). Throws InputError if
  /// the extent does not fit or `cells` has another size, and the exceptions of array::ProgrammedTile.
  const ResidentTile& program(std::uint64_t number, const TileExtent& extent,
                              std::span<const std::uint8_t> cells);
  /// Discards the tiles that share a bit line with the extent.
  void evict(const TileExtent& extent);

  /// The tile with that number, or nullptr.
  const ResidentTile* find(std::uint64_t number) const;
  /// The tile that holds that bit line, or nullptr.
  const ResidentTile* tile_at(std::size_t column) const;

  /// Computes the currents of a tile for one row group of a batch. The batch's first_read names its first
  /// vector, and every row group counts as a separate read. `currents_a` is the output, [vector][column].
  /// Throws the exceptions of array::ColumnEvaluator::evaluate.
  array::EvaluationStats evaluate(const ResidentTile& tile, array::WordLineBatch batch, std::uint64_t group,
                                  array::RowRange rows, std::span<double> currents_a) const;

 private:
  std::uint64_t count_programming(const TileExtent& extent);

  const MacroConfig& config_;
  std::size_t macro_;
  std::uint64_t chip_seed_;
  std::map<std::uint64_t, ResidentTile> tiles_;
  std::vector<std::uint64_t> programmings_;  ///< per bit line, counted over all tiles
};

}  // namespace irc::macro
