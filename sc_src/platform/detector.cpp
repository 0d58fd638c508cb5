// SPDX-License-Identifier: Apache-2.0
// What a configuration asks about its workload. Apart from the rest: libirc_dpi takes configurations but no
// pictures.
#include <filesystem>

#include "irc/core/error.h"
#include "irc/network/onnx.h"
#include "irc/platform/resources.h"
#include "irc/platform/workload.h"

namespace irc::platform {

bool generated(const RunOptions& run) {
  return run.dataset == "generated" || (run.dataset == "auto" && run.images.empty());
}

network::Graph load_detector(const std::string& model) {
  if (const auto bytes = embedded(model)) return network::read_onnx(std::as_bytes(std::span(*bytes)), model);
  std::error_code none;
  if (std::filesystem::exists(model, none)) return network::read_onnx(std::filesystem::path(model));
  std::string shipped;
  for (const auto& name : embedded_names())
    if (name.ends_with(".onnx")) shipped += (shipped.empty() ? "" : ", ") + name;
  throw InputError("run.model: no file '" + model + "', and no shipped detector of that name; shipped are: " +
                   (shipped.empty() ? "none" : shipped));
}

}  // namespace irc::platform
