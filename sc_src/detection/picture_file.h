// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>

#include "irc/core/tensor.h"
#include "picture_header.h"

namespace irc::detection {

/// Whether the name ends like an image's that is read: jpg, jpeg, jpe, jfif, png, bmp, ppm, pgm, webp, tif,
/// tiff, in any case.
bool is_picture_name(const std::filesystem::path& path);

/// Whether the name ends like an image's of a kind that is not read, such as gif or heic.
bool is_unread_picture_name(const std::filesystem::path& path);

/// Width and height after the EXIF orientation. For PNG, JPEG, WebP and TIFF they come from the header,
/// without decoding.
PictureSize picture_size(const std::filesystem::path& path);

/// What a user may want to know about an image.
struct PictureFacts {
  PictureSize size;          ///< of the pixels that decode_picture delivers
  int orientation = 1;       ///< EXIF orientation of the file
  bool turned = false;       ///< the orientation is applied to the pixels
  bool without_end = false;  ///< the end marker is missing, but all pixels are there
  bool deep = false;         ///< more than 8 bits per channel, of which the upper 8 are used
  bool alpha = false;        ///< has transparency, which is left out
  bool cmyk = false;         ///< has the four colours of print, which are converted
};

/// Checks that the file is complete and of the `expected` size (which counts if both sides are positive), as
/// decode_picture does, but decodes only where the header does not tell. Throws InputError with the path.
PictureFacts inspect_picture(const std::filesystem::path& path, const PictureSize& expected);

/// Decodes to RGB, with the EXIF orientation applied. Only where `expected` is the size of the stored pixels
/// and not of the upright ones are the pixels delivered as stored. Throws InputError with the path where the
/// file is incomplete, cannot be decoded or has neither size.
Picture decode_picture(const std::filesystem::path& path, const PictureSize& expected);

}  // namespace irc::detection
