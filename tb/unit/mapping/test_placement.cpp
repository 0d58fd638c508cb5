// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/mapping/placement.h"
#include "layers.h"

using namespace irc::mapping;
using Catch::Matchers::ContainsSubstring;
using irc::network::Graph;
using irc::network::NodeId;
using irc::network::WeightKind;
namespace mt = irc::mapping::test;

namespace {

/// The largest bias in units, if biases are rows.
std::size_t bias_rows(const irc::network::Conv& conv, const Geometry& g) {
  std::size_t most = 0;
  for (const int b : conv.bias) most = std::max(most, static_cast<std::size_t>(b < 0 ? -b : b));
  return g.bias == BiasPlacement::array ? most : 0;
}

void check_cover(const Graph& graph, const Geometry& g, const Placement& placement) {
  for (const auto id : mt::array_layers(graph)) {
    const auto& conv = mt::conv_of(graph, id);
    const std::size_t rows = conv.rows() + bias_rows(conv, g);
    const auto outputs = static_cast<std::size_t>(conv.out_channels);
    std::vector<int> covered(rows * outputs);
    for (const auto& tile : placement.tiles) {
      if (tile.node != id) continue;
      REQUIRE(tile.row_begin + tile.rows <= rows);
      REQUIRE(tile.output_begin + tile.outputs <= outputs);
      for (std::size_t r = 0; r < tile.rows; ++r)
        for (std::size_t o = 0; o < tile.outputs; ++o)
          ++covered[(tile.row_begin + r) * outputs + tile.output_begin + o];
    }
    REQUIRE(std::all_of(covered.begin(), covered.end(), [](int n) { return n == 1; }));
  }
}

void check_bounds(const Graph& graph, const Geometry& g, const Placement& placement) {
  const auto layers = mt::array_layers(graph);
  for (const auto& tile : placement.tiles) {
    REQUIRE(std::count(layers.begin(), layers.end(), tile.node) == 1);
    REQUIRE(tile.macro < g.macros);
    REQUIRE(tile.rows > 0);
    REQUIRE(tile.rows <= g.rows);
    REQUIRE(tile.outputs > 0);
    REQUIRE(tile.columns ==
            (g.scheme == WeightScheme::binary_reference ? tile.outputs + 2 : 2 * tile.outputs));
    REQUIRE(tile.pairs == (tile.columns + 1) / 2);
    REQUIRE(tile.first_pair + tile.pairs <= g.column_pairs);
  }
}

void check_passes(const Graph& graph, const Geometry& g, const Placement& placement) {
  std::set<std::size_t> seen;
  std::map<NodeId, std::set<std::size_t>> rounds_of;
  std::size_t round = 0;
  NodeId node = 0;
  for (const auto& pass : placement.passes) {
    REQUIRE(pass.round >= round);
    REQUIRE(pass.node >= node);
    REQUIRE(pass.round < placement.rounds);
    REQUIRE_FALSE(pass.tiles.empty());
    round = pass.round;
    node = pass.node;
    REQUIRE(rounds_of[node].insert(round).second);  // a round has at most one pass of a layer
    // Readouts of row pieces are summed, so all pieces of an output must be resident at the same time.
    std::map<std::size_t, std::size_t> rows_of_group;
    for (const auto t : pass.tiles) {
      REQUIRE(seen.insert(t).second);
      REQUIRE(placement.tiles.at(t).node == node);
      REQUIRE(placement.tiles.at(t).pass + 1 == rounds_of[node].size());
      rows_of_group[placement.tiles[t].output_begin] += placement.tiles[t].rows;
    }
    const auto& conv = mt::conv_of(graph, node);
    for (const auto& [begin, rows] : rows_of_group) REQUIRE(rows == conv.rows() + bias_rows(conv, g));
  }
  REQUIRE(seen.size() == placement.tiles.size());
}

/// Checks that no cell is used twice between two programmings.
void check_overlap(const Placement& placement) {
  std::set<std::tuple<std::size_t, std::size_t, std::size_t>> used;  // round, macro, pair
  for (const auto& pass : placement.passes)
    for (const auto t : pass.tiles) {
      const auto& tile = placement.tiles[t];
      for (std::size_t p = 0; p < tile.pairs; ++p)
        REQUIRE(used.insert({pass.round, tile.macro, tile.first_pair + p}).second);
    }
}

void check_all(const Graph& graph, const Geometry& g, const Placement& placement) {
  check_cover(graph, g, placement);
  check_bounds(graph, g, placement);
  check_passes(graph, g, placement);
  check_overlap(placement);
}

std::size_t most_row_pieces(const Graph& graph, const Geometry& g) {
  std::size_t most = 0;
  for (const auto id : mt::array_layers(graph)) {
    const auto& conv = mt::conv_of(graph, id);
    most = std::max(most, (conv.rows() + bias_rows(conv, g) + g.rows - 1) / g.rows);
  }
  return most;
}

}  // namespace

