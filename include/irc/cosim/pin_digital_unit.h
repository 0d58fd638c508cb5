// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "irc/cosim/pins.h"
#include "irc/mapping/descriptor.h"
#include "irc/model/digital_unit.h"

namespace irc::cosim {

/// The behaviour of `PinDigitalUnit` without its pins. Data come at clock edges. Rows are computed by the
/// functions that the TLM model uses. A controller that breaks the pins' rules is reported as
/// SC_REPORT_ERROR("irc/cosim/digital").
class DigitalPinLogic {
 public:
  /// The pins of one clock edge; `param` and `in` are empty where their valid pin is low.
  struct Edge {
    bool clear = false;                   ///< du_clear
    std::span<const std::uint8_t> param;  ///< du_param_data, as many bytes as are valid
    std::span<const std::uint64_t> in;    ///< du_in_data
    std::uint32_t in_bits = 0;            ///< number of valid bits in `in`
    bool row_start = false,               ///< du_row_start
        row_done = false;                 ///< du_row_done
    std::uint32_t row = 0,                ///< du_row
        out_row = 0,                      ///< du_out_row
        beat_row = 0;                     ///< du_beat_row
  };

  /// Keeps its parameters in `unit`, which must outlive this object.
  explicit DigitalPinLogic(model::DigitalUnit& unit) : unit_(unit) {}

  /// Takes the command on `du_command`.
  void set_command(std::span<const std::uint8_t, mapping::descriptor_bytes> bytes);
  /// Handles one clock edge.
  void edge(const Edge& pins);
  /// Forgets what was pushed. Parameters stay.
  void reset();

  /// Whether the last block was complete and accepted.
  bool param_ok() const { return param_ok_; }
  /// Whether the command's slot holds a layer that matches it.
  bool layer_ok() const { return layer() != nullptr; }
  /// Bits of a finished row from `first_bit` on, with zeros after its end. Every byte of an unfinished row is
  /// `unfinished`, so that a premature read gives bits that differ from the reference.
  void read_row(std::uint32_t row, std::uint64_t first_bit, std::span<std::uint64_t> words) const;
  static constexpr std::uint8_t unfinished = 0xa5;  ///< filler byte of a row that is not finished

 private:
  const model::DigitalLayer* layer() const;
  bool picture_input() const { return (command_->flags & mapping::flag_picture_input) != 0; }
  std::uint64_t input_row_bits() const;
  std::uint64_t rows_seen_before(int row) const;
  int rows_needed(std::uint32_t row) const;
  bool prepare();
  void push_parameters(std::span<const std::uint8_t> bytes);
  void push_input(const Edge& pins);
  void start_row(std::uint32_t row);
  void finish_row();
  void compute(int row);
  void check_asked(const char* pin, std::uint32_t row, std::uint32_t& last) const;
  void slip(const std::string& what) const;

  model::DigitalUnit& unit_;
  std::optional<mapping::Descriptor> command_;  ///< empty where the bytes are no command
  std::vector<std::uint8_t> block_;
  bool param_ok_ = false;
  bool prepared_ = false;  ///< the maps below match the command
  Picture picture_;
  BinaryMap input_, output_;
  std::vector<int> seen_rows_, seen_columns_;  ///< rows and columns of the input map that are pushed
  DenseMap<float> head_;
  std::uint64_t pushed_bits_ = 0;
  std::optional<std::uint32_t> row_;                          ///< the row under way
  std::map<std::uint32_t, std::vector<std::uint64_t>> done_;  ///< packed bits of finished rows
  std::uint32_t last_out_row_ = 0, last_beat_row_ = 0;
};

namespace detail {

/// The bits of a pin as 64-bit words, from bit 0 on.
template <int Width>
std::array<std::uint64_t, (Width + 63) / 64> pin_words(const PinVector<Width>& pin) {
  std::array<std::uint64_t, (Width + 63) / 64> words{};
  if constexpr (Width <= 64) {
    words[0] = static_cast<std::uint64_t>(pin);
  } else {
    for (int i = 0; i < (Width + 31) / 32; ++i)
      words[static_cast<std::size_t>(i / 2)] |= std::uint64_t{pin.get_word(i)} << (32 * (i % 2));
  }
  return words;
}

/// The inverse. Bits beyond the pin's width are dropped.
template <int Width>
PinVector<Width> pin_from_words(std::span<const std::uint64_t> words) {
  PinVector<Width> pin{};
  if constexpr (Width <= 64) {
    const std::uint64_t mask = Width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << Width % 64) - 1;
    pin = static_cast<PinVector<Width>>(words[0] & mask);
  } else {
    for (int i = 0; i < (Width + 31) / 32; ++i) {
      auto word = static_cast<sc_dt::sc_digit>(words[static_cast<std::size_t>(i / 2)] >> (32 * (i % 2)));
      if (32 * (i + 1) > Width) word &= (sc_dt::sc_digit{1} << Width % 32) - 1;
      pin.set_word(i, word);
    }
  }
  return pin;
}

}  // namespace detail

