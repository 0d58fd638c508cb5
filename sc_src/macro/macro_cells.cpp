// SPDX-License-Identifier: Apache-2.0
#include "irc/macro/macro_cells.h"

#include <algorithm>
#include <utility>

#include "draw_names.h"
#include "irc/core/error.h"

namespace irc::macro {
namespace {

std::vector<array::CellState> states_of(std::size_t count, std::span<const std::uint8_t> cells) {
  std::vector<array::CellState> states(count);
  for (std::size_t i = 0; i < count; ++i)
    states[i] = ((cells[i / 8] >> (i % 8)) & 1) != 0 ? array::CellState::lrs : array::CellState::hrs;
  return states;
}

std::string text(const TileExtent& extent) {
  return std::to_string(extent.rows) + " rows on " + std::to_string(extent.columns) + " bit lines from " +
         std::to_string(extent.first_column) + " on";
}

}  // namespace

MacroCells::MacroCells(const MacroConfig& config, std::size_t macro)
    : config_(config),
      macro_(macro),
      chip_seed_(config.chip_seed),
      programmings_(2 * config.geometry.column_pairs, 0) {}

void MacroCells::change_chip(std::uint64_t chip_seed) {
  chip_seed_ = chip_seed;
  tiles_.clear();
  std::fill(programmings_.begin(), programmings_.end(), 0);
}

bool MacroCells::fits(const TileExtent& extent) const {
  const std::size_t lines = 2 * config_.geometry.column_pairs;
  return extent.rows > 0 && extent.rows <= config_.geometry.rows && extent.columns > 0 &&
         extent.columns <= lines && extent.first_column <= lines - extent.columns;
}

std::string MacroCells::misfit(const TileExtent& extent) const {
  return "a tile of " + text(extent) + " found, expected one that fits the macro's " +
         std::to_string(config_.geometry.rows) + " rows and " +
         std::to_string(2 * config_.geometry.column_pairs) + " bit lines";
}

const ResidentTile& MacroCells::program(std::uint64_t number, const TileExtent& extent,
                                        std::span<const std::uint8_t> cells) {
  if (!fits(extent)) throw InputError(misfit(extent));
  const std::size_t count = extent.rows * extent.columns;
  if (cells.size() != (count + 7) / 8)
    throw InputError(std::to_string(cells.size()) + " bytes of cells found, expected " +
                     std::to_string((count + 7) / 8) + " for a tile of " + text(extent));
  const auto states = states_of(count, cells);
  evict(extent);
  const array::TilePlace place{chip_seed_, macro_, 0, extent.first_column, count_programming(extent)};
  auto tile =
      std::make_unique<array::ProgrammedTile>(array::TileGeometry{extent.rows, extent.columns}, states,
                                              config_.card, config_.conditions, config_.nonidealities, place);
  array::StateCurrents currents(*tile);
  return tiles_.insert_or_assign(number, ResidentTile{extent, std::move(tile), std::move(currents)})
      .first->second;
}

void MacroCells::evict(const TileExtent& extent) {
  std::erase_if(tiles_, [&](const auto& entry) { return entry.second.extent.overlaps(extent); });
}

/// Returns the programming count of a tile. Cells keep their history whichever tile they are programmed for
/// next. Tiles start at word line 0 and share whole bit lines, so counting per bit line is enough. The count
/// is new to each of the tile's bit lines.
std::uint64_t MacroCells::count_programming(const TileExtent& extent) {
  const auto columns = std::span(programmings_).subspan(extent.first_column, extent.columns);
  const std::uint64_t count = *std::max_element(columns.begin(), columns.end());
  std::fill(columns.begin(), columns.end(), count + 1);
  return count;
}

const ResidentTile* MacroCells::find(std::uint64_t number) const {
  const auto found = tiles_.find(number);
  return found == tiles_.end() ? nullptr : &found->second;
}

const ResidentTile* MacroCells::tile_at(std::size_t column) const {
  for (const auto& [number, tile] : tiles_)
    if (column >= tile.extent.first_column && column - tile.extent.first_column < tile.extent.columns)
      return &tile;
  return nullptr;
}

array::EvaluationStats MacroCells::evaluate(const ResidentTile& tile, array::WordLineBatch batch,
                                            std::uint64_t group, array::RowRange rows,
                                            std::span<double> currents_a) const {
  batch.first_read = cell_read(batch.first_read, group);
  return config_.evaluator->evaluate(*tile.cells, batch, rows, currents_a);
}

}  // namespace irc::macro
