// SPDX-License-Identifier: Apache-2.0
// ONNX files. A network that was read can be written and read again, and the compiler takes or refuses it.
#include "fuzz.h"
#include "irc/core/error.h"
#include "irc/mapping/compiler.h"
#include "irc/network/onnx.h"
#include "random_graph.h"

namespace irc::fuzz {
namespace {

constexpr std::uint64_t most_values = 1 << 20;  // of all maps: larger networks are sound, but slow

std::uint64_t values_of(const network::Graph& graph) {
  std::uint64_t sum = 0;
  for (const auto& node : graph.nodes)
    sum += std::uint64_t(node.shape.channels) * std::uint64_t(node.shape.height) *
           std::uint64_t(node.shape.width);
  return sum;
}

}  // namespace

void run(Input input) {
  const auto graph = network::read_onnx(std::as_bytes(input), "fuzz.onnx");
  const auto bytes = network::onnx_bytes(graph);
  const auto again = network::read_onnx(std::as_bytes(std::span(bytes)), "again.onnx");
  demand(network::onnx_bytes(again) == bytes, "a network that was written reads back as the same");
  if (values_of(graph) < most_values)
    refused([&] { mapping::compile(graph, mapping::Geometry{}, mapping::Activations::on_chip); });
}

void seeds(const AddSeed& add) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    network::test::RandomOptions options;
    options.height = 8;
    options.width = 10;
    options.blocks = 2;
    options.max_channels = 4;
    options.classes = 1;
    options.real_stem = seed == 3;
    options.real_head = seed == 4;
    const auto graph = network::test::random_detector(seed, options);
    add("random_" + std::to_string(seed) + ".onnx", network::onnx_bytes(graph, {seed % 2 == 0}));
  }
}

}  // namespace irc::fuzz