TEST_CASE("placement of random detectors covers every weight once") {
  int placed = 0, refused = 0, several_rounds = 0, several_passes = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    mt::Draw draw(seed + 900);
    Geometry g = mt::plain_geometry(static_cast<std::size_t>(draw.between(1, 6)),
                                    static_cast<std::size_t>(draw.between(20, 300)),
                                    static_cast<std::size_t>(draw.between(2, 40)));
    g.scheme = static_cast<WeightScheme>(draw.between(0, 2));
    if (g.scheme != WeightScheme::binary_reference) g.bias = static_cast<BiasPlacement>(draw.between(0, 2));
    mt::RandomOptions options;
    if (g.scheme != WeightScheme::ternary) options.binary_share = 1;
    const auto graph = irc::network::test::random_detector(seed, options);
    CAPTURE(seed);
    if (most_row_pieces(graph, g) > g.macros) {
      REQUIRE_THROWS_WITH(place(graph, g), ContainsSubstring("cannot be placed"));
      ++refused;
      continue;
    }
    const auto placement = place(graph, g);
    check_all(graph, g, placement);
    ++placed;
    several_rounds += placement.rounds > 1;
    several_passes += placement.passes.size() > mt::array_layers(graph).size();
  }
  CHECK(placed > 60);
  CHECK(refused > 5);
  CHECK(several_rounds > 10);
  CHECK(several_passes > 3);
}

TEST_CASE("a layer that fits is one tile") {
  const auto graph = mt::chain(4, {10});
  const auto placement = place(graph, mt::plain_geometry(2, 36, 10));
  REQUIRE(placement.rounds == 1);
  REQUIRE(placement.tiles.size() == 1);
  CHECK(placement.tiles[0].node == 2);
  CHECK(placement.tiles[0].rows == 36);
  CHECK(placement.tiles[0].outputs == 10);
  CHECK(placement.tiles[0].columns == 20);
}

TEST_CASE("one row too many splits the rows over two macros") {
  const auto graph = mt::chain(4, {10});
  const auto g = mt::plain_geometry(2, 35, 10);
  const auto placement = place(graph, g);
  check_all(graph, g, placement);
  REQUIRE(placement.tiles.size() == 2);
  CHECK(placement.tiles[0].rows == 18);
  CHECK(placement.tiles[1].row_begin == 18);
  CHECK(placement.tiles[0].macro != placement.tiles[1].macro);
}

TEST_CASE("one output too many splits the columns") {
  const auto graph = mt::chain(4, {11});
  const auto g = mt::plain_geometry(2, 36, 10);
  const auto placement = place(graph, g);
  check_all(graph, g, placement);
  REQUIRE(placement.tiles.size() == 2);
  CHECK(placement.tiles[0].outputs + placement.tiles[1].outputs == 11);
  CHECK(placement.tiles[0].macro != placement.tiles[1].macro);
  CHECK(placement.passes.size() == 1);
}

TEST_CASE("layers that do not fit together take turns") {
  const auto graph = mt::chain(4, {10, 4, 10});
  const auto g = mt::plain_geometry(1, 90, 14);
  const auto placement = place(graph, g);
  check_all(graph, g, placement);
  CHECK(placement.rounds == 2);
  REQUIRE(placement.passes.size() == 3);
  CHECK(placement.passes[1].round == 0);
  CHECK(placement.passes[2].round == 1);
  CHECK(place(graph, mt::plain_geometry(1, 90, 24)).rounds == 1);
}

