// SPDX-License-Identifier: Apache-2.0
// Compares the pin-level digital unit with the reference; the test drives its pins.
#include <cstring>
#include <vector>
#include "support/catch.h"

#include "irc/cosim/pin_digital_unit.h"
#include "irc/network/reference.h"
#include "random_graph.h"
#include "support/simulation_guard.h"

using namespace irc;
using mapping::Descriptor;
using mapping::Opcode;
using network::test::Draw;
using sc_core::sc_time;

namespace {

using Bits = std::vector<bool>;
constexpr const char* slip = "irc/cosim/digital";

/// The unit and drivers of its pins. Every function leaves the strobes low, just after a rising edge.
template <int BusBytes, int Macs>
class Bench {
 public:
  explicit Bench(const std::string& name)
      : unit(name.c_str()), clk((name + "_clk").c_str(), sc_time(1, sc_core::SC_NS)) {
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
    sc_core::wait(sc_time(100, sc_core::SC_PS));
    clear_pin.write(false);
    param_valid.write(false);
    in_valid.write(false);
    row_start.write(false);
    row_done.write(false);
  }
  /// Lets combinational outputs follow.
  void settle() { sc_core::wait(sc_time(100, sc_core::SC_PS)); }

  void set_command(const Descriptor& d) {
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
  bool load(const Descriptor& d, std::span<const std::uint8_t> block) {
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
network::Graph digital_detector(std::uint64_t seed, bool real_head) {
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

Bits stream_of(const Picture& picture) {
  Bits bits;
  for (const auto value : picture.values)
    for (int b = 0; b < 8; ++b) bits.push_back((value >> b) & 1);
  return bits;
}
Bits stream_of(const BinaryMap& map) {
  Bits bits;
  for (std::size_t pixel = 0; pixel < map.bits.rows(); ++pixel)
    for (std::size_t c = 0; c < map.bits.columns(); ++c) bits.push_back(map.bits.get(pixel, c));
  return bits;
}

/// Input of a layer, row by row: the whole image, or the pixels of a map that windows cover.
std::vector<Bits> rows_of(const Picture& picture, const Descriptor& d) {
  const auto all = stream_of(picture);
  const auto row = static_cast<std::ptrdiff_t>(all.size() / d.in_height);
  std::vector<Bits> rows;
  for (auto at = all.begin(); at != all.end(); at += row) rows.emplace_back(at, at + row);
  return rows;
}
std::vector<Bits> rows_of(const BinaryMap& map, const Descriptor& d) {
  const auto seen_by = [](int outputs, int stride, int kernel, int pad, int place) {
    for (int o = 0; o < outputs; ++o)
      for (int k = 0; k < kernel; ++k)
        if (o * stride + k - pad == place) return true;
    return false;
  };
  std::vector<Bits> rows(d.in_height);
  for (int y = 0; y < d.in_height; ++y)
    for (int x = 0; x < d.in_width; ++x)
      if (seen_by(d.out_height, d.stride_h, d.kernel_h, d.pad_top, y) &&
          seen_by(d.out_width, d.stride_w, d.kernel_w, d.pad_left, x))
        for (std::size_t c = 0; c < map.bits.columns(); ++c)
          rows[static_cast<std::size_t>(y)].push_back(
              map.bits.get(static_cast<std::size_t>(y * d.in_width + x), c));
  return rows;
}

std::span<const std::uint8_t> block_of(const mapping::Program& program, const Descriptor& load) {
  for (const auto& segment : program.segments)
    if (segment.address == load.table_memory) return segment.bytes;
  FAIL("no such block");
  return {};
}

/// Number of input rows that output row y needs.
std::size_t rows_seen(const Descriptor& d, int y) {
  return static_cast<std::size_t>(
      std::clamp(y * d.stride_h + d.kernel_h - d.pad_top, 1, static_cast<int>(d.in_height)));
}

/// Runs a layer with its input cut at random and each row as early as allowed. Compares every row.
template <typename B>
void run_layer(B& bench, int macs, const Descriptor& d, const std::vector<Bits>& rows,
               const network::Reference::Maps& maps, Draw& draw) {
  bench.set_command(d);
  bench.clear();
  CHECK(bench.layer_ok.read());
  const std::size_t values = std::size_t{d.out_width} * d.out_channels;
  Bits in;
  for (const auto& row : rows) in.insert(in.end(), row.begin(), row.end());
  std::size_t pushed = 0;
  for (int y = 0; y < d.out_height; ++y) {
    std::size_t wanted = 0;
    for (std::size_t i = 0; i < rows_seen(d, y); ++i) wanted += rows[i].size();
    while (pushed < wanted) {
      const auto count =
          std::min<std::size_t>(in.size() - pushed, static_cast<std::size_t>(draw.between(1, macs)));
      bench.push(in, pushed, count);
      pushed += count;
      // The last of them may come with the row's last cycle.
      if (pushed < wanted) bench.edge();
    }
    const auto row = static_cast<std::uint32_t>(y);
    bench.run_row(row, draw.between(1, 3));
    const std::size_t first = static_cast<std::size_t>(y) * values;
    if (d.opcode == Opcode::head) {
      std::vector<std::uint8_t> expected(4 * values);
      std::memcpy(expected.data(), maps.head.values.data() + first, expected.size());
      CHECK(bench.read_beats(row, 0, expected.size()) == expected);
      const std::vector<std::uint8_t> tail(expected.begin() + 3, expected.end());
      CHECK(bench.read_beats(row, 3, tail.size()) == tail);
      Bits bits;
      for (const auto byte : expected)
        for (int b = 0; b < 8; ++b) bits.push_back((byte >> b) & 1);
      CHECK(bench.read_row(row, bits.size()) == bits);
    } else {
      const auto all = stream_of(maps.binary[d.layer]);
      const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
      CHECK(bench.read_row(row, values) == Bits(begin, begin + static_cast<std::ptrdiff_t>(values)));
    }
  }
  // Bits after a row's end are zero.
  const auto past = bench.read_row(0, 64 * ((32 * values + 63) / 64) + 512);
  CHECK(std::count(past.begin() + static_cast<std::ptrdiff_t>((d.opcode == Opcode::head ? 32 : 1) * values),
                   past.end(), true) == 0);
}

template <int BusBytes, int Macs>
void run_detector(Bench<BusBytes, Macs>& bench, bool real_head) {
  const auto graph = digital_detector(Macs, real_head);
  const auto program = mapping::compile(graph, {}, mapping::Activations::on_chip);
  const auto picture = network::test::random_picture(graph.nodes[0].shape, 5);
  const auto maps = network::Reference(graph).run(picture);
  Draw draw(BusBytes);
  for (const auto& command : program.setup) {
    REQUIRE(command.descriptor.opcode == Opcode::load_parameters);
    CHECK(bench.load(command.descriptor, block_of(program, command.descriptor)));
  }
  for (int turn = 0; turn < 2; ++turn)
    for (const auto& command : program.picture) {
      const auto& d = command.descriptor;
      INFO(command.name);
      const auto in = d.layer == 1 ? rows_of(picture, d) : rows_of(maps.binary[d.layer - 1u], d);
      run_layer(bench, Macs, d, in, maps, draw);
    }
}

/// A unit with the stem's parameters in slot 0, ready for its image.
struct Stem {
  network::Graph graph = digital_detector(3, false);
  mapping::Program program = mapping::compile(graph, {}, mapping::Activations::on_chip);
  Picture picture = network::test::random_picture(graph.nodes[0].shape, 5);
  Bits in = stream_of(picture);
  Descriptor d = program.picture[0].descriptor;
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

using SmallBench = Bench<16, 64>;

/// Runs `body` and returns the number of reported protocol errors.
std::size_t slips_of(const std::function<void(SmallBench&, const Stem&)>& body) {
  tb::SimulationGuard guard;
  guard.allow(slip);
  const Stem stem;
  SmallBench bench("bench");
  guard.stimulus("hand", [&] {
    stem.begin(bench);
    CHECK(guard.count(slip) == 0);
    body(bench, stem);
  });
  guard.run(sc_time(1, sc_core::SC_MS));
  return guard.count(slip);
}

}  // namespace

TEST_CASE("the twin computes what the reference does, at any width of bus and unit") {
  tb::SimulationGuard guard;
  Bench<4, 24> narrow("narrow");
  Bench<8, 64> word("word");
  Bench<16, 1024> usual("usual");
  Bench<128, 100> wide("wide");
  guard.stimulus("narrow_hand", [&] { run_detector(narrow, false); });
  guard.stimulus("word_hand", [&] { run_detector(word, true); });
  guard.stimulus("usual_hand", [&] { run_detector(usual, false); });
  guard.stimulus("wide_hand", [&] { run_detector(wide, true); });
  guard.run(sc_time(10, sc_core::SC_MS));
}

TEST_CASE("a malformed parameter block is not accepted and leaves its slot alone") {
  tb::SimulationGuard guard;
  const Stem stem;
  SmallBench bench("bench");
  guard.stimulus("hand", [&] {
    const auto load = stem.program.setup[0].descriptor;
    const auto block = block_of(stem.program, load);
    std::vector<std::uint8_t> bad(block.begin(), block.end());
    bad[0] = 9;  // no such kind of weights
    bench.set_command(stem.d);
    CHECK_FALSE(bench.layer_ok.read());  // the slot is empty
    CHECK_FALSE(bench.load(load, bad));
    bench.set_command(stem.d);
    CHECK_FALSE(bench.layer_ok.read());
    CHECK(bench.load(load, block));
    bench.set_command(stem.d);
    CHECK(bench.layer_ok.read());
    // The block is one byte short, as the command says.
    auto cut = load;
    cut.table_entries -= 1;
    CHECK_FALSE(bench.load(cut, block.first(block.size() - 1)));
    CHECK_FALSE(bench.load(load, bad));
    bench.set_command(stem.d);
    CHECK(bench.layer_ok.read());  // the accepted parameters stay
    // A block that is not complete is not accepted, and clear forgets it.
    bench.set_command(load);
    bench.clear();
    bench.push_block(block.first(32));
    CHECK_FALSE(bench.param_ok.read());
    CHECK(bench.load(load, block));
  });
  guard.run(sc_time(1, sc_core::SC_MS));
}

TEST_CASE("a layer is good only if its slot's parameters match the command") {
  tb::SimulationGuard guard;
  const Stem stem;
  SmallBench bench("bench");
  guard.stimulus("hand", [&] {
    stem.begin(bench);
    CHECK(bench.layer_ok.read());
    const auto ok_with = [&](const std::function<void(Descriptor&)>& change) {
      auto d = stem.d;
      change(d);
      bench.set_command(d);
      return bench.layer_ok.read();
    };
    CHECK(ok_with([](Descriptor&) {}));
    CHECK_FALSE(ok_with([](Descriptor& d) { d.slot = 77; }));
    CHECK_FALSE(ok_with([](Descriptor& d) { d.out_channels += 1; }));
    CHECK_FALSE(ok_with([](Descriptor& d) { d.in_channels[0] += 1; }));
    CHECK_FALSE(ok_with([](Descriptor& d) { d.opcode = Opcode::max_pool; }));
    CHECK_FALSE(ok_with([](Descriptor& d) { d.out_height += 1; }));  // no valid command
    CHECK(ok_with([](Descriptor&) {}));
  });
  guard.run(sc_time(1, sc_core::SC_MS));
}

TEST_CASE("reset forgets the map, not the parameters, a row not finished reads as what no reference has") {
  tb::SimulationGuard guard;
  const Stem stem;
  SmallBench bench("bench");
  guard.stimulus("hand", [&] {
    stem.begin(bench);
    const auto expected = stream_of(network::Reference(stem.graph).run(stem.picture).binary[1]);
    const std::size_t values = std::size_t{stem.d.out_width} * stem.d.out_channels;
    const Bits first(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(values));
    for (int turn = 0; turn < 2; ++turn) {
      stem.push_all(bench, 64);
      CHECK(bench.read_beats(0, 0, 3) == std::vector<std::uint8_t>(3, cosim::DigitalPinLogic::unfinished));
      bench.run_row(0, 2);
      CHECK(bench.read_row(0, values) == first);
      bench.rst_n.write(false);
      bench.edge();
      bench.rst_n.write(true);
      CHECK(bench.layer_ok.read());
    }
  });
  guard.run(sc_time(1, sc_core::SC_MS));
}

TEST_CASE("slip: a row is over before its input rows were pushed") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          const std::size_t bits = rows_seen(stem.d, 0) * stem.d.in_width * 24u;
          for (std::size_t at = 0; at < bits - 1; at += 64) {
            bench.push(stem.in, at, std::min<std::size_t>(64, bits - 1 - at));
            bench.edge();
          }
          bench.run_row(0, 2);
        }) == 1);
}

TEST_CASE("no slip: the last bit comes with the row's last cycle") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          const std::size_t bits = rows_seen(stem.d, 0) * stem.d.in_width * 24u;
          for (std::size_t at = 0; at < bits - 1; at += 64) {
            bench.push(stem.in, at, std::min<std::size_t>(64, bits - 1 - at));
            bench.edge();
          }
          bench.row_start.write(true);
          bench.edge();
          bench.push(stem.in, bits - 1, 1);
          bench.row_done.write(true);
          bench.edge();
        }) == 0);
}

