// SPDX-License-Identifier: Apache-2.0
#include "irc/network/dead_channels.h"

#include "irc/network/reference.h"
#include "onnx_compare.h"

using namespace irc;
using namespace irc::network;
using namespace irc::network::test;

namespace {

/// image -> stem -> hidden array layer -> head
Graph with_hidden(WeightKind kind, double zero_share = 0.4) {
  GraphBuilder build(31, {.height = 12, .width = 12, .odd_geometry = false, .zero_share = zero_share});
  const NodeId stem = build.conv(0, 10, WeightKind::int8, true);
  build.conv(build.conv(stem, 12, kind, true), 7, WeightKind::int8, false);
  return build.finished();
}

Conv& hidden(Graph& graph) {
  return std::get<Conv>(graph.nodes[2].op);
}

bool same_outputs(const Graph& a, const Graph& b) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const Picture picture = random_picture(a.nodes[0].shape, seed);
    if (Reference(a).run(picture).head.values != Reference(b).run(picture).head.values) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("dead channels need no more bias than live ones") {
  for (const auto& [kind, zero_share] :
       {std::pair{WeightKind::ternary, 0.4}, {WeightKind::ternary, 0.0}, {WeightKind::binary, 0.0}}) {
    Graph graph = with_hidden(kind, zero_share);
    hidden(graph).bias[3] = 231;  // always 1
    hidden(graph).bias[5] = -5000;
    finish(graph);
    Graph retired = graph;
    const auto changed = retire_dead_channels(retired);
    REQUIRE(changed.size() == 1);
    CHECK(changed[0].layer == graph.nodes[2].name);
    CHECK(changed[0].channels == 2);
    CHECK(changed[0].bias_before == 5000);
    CHECK(changed[0].bias_after <= 4);
    for (const auto b : hidden(retired).bias) CHECK(std::abs(b) <= changed[0].bias_after);
    finish(retired);  // the weights are still of the layer's kind
    CHECK(same_outputs(graph, retired));
    CHECK(retire_dead_channels(retired).empty());
  }
}

TEST_CASE("thresholds at the edge of the reachable sums stay as they are") {
  Graph graph = with_hidden(WeightKind::binary, 0);
  Conv& conv = hidden(graph);
  const auto rows = conv.rows();
  const auto positive = static_cast<int>(std::count(
      conv.weights.begin(), conv.weights.begin() + static_cast<std::ptrdiff_t>(rows), std::int8_t{1}));
  conv.bias[0] = 1 - positive;  // 1 only if every positive weight sees a 1, and no negative one does
  finish(graph);
  Graph same_graph = graph;
  CHECK(retire_dead_channels(same_graph).empty());
  CHECK(same(graph, same_graph));
  conv.bias[0] = -positive;
  CHECK(retire_dead_channels(graph).size() == 1);
}

TEST_CASE("layers without dead channels, and layers of the digital unit, stay as they are") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Graph graph = with_hidden(WeightKind::ternary);
    std::get<Conv>(graph.nodes[1].op).bias[0] = 9000000;
    finish(graph);
    const Graph before = graph;
    CHECK(retire_dead_channels(graph).empty());
    CHECK(same(before, graph));
  }
}

TEST_CASE("batch norm with a factor of 0 asks for no bias rows, whatever the weights") {
  const Graph graph = with_hidden(WeightKind::binary, 0);
  const std::string n = graph.nodes[2].name;
  const auto k = static_cast<std::int64_t>(hidden(const_cast<Graph&>(graph)).out_channels);
  Edit e(graph);
  const Floats zero(static_cast<std::size_t>(k), 0), one(static_cast<std::size_t>(k), 1);
  Floats beta = zero;
  beta[1] = 3;
  e.replace_step(
      n, {Edit::make("BatchNormalization",
                     {n + "/sum", e.constant("g", {k}, zero), e.constant("b", {k}, beta),
                      e.constant("m", {k}, one), e.constant("v", {k}, one)},
                     n + "/bn"),
          Edit::make("Greater", {n + "/bn", e.constant("t", {}, {0})}, n + "/c"), Edit::cast(n + "/c", n)});
  Graph back = e.read();
  for (std::size_t o = 0; o < static_cast<std::size_t>(k); ++o)
    CHECK(hidden(back).bias[o] == (o == 1 ? 1 : 0));
}
