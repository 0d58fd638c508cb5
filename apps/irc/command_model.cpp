// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "irc/core/printable.h"
#include "irc/platform/workload.h"

namespace irc::app {

namespace {

using nlohmann::json;

const char* kind_name(network::WeightKind kind) {
  switch (kind) {
    case network::WeightKind::ternary:
      return "ternary";
    case network::WeightKind::binary:
      return "binary";
    case network::WeightKind::int8:
      return "int8";
    default:
      return "float";
  }
}

json node_json(const network::Node& node) {
  json out = {{"name", node.name},
              {"shape", {node.shape.channels, node.shape.height, node.shape.width}},
              {"binary", node.binary}};
  if (const auto* conv = std::get_if<network::Conv>(&node.op)) {
    const auto weights = std::max(conv->weights.size(), conv->real_weights.size());
    const auto zeros = std::count(conv->weights.begin(), conv->weights.end(), std::int8_t{0});
    int bias = 0;
    for (const auto b : conv->bias) bias = std::max(bias, std::abs(b));
    out["op"] = "conv";
    out["kernel"] = {conv->kernel_h, conv->kernel_w};
    out["stride"] = {conv->stride_h, conv->stride_w};
    out["weights"] = kind_name(conv->kind);
    out["rows"] = conv->rows();
    out["weight_count"] = weights;
    out["zero_share"] = weights == 0 ? 0.0 : static_cast<double>(zeros) / static_cast<double>(weights);
    out["max_bias"] = bias;
    out["macs"] = conv->rows() * node.shape.size();
    out["step"] = conv->step;
  } else {
    static constexpr const char* names[] = {"input", "conv", "concat", "max_pool", "upsample"};
    out["op"] = names[node.op.index()];
  }
  return out;
}

json graph_json(const network::Graph& graph) {
  json nodes = json::array();
  double macs = 0, weights = 0;
  for (const auto& node : graph.nodes) {
    nodes.push_back(node_json(node));
    macs += nodes.back().value("macs", 0.0);
    weights += nodes.back().value("weight_count", 0.0);
  }
  return {{"name", graph.name},
          {"classes", graph.detector.classes},
          {"stride", graph.detector.stride},
          {"description", graph.detector.description},
          {"macs", macs},
          {"weights", weights},
          {"nodes", nodes}};
}

std::string graph_text(const json& graph) {
  std::string classes;
  for (const auto& c : graph["classes"])
    classes += (classes.empty() ? "" : ", ") + printable(c.get<std::string>());
  std::string out = fmt::format("{}\n{}\nclasses {}; stride {}; {:.2f} M weights; {:.1f} M MAC per image\n\n",
                                printable(graph["name"].get<std::string>()),
                                printable_lines(graph["description"].get<std::string>()), classes,
                                graph["stride"].get<int>(), graph["weights"].get<double>() * 1e-6,
                                graph["macs"].get<double>() * 1e-6);
  out += fmt::format("{:<18} {:<9} {:<8} {:>13} {:>6} {:>9} {:>7} {:>9} {:>10}\n", "layer", "op", "weights",
                     "output", "rows", "count", "zeros", "max bias", "MAC");
  for (const auto& node : graph["nodes"]) {
    const auto& s = node["shape"];
    const bool conv = node["op"] == "conv";
    out += fmt::format("{:<18} {:<9} {:<8} {:>13} {:>6} {:>9} {:>7} {:>9} {:>10}\n",
                       printable(node["name"].get<std::string>()), node["op"].get<std::string>(),
                       node.value("weights", std::string("-")),
                       fmt::format("{}x{}x{}", s[0].get<int>(), s[1].get<int>(), s[2].get<int>()),
                       conv ? std::to_string(node["rows"].get<std::size_t>()) : "-",
                       conv ? std::to_string(node["weight_count"].get<std::size_t>()) : "-",
                       conv ? fmt::format("{:.1f} %", 100 * node["zero_share"].get<double>()) : "-",
                       conv ? std::to_string(node["max_bias"].get<int>()) : "-",
                       conv ? std::to_string(node["macs"].get<std::size_t>()) : "-");
  }
  return out;
}

}  // namespace

void add_model(CLI::App& app, CommonOptions& options, Action& action) {
  auto* model = app.add_subcommand("model", "Inspect a network file");
  model->require_subcommand(1);
  auto* command = model->add_subcommand("info", "Show layers, weights and classes of a network file (ONNX)");
  auto path = std::make_shared<std::string>();
  command
      ->add_option("model", *path, "Network file (ONNX), or a shipped detector such as models/traffic.onnx")
      ->required();
  add_common_options(*command, options);
  command->callback([&action, &options, path] {
    action = [&options, path] {
      note_unused_sets(options, "model info");
      check_out(options);
      const auto graph = graph_json(platform::load_detector(*path));
      const auto document = graph.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
      std::cout << (options.json ? document : graph_text(graph));
      write_out(options, "model.json", document);
      return 0;
    };
  });
}

}  // namespace irc::app
