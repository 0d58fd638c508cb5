// SPDX-License-Identifier: Apache-2.0
// [sense.layers]: working points of single layers. A configuration knows only their names; the detector
// decides which layers these are.
#include <algorithm>

#include "config_parts.h"

namespace irc::platform {
namespace {

InputError no_such_layer(const LayerPoint& point, std::span<const mapping::ArrayLayer> array_layers,
                         const std::string& model) {
  std::vector<std::string> names;
  for (const auto& layer : array_layers) names.push_back(layer.name);
  std::string words = "a layer that " + model + " keeps in the array:";
  for (const auto& known : names) words += " " + known;
  if (names.empty()) words += " (none)";
  if (const auto near = nearest_name(point.name, names)) words += " (did you mean " + *near + "?)";
  return InputError(point.where,
                    "'sense.layers." + point.name + "': '" + point.name + "' found, expected " + words);
}

}  // namespace

sense::LayerWorkingPoints RunConfig::working_points(std::span<const mapping::ArrayLayer> array_layers) const {
  sense::LayerWorkingPoints out;
  for (const auto& point : layers) {
    const auto found = std::find_if(array_layers.begin(), array_layers.end(),
                                    [&](const auto& layer) { return layer.name == point.name; });
    if (found == array_layers.end()) throw no_such_layer(point, array_layers, run.model);
    out[static_cast<std::uint32_t>(found->node)] = {point.injected_bias_a,
                                                    point.threshold_units * unit_current_a};
  }
  return out;
}

}  // namespace irc::platform
