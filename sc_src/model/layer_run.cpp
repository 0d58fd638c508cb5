// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include "irc/core/bits.h"
#include "irc/model/controller.h"

namespace irc::model {

using mapping::Descriptor;
using mapping::Opcode;
using mapping::TileRecord;
using sc_core::sc_time;

int LayerWork::rows_needed(int y) const {
  const auto& d = descriptor;
  if (d.opcode == Opcode::upsample) return y / d.kernel_h + 1;
  if (d.opcode == Opcode::concat) return y + 1;
  return std::clamp(y * d.stride_h + d.kernel_h - d.pad_top, 1, static_cast<int>(d.in_height));
}

std::uint64_t LayerWork::input_row_bytes() const {
  const auto& d = descriptor;
  if (picture_input()) return std::uint64_t{d.in_width} * d.in_channels[0];
  return mapping::map_row_bytes(d.in_width, d.in_channels[0]);
}

namespace {

Shape shape_of(std::uint16_t channels, std::uint16_t height, std::uint16_t width) {
  return {channels, height, width};
}

void append_bits_as_bytes(std::vector<std::uint8_t>& out, std::span<const std::uint64_t> words,
                          std::size_t bits) {
  for (std::size_t byte = 0; byte < (bits + 7) / 8; ++byte)
    out.push_back(static_cast<std::uint8_t>(words[byte / 8] >> (8 * (byte % 8))));
}

// Pictures and heads do not live in the buffer; what a command may ask for is bounded all the same.
constexpr std::uint64_t max_map_values = std::uint64_t{1} << 26;

std::uint64_t values_of(const Shape& shape) {
  return std::uint64_t{shape.size()};
}

std::uint64_t words_of(const Shape& shape) {
  return mapping::map_buffer_words(shape.pixels(), static_cast<std::uint64_t>(shape.channels));
}

bool fits(const ActivationBuffer& buffer, std::uint64_t first, std::uint64_t count) {
  return first <= buffer.words() && count <= buffer.words() - first;
}

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

Controller::CommandError Controller::prepare(LayerWork& work) {
  const auto& d = work.descriptor;
  if (work.in_array()) {
    const auto error = fetch_tiles(d, work.tiles);
    if (error != CommandError::none) return error;
    work.cursors.assign(config_.geometry.macros, {});
    std::uint32_t tiles = 0;
    bool sums = config_.sense.kind == sense::SenseConfig::Kind::multi_bit;
    for (const auto& tile : work.tiles) {
      if (tile.output_begin + tile.outputs > d.out_channels ||
          tile.weight_rows != std::uint32_t{d.kernel_h} * d.kernel_w * d.in_channels[0])
        return fail(CommandError::bad_tile,
                    "tile " + std::to_string(tile.tile) + " does not belong to its layer");
      if (config_.geometry.bias != mapping::BiasPlacement::array && tile.row_begin == 0 &&
          (!biases_.contains(tile.tile) || biases_.at(tile.tile).size() != tile.outputs))
        return fail(CommandError::bad_tile,
                    "tile " + std::to_string(tile.tile) +
                        " has no bias values of its own, which this accelerator needs");
      work.cursors[tile.macro].tiles.push_back(&tile);
      sums = sums || tile.row_pieces > 1 ||
             mapping::vector_phases(config_.timing, config_.geometry, d, tile).groups > 1;
      ++tiles;
    }
    work.parts_left.assign(d.out_height, tiles * d.out_width);
    if (sums) work.sums.assign(std::size_t{d.out_height} * d.out_width * d.out_channels, 0);
  } else if (d.opcode == Opcode::conv_digital || d.opcode == Opcode::head) {
    work.digital_layer = digital_.layer(d);
    if (work.digital_layer == nullptr)
      return fail(CommandError::bad_parameters,
                  "parameter slot " + std::to_string(d.slot) + " is empty or does not match the command");
  }
  work.window.kernel_h = d.kernel_h;
  work.window.kernel_w = d.kernel_w;
  work.window.stride_h = d.stride_h;
  work.window.stride_w = d.stride_w;
  work.window.pad_top = d.pad_top;
  work.window.pad_left = d.pad_left;
  work.window.pad_bottom = d.pad_bottom;
  work.window.pad_right = d.pad_right;
  work.window.in_channels = d.in_channels[0];

  const bool picture = work.picture_input();
  if (picture && d.opcode != Opcode::conv_digital)
    return fail(CommandError::bad_shape, "only a digital convolution reads the picture");
  if (picture) {
    const Shape shape = shape_of(d.in_channels[0], d.in_height, d.in_width);
    if (values_of(shape) > max_map_values)
      return fail(CommandError::bad_shape, "picture of " + std::to_string(values_of(shape)) +
                                               " values, at most " + std::to_string(max_map_values) +
                                               " are taken");
    work.picture = Picture(shape);
  } else {
    for (std::size_t i = 0; i < d.inputs; ++i) {
      const Shape shape = shape_of(d.in_channels[i], d.in_height, d.in_width);
      const std::uint64_t words = words_of(shape);
      if (!fits(buffer_, d.in_buffer[i], words))
        return fail(CommandError::bad_buffer, "input map lies outside the activation buffer");
      BinaryMap map(shape);
      const auto view = buffer_.view(d.in_buffer[i], words);
      std::copy(view.begin(), view.end(), map.bits.words().begin());
      work.inputs.push_back(std::move(map));
    }
  }
  const Shape out = shape_of(d.out_channels, d.out_height, d.out_width);
  if (d.opcode == Opcode::head) {
    if (values_of(out) > max_map_values)
      return fail(CommandError::bad_shape, "head of " + std::to_string(values_of(out)) + " values, at most " +
                                               std::to_string(max_map_values) + " are taken");
    work.head = DenseMap<float>(out);
  } else {
    if (!fits(buffer_, d.out_buffer, words_of(out)))
      return fail(CommandError::bad_buffer, "output map lies outside the activation buffer");
    work.output = BinaryMap(out);
    if (work.in_array()) keep_other_passes(work);
  }
  work.finished_rows.assign(d.out_height, false);
  work.row_done.assign(d.out_height, sc_core::SC_ZERO_TIME);
  work.input_ready.assign(d.in_height, sc_core::SC_ZERO_TIME);
  work.input_rows = work.streams_input() ? 0 : d.in_height;
  return CommandError::none;
}

// A pass holds only some of a layer's outputs: the others stay as earlier passes left them in the buffer.
void Controller::keep_other_passes(LayerWork& work) {
  auto words = work.output.bits.words();
  const auto view = buffer_.view(work.descriptor.out_buffer, words.size());
  BinaryMap kept(work.output.shape);
  const std::size_t per_pixel = kept.bits.words_per_row();
  for (std::size_t pixel = 0; pixel < kept.bits.rows(); ++pixel)
    copy_bits(view.data() + pixel * per_pixel, 0, kept.bits.row(pixel).data(), 0, kept.bits.columns());
  work.output = std::move(kept);
}

Controller::CommandError Controller::run_layer(const Descriptor& descriptor) {
  auto work = std::make_unique<LayerWork>();
  work->descriptor = descriptor;
  const auto error = prepare(*work);
  if (error != CommandError::none) return error;
  if (at()) {
    work_ = std::move(work);
    run_layer_at(*work_);
    work = std::move(work_);
  } else {
    run_layer_lt(*work);
  }
  if (work->error != CommandError::none) return work->error;
  finish_output(*work);
  return CommandError::none;
}

void Controller::run_layer_at(LayerWork& work) {
  work.parts_running = 1;
  if (work.streams_input()) ++work.parts_running;
  if (work.streams_output()) ++work.parts_running;
  for (const auto& cursor : work.cursors) work.parts_running += cursor.tiles.empty() ? 0 : 1;
  start_event_.notify(sc_core::SC_ZERO_TIME);
  if (!work.in_array()) {
    for (int y = 0; y < work.descriptor.out_height && work.error == CommandError::none; ++y) {
      while (work.input_rows < work.rows_needed(y) && work.error == CommandError::none)
        sc_core::wait(input_row_event_);
      wait_cycles(mapping::digital_row_cycles(config_.timing, work.descriptor));
      if (work.error == CommandError::none) digital_row(work, y, sc_core::sc_time_stamp());
      row_finished(work, y);
    }
    output_row_event_.notify();
  }
  --work.parts_running;
  while (work.parts_running > 0) sc_core::wait(part_done_event_);
}

// Reader thread (AT): input rows, one transaction after the other.
void Controller::read_rows() {
  while (true) {
    sc_core::wait(start_event_);
    if (!work_ || !work_->streams_input()) continue;
    auto& work = *work_;
    const auto& d = work.descriptor;
    for (int y = 0; y < d.in_height && work.error == CommandError::none; ++y) {
      std::vector<std::uint8_t> bytes(work.input_row_bytes());
      sc_time unused = sc_core::SC_ZERO_TIME;
      const auto error =
          dma_access(tlm::TLM_READ_COMMAND, d.in_memory + static_cast<std::uint64_t>(y) * bytes.size(), bytes,
                     unused, EventKind::dma_read, d.layer);
      if (error != CommandError::none) {
        work.error = error;
      } else {
        store_input_row(work, y, bytes);
      }
      ++work.input_rows;
      input_row_event_.notify();
    }
    input_row_event_.notify();
    output_row_event_.notify();
    --work.parts_running;
    part_done_event_.notify(sc_core::SC_ZERO_TIME);
  }
}

// Writer thread (AT): output rows in order, as they are finished.
void Controller::write_rows() {
  while (true) {
    sc_core::wait(start_event_);
    if (!work_ || !work_->streams_output()) continue;
    auto& work = *work_;
    const auto& d = work.descriptor;
    for (int y = 0; y < d.out_height && work.error == CommandError::none; ++y) {
      while (!work.finished_rows[static_cast<std::size_t>(y)] && work.error == CommandError::none)
        sc_core::wait(output_row_event_);
      if (work.error != CommandError::none) break;
      auto bytes = output_row_bytes(work, y);
      sc_time unused = sc_core::SC_ZERO_TIME;
      const auto error =
          dma_access(tlm::TLM_WRITE_COMMAND, d.out_memory + static_cast<std::uint64_t>(y) * bytes.size(),
                     bytes, unused, EventKind::dma_write, d.layer);
      if (error != CommandError::none) work.error = error;
    }
    --work.parts_running;
    part_done_event_.notify(sc_core::SC_ZERO_TIME);
  }
}

// Macro thread (AT): issues the next burst when the word-line register has taken the last one.
void Controller::run_macro(std::size_t macro) {
  while (true) {
    sc_core::wait(start_event_);
    if (!work_ || work_->cursors.empty() || work_->cursors[macro].tiles.empty()) continue;
    auto& work = *work_;
    auto& cursor = work.cursors[macro];
    int outstanding = 0;
    while (!cursor.finished() && work.error == CommandError::none) {
      while (work.input_rows < work.rows_needed(cursor.y) && work.error == CommandError::none)
        sc_core::wait(input_row_event_);
      if (work.error != CommandError::none) break;
      std::shared_ptr<MacroJob> job = next_burst(work, cursor);
      auto& port = macros[macro];
      auto* payload = port.payloads.allocate();
      set_access(*payload, tlm::TLM_WRITE_COMMAND, job->burst.tile.tile, job->inputs.data(),
                 job->inputs.size() * 8);
      payload->set_extension(&job->burst);
      ++outstanding;
      port.begin(*payload, [this, &work, job, &outstanding](tlm::tlm_generic_payload& response) {
        if (response.get_response_status() != tlm::TLM_OK_RESPONSE) {
          work.error = fail(CommandError::macro_error, "tile " + std::to_string(job->burst.tile.tile) +
                                                           ": the macro answered with an error");
          input_row_event_.notify();
          output_row_event_.notify();
        } else {
          burst_done(work, *job);
        }
        response.clear_extension<MacroBurst>();
        --outstanding;
        burst_event_.notify();
      });
      payload->release();
    }
    while (outstanding > 0) sc_core::wait(burst_event_);
    --work.parts_running;
    part_done_event_.notify(sc_core::SC_ZERO_TIME);
  }
}

// LT: the same steps in one thread, on local time counted from now.
void Controller::run_layer_lt(LayerWork& work) {
  const auto& d = work.descriptor;
  sc_time reading = sc_core::SC_ZERO_TIME, end = sc_core::SC_ZERO_TIME;
  for (int y = 0; work.streams_input() && y < d.in_height; ++y) {
    std::vector<std::uint8_t> bytes(work.input_row_bytes());
    work.error = dma_access(tlm::TLM_READ_COMMAND, d.in_memory + static_cast<std::uint64_t>(y) * bytes.size(),
                            bytes, reading, EventKind::dma_read, d.layer);
    if (work.error != CommandError::none) return;
    store_input_row(work, y, bytes);
    ++work.input_rows;
    work.input_ready[static_cast<std::size_t>(y)] = reading;
  }
  const auto ready = [&](int y) {
    return work.input_ready[static_cast<std::size_t>(work.rows_needed(y) - 1)];
  };
  sc_time computing = sc_core::SC_ZERO_TIME;
  for (int y = 0; !work.in_array() && y < d.out_height; ++y) {
    computing = std::max(computing, ready(y)) +
                clock_ * static_cast<double>(mapping::digital_row_cycles(config_.timing, d));
    digital_row(work, y, sc_core::sc_time_stamp() + computing);
    work.row_done[static_cast<std::size_t>(y)] = computing;
  }
  const sc_time now = sc_core::sc_time_stamp();
  for (std::size_t m = 0; m < work.cursors.size(); ++m) {
    auto& cursor = work.cursors[m];
    sc_time issue = sc_core::SC_ZERO_TIME;
    while (!cursor.finished()) {
      sc_time delay = std::max(issue, ready(cursor.y));
      const auto job = next_burst(work, cursor);
      auto* payload = macros[m].payloads.allocate();
      set_access(*payload, tlm::TLM_WRITE_COMMAND, job->burst.tile.tile, job->inputs.data(),
                 job->inputs.size() * 8);
      payload->set_extension(&job->burst);
      macros[m].socket->b_transport(*payload, delay);
      const auto status = payload->get_response_status();
      payload->clear_extension<MacroBurst>();
      payload->release();
      if (status != tlm::TLM_OK_RESPONSE) {
        work.error = fail(CommandError::macro_error, "tile " + std::to_string(job->burst.tile.tile) +
                                                         ": the macro answered with an error");
        return;
      }
      issue = clock_ * static_cast<double>(job->burst.accept_cycle) - now;
      auto& done = work.row_done[static_cast<std::size_t>(job->y)];
      done = std::max(done, delay);
      burst_done(work, *job);
    }
  }
  for (const auto& done : work.row_done) end = std::max(end, done);
  end = std::max(end, reading);
  sc_time writing = sc_core::SC_ZERO_TIME;
  for (int y = 0; work.streams_output() && y < d.out_height; ++y) {
    auto bytes = output_row_bytes(work, y);
    writing = std::max(writing, work.row_done[static_cast<std::size_t>(y)]);
    work.error =
        dma_access(tlm::TLM_WRITE_COMMAND, d.out_memory + static_cast<std::uint64_t>(y) * bytes.size(), bytes,
                   writing, EventKind::dma_write, d.layer);
    if (work.error != CommandError::none) return;
  }
  sc_core::wait(std::max(end, writing));
}

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
    event.bit_lines = std::uint64_t{burst.vectors} * burst.tile.columns;
    event.array_current_a = burst.group_current_a[g];
    event.bias_current_a = burst.group_bias_a[g];
    event.macs = std::uint64_t{burst.vectors} * burst.tile.outputs * (rows.end - rows.begin);
    event.fallback_vectors = g == 0 ? burst.fallback_vectors : 0;
    events_.publish(event);
  }
}