/// The digital unit behind the RTL's `du_` pins: convolution over an image or a binary map, and the head.
/// Everything is sampled at the rising edge of `clk`. `du_param_ok`, `du_layer_ok`, `du_out_data` and
/// `du_beat_data` follow their pins and the unit's state within the cycle.
///
///  - `du_clear` forgets a block and a map pushed before. Parameters that were accepted stay.
///  - A block is complete when it has command.table_entries bytes. `du_param_ok` then says whether slot
///    command.slot holds it.
///  - The input map is a stream of bits in the order rows, pixels, channels without padding, cut anywhere. An
///    image is sent whole with 8 bits per channel. Of a binary map only the pixels that some window covers
///    are sent, so an output row needs no more input bits than it has MACs.
///  - Rows follow one another: `du_row_start` with `du_row`, then `du_row_done`, both in the same cycle for a
///    row of one cycle. The input rows that an output row needs are pushed by its last cycle.
///  - From the next cycle on the row can be read, packed as [x][channel], in bits or float32.
template <int BusBytes, int MacsPerCycle>
class PinDigitalUnit : public sc_core::sc_module {
 public:
  static constexpr int bus_bits = 8 * BusBytes;  ///< width of the bus

  sc_core::sc_in<bool> clk{"clk"},  ///< clock
      rst_n{"rst_n"};               ///< reset, active low
  sc_core::sc_in<PinVector<8 * static_cast<int>(mapping::descriptor_bytes)>> du_command{
      "du_command"};                                                   ///< descriptor
  sc_core::sc_in<bool> du_clear{"du_clear"};                           ///< forgets block and map
  sc_core::sc_in<bool> du_param_valid{"du_param_valid"};               ///< du_param_data is valid
  sc_core::sc_in<PinVector<bus_bits>> du_param_data{"du_param_data"};  ///< bytes of the parameter block
  sc_core::sc_in<PinVector<8>> du_param_bytes{"du_param_bytes"};       ///< number of these bytes
  sc_core::sc_out<bool> du_param_ok{"du_param_ok"},                    ///< the block was accepted
      du_layer_ok{"du_layer_ok"};                                      ///< the slot holds the command's layer
  sc_core::sc_in<bool> du_in_valid{"du_in_valid"};                     ///< du_in_data is valid
  sc_core::sc_in<PinVector<16>> du_in_bits{"du_in_bits"};              ///< number of input bits
  sc_core::sc_in<PinVector<MacsPerCycle>> du_in_data{"du_in_data"};    ///< bits of the input map
  sc_core::sc_in<bool> du_row_start{"du_row_start"},                   ///< a row starts
      du_row_done{"du_row_done"};                                      ///< the row is over
  sc_core::sc_in<PinVector<16>> du_row{"du_row"};                      ///< the row that starts
  sc_core::sc_in<PinVector<16>> du_out_row{"du_out_row"};              ///< row to read as bits
  sc_core::sc_in<PinVector<32>> du_out_bit{"du_out_bit"};              ///< first bit to read
  sc_core::sc_out<PinVector<MacsPerCycle>> du_out_data{"du_out_data"};  ///< these bits
  sc_core::sc_in<PinVector<16>> du_beat_row{"du_beat_row"};             ///< row to read as bytes
  sc_core::sc_in<PinVector<32>> du_beat_byte{"du_beat_byte"};           ///< first byte to read
  sc_core::sc_out<PinVector<bus_bits>> du_beat_data{"du_beat_data"};    ///< these bytes

