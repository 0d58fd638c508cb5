// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/resources.h"

#include <algorithm>

#include "embedded_files.h"

namespace irc::platform {

std::optional<std::string_view> embedded(std::string_view name) {
  for (const auto* file = embedded_files; file->name; ++file)
    if (name == file->name)
      return std::string_view(file->begin, static_cast<std::size_t>(file->end - file->begin));
  return std::nullopt;
}

std::vector<std::string> embedded_names() {
  std::vector<std::string> names;
  for (const auto* file = embedded_files; file->name; ++file) names.emplace_back(file->name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace irc::platform
