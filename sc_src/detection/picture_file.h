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

/// Whether the name ends like a picture's: jpg, jpeg, png, bmp, ppm, pgm, webp, tif, tiff, any case.
bool is_picture_name(const std::filesystem::path& path);

/// The pictures directly in `folder`, sorted by name. Throws InputError if it cannot be listed.
std::vector<std::filesystem::path> pictures_in(const std::filesystem::path& folder);

/// Width and height; of a JPEG or PNG from its header, without decoding.
PictureSize picture_size(const std::filesystem::path& path);

/// Decodes to RGB, checks that the file is whole. Throws InputError with the path.
Picture decode_picture(const std::filesystem::path& path);

}  // namespace irc::detection
