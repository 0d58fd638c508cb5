// SPDX-License-Identifier: Apache-2.0
#include "irc/cosim/pin_digital_unit.h"

#include <cstring>

#include "irc/core/bits.h"
#include "irc/network/operators.h"

namespace irc::cosim {

using mapping::Descriptor;
using mapping::Opcode;

void DigitalPinLogic::slip(const std::string& what) const {
  SC_REPORT_ERROR("irc/cosim/digital", what.c_str());
}

void DigitalPinLogic::set_command(std::span<const std::uint8_t, mapping::descriptor_bytes> bytes) {
  Descriptor command;
  // Between commands the bus may carry anything, so invalid bytes are no error.
  if (mapping::decode(bytes, command) == mapping::CommandError::none)
    command_ = command;
  else
    command_.reset();
  prepared_ = false;
}

const model::DigitalLayer* DigitalPinLogic::layer() const {
  if (!command_ || (command_->opcode != Opcode::conv_digital && command_->opcode != Opcode::head))
    return nullptr;
  return unit_.layer(*command_);
}

void DigitalPinLogic::reset() {
  block_.clear();
  param_ok_ = false;
  prepared_ = false;
  pushed_bits_ = 0;
  row_.reset();
  done_.clear();
}

void DigitalPinLogic::edge(const Edge& pins) {
  if (pins.clear) reset();
  if (!pins.param.empty()) push_parameters(pins.param);
  if (!pins.in.empty()) push_input(pins);
  check_asked("du_out_row", pins.out_row, last_out_row_);
  check_asked("du_beat_row", pins.beat_row, last_beat_row_);
  if (pins.row_start) start_row(pins.row);
  if (pins.row_done) finish_row();
}

void DigitalPinLogic::push_parameters(std::span<const std::uint8_t> bytes) {
  if (!command_ || command_->opcode != Opcode::load_parameters)
    return slip("parameters pushed without a load_parameters command");
  if (block_.size() + bytes.size() > command_->table_entries)
    return slip("parameter block overrun: " + std::to_string(block_.size() + bytes.size()) +
                " bytes pushed, the command says " + std::to_string(command_->table_entries));
  block_.insert(block_.end(), bytes.begin(), bytes.end());
  param_ok_ = block_.size() == command_->table_entries && unit_.load(command_->slot, block_);
}

std::uint64_t DigitalPinLogic::input_row_bits() const {
  return std::uint64_t{seen_columns_.size()} * command_->in_channels[0] * (picture_input() ? 8 : 1);
}

/// Number of the input rows before `row` that are pushed.
std::uint64_t DigitalPinLogic::rows_seen_before(int row) const {
  return static_cast<std::uint64_t>(std::lower_bound(seen_rows_.begin(), seen_rows_.end(), row) -
                                    seen_rows_.begin());
}

namespace {

/// Places in 0 .. size - 1 that windows cover, or all places.
std::vector<int> seen(bool all, int size, int pad, int kernel, int stride, int windows) {
  std::vector<int> places;
  for (int i = 0; i < size; ++i) {
    const int place = i + pad;
    if (all || (place % stride < kernel && place < (windows - 1) * stride + kernel)) places.push_back(i);
  }
  return places;
}

}  // namespace

/// Allocates the command's maps. Reports and returns false where that is not possible.
bool DigitalPinLogic::prepare() {
  if (prepared_) return true;
  if (layer() == nullptr) {
    slip("work for a layer whose du_layer_ok is low");
    return false;
  }
  const auto& d = *command_;
  const Shape in{d.in_channels[0], d.in_height, d.in_width}, out{d.out_channels, d.out_height, d.out_width};
  const bool head = d.opcode == Opcode::head;
  const auto words = [](const Shape& s) {
    return mapping::map_buffer_words(s.pixels(), static_cast<std::uint64_t>(s.channels));
  };
  // The controller refuses larger images and heads, and no buffer of this project holds larger maps.
  if ((picture_input() ? in.size() : words(in)) > mapping::max_map_values ||
      (head ? out.size() : words(out)) > mapping::max_map_values) {
    slip("a map of more than " + std::to_string(mapping::max_map_values) + " values or words");
    return false;
  }
  picture_ = picture_input() ? Picture(in) : Picture();
  input_ = picture_input() ? BinaryMap() : BinaryMap(in);
  head_ = head ? DenseMap<float>(out) : DenseMap<float>();
  output_ = head ? BinaryMap() : BinaryMap(out);
  seen_rows_ = seen(picture_input(), d.in_height, d.pad_top, d.kernel_h, d.stride_h, d.out_height);
  seen_columns_ = seen(picture_input(), d.in_width, d.pad_left, d.kernel_w, d.stride_w, d.out_width);
  pushed_bits_ = 0;
  row_.reset();
  done_.clear();
  return prepared_ = true;
}

void DigitalPinLogic::push_input(const Edge& pins) {
  if (!prepare()) return;
  const std::uint64_t all_bits = seen_rows_.size() * input_row_bits();
  if (pushed_bits_ + pins.in_bits > all_bits)
    return slip("input map overrun: " + std::to_string(pushed_bits_ + pins.in_bits) +
                " bits pushed, the map has " + std::to_string(all_bits));
  if (picture_input()) {
    for (std::uint32_t i = 0; i < pins.in_bits; ++i) {
      const std::uint64_t at = pushed_bits_ + i, bit = (pins.in[i / 64] >> (i % 64)) & 1;
      picture_.values[at / 8] = static_cast<std::uint8_t>(picture_.values[at / 8] | (bit << (at % 8)));
    }
  } else {
    const std::uint64_t channels = command_->in_channels[0];
    for (std::uint64_t i = 0; i < pins.in_bits;) {  // pixel by pixel
      const std::uint64_t number = (pushed_bits_ + i) / channels, channel = (pushed_bits_ + i) % channels;
      const std::size_t columns = seen_columns_.size();
      const auto pixel = static_cast<std::size_t>(seen_rows_[number / columns]) * command_->in_width +
                         static_cast<std::size_t>(seen_columns_[number % columns]);
      const std::uint64_t count = std::min<std::uint64_t>(channels - channel, pins.in_bits - i);
      copy_bits(pins.in.data(), i, input_.bits.row(pixel).data(), channel, count);
      i += count;
    }
  }
  pushed_bits_ += pins.in_bits;
}

/// Number of input rows that output row `row` needs. Rows in the padding count as the nearest real row.
int DigitalPinLogic::rows_needed(std::uint32_t row) const {
  const auto& d = *command_;
  const int last = static_cast<int>(row) * d.stride_h + d.kernel_h - d.pad_top;
  return std::clamp(last, 1, static_cast<int>(d.in_height));
}

void DigitalPinLogic::start_row(std::uint32_t row) {
  if (!prepare()) return;
  if (row_)
    return slip("row " + std::to_string(row) + " started before row " + std::to_string(*row_) + " was done");
  if (row >= command_->out_height)
    return slip("row " + std::to_string(row) + " started, the layer has " +
                std::to_string(command_->out_height));
  row_ = row;
}

void DigitalPinLogic::finish_row() {
  if (!row_) return slip("du_row_done without a row under way");
  const std::uint32_t row = *row_;
  row_.reset();
  const std::uint64_t needed = rows_seen_before(rows_needed(row));
  if (pushed_bits_ < needed * input_row_bits())
    return slip("row " + std::to_string(row) + " is over and sees " + std::to_string(needed) +
                " input rows, of which " + std::to_string(pushed_bits_ / input_row_bits()) + " were pushed");
  compute(static_cast<int>(row));
}

void DigitalPinLogic::compute(int row) {
  const auto* work = layer();
  if (work == nullptr) return slip("the layer's parameters were lost while it ran");
  const auto& d = *command_;
  auto& packed = done_[static_cast<std::uint32_t>(row)];
  const std::size_t values = std::size_t{d.out_width} * d.out_channels;
  const std::size_t first_pixel = static_cast<std::size_t>(row) * d.out_width;
  if (d.opcode == Opcode::head) {
    network::head_row(work->conv, work->weights, input_, row, head_);
    packed.assign((values * sizeof(float) + 7) / 8, 0);
    std::memcpy(packed.data(), head_.values.data() + first_pixel * d.out_channels, values * sizeof(float));
    return;
  }
  if (picture_input()) {
    network::digital_row(work->conv, work->weights, picture_, row, output_);
  } else {
    network::digital_row(work->conv, work->weights, input_, row, output_);
  }
  packed.assign(words_for(values), 0);
  for (std::size_t x = 0; x < d.out_width; ++x)
    copy_bits(output_.bits.row(first_pixel + x).data(), 0, packed.data(), x * d.out_channels, d.out_channels);
}

/// A row counter that does not move, or is just behind the last row, is idle. One that moves further reads
/// nothing valid.
void DigitalPinLogic::check_asked(const char* pin, std::uint32_t row, std::uint32_t& last) const {
  const bool moved = row != last;
  last = row;
  if (!moved || !prepared_ || done_.empty() || row <= command_->out_height) return;
  slip(std::string(pin) + " asks for row " + std::to_string(row) + ", the layer has " +
       std::to_string(command_->out_height));
}

void DigitalPinLogic::read_row(std::uint32_t row, std::uint64_t first_bit,
                               std::span<std::uint64_t> words) const {
  const auto found = done_.find(row);
  if (found == done_.end()) {
    std::memset(words.data(), unfinished, words.size_bytes());
    return;
  }
  std::fill(words.begin(), words.end(), 0);
  const std::uint64_t bits = 64 * std::uint64_t{found->second.size()};
  if (first_bit >= bits) return;
  const auto count = std::min<std::uint64_t>(bits - first_bit, 64 * std::uint64_t{words.size()});
  copy_bits(found->second.data(), first_bit, words.data(), 0, count);
}

}  // namespace irc::cosim
