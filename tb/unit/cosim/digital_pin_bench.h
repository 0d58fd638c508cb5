// SPDX-License-Identifier: Apache-2.0
// The pin-level digital unit with drivers of its pins, and a detector whose layers it computes.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include <systemc>
#include "support/catch.h"

#include "irc/core/tensor.h"
#include "irc/cosim/pin_digital_unit.h"
#include "irc/mapping/compiler.h"
#include "irc/mapping/descriptor.h"
#include "irc/network/graph.h"
#include "random_graph.h"

namespace irc::tb {

using Bits = std::vector<bool>;

/// The unit and drivers of its pins. Every function leaves the strobes low, just after a rising edge.
template <int BusBytes, int Macs>
class DigitalPinBench {
 public:
  explicit DigitalPinBench(const std::string& name)
      : unit(name.c_str()), clk((name + "_clk").c_str(), sc_core::sc_time(1, sc_core::SC_NS)) {
    unit.clk(clk);
    unit.rst_n(rst_n);
    unit.du_command(command);
    unit.du_clear(clear_pin);
    unit.du_param_valid(param_valid);
    unit.du_param_data(param_data);
    unit.du_param_bytes(param_bytes);
    unit.du_param_ok(param_ok);
    unit.du_layer_ok(layer_ok);
    unit.du_in_valid(in_valid);
    unit.du_in_bits(in_bits);
    unit.du_in_data(in_data);
    unit.du_row_start(row_start);
    unit.du_row_done(row_done);
    unit.du_row(row);
    unit.du_out_row(out_row);
    unit.du_out_bit(out_bit);
    unit.du_out_data(out_data);
    unit.du_beat_row(beat_row);
    unit.du_beat_byte(beat_byte);
    unit.du_beat_data(beat_data);
    rst_n.write(true);
  }

  /// Advances to just after the next rising edge, which samples the present pins.
  void edge() {
    sc_core::wait(clk.posedge_event());
    sc_core::wait(sc_core::sc_time(100, sc_core::SC_PS));
    clear_pin.write(false);
    param_valid.write(false);
    in_valid.write(false);
    row_start.write(false);
    row_done.write(false);
  }
  /// Lets combinational outputs follow.
  void settle() { sc_core::wait(sc_core::sc_time(100, sc_core::SC_PS)); }

  void set_command(const mapping::Descriptor& d) {
    const auto bytes = mapping::encode(d);
    sc_dt::sc_bv<1024> pins;
    for (int i = 0; i < 32; ++i) {
      sc_dt::sc_digit word = 0;
      for (int b = 0; b < 4; ++b)
        word |= sc_dt::sc_digit{bytes[static_cast<std::size_t>(4 * i + b)]} << (8 * b);
      pins.set_word(i, word);
    }
    command.write(pins);
    settle();
  }
  void clear() {
    clear_pin.write(true);
    edge();
  }
  /// Pushes a block. Returns du_param_ok after each beat.
  std::vector<bool> push_block(std::span<const std::uint8_t> block) {
    std::vector<bool> ok;
    for (std::size_t at = 0; at < block.size(); at += BusBytes) {
      const std::size_t count = std::min<std::size_t>(BusBytes, block.size() - at);
      std::array<std::uint64_t, (BusBytes + 7) / 8> words{};
      std::memcpy(words.data(), block.data() + at, count);
      param_data.write(cosim::detail::pin_from_words<8 * BusBytes>(words));
      param_bytes.write(static_cast<std::uint32_t>(count));
      param_valid.write(true);
      edge();
      ok.push_back(param_ok.read());
    }
    return ok;
  }
  bool load(const mapping::Descriptor& d, std::span<const std::uint8_t> block) {
    set_command(d);
    clear();
    const auto ok = push_block(block);
    CHECK(std::count(ok.begin(), ok.end() - 1, true) == 0);
    return ok.back();
  }
  /// Pushes `count` bits of a map from bit `from` on, in one cycle.
  void push(const Bits& map, std::size_t from, std::size_t count) {
    std::array<std::uint64_t, (Macs + 63) / 64> words{};
    for (std::size_t i = 0; i < count; ++i) words[i / 64] |= std::uint64_t{map[from + i]} << (i % 64);
    in_data.write(cosim::detail::pin_from_words<Macs>(words));
    in_bits.write(static_cast<std::uint32_t>(count));
    in_valid.write(true);
  }
  /// Starts a row and ends it `cycles` cycles later; 1 means both in the same cycle.
  void run_row(std::uint32_t y, int cycles) {
    row.write(y);
    row_start.write(true);
    for (int i = 1; i < cycles; ++i) edge();
    row_done.write(true);
    edge();
  }
  Bits read_row(std::uint32_t y, std::size_t bits) {
    Bits out;
    out_row.write(y);
    for (std::size_t at = 0; at < bits; at += Macs) {
      out_bit.write(static_cast<std::uint32_t>(at));
      settle();
      const auto words = cosim::detail::pin_words<Macs>(out_data.read());
      for (std::size_t i = 0; i < Macs && at + i < bits; ++i) out.push_back((words[i / 64] >> (i % 64)) & 1);
    }
    return out;
  }
  std::vector<std::uint8_t> read_beats(std::uint32_t y, std::size_t first, std::size_t bytes) {
    std::vector<std::uint8_t> out;
    beat_row.write(y);
    for (std::size_t at = first; at < first + bytes; at += BusBytes) {
      beat_byte.write(static_cast<std::uint32_t>(at));
      settle();
      const auto words = cosim::detail::pin_words<8 * BusBytes>(beat_data.read());
      for (std::size_t i = 0; i < BusBytes && at + i < first + bytes; ++i)
        out.push_back(static_cast<std::uint8_t>(words[i / 8] >> (8 * (i % 8))));
    }
    return out;
  }