TEST_CASE("slip: more input than the map has") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          stem.push_all(bench, 64);
          bench.push(stem.in, 0, 1);
          bench.edge();
        }) == 1);
}

TEST_CASE("slip: more bits than the pins have") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          bench.push(stem.in, 0, 64);
          bench.in_bits.write(65);
          bench.edge();
        }) == 1);
}

TEST_CASE("slip: more parameters than the command says") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          const auto load = stem.program.setup[0].descriptor;
          const auto block = block_of(stem.program, load);
          CHECK(bench.load(load, block));
          bench.push_block(block.first(1));
        }) == 1);
}

TEST_CASE("slip: parameters without their command") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          bench.push_block(block_of(stem.program, stem.program.setup[0].descriptor).first(16));
        }) == 1);
}

TEST_CASE("slip: work for a layer that is not good") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          auto d = stem.d;
          d.slot = 9;
          bench.set_command(d);
          bench.push(stem.in, 0, 8);
          bench.edge();
        }) == 1);
}

TEST_CASE("slip: a row that the layer does not have") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          stem.push_all(bench, 64);
          bench.row.write(stem.d.out_height);
          bench.row_start.write(true);
          bench.edge();
        }) == 1);
}

TEST_CASE("slip: a row started before the last one was done") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          stem.push_all(bench, 64);
          bench.row_start.write(true);
          bench.edge();
          bench.row.write(1);
          bench.row_start.write(true);
          bench.edge();
        }) == 1);
}

TEST_CASE("slip: a row done that never started") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          stem.push_all(bench, 64);
          bench.row_done.write(true);
          bench.edge();
        }) == 1);
}

TEST_CASE("slip: a row asked for that the layer does not have, idle just behind the last is none") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          stem.push_all(bench, 64);
          bench.run_row(0, 1);
          bench.out_row.write(stem.d.out_height);
          bench.beat_row.write(stem.d.out_height);
          bench.edge();
          bench.edge();
          bench.out_row.write(stem.d.out_height + 1u);
          bench.edge();
          bench.edge();  // a row that stays the same is not reported again
          bench.beat_row.write(stem.d.out_height + 5u);
          bench.edge();
        }) == 2);
}
