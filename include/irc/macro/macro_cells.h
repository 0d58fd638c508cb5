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

/// A tile as it lies on its macro.
struct ResidentTile {
  TileExtent extent;
  std::unique_ptr<array::ProgrammedTile> cells;
  array::StateCurrents states;  ///< of these cells

  std::uint64_t programming_count() const { return cells->place().programming_count; }
};

/// The cells of one macro: programmed tile by tile, read through their bit-line currents. Not thread-safe.
class MacroCells {
 public:
  /// `config` must outlive the object.
  MacroCells(const MacroConfig& config, std::size_t macro);

  /// Puts another chip in place: all tiles are gone, later programming draws the new chip's cells.
  void change_chip(std::uint64_t chip_seed);

  bool fits(const TileExtent& extent) const;
  /// Says why an extent does not fit.
  std::string misfit(const TileExtent& extent) const;
  /// Programs a tile under `number`. Tiles that share a bit line with it are gone.
  /// \param cells  one bit a cell, 1 = LRS: cell (column, row) is bit column x rows + row (docs/registers.md)
  /// Throws InputError where the extent does not fit or `cells` has another size, and what the cells throw.
  const ResidentTile& program(std::uint64_t number, const TileExtent& extent,
                              std::span<const std::uint8_t> cells);
  /// Forgets the tiles that share a bit line with the extent.
  void evict(const TileExtent& extent);

  /// The tile of that number, or nullptr.
  const ResidentTile* find(std::uint64_t number) const;
  /// The tile that holds that bit line, or nullptr.
  const ResidentTile* tile_at(std::size_t column) const;

  /// Currents of a tile for one row group of a batch, whose first_read names its first vector: every row
  /// group is a read of its own. \param currents_a  out, [vector][column] Throws as
  /// array::ColumnEvaluator::evaluate.
  array::EvaluationStats evaluate(const ResidentTile& tile, array::WordLineBatch batch, std::uint64_t group,
                                  array::RowRange rows, std::span<double> currents_a) const;

 private:
  std::uint64_t count_programming(const TileExtent& extent);

  const MacroConfig& config_;
  std::size_t macro_;
  std::uint64_t chip_seed_;
  std::map<std::uint64_t, ResidentTile> tiles_;
  std::vector<std::uint64_t> programmings_;  ///< per bit line, whatever tile it was programmed for
};

}  // namespace irc::macro
