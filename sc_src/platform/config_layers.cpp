// SPDX-License-Identifier: Apache-2.0
// [sense.layers]: working points of single layers. Layers are those of the detector, so it is read here.
#include <algorithm>

#include "config_parts.h"
#include "irc/mapping/placement.h"
#include "irc/platform/workload.h"

namespace irc::platform::detail {
namespace {

bool in_array(const network::Node& node) {
  const auto* conv = std::get_if<network::Conv>(&node.op);
  return conv != nullptr && mapping::is_array_layer(*conv);
}

InputError no_such_layer(const TomlTable& layers, const std::string& name, const network::Graph& graph,
                         const std::string& model) {
  std::vector<std::string> names;
  for (const auto& node : graph.nodes)
    if (in_array(node)) names.push_back(node.name);
  std::string words = "a layer that " + model + " has in the array:";
  for (const auto& known : names) words += " " + known;
  if (const auto near = nearest_name(name, names)) words += " (did you mean " + *near + "?)";
  return InputError(layers.where(name),
                    "'" + layers.path(name) + "': '" + name + "' found, expected " + words);
}

}  // namespace

void read_layers(const TomlTable& root, RunConfig& config) {
  const auto layers = root.find_table("sense").find_table("layers");
  if (layers.keys().empty()) return;
  const auto graph = load_detector(config.run.model);
  for (const auto& name : layers.keys()) {
    const auto table = layers.table(name);
    const auto node = std::find_if(graph.nodes.begin(), graph.nodes.end(),
                                   [&](const auto& each) { return each.name == name && in_array(each); });
    if (node == graph.nodes.end()) throw no_such_layer(layers, name, graph, config.run.model);
    LayerPoint point;
    point.name = name;
    point.node = static_cast<std::uint32_t>(node - graph.nodes.begin());
    point.injected_bias_a =
        table.find_real("injected_bias_a", 0, 1e-1).value_or(config.sense.injected_bias_a);
    point.threshold_units = table.find_real("threshold_units", -1e6, 1e6).value_or(config.threshold_units);
    if (table.has("threshold_units") && config.sense.kind == sense::SenseConfig::Kind::multi_bit)
      throw table.error("threshold_units",
                        "none with sense.kind = \"multi_bit\", whose levels have thresholds of their own");
    config.sense.layers[point.node] = {point.injected_bias_a, point.threshold_units * config.unit_current_a};
    config.layers.push_back(std::move(point));
  }
}

}  // namespace irc::platform::detail