TEST_CASE("a layer larger than all macros runs in passes") {
  const auto graph = mt::chain(4, {10, 50});
  const auto g = mt::plain_geometry(2, 90, 10);
  const auto placement = place(graph, g);
  check_all(graph, g, placement);
  // One pass for 10 outputs, then five tiles of ten outputs on two macros.
  REQUIRE(placement.passes.size() == 4);
  CHECK(placement.passes[1].tiles.size() == 2);
  CHECK(placement.passes[3].tiles.size() == 1);
  CHECK(placement.rounds == 4);
}

TEST_CASE("the reference columns are counted") {
  const auto graph = mt::chain(4, {18}, WeightKind::binary);
  auto g = mt::plain_geometry(1, 36, 10);
  g.scheme = WeightScheme::binary_reference;
  CHECK(place(graph, g).tiles.size() == 1);
  g.column_pairs = g.amplifiers = 9;
  CHECK(place(graph, g).tiles.size() == 2);
}

TEST_CASE("bias rows are the largest bias, only where they sit in the array") {
  auto graph = mt::chain(4, {3});
  auto& conv = std::get<irc::network::Conv>(graph.nodes[2].op);
  conv.bias = {2, -5, 0};
  auto g = mt::plain_geometry(2, 100, 10);
  CHECK(bias_rows_of(conv, g) == 0);
  g.bias = BiasPlacement::source;
  CHECK(bias_rows_of(conv, g) == 0);
  g.bias = BiasPlacement::array;
  CHECK(bias_rows_of(conv, g) == 5);
  CHECK(place(graph, g).tiles[0].rows == 41);
  g.bias_rows = 5;
  CHECK_NOTHROW(place(graph, g));
  g.bias_rows = 4;
  CHECK_THROWS_AS(place(graph, g), irc::InputError);
  CHECK_THROWS_WITH(place(graph, g), ContainsSubstring("'" + graph.nodes[2].name + "'") &&
                                         ContainsSubstring("needs 5 bias rows") &&
                                         ContainsSubstring("allows 4") &&
                                         ContainsSubstring("array.bias = \"source\" needs none") &&
                                         ContainsSubstring("array.bias_rows to at least 5"));
  conv.bias = {99, 0, 0};
  CHECK_THROWS_WITH(place(graph, g), ContainsSubstring("array.bias_rows to at least 99"));
  // A macro cannot have only bias rows, so the message does not offer that many.
  conv.bias = {100, 0, 0};
  CHECK_THROWS_WITH(place(graph, g), ContainsSubstring("\"source\"") && !ContainsSubstring("at least"));
  conv.bias = {std::numeric_limits<std::int32_t>::min(), 0, 0};
  CHECK(bias_rows_of(conv, g) == 2147483648u);
}

