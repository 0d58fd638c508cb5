// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "irc/core/random.h"
#include "irc/device/cell.h"
#include "irc/device/nonidealities.h"
#include "irc/device/technology_card.h"

namespace irc::array {

/// The state of a cell's RRAM.
using device::CellState;

/// The size of a tile.
struct TileGeometry {
  std::size_t rows = 0;     ///< word lines
  std::size_t columns = 0;  ///< bit lines
  /// True if both dimensions are equal.
  friend bool operator==(const TileGeometry&, const TileGeometry&) = default;
};

/// Where the source lines are grounded. The bit-line clamp is above row 0, so `top` grounds at the clamp's
/// end and `bottom` at the far end.
enum class SourceLineGround : std::uint8_t {
  bottom,  ///< grounded at the far end
  top      ///< grounded at the clamp's end
};

/// The electrical conditions of a read.
struct ArrayConditions {
  double v_wl_v = 0;      ///< word-line voltage of a driven row
  double v_bl_v = 0;      ///< voltage of the bit-line clamp
  double v_wl_off_v = 0;  ///< word-line voltage of an undriven row
  double r_bl_ohm = 0;    ///< bit-line resistance per row
  double r_sl_ohm = 0;  ///< source-line resistance per row; the ground is one such segment beyond the end row
  double r_clamp_ohm = 0;                              ///< output resistance of the clamp
  SourceLineGround ground = SourceLineGround::bottom;  ///< where the source lines are grounded

  /// The nominal values of the card.
  static ArrayConditions nominal(const device::TechnologyCard& card);
};

/// Names the physical place of a tile. All random draws of its cells and reads depend on it.
struct TilePlace {
  std::uint64_t chip_seed = 1;          ///< names the chip
  std::uint64_t macro = 0;              ///< number of the macro on the chip
  std::size_t origin_row = 0;           ///< first row of the tile in its macro
  std::size_t origin_column = 0;        ///< first column of the tile in its macro
  std::uint64_t programming_count = 0;  ///< how often the cells were programmed before, by any tile
};

/// A rectangle of programmed cells whose columns are read together. It holds the cells' parameters, with all
/// variation drawn, and the conditions of reading. It does not change after construction, so many threads may
/// use it.
class ProgrammedTile {
 public:
  /// Draws the cells of a tile that is programmed to `states`, which is column-major: states[column * rows +
  /// row]. Throws InputError for an empty tile, a wrong number of states, or conditions out of range.
  ProgrammedTile(TileGeometry geometry, std::span<const CellState> states, const device::TechnologyCard& card,
                 const ArrayConditions& conditions, const device::Nonidealities& nonidealities,
                 const TilePlace& place);
  ~ProgrammedTile();
  /// Moves the cells. The source can only be destroyed or assigned to.
  ProgrammedTile(ProgrammedTile&&) noexcept;
  /// Moves the cells. The source can only be destroyed or assigned to.
  ProgrammedTile& operator=(ProgrammedTile&&) noexcept;

  const TileGeometry& geometry() const { return geometry_; }         ///< size of the tile
  const device::TechnologyCard& card() const { return card_; }       ///< technology
  const ArrayConditions& conditions() const { return conditions_; }  ///< conditions of reading
  /// Sources of error that are switched on.
  const device::Nonidealities& nonidealities() const { return nonidealities_; }
  const TilePlace& place() const { return place_; }  ///< physical place

  /// Resistances of the cells of one column at small voltages, in ohm, [row].
  std::span<const double> r_ohm(std::size_t column) const;
  /// Threshold voltages of the cells of one column, in volt, [row].
  std::span<const double> v_t_v(std::size_t column) const;
  /// States of the cells of one column, [row].
  std::span<const CellState> states(std::size_t column) const;
  /// Clamp voltage of a column in volt, with its spread.
  double v_bl_v(std::size_t column) const { return v_bl_v_[column]; }
  /// True if all cells of each state are equal over the whole tile (no spread of resistance or threshold).
  bool uniform_states() const { return uniform_states_; }
  /// Standard normal draw for the noise of one read of one column.
  double read_noise_normal(std::size_t column, std::uint64_t read) const {
    return double{read_noise_[column].coarse_normal(read)};
  }

  /// The random families of these draws, [column].
  std::span<const CounterRandom> read_noise() const { return read_noise_; }

  /// Data that an evaluator derives from the tile. It is prepared once, on first use, and kept with the tile.
  struct Derived;
  /// The derived data. Only evaluators use it.
  Derived& derived() const { return *derived_; }

 private:
  TileGeometry geometry_;
  device::TechnologyCard card_;
  ArrayConditions conditions_;
  device::Nonidealities nonidealities_;
  TilePlace place_;
  std::vector<double> r_ohm_, v_t_v_, v_bl_v_;
  std::vector<CellState> states_;
  std::vector<CounterRandom> read_noise_;  // [column]
  bool uniform_states_ = false;
  std::unique_ptr<Derived> derived_;
};

}  // namespace irc::array