  cosim::PinDigitalUnit<BusBytes, Macs> unit;
  sc_core::sc_clock clk;
  sc_core::sc_signal<bool> rst_n, clear_pin, param_valid, param_ok, layer_ok, in_valid, row_start, row_done;
  sc_core::sc_signal<sc_dt::sc_bv<1024>> command;
  sc_core::sc_signal<cosim::PinVector<8 * BusBytes>> param_data, beat_data;
  sc_core::sc_signal<std::uint32_t> param_bytes, in_bits, row, out_row, out_bit, beat_row, beat_byte;
  sc_core::sc_signal<cosim::PinVector<Macs>> in_data, out_data;
};

/// A stem on the image, integer and real convolutions of maps, and a head.
inline network::Graph digital_detector(std::uint64_t seed, bool real_head) {
  network::test::RandomOptions options;
  options.height = 9;
  options.width = 11;
  network::test::GraphBuilder build(seed, options);
  auto at = build.conv(0, 10, network::WeightKind::int8, true);
  at = build.conv(at, 70, network::WeightKind::int8, true);
  at = build.conv(at, 13, network::WeightKind::real, true);
  build.conv(at, options.classes + 4, real_head ? network::WeightKind::real : network::WeightKind::int8,
             false);
  return build.finished();
}

/// The bits of an image or a map in the order in which the unit takes them.
inline Bits stream_of(const Picture& picture) {
  Bits bits;
  for (const auto value : picture.values)
    for (int b = 0; b < 8; ++b) bits.push_back((value >> b) & 1);
  return bits;
}
inline Bits stream_of(const BinaryMap& map) {
  Bits bits;
  for (std::size_t pixel = 0; pixel < map.bits.rows(); ++pixel)
    for (std::size_t c = 0; c < map.bits.columns(); ++c) bits.push_back(map.bits.get(pixel, c));
  return bits;
}

/// The parameter block that a command loads.
inline std::span<const std::uint8_t> block_of(const mapping::Program& program,
                                              const mapping::Descriptor& load) {
  for (const auto& segment : program.segments)
    if (segment.address == load.table_memory) return segment.bytes;
  FAIL("no such block");
  return {};
}

/// Number of input rows that output row y needs.
inline std::size_t rows_seen(const mapping::Descriptor& d, int y) {
  return static_cast<std::size_t>(
      std::clamp(y * d.stride_h + d.kernel_h - d.pad_top, 1, static_cast<int>(d.in_height)));
}

/// The unit of the tests that need no special widths.
using SmallBench = DigitalPinBench<16, 64>;

/// A unit with the stem's parameters in slot 0, ready for its image.
struct Stem {
  network::Graph graph = digital_detector(3, false);
  mapping::Program program = mapping::compile(graph, {}, mapping::Activations::on_chip);
  Picture picture = network::test::random_picture(graph.nodes[0].shape, 5);
  Bits in = stream_of(picture);
  mapping::Descriptor d = program.picture[0].descriptor;
  template <typename B>
  void begin(B& bench) const {
    const auto& load = program.setup[0].descriptor;
    REQUIRE(bench.load(load, block_of(program, load)));
    bench.set_command(d);
    bench.clear();
  }
  template <typename B>
  void push_all(B& bench, std::size_t macs) const {
    for (std::size_t at = 0; at < in.size(); at += macs) {
      bench.push(in, at, std::min(macs, in.size() - at));
      bench.edge();
    }
  }
};

}  // namespace irc::tb