TEST_CASE("what cannot be placed is refused in words") {
  const auto graph = mt::chain(4, {10});
  const auto& name = graph.nodes[2].name;
  SECTION("too many rows") {
    CHECK_NOTHROW(place(graph, mt::plain_geometry(2, 18, 10)));
    const auto g = mt::plain_geometry(2, 17, 10);
    CHECK_THROWS_AS(place(graph, g), irc::InputError);
    CHECK_THROWS_WITH(place(graph, g), ContainsSubstring("'" + name + "'") && ContainsSubstring("36 rows") &&
                                           ContainsSubstring("3 macros of 17") && ContainsSubstring("has 2"));
  }
  SECTION("zeros in a binary mapping") {
    auto g = mt::plain_geometry(2, 100, 10);
    g.scheme = WeightScheme::binary_differential;
    const auto& weights = mt::conv_of(graph, 2).weights;
    const auto zero = std::find(weights.begin(), weights.end(), 0) - weights.begin();
    CHECK_THROWS_AS(place(graph, g), irc::InputError);
    CHECK_THROWS_WITH(place(graph, g), ContainsSubstring("'" + name + "'") &&
                                           ContainsSubstring("weight " + std::to_string(zero) + " is 0") &&
                                           ContainsSubstring("ternary"));
    CHECK_NOTHROW(place(mt::chain(4, {10}, WeightKind::binary), g));
  }
  SECTION("reference mapping with bias in the array") {
    auto g = mt::plain_geometry(2, 100, 10);
    g.scheme = WeightScheme::binary_reference;
    const auto binary = mt::chain(4, {10}, WeightKind::binary);
    CHECK_NOTHROW(place(binary, g));
    g.bias = BiasPlacement::array;
    CHECK_THROWS_AS(place(binary, g), irc::InputError);
    CHECK_THROWS_WITH(place(binary, g), ContainsSubstring("array.bias") &&
                                            ContainsSubstring("binary_reference") &&
                                            ContainsSubstring("\"source\" or \"digital\""));
  }
  SECTION("more amplifiers than column pairs") {
    auto g = mt::plain_geometry(2, 100, 10);
    g.amplifiers = 11;
    CHECK_THROWS_AS(place(graph, g), irc::InputError);
    CHECK_THROWS_WITH(place(graph, g),
                      ContainsSubstring("array.amplifiers: 11") && ContainsSubstring("10 column pairs"));
  }
  SECTION("nothing to place on") {
    for (const int which : {0, 1, 2, 3}) {
      auto g = mt::plain_geometry(2, 100, 10);
      (which == 0 ? g.macros : which == 1 ? g.rows : which == 2 ? g.column_pairs : g.amplifiers) = 0;
      CHECK_THROWS_AS(place(graph, g), irc::InputError);
      CHECK_THROWS_WITH(place(graph, g), ContainsSubstring("at least 1"));
    }
    auto g = mt::plain_geometry(2, 100, 1);
    g.scheme = WeightScheme::binary_reference;
    CHECK_THROWS_WITH(place(mt::chain(4, {10}, WeightKind::binary), g), ContainsSubstring("at least 2"));
  }
  SECTION("sizes that do not fit a tile record") {
    CHECK_NOTHROW(place(graph, mt::plain_geometry(65535, 100, 32767)));
    CHECK_THROWS_WITH(place(graph, mt::plain_geometry(65536, 100, 10)),
                      ContainsSubstring("array.macros: 65536"));
    CHECK_THROWS_WITH(place(graph, mt::plain_geometry(2, 100, 32768)),
                      ContainsSubstring("array.column_pairs: 32768"));
    CHECK_THROWS_WITH(place(graph, mt::plain_geometry(2, 600000, 10)),
                      ContainsSubstring("array.rows: 600000"));
  }
}

TEST_CASE("a digital bias needs readouts to be added to") {
  const auto graph = mt::chain(8, {16});  // 72 rows
  auto g = mt::plain_geometry(2, 128, 16);
  g.one_bit_readout = true;
  for (const std::size_t whole : {0u, 72u, 100u}) {
    g.rows_per_operation = whole;
    CHECK_THROWS_AS(place(graph, g), irc::InputError);
    CHECK_THROWS_WITH(place(graph, g),
                      ContainsSubstring("'" + graph.nodes[2].name + "'") && ContainsSubstring("72 rows") &&
                          ContainsSubstring("one-bit decision") &&
                          ContainsSubstring("the nearest remedy is array.bias = \"source\"") &&
                          ContainsSubstring("array.bias = \"array\"") && ContainsSubstring("multi_bit"));
  }
  // The remedy that the message names first works.
  auto with_source = g;
  with_source.bias = BiasPlacement::source;
  CHECK_NOTHROW(place(graph, with_source));
  // Bias cells are no remedy where a single column represents a weight.
  auto one_column = g;
  one_column.scheme = WeightScheme::binary_reference;
  const auto binary = mt::chain(8, {16}, WeightKind::binary);
  CHECK_THROWS_WITH(place(binary, one_column),
                    ContainsSubstring("\"source\"") && !ContainsSubstring("array.bias = \"array\""));
  one_column.bias = BiasPlacement::source;
  CHECK_NOTHROW(place(binary, one_column));
  g.rows_per_operation = 71;  // two readouts
  CHECK_NOTHROW(place(graph, g));
  g.rows_per_operation = 0;
  g.rows = 71;  // two row pieces
  CHECK_NOTHROW(place(graph, g));
  g.rows = 128;
  g.one_bit_readout = false;
  CHECK_NOTHROW(place(graph, g));
  g.one_bit_readout = true;
  auto without = graph;
  auto& conv = std::get<irc::network::Conv>(without.nodes[2].op);
  std::fill(conv.bias.begin(), conv.bias.end(), 0);
  CHECK_NOTHROW(place(without, g));
}
