// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <string>

#include "irc/core/bits.h"
#include "irc/model/controller.h"

namespace irc::model {

using mapping::Descriptor;
using mapping::Opcode;
using mapping::TileRecord;
using sc_core::sc_time;

namespace {

std::uint64_t count_ones(std::span<const std::uint64_t> words, std::size_t from, std::size_t to) {
  std::uint64_t ones = 0;
  for (std::size_t bit = from; bit < to;) {
    const std::size_t take = std::min<std::size_t>(64 - bit % 64, to - bit);
    const std::uint64_t mask = take == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << take) - 1;
    ones += static_cast<std::uint64_t>(std::popcount((words[bit / 64] >> (bit % 64)) & mask));
    bit += take;
  }
  return ones;
}

}  // namespace

std::unique_ptr<MacroJob> Controller::next_burst(LayerWork& work, MacroCursor& cursor) {
  const auto& d = work.descriptor;
  const TileRecord& tile = *cursor.tiles[cursor.tile];
  auto job = std::make_unique<MacroJob>();
  job->y = cursor.y;
  job->x = cursor.x;
  auto& burst = job->burst;
  burst.tile = tile;
  burst.layer = d.layer;
  burst.phases = mapping::vector_phases(config_.timing, config_.geometry, d, tile);
  burst.vectors =
      std::min<std::uint32_t>(config_.burst_vectors, static_cast<std::uint32_t>(d.out_width - cursor.x));
  burst.first_vector = static_cast<std::uint32_t>(cursor.y * d.out_width + cursor.x);
  burst.starts_row = cursor.x == 0;
  const std::uint64_t pixels = std::uint64_t{d.out_height} * d.out_width;
  burst.first_read = registers_.picture() * pixels + burst.first_vector;
  if (config_.geometry.bias == mapping::BiasPlacement::source && tile.row_begin == 0)
    burst.bias = &biases_[tile.tile];

  const std::size_t words = words_for(tile.rows);
  job->inputs.assign(burst.vectors * words, 0);
  std::vector<std::uint64_t> window(words_for(tile.weight_rows));
  const std::size_t weight_end = std::min<std::size_t>(tile.row_begin + tile.rows, tile.weight_rows);
  const std::size_t weights = weight_end > tile.row_begin ? weight_end - tile.row_begin : 0;
  for (std::uint32_t v = 0; v < burst.vectors; ++v) {
    network::unroll_window(work.window, work.inputs[0], cursor.y, cursor.x + static_cast<int>(v), window);
    std::uint64_t* row = job->inputs.data() + v * words;
    copy_bits(window.data(), tile.row_begin, row, 0, weights);
    for (std::size_t bias_row = weights; bias_row < tile.rows; ++bias_row)
      row[bias_row / 64] |= std::uint64_t{1} << (bias_row % 64);
  }

  cursor.x += static_cast<int>(burst.vectors);
  if (cursor.x == d.out_width) {
    cursor.x = 0;
    if (++cursor.y == d.out_height) {
      cursor.y = 0;
      ++cursor.tile;
    }
  }
  return job;
}

void Controller::burst_done(LayerWork& work, MacroJob& job) {
  accumulate(work, job);
  publish_burst(work, job);
  auto& left = work.parts_left[static_cast<std::size_t>(job.y)];
  left -= job.burst.vectors;
  if (left == 0) row_finished(work, job.y);
}

void Controller::accumulate(LayerWork& work, MacroJob& job) {
  const auto& burst = job.burst;
  const auto& tile = burst.tile;
  const std::size_t outputs = tile.outputs, channels = work.descriptor.out_channels;
  for (std::uint32_t v = 0; v < burst.vectors; ++v) {
    const std::size_t pixel = burst.first_vector + v;
    for (std::size_t o = 0; o < outputs; ++o) {
      const std::size_t channel = tile.output_begin + o;
      if (work.sums.empty()) {
        work.output.bits.set(pixel, channel, burst.levels[v * outputs + o] != 0);
        continue;
      }
      std::int64_t sum = 0;
      for (std::size_t g = 0; g < burst.phases.groups; ++g) {
        const int level = burst.levels[(g * burst.vectors + v) * outputs + o];
        // A one-bit readout of a part is a vote for or against.
        sum += config_.sense.kind == sense::SenseConfig::Kind::multi_bit ? level : 2 * level - 1;
      }
      work.sums[pixel * channels + channel] += sum;
    }
  }
}

void Controller::row_finished(LayerWork& work, int y) {
  if (!work.sums.empty()) {
    const auto& d = work.descriptor;
    for (const auto& tile : work.tiles) {
      const auto found = biases_.find(tile.tile);
      const bool digital_bias = config_.geometry.bias == mapping::BiasPlacement::digital &&
                                found != biases_.end() && tile.row_begin == 0;
      for (std::size_t o = 0; tile.row_begin == 0 && o < tile.outputs; ++o) {
        const std::size_t channel = tile.output_begin + o;
        for (std::size_t x = 0; x < d.out_width; ++x) {
          const std::size_t pixel = static_cast<std::size_t>(y) * d.out_width + x;
          const double sum =
              static_cast<double>(work.sums[pixel * d.out_channels + channel]) * config_.level_units;
          // Integer sums lie half a unit away from the threshold when a level is one unit.
          const bool fires = digital_bias ? sum + found->second[o] - 0.5 > 0 : sum > 0;
          work.output.bits.set(pixel, channel, fires);
        }
      }
    }
  }
  work.finished_rows[static_cast<std::size_t>(y)] = true;
  output_row_event_.notify();
}

/// Adds, and what they and the outputs move. The first readout of an output is loaded, each further one
/// added. Row pieces meet in the buffer: each writes its partial sum, all but the first read it before.
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
  const std::size_t words = words_for(burst.tile.rows);
  for (std::size_t g = 0; g < p.groups; ++g) {
    const auto rows = group_rows(burst, g);
    Event event;
    event.kind = EventKind::macro_operation;
    event.layer = work.descriptor.layer;
    event.tile = burst.tile.tile;
    event.macro = burst.tile.macro;
    event.row_group = static_cast<std::uint32_t>(g);
    event.vector_begin = burst.first_vector;
    event.vector_end = burst.first_vector + burst.vectors;
    event.start_s = seconds(burst.load_start_cycle);
    event.end_s = seconds(burst.end_cycle);
    event.load_s = static_cast<double>(burst.starts_row ? p.load_full : p.load_slide) * clock_s;
    event.drive_s = static_cast<double>(p.drive) * clock_s;
    event.settle_s = static_cast<double>(p.settle) * clock_s;
    event.sense_s = static_cast<double>(p.sense) * clock_s;
    event.store_s = static_cast<double>(p.store) * clock_s;
    for (std::uint32_t v = 0; v < burst.vectors; ++v)
      event.active_word_lines +=
          count_ones(std::span(job.inputs).subspan(v * words, words), rows.begin, rows.end);
    // The register is loaded once per vector, for all row groups.
    if (g == 0) event.switched_rows = std::uint64_t{burst.vectors} * burst.tile.rows;
    event.decisions = std::uint64_t{burst.vectors} * burst.tile.outputs;
    count_sums(work, burst, event);
    event.bit_lines = std::uint64_t{burst.vectors} * burst.tile.columns;
    event.array_current_a = burst.group_current_a[g];
    event.bias_current_a = burst.group_bias_a[g];
    event.macs = std::uint64_t{burst.vectors} * burst.tile.outputs * (rows.end - rows.begin);
    event.fallback_vectors = g == 0 ? burst.fallback_vectors : 0;
    events_.publish(event);
  }
}

}  // namespace irc::model
