// SPDX-License-Identifier: Apache-2.0
#include "irc/macro/macro.h"

#include <algorithm>
#include <string>

#include "draw_names.h"
#include "irc/core/bits.h"
#include "irc/core/error.h"

namespace irc::macro {
namespace {

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

std::string range(std::size_t begin, std::size_t end) {
  return "[" + number(begin) + ", " + number(end) + ")";
}

/// The first bit set outside [begin, end), or the number of bits if there is none.
std::size_t first_outside(std::span<const std::uint64_t> words, std::size_t begin, std::size_t end) {
  const std::size_t bits = words.size() * 64;
  for (std::size_t w = 0; w < words.size(); ++w) {
    if (words[w] == 0) continue;
    for (std::size_t i = w * 64; i < w * 64 + 64; ++i)
      if (((words[w] >> (i % 64)) & 1) != 0 && (i < begin || i >= end)) return i;
  }
  return bits;
}

}  // namespace

Macro::Macro(const MacroConfig& config, std::size_t index)
    : config_(config), cells_(config_, index), amplifiers_(config_, index) {
  if (config_.evaluator == nullptr) throw InputError("macro without a column evaluator");
  if (index >= config_.geometry.macros)
    throw InputError("macro " + number(index) + " found, expected one of the chip's " +
                     number(config_.geometry.macros) + " macros, numbered from 0");
  if (!config_.sense.layers.empty())
    throw InputError("sense.layers: working points of " + number(config_.sense.layers.size()) +
                     " layers found, expected none: a macro's pins do not tell the layer of an operation");
  bias_units_.assign(lines(), 0);
}

std::size_t Macro::lines() const {
  return (config_.reference_scheme() ? 2 : 1) * config_.geometry.column_pairs;
}

void Macro::trim() {
  if (config_.sense.trim.enabled) amplifiers_.calibrate(trim_common_units * config_.unit_current_a);
}

void Macro::check_extent(const TileExtent& extent) const {
  if (!cells_.fits(extent)) throw InputError(cells_.misfit(extent));
  if (extent.first_column % 2 != 0)
    throw InputError("a tile that starts at bit line " + number(extent.first_column) +
                     " found, expected an even bit line, where a column pair starts");
  const bool reference = config_.reference_scheme();
  if (reference ? extent.columns < 3 : extent.columns % 2 != 0)
    throw InputError("a tile of " + number(extent.columns) + " bit lines found, expected " +
                     (reference ? "at least one output and two reference columns" : "pairs of columns"));
}

void Macro::check_row(const ProgramRow& row) const {
  if (row.row == 0 && programming())
    throw InputError("row 0 of a new tile found, expected row " + number(rows_done_) +
                     " of the tile on bit line " + number(under_way_.first_column) +
                     ", which is not complete");
  if (row.row != rows_done_)
    throw InputError("row " + number(row.row) + " programmed, expected row " + number(rows_done_));
  if (row.row > 0 && (row.first_column != under_way_.first_column || row.columns != under_way_.columns))
    throw InputError("row " + number(row.row) + " programmed on " + number(row.columns) + " bit lines from " +
                     number(row.first_column) + " on, expected the " + number(under_way_.columns) + " from " +
                     number(under_way_.first_column) + " on, as in row 0");
  check_extent({row.row + 1, row.first_column, row.columns});
  if (row.cells.size() < words_for(row.columns))
    throw InputError(number(row.cells.size()) + " words of cells found, expected " +
                     number(words_for(row.columns)) + " for " + number(row.columns) + " bit lines");
}

void Macro::program_row(const ProgramRow& row) {
  try {
    check_row(row);
  } catch (...) {
    abandon_programming();
    throw;
  }
  const std::size_t words = words_for(row.columns);
  if (row.row == 0) {
    under_way_ = {0, row.first_column, row.columns};
    row_cells_.clear();
    tile_ = nullptr;
    cells_.evict(under_way_);
  }
  row_cells_.insert(row_cells_.end(), row.cells.begin(), row.cells.begin() + words);
  ++rows_done_;
  if (!row.last) return;
  const TileExtent extent{rows_done_, row.first_column, row.columns};
  abandon_programming();
  std::vector<std::uint8_t> cells((extent.rows * extent.columns + 7) / 8, 0);
  for (std::size_t r = 0; r < extent.rows; ++r)
    for (std::size_t c = 0; c < extent.columns; ++c) {
      const std::size_t bit = c * extent.rows + r;
      if (((row_cells_[r * words + c / 64] >> (c % 64)) & 1) != 0)
        cells[bit / 8] = static_cast<std::uint8_t>(cells[bit / 8] | 1u << (bit % 8));
    }
  cells_.program(next_tile_++, extent, cells);
}

void Macro::program(const TileExtent& extent, std::span<const std::uint8_t> cells) {
  if (programming())
    throw InputError("a whole tile found while the tile on bit line " + number(under_way_.first_column) +
                     " is being programmed row by row, expected its row " + number(rows_done_));
  check_extent(extent);
  tile_ = nullptr;
  cells_.program(next_tile_++, extent, cells);
}

void Macro::set_bias(std::size_t first_line, std::span<const std::int32_t> units) {
  if (config_.geometry.bias != mapping::BiasPlacement::source)
    throw InputError("biases of lines found, expected none, because array.bias is not \"source\"");
  if (first_line > bias_units_.size() || units.size() > bias_units_.size() - first_line)
    throw InputError("biases of lines " + range(first_line, first_line + units.size()) +
                     " found, expected lines below " + number(bias_units_.size()));
  std::copy(units.begin(), units.end(), bias_units_.begin() + static_cast<std::ptrdiff_t>(first_line));
}

const ResidentTile* Macro::tile_of_line(std::size_t line) const {
  const auto* tile = line < lines() ? cells_.tile_at(config_.reference_scheme() ? line : 2 * line) : nullptr;
  if (tile == nullptr) return nullptr;
  return line - amplifiers_.first_line(tile->extent) < amplifiers_.outputs(tile->extent) ? tile : nullptr;
}

const ResidentTile& Macro::tile_for(const Operation& operation, const MuxStep& step) const {
  const std::size_t amplifiers = config_.geometry.amplifiers;
  if (step.lines == 0 || step.lines > amplifiers)
    throw InputError(number(step.lines) + " lines found, expected 1 to " + number(amplifiers) +
                     ", as many as there are amplifiers");
  const auto* tile = tile_of_line(step.line);
  const std::string lines = "lines " + range(step.line, step.line + step.lines);
  if (tile == nullptr) throw InputError(lines + " found, expected outputs of a programmed tile");
  const std::size_t first = amplifiers_.first_line(tile->extent),
                    end = first + amplifiers_.outputs(tile->extent);
  if (step.line + step.lines > end)
    throw InputError(lines + " found, expected outputs of one tile, which has the lines " +
                     range(first, end));
  const auto& rows = operation.rows;
  if (rows.begin >= rows.end || rows.end > tile->extent.rows)
    throw InputError("rows " + range(rows.begin, rows.end) + " found, expected rows within the tile's " +
                     number(tile->extent.rows));
  if (step.bias_on && config_.geometry.bias != mapping::BiasPlacement::source)
    throw InputError("bias sources are on, expected off, because array.bias is not \"source\"");
  return *tile;
}

void Macro::check(const Operation& operation) {
  const auto& rows = operation.rows;
  const std::size_t stray = first_outside(operation.word_lines, rows.begin, rows.end);
  if (stray < operation.word_lines.size() * 64)
    throw InputError("word line " + number(stray) + " is driven, expected none outside the enabled rows " +
                     range(rows.begin, rows.end));
  if (operation.read >= most_reads || operation.group >= most_groups)
    throw InputError("read " + number(operation.read) + " of row group " + number(operation.group) +
                     " found, expected a read below 2^40 and a row group below 2^19");
}

bool Macro::evaluated(const Operation& operation) const {
  return operation.rows.begin == rows_.begin && operation.rows.end == rows_.end && operation.read == read_ &&
         operation.group == group_ &&
         std::equal(operation.word_lines.begin(), operation.word_lines.end(), word_lines_.begin(),
                    word_lines_.end());
}

void Macro::evaluate(const ResidentTile& tile, const Operation& operation) {
  if (tile_ == &tile && evaluated(operation)) return;
  check(operation);
  tile_ = nullptr;  // set again when the currents are those of this operation
  word_lines_.assign(operation.word_lines.begin(), operation.word_lines.end());
  rows_ = operation.rows;
  read_ = operation.read;
  group_ = operation.group;
  const std::size_t words = words_for(tile.extent.rows), given = word_lines_.size();
  if (given < words) word_lines_.resize(words, 0);
  currents_a_.resize(tile.extent.columns);
  cells_.evaluate(tile, {word_lines_.data(), words, 1, read_}, group_, rows_, currents_a_);
  word_lines_.resize(given);
  tile_ = &tile;
}

void Macro::read(const Operation& operation, const MuxStep& step, std::span<std::int32_t> readouts) {
  const std::size_t amplifiers = config_.geometry.amplifiers;
  if (readouts.size() != amplifiers)
    throw InputError("room for " + number(readouts.size()) + " readouts found, expected " +
                     number(amplifiers) + ", one per amplifier");
  const auto& tile = tile_for(operation, step);
  evaluate(tile, operation);
  GroupReading reading;
  reading.tile = tile.extent;
  reading.programming_count = tile.programming_count();
  reading.currents_a = currents_a_;
  reading.vectors = 1;
  reading.first_output = step.line - amplifiers_.first_line(tile.extent);
  reading.outputs = step.lines;
  reading.first_read = operation.read;
  reading.group = operation.group;
  if (step.bias_on) reading.bias_units = std::span(bias_units_).subspan(step.line, step.lines);
  std::vector<std::int32_t> levels(step.lines);
  amplifiers_.decide(reading, levels, step.lines);
  std::fill(readouts.begin(), readouts.end(), 0);
  for (std::size_t i = 0; i < step.lines; ++i) readouts[(step.line + i) % amplifiers] = levels[i];
}

}  // namespace irc::macro
