// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace irc::detection {

/// Splits of a YOLO data set, for split_names. A folder without a data.yaml has none.
std::vector<std::string> yolo_splits(const std::filesystem::path& data_yaml_or_folder);
/// Splits of a VOC folder, for split_names. A folder without lists has none.
std::vector<std::string> voc_splits(const std::filesystem::path& folder);

}  // namespace irc::detection
