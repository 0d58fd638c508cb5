// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "irc/detection/types.h"

namespace irc::detection {

/// Draws detections of at least `threshold` (boxes and labels "name 0.87" in the class's colour) and the
/// truth (thin dashed white) onto the image. Boxes are in the pixels of the image as passed in. An image
/// whose longer side is below 384 pixels is first enlarged by the smallest whole factor that reaches 384, so
/// that labels can be read. Throws InputError for a category without a name.
void draw_detections(Picture& picture, std::span<const Detection> detections,
                     std::span<const Annotation> truth, const std::vector<std::string>& categories,
                     double threshold = 0.3);

/// Writes a PNG, whole or not at all. Throws InputError if it cannot be written or the image is empty.
void write_png(const std::filesystem::path& path, const Picture& picture);

}  // namespace irc::detection
