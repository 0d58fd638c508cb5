// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace irc::detection {

/// The parts of split_names. A YOLO folder without a data.yaml has none, nor has a VOC folder without lists.
std::vector<std::string> yolo_splits(const std::filesystem::path& data_yaml_or_folder);
std::vector<std::string> voc_splits(const std::filesystem::path& folder);

}  // namespace irc::detection
