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

using device::CellState;

struct TileGeometry {
  std::size_t rows = 0;
  std::size_t columns = 0;
  friend bool operator==(const TileGeometry&, const TileGeometry&) = default;
};

/// Where the source lines are grounded. The bit-line clamp sits above row 0, so `top` grounds at the clamp's
/// end and `bottom` at the far end.
enum class SourceLineGround : std::uint8_t { bottom, top };

/// Electrical conditions of a read.
struct ArrayConditions {
  double v_wl_v = 0;
  double v_bl_v = 0;
  double v_wl_off_v = 0;
  double r_bl_ohm = 0;  ///< per row
  double r_sl_ohm = 0;  ///< per row; the ground lies one such segment beyond the end row
  double r_clamp_ohm = 0;
  SourceLineGround ground = SourceLineGround::bottom;

  /// The card's nominal values.
  static ArrayConditions nominal(const device::TechnologyCard& card);
};

/// Names the physical place of a tile; every draw of its cells and reads hangs on it.
struct TilePlace {
  std::uint64_t chip_seed = 1;
  std::uint64_t macro = 0;
  std::size_t origin_row = 0;  ///< of the tile in its macro
  std::size_t origin_column = 0;
  std::uint64_t programming_count = 0;  ///< how often its cells were programmed before, by any tile
};

/// A rectangle of programmed cells whose columns are read out together: the cells' parameters, all
/// variation drawn, and the conditions of reading. Immutable; may be used from many threads.
class ProgrammedTile {
 public:
  /// \param states  column-major: states[column * rows + row]
  /// Throws InputError for an empty tile, a wrong number of states, or conditions out of range.
  ProgrammedTile(TileGeometry geometry, std::span<const CellState> states, const device::TechnologyCard& card,
                 const ArrayConditions& conditions, const device::Nonidealities& nonidealities,
                 const TilePlace& place);
  ~ProgrammedTile();
  ProgrammedTile(ProgrammedTile&&) noexcept;
  ProgrammedTile& operator=(ProgrammedTile&&) noexcept;

  const TileGeometry& geometry() const { return geometry_; }
  const device::TechnologyCard& card() const { return card_; }
  const ArrayConditions& conditions() const { return conditions_; }
  const device::Nonidealities& nonidealities() const { return nonidealities_; }
  const TilePlace& place() const { return place_; }

  /// Parameters of the cells of one column, [row].
  std::span<const double> r_ohm(std::size_t column) const;
  std::span<const double> v_t_v(std::size_t column) const;
  std::span<const CellState> states(std::size_t column) const;
  /// Clamp voltage of a column, with its spread.
  double v_bl_v(std::size_t column) const { return v_bl_v_[column]; }
  /// True if all cells of a state are alike over the whole tile (no resistance or threshold spread).
  bool uniform_states() const { return uniform_states_; }
  /// Standard normal of one read of one column.
  double read_noise_normal(std::size_t column, std::uint64_t read) const {
    return double{read_noise_[column].coarse_normal(read)};
  }

  /// The same draws' families, [column].
  std::span<const CounterRandom> read_noise() const { return read_noise_; }

  /// Data an evaluator derives from the tile, made once on first use, kept with the tile.
  struct Derived;
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
