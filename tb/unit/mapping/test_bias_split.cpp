// SPDX-License-Identifier: Apache-2.0
#include "irc/mapping/bias_split.h"

#include "irc/mapping/placement.h"
#include "layers.h"
#include "support/catch.h"

using namespace irc;
using namespace irc::mapping;
using namespace irc::mapping::test;
using Catch::Matchers::ContainsSubstring;

namespace {

/// A layer of 9 * 8 = 72 weight rows, with `bias` as its largest bias.
network::Graph layer_with_bias(int bias) {
  auto graph = chain(8, {6});
  auto& conv = std::get<network::Conv>(graph.nodes[2].op);
  for (auto& b : conv.bias) b = 0;
  conv.bias[2] = -bias;
  return graph;
}

Geometry geometry(std::size_t rows) {
  Geometry g;
  g.rows = rows;
  return g;
}

}  // namespace

TEST_CASE("bias rows that cut a layer into votes are reported with layer, rows and remedy") {
  const auto graph = layer_with_bias(3);
  const auto found = layers_split_by_bias(graph, geometry(74));
  REQUIRE(found.size() == 1);
  CHECK(found[0].layer == graph.nodes[2].name);
  CHECK(found[0].weight_rows == 72);
  CHECK(found[0].bias_rows == 3);
  CHECK(found[0].array_rows == 74);
  CHECK(found[0].votes == 2);
  CHECK(found[0].votes_without_bias == 1);
  CHECK_THAT(found[0].text(),
             ContainsSubstring("72 weight rows and 3 bias rows make 75 rows, array.rows is 74"));
  CHECK_THAT(found[0].text(), ContainsSubstring("majority of 2 one-bit votes instead of one decision"));
  CHECK_THAT(found[0].text(), ContainsSubstring("array.rows = 75 would hold them"));
  // The placement does what the warning says.
  CHECK(place(graph, geometry(74)).tiles.size() == 2);
  CHECK(place(graph, geometry(75)).tiles.size() == 1);
}

TEST_CASE("groups of rows count as votes, too") {
  auto g = geometry(2048);
  g.rows_per_operation = 36;
  const auto found = layers_split_by_bias(layer_with_bias(3), g);
  REQUIRE(found.size() == 1);
  CHECK(found[0].votes == 3);
  CHECK(found[0].votes_without_bias == 2);
  CHECK_THAT(found[0].text(),
             ContainsSubstring("array.rows_per_operation is 36") && ContainsSubstring("instead of 2"));
}

TEST_CASE("nothing is reported where bias rows change no decision") {
  CHECK(layers_split_by_bias(layer_with_bias(3), geometry(75)).empty());
  CHECK(layers_split_by_bias(layer_with_bias(0), geometry(72)).empty());
  CHECK(layers_split_by_bias(layer_with_bias(3), geometry(60)).empty());  // two votes in any case
  auto source = geometry(72);
  source.bias = BiasPlacement::source;
  CHECK(layers_split_by_bias(layer_with_bias(3), source).empty());
  auto levels = geometry(72);
  levels.one_bit_readout = false;
  CHECK(layers_split_by_bias(layer_with_bias(3), levels).empty());
}
