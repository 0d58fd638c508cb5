// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <string>

#include "irc/core/bits.h"
#include "irc/model/controller.h"

namespace irc::model {

using mapping::Descriptor;
using mapping::Opcode;
using mapping::TileRecord;
using sc_core::sc_time;

namespace {

std::uint64_t driven_rows(const MacroJob& job, const GroupRows& rows) {
  const std::size_t words = words_for(job.burst.tile.rows), vectors = job.burst.vectors;
  // Bits beyond the last row are zero, so a whole tile can be counted in whole words.
  if (rows.begin == 0 && rows.end == job.burst.tile.rows) return count_ones({job.inputs, vectors * words});
  std::uint64_t driven = 0;
  for (std::size_t v = 0; v < vectors; ++v)
    driven += count_bits(job.inputs + v * words, rows.begin, rows.end);
  return driven;
}

}  // namespace

std::unique_ptr<MacroJob> Controller::take_job() {
  if (idle_jobs_.empty()) return std::make_unique<MacroJob>();
  auto job = std::move(idle_jobs_.back());
  idle_jobs_.pop_back();
  return job;
}

/// Returns the word lines of a tile's rows. Those of the output rows [first_y, last_y] are filled in.
const WordLines& Controller::word_lines(LayerWork& work, const TileRecord& tile, int first_y, int last_y) {
  const auto& d = work.descriptor;
  const auto same = [&](const auto& lines) {
    return lines->row_begin == tile.row_begin && lines->rows == tile.rows;
  };
  auto found = std::find_if(work.lines.begin(), work.lines.end(), same);
  if (found == work.lines.end()) {
    const std::size_t words = words_for(tile.rows), pixels = std::size_t{d.out_height} * d.out_width;
    work.lines.push_back(std::make_unique<WordLines>(WordLines{tile.row_begin,
                                                               tile.rows,
                                                               words,
                                                               std::vector<std::uint64_t>(pixels * words),
                                                               std::vector<bool>(d.out_height, false),
                                                               {work.window, work.inputs[0]}}));
    found = std::prev(work.lines.end());
  }
  auto& lines = **found;
  const std::size_t end = std::min<std::size_t>(tile.row_begin + tile.rows, tile.weight_rows);
  const std::size_t weights = end > tile.row_begin ? end - tile.row_begin : 0;
  for (int y = first_y; y <= last_y; ++y) {
    if (lines.filled[static_cast<std::size_t>(y)]) continue;
    lines.filled[static_cast<std::size_t>(y)] = true;
    std::uint64_t* row = lines.bits.data() + static_cast<std::size_t>(y) * d.out_width * lines.words;
    lines.windows.unroll(y, d.out_width, tile.row_begin, tile.row_begin + weights, row, lines.words);
    // Bias rows are always driven.
    for (std::size_t x = 0; weights < tile.rows && x < d.out_width; ++x)
      set_bits(row + x * lines.words, weights, tile.rows);
  }
  return lines;
}

std::unique_ptr<MacroJob> Controller::next_burst(LayerWork& work, MacroCursor& cursor) {
  const auto& d = work.descriptor;
  const TileRecord& tile = *cursor.tiles[cursor.tile];
  auto job = take_job();
  auto& burst = job->burst;
  burst.tile = tile;
  burst.layer = d.layer;
  burst.phases = cursor.phases[cursor.tile];
  const auto pixels = static_cast<std::uint32_t>(d.out_height) * d.out_width;
  burst.first_vector = static_cast<std::uint32_t>(cursor.y * d.out_width + cursor.x);
  const std::uint32_t row_end =
      work.rows_unseen() ? pixels : static_cast<std::uint32_t>((cursor.y + 1) * d.out_width);
  burst.vectors = std::min(config_.burst_vectors, row_end - burst.first_vector);
  burst.row_vectors = d.out_width;
  burst.first_read = registers_.picture() * std::uint64_t{pixels} + burst.first_vector;
  burst.bias = nullptr;
  if (config_.geometry.bias == mapping::BiasPlacement::source && tile.row_begin == 0)
    burst.bias = &resident(tile)->biases;

  const std::uint32_t end = burst.first_vector + burst.vectors;
  const auto& lines = word_lines(work, tile, cursor.y, static_cast<int>((end - 1) / d.out_width));
  job->inputs = lines.bits.data() + burst.first_vector * lines.words;
  job->input_bytes = burst.vectors * lines.words * sizeof(std::uint64_t);

  cursor.y = static_cast<int>(end / d.out_width);
  cursor.x = static_cast<int>(end % d.out_width);
  if (end == pixels) {
    cursor.y = cursor.x = 0;
    ++cursor.tile;
  }
  return job;
}

void Controller::burst_done(LayerWork& work, std::unique_ptr<MacroJob> job) {
  const auto& burst = job->burst;
  accumulate(work, burst);
  publish_burst(work, *job);
  if (config_.on_burst) config_.on_burst(burst, {job->inputs, job->input_bytes / sizeof(std::uint64_t)});
  const std::uint32_t width = burst.row_vectors, end = burst.first_vector + burst.vectors;
  for (std::uint32_t first = burst.first_vector; first < end;) {
    const std::uint32_t y = first / width, next = std::min(end, (y + 1) * width);
    work.parts_left[y] -= next - first;
    if (work.parts_left[y] == 0) row_finished(work, static_cast<int>(y));
    first = next;
  }
  idle_jobs_.push_back(std::move(job));
}

void Controller::accumulate(LayerWork& work, const MacroBurst& burst) {
  if (!work.sums.empty()) {
    add_up(work, burst);
    return;
  }
  const auto& tile = burst.tile;
  const std::size_t words = words_for(tile.outputs);
  for (std::uint32_t v = 0; v < burst.vectors; ++v)
    copy_bits(burst.decisions.data() + v * words, 0, work.output.bits.row(burst.first_vector + v).data(),
              tile.output_begin, tile.outputs);
}

void Controller::add_up(LayerWork& work, const MacroBurst& burst) {
  const std::size_t outputs = burst.tile.outputs, words = words_for(outputs);
  const bool multi_bit = config_.sense.kind == sense::SenseConfig::Kind::multi_bit;
  for (std::uint32_t v = 0; v < burst.vectors; ++v) {
    std::int64_t* sums = work.sums.data() +
                         std::size_t{burst.first_vector + v} * work.descriptor.out_channels +
                         burst.tile.output_begin;
    for (std::size_t g = 0; g < burst.phases.groups; ++g) {
      const std::size_t row = g * burst.vectors + v;
      if (multi_bit) {
        for (std::size_t o = 0; o < outputs; ++o) sums[o] += burst.levels[row * outputs + o];
      } else {
        // A one-bit readout of a part counts as a vote of +1 or -1.
        const std::uint64_t* bits = burst.decisions.data() + row * words;
        for (std::size_t o = 0; o < outputs; ++o)
          sums[o] += 2 * static_cast<std::int64_t>((bits[o / 64] >> (o % 64)) & 1) - 1;
      }
    }
  }
}

void Controller::row_finished(LayerWork& work, int y) {
  if (!work.sums.empty()) {
    const auto& d = work.descriptor;
    for (const auto& tile : work.tiles) {
      const auto& biases = resident(tile)->biases;
      const bool digital_bias =
          config_.geometry.bias == mapping::BiasPlacement::digital && !biases.empty() && tile.row_begin == 0;
      for (std::size_t o = 0; tile.row_begin == 0 && o < tile.outputs; ++o) {
        const std::size_t channel = tile.output_begin + o;
        for (std::size_t x = 0; x < d.out_width; ++x) {
          const std::size_t pixel = static_cast<std::size_t>(y) * d.out_width + x;
          const double sum =
              static_cast<double>(work.sums[pixel * d.out_channels + channel]) * config_.level_units;
          // With a level of one unit, integer sums lie half a unit away from the threshold.
          const bool fires = digital_bias ? sum + biases[o] - 0.5 > 0 : sum > 0;
          work.output.bits.set(pixel, channel, fires);
        }
      }
    }
  }
  work.finished_rows[static_cast<std::size_t>(y)] = true;
  if (work.streams_output()) output_row_event_.notify();
}

/// Counts additions and the traffic of partial sums and outputs. The first readout of an output is loaded,
/// each further one is added. Row pieces of a layer combine in the buffer: each writes its partial sum, and
/// all but the first read it before.
void Controller::count_sums(const LayerWork& work, const MacroBurst& burst, Event& event) const {
  const bool first_piece = burst.tile.row_begin == 0, pieces = burst.tile.row_pieces > 1;
  const bool digital_bias = work.adds_up && config_.geometry.bias == mapping::BiasPlacement::digital;
  const bool first_readout = event.row_group == 0 && first_piece;
  if (!first_readout || digital_bias) event.adds = event.decisions;
  event.bits_read = event.switched_rows;
  if (event.row_group != 0) return;
  const std::uint64_t sum_bits = event.decisions * config_.timing.partial_sum_bits;
  if (pieces) event.bits_written = sum_bits;
  if (pieces && !first_piece) event.bits_read += sum_bits;
  if (first_piece) event.bits_written += event.decisions;
}

void Controller::publish_burst(const LayerWork& work, const MacroJob& job) {
  const auto& burst = job.burst;
  const auto& p = burst.phases;
  const double clock_s = config_.timing.t_clk_s;
  for (std::size_t g = 0; g < p.groups; ++g) {
    const auto rows = group_rows(burst, g);
    Event event;
    event.kind = EventKind::macro_operation;
    event.layer = work.descriptor.layer;
    event.tile = burst.tile.tile;
    event.macro = burst.tile.macro;
    event.row_group = static_cast<std::uint32_t>(g);
    event.row_groups = static_cast<std::uint32_t>(p.groups);
    event.row_vectors = burst.row_vectors;
    event.vector_begin = burst.first_vector;
    event.vector_end = burst.first_vector + burst.vectors;
    event.start_s = seconds(burst.load_start_cycle);
    event.end_s = seconds(burst.end_cycle);
    event.load_s = static_cast<double>(burst.starts_row(0) ? p.load_full : p.load_slide) * clock_s;
    event.load_full_s = static_cast<double>(p.load_full) * clock_s;
    event.load_slide_s = static_cast<double>(p.load_slide) * clock_s;
    event.drive_s = static_cast<double>(p.drive) * clock_s;
    event.settle_s = static_cast<double>(p.settle) * clock_s;
    event.sense_s = static_cast<double>(p.sense) * clock_s;
    event.store_s = static_cast<double>(p.store) * clock_s;
    event.active_word_lines = driven_rows(job, rows);
    // The register is loaded once per vector, for all row groups.
    if (g == 0) event.switched_rows = std::uint64_t{burst.vectors} * burst.tile.rows;
    event.decisions = std::uint64_t{burst.vectors} * burst.tile.outputs;
    count_sums(work, burst, event);
    event.bit_lines = std::uint64_t{burst.vectors} * burst.tile.columns;
    event.array_current_a = burst.group_current_a[g];
    event.hrs_current_a = burst.group_hrs_a[g];
    event.off_current_a = burst.group_off_a[g];
    event.bias_current_a = burst.group_bias_a[g];
    event.macs = std::uint64_t{burst.vectors} * burst.tile.outputs * (rows.end - rows.begin);
    event.fallback_vectors = g == 0 ? burst.fallback_vectors : 0;
    event.newton_iterations = g == 0 ? burst.newton_iterations : 0;
    if (g == 0) event.evaluated_by = burst.evaluated_by;
    events_.publish(event);
  }
}

}  // namespace irc::model
