// SPDX-License-Identifier: Apache-2.0
// The detector that a configuration names. Separate from the workload, because a detector alone needs no
// images.
#include <filesystem>

#include "irc/core/error.h"
#include "irc/network/dead_channels.h"
#include "irc/network/onnx.h"
#include "irc/platform/resources.h"
#include "irc/platform/workload.h"

namespace irc::platform {

namespace {

network::Graph read_detector(const std::string& model) {
  if (const auto bytes = embedded(model)) return network::read_onnx(std::as_bytes(std::span(*bytes)), model);
  std::error_code none;
  if (std::filesystem::exists(model, none)) return network::read_onnx(std::filesystem::path(model));
  std::string shipped;
  for (const auto& name : embedded_names())
    if (name.ends_with(".onnx")) shipped += (shipped.empty() ? "" : ", ") + name;
  throw InputError("there is no network file '" + model +
                   "' and no shipped detector of that name; the shipped ones are: " +
                   (shipped.empty() ? "none" : shipped));
}

}  // namespace

network::Graph load_detector(const std::string& model) {
  auto graph = read_detector(model);
  network::retire_dead_channels(graph);
  return graph;
}

RunConfig load_run_config(const std::string& path, const std::vector<std::string>& overrides) {
  auto config = load_config(path, overrides);
  if (!config.layers.empty()) config.working_points(mapping::array_layers(load_detector(config.run.model)));
  return config;
}

}  // namespace irc::platform
