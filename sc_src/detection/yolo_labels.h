// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "irc/detection/types.h"
#include "reading.h"

namespace irc::detection {

/// What the lines of a data set's label files hold.
struct YoloLabels {
  std::vector<std::string> names;   ///< of the classes, by number
  std::size_t keypoint_values = 0;  ///< values after the box that describe key points (kpt_shape); 0: none
};

/// labels/NAME.txt beside the last folder named images, or else the .txt file beside the image. Where only
/// NAME.TXT exists, that one.
std::filesystem::path yolo_label_path(const std::filesystem::path& picture);

/// Reads the image's size and its labels. Throws InputError with file:line for a line that is no label.
Sample read_yolo_sample(const std::filesystem::path& picture, const YoloLabels& labels, Reading& reading);

}  // namespace irc::detection
