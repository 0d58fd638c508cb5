// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "irc/core/error.h"

namespace irc::detection {

/// The content of a data.yaml, as far as the reader uses it. It understands the YAML forms that occur in such
/// files: `key: value`, lists and maps in brackets or with one item per line, quotes, comments.
struct YoloYaml {
  struct Value {
    std::vector<std::string> texts;
    SourceLocation where;
  };
  std::filesystem::path file;
  std::vector<std::string> names;
  std::size_t keypoint_values = 0;      ///< product of kpt_shape: values of key points in every label line
  std::map<std::string, Value> values;  ///< path, train, val, test and other keys that hold texts
};

/// Throws InputError with file:line for a malformed file, and where `names` is missing, has gaps or repeats,
/// or differs from `nc`,
/// and for a kpt_shape that is no pair of counts.
YoloYaml read_yolo_yaml(const std::filesystem::path& path);

}  // namespace irc::detection
