// SPDX-License-Identifier: Apache-2.0
// Compares the pin-level digital unit with the reference; the test drives its pins.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <vector>
#include "support/catch.h"

#include "digital_pin_bench.h"
#include "irc/core/tensor.h"
#include "irc/cosim/pin_digital_unit.h"
#include "irc/mapping/compiler.h"
#include "irc/mapping/descriptor.h"
#include "irc/network/reference.h"
#include "random_graph.h"
#include "support/simulation_guard.h"

using namespace irc;
using mapping::Descriptor;
using mapping::Opcode;
using network::test::Draw;
using sc_core::sc_time;
using tb::Bits;
using tb::block_of;
using tb::digital_detector;
using tb::rows_seen;
using tb::SmallBench;
using tb::Stem;
using tb::stream_of;

namespace {

template <int BusBytes, int Macs>
using Bench = tb::DigitalPinBench<BusBytes, Macs>;

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