void Controller::digital_row(LayerWork& work, int y, const sc_time& end) {
  const auto& d = work.descriptor;
  Event event;
  event.end_s = end.to_seconds();
  event.start_s = event.end_s - seconds(mapping::digital_row_cycles(config_.timing, d));
  event.kind = EventKind::digital_move;
  event.layer = d.layer;
  event.bytes = std::uint64_t{d.out_width} * d.out_channels / 8;
  switch (d.opcode) {
    case Opcode::conv_digital:
      if (work.picture_input()) {
        network::digital_row(*work.digital_layer, work.picture, y, work.output);
      } else {
        network::digital_row(*work.digital_layer, work.inputs[0], y, work.output);
      }
      break;
    case Opcode::head:
      event.bytes = std::uint64_t{d.out_width} * d.out_channels * sizeof(float);
      network::head_row(*work.digital_layer, work.inputs[0], y, work.head);
      break;
    case Opcode::max_pool:
      network::max_pool_row({d.kernel_h, d.stride_h}, work.inputs[0], y, work.output);
      break;
    case Opcode::upsample:
      network::upsample_row({d.kernel_h}, work.inputs[0], y, work.output);
      break;
    default: {
      std::vector<const BinaryMap*> inputs;
      for (const auto& input : work.inputs) inputs.push_back(&input);
      network::concat_row(inputs, y, work.output);
    }
  }
  if (work.digital_layer != nullptr) {
    event.kind = EventKind::digital_mac;
    event.macs = std::uint64_t{d.out_width} * d.out_channels * work.digital_layer->rows();
  }
  events_.publish(event);
}

