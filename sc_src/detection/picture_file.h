// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "irc/core/tensor.h"

namespace irc::detection {

struct PictureSize {
  int width = 0, height = 0;
};

/// Whether the name ends like an image's: jpg, jpeg, png, bmp, ppm, pgm, webp, tif, tiff, in any case.
bool is_picture_name(const std::filesystem::path& path);

/// The images directly in `folder`, sorted by name. Throws InputError if it cannot be listed.
std::vector<std::filesystem::path> pictures_in(const std::filesystem::path& folder);

/// Width and height. For a JPEG or PNG they come from the header, without decoding.
PictureSize picture_size(const std::filesystem::path& path);

/// Decodes to RGB and checks that the file is complete. Throws InputError with the path.
Picture decode_picture(const std::filesystem::path& path);

}  // namespace irc::detection