  /// A unit without parameters.
  explicit PinDigitalUnit(sc_core::sc_module_name name) : sc_module(name), unit_("unit"), logic_(unit_) {
    SC_HAS_PROCESS(PinDigitalUnit);
    SC_METHOD(on_edge);
    sensitive << clk.pos();
    dont_initialize();
    SC_METHOD(on_command);
    sensitive << du_command;
    SC_METHOD(drive);
    sensitive << changed_ << du_out_row << du_out_bit << du_beat_row << du_beat_byte;
  }

 private:
  static constexpr int command_bits = 8 * static_cast<int>(mapping::descriptor_bytes);

  template <int Width>
  static auto bytes_of(const PinVector<Width>& pin) {
    const auto words = detail::pin_words<Width>(pin);
    std::array<std::uint8_t, Width / 8> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i)
      bytes[i] = static_cast<std::uint8_t>(words[i / 8] >> (8 * (i % 8)));
    return bytes;
  }

  void on_edge() {
    if (!rst_n.read()) {
      logic_.reset();
      changed_.notify(sc_core::SC_ZERO_TIME);
      return;
    }
    const auto param = bytes_of<bus_bits>(du_param_data.read());
    const auto in = detail::pin_words<MacsPerCycle>(du_in_data.read());
    DigitalPinLogic::Edge pins;
    pins.clear = du_clear.read();
    if (du_param_valid.read())
      pins.param = {param.data(), std::min<std::size_t>(du_param_bytes.read(), BusBytes)};
    if (du_param_valid.read() && du_param_bytes.read() > BusBytes)
      SC_REPORT_ERROR("irc/cosim/digital", "du_param_bytes is more than the bus has");
    if (du_in_valid.read()) {
      pins.in = in;
      pins.in_bits = std::min<std::uint32_t>(du_in_bits.read(), MacsPerCycle);
    }
    if (du_in_valid.read() && du_in_bits.read() > MacsPerCycle)
      SC_REPORT_ERROR("irc/cosim/digital", "du_in_bits is more than du_in_data has");
    pins.row_start = du_row_start.read();
    pins.row_done = du_row_done.read();
    pins.row = du_row.read();
    pins.out_row = du_out_row.read();
    pins.beat_row = du_beat_row.read();
    logic_.edge(pins);
    changed_.notify(sc_core::SC_ZERO_TIME);
  }

  void on_command() {
    const auto bytes = bytes_of<command_bits>(du_command.read());
    logic_.set_command(bytes);
    changed_.notify(sc_core::SC_ZERO_TIME);
  }

  void drive() {
    du_param_ok.write(logic_.param_ok());
    du_layer_ok.write(logic_.layer_ok());
    std::array<std::uint64_t, (MacsPerCycle + 63) / 64> out;
    logic_.read_row(du_out_row.read(), du_out_bit.read(), out);
    du_out_data.write(detail::pin_from_words<MacsPerCycle>(out));
    std::array<std::uint64_t, (bus_bits + 63) / 64> beat;
    logic_.read_row(du_beat_row.read(), std::uint64_t{8} * du_beat_byte.read(), beat);
    du_beat_data.write(detail::pin_from_words<bus_bits>(beat));
  }

  model::DigitalUnit unit_;
  DigitalPinLogic logic_;
  sc_core::sc_event changed_;
};

}  // namespace irc::cosim