void Controller::store_input_row(LayerWork& work, int y, const std::vector<std::uint8_t>& bytes) {
  const auto& d = work.descriptor;
  if (work.picture_input()) {
    std::copy(bytes.begin(), bytes.end(),
              work.picture.values.begin() +
                  static_cast<std::ptrdiff_t>(static_cast<std::size_t>(y) * bytes.size()));
    return;
  }
  const std::size_t pixel_bytes = (d.in_channels[0] + 7u) / 8;
  for (std::size_t x = 0; x < d.in_width; ++x) {
    auto words = work.inputs[0].bits.row(static_cast<std::size_t>(y) * d.in_width + x);
    std::fill(words.begin(), words.end(), 0);
    for (std::size_t i = 0; i < pixel_bytes; ++i)
      words[i / 8] |= std::uint64_t{bytes[x * pixel_bytes + i]} << (8 * (i % 8));
  }
}

std::vector<std::uint8_t> Controller::output_row_bytes(const LayerWork& work, int y) const {
  const auto& d = work.descriptor;
  std::vector<std::uint8_t> bytes;
  if (d.opcode == Opcode::head) {
    const std::size_t floats = std::size_t{d.out_width} * d.out_channels;
    bytes.resize(floats * 4);
    std::memcpy(bytes.data(), work.head.values.data() + static_cast<std::size_t>(y) * floats, bytes.size());
    return bytes;
  }
  for (std::size_t x = 0; x < d.out_width; ++x)
    append_bits_as_bytes(bytes, work.output.bits.row(static_cast<std::size_t>(y) * d.out_width + x),
                         d.out_channels);
  return bytes;
}

void Controller::finish_output(LayerWork& work) {
  if (work.descriptor.opcode == Opcode::head) return;
  const auto words = work.output.bits.words();
  std::copy(words.begin(), words.end(), buffer_.view(work.descriptor.out_buffer, words.size()).begin());
}

}  // namespace irc::model
