// SPDX-License-Identifier: Apache-2.0
// Writes the detector's raw output to files.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/core/npy.h"
#include "report_parts.h"

namespace irc::platform::detail {

namespace {

/// The shape [image, channel, row, column], which is the order of ONNX. The maps themselves are channel-last.
std::vector<std::size_t> shape_of(const std::vector<DenseMap<float>>& heads) {
  const auto& one = heads.front().shape;
  return {heads.size(), static_cast<std::size_t>(one.channels), static_cast<std::size_t>(one.height),
          static_cast<std::size_t>(one.width)};
}

std::string file_of(const std::vector<DenseMap<float>>& heads) {
  std::vector<float> values;
  for (const auto& head : heads) {
    if (!(head.shape == heads.front().shape)) throw InternalError("heads of one detector differ in shape");
    for (int c = 0; c < head.shape.channels; ++c)
      for (int y = 0; y < head.shape.height; ++y)
        for (int x = 0; x < head.shape.width; ++x) values.push_back(head.at(y, x, c));
  }
  return npy_bytes(values, shape_of(heads));
}

}  // namespace

nlohmann::json head_json(const RunResult& result, const Workload& workload) {
  if (result.heads.empty()) return nullptr;
  auto ids = nlohmann::json::array();
  for (const auto index : result.indices) ids.push_back(workload.dataset().samples[index].id);
  return {{"nonideal", head_file},
          {"ideal", ideal_head_file},
          {"shape", shape_of(result.heads)},
          {"image_ids", ids}};
}

std::vector<std::string> write_heads(const RunResult& result, const std::string& folder) {
  const std::filesystem::path root(folder);
  std::error_code none_there;
  for (const auto* name : {head_file, ideal_head_file}) std::filesystem::remove(root / name, none_there);
  if (result.heads.empty()) return {};
  atomic_write(root / head_file, file_of(result.heads));
  atomic_write(root / ideal_head_file, file_of(result.ideal_heads));
  return {(root / head_file).string(), (root / ideal_head_file).string()};
}

}  // namespace irc::platform::detail
