// SPDX-License-Identifier: Apache-2.0
// Makes detectors for the command-line tests, which are small enough to run in a moment: detector.onnx,
// golden.onnx of traces/golden, one with a weight of 5 in a ternary layer, one with a class that no data set
// has, one with control characters in its names, one with a dead channel, and one without metadata.
#include <filesystem>
#include <iostream>

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "onnx_edit.h"
#include "random_graph.h"

namespace irc::network::test {
namespace {

/// 64 x 48 pixels and three classes with the names of the sample scenes. conv2 is an array layer.
Graph sample_detector() {
  GraphBuilder build(5, {.height = 48, .width = 64, .odd_geometry = false});
  const NodeId stem = build.pool(build.conv(0, 8, WeightKind::int8, true), {4, 4});
  const NodeId hidden = build.conv(stem, 12, WeightKind::ternary, true);
  build.conv(build.conv(hidden, 12, WeightKind::ternary, true), 7, WeightKind::int8, false);
  Graph graph = build.finished();
  graph.detector.classes = {"vehicle", "pedestrian", "cyclist"};
  finish(graph);
  return graph;
}

/// 16 x 16 pixels and one layer in the array. This is the detector of traces/golden, whose traces are a few
/// pages long.
Graph golden_detector() {
  GraphBuilder build(8, {.height = 16, .width = 16, .odd_geometry = false});
  const NodeId stem = build.pool(build.conv(0, 4, WeightKind::int8, true), {4, 4});
  build.conv(build.conv(stem, 6, WeightKind::ternary, true), 7, WeightKind::int8, false);
  Graph graph = build.finished();
  graph.name = "golden";
  graph.detector.classes = {"vehicle", "pedestrian", "cyclist"};
  finish(graph);
  return graph;
}

std::string first_ternary(const Graph& graph) {
  for (const auto& node : graph.nodes)
    if (const auto* conv = std::get_if<Conv>(&node.op); conv != nullptr && conv->kind == WeightKind::ternary)
      return node.name;
  throw InternalError("the sample detector has no ternary layer");
}

/// The detector with a weight of 5 in an array layer.
std::string with_weight_five(const Graph& graph) {
  Edit edit(graph, {.float_weights = true});
  const auto name = first_ternary(graph) + "/weight";
  auto weights = edit.floats(name);
  weights[0] = 1;
  weights[11] = 5;
  edit.set_floats(name, weights);
  return edit.bytes();
}

/// The detector with control characters in every name of the file.
std::string with_control_characters(const Graph& graph) {
  Edit edit(graph);
  const auto sum = first_ternary(graph) + "/sum";
  edit.maker(sum).set_name("a\nb\x1b[31m");
  edit.graph().set_name("net\x1b[2J");
  for (auto& entry : *edit.model.mutable_metadata_props()) {
    if (entry.key() == "irc.classes")
      entry.set_value(R"(["ve\nhicle", "pede\u001b[1mstrian", "cyc\u009blist"])");
    if (entry.key() == "irc.description") entry.set_value("two\nlines\x1b[0m");
  }
  return edit.bytes();
}

/// The detector with a channel whose threshold no sum can reach.
Graph with_dead_channel(Graph graph) {
  for (auto& node : graph.nodes)
    if (auto* conv = std::get_if<Conv>(&node.op); conv != nullptr && conv->kind == WeightKind::ternary)
      conv->bias[0] = -231;
  finish(graph);
  return graph;
}

void make(const std::filesystem::path& folder) {
  const Graph graph = sample_detector();
  write_onnx(graph, folder / "detector.onnx");
  write_onnx(golden_detector(), folder / "golden.onnx");
  atomic_write(folder / "five.onnx", with_weight_five(graph));
  atomic_write(folder / "control.onnx", with_control_characters(graph));
  write_onnx(with_dead_channel(graph), folder / "dead.onnx");
  Edit unnamed(graph);
  unnamed.model.clear_metadata_props();
  atomic_write(folder / "unnamed.onnx", unnamed.bytes());
  Graph strange = graph;
  strange.detector.classes = {"vehicle", "pedestrian", "zeppelin"};
  write_onnx(strange, folder / "zeppelin.onnx");
}

}  // namespace
}  // namespace irc::network::test

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: cli_detectors FOLDER\n";
    return static_cast<int>(irc::ExitCode::usage);
  }
  try {
    irc::network::test::make(argv[1]);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "cli_detectors: " << error.what() << "\n";
    return static_cast<int>(irc::ExitCode::internal);
  }
}
