// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace irc::detection {

struct PictureSize {
  int width = 0, height = 0;
  friend bool operator==(const PictureSize&, const PictureSize&) = default;
};

enum class PictureKind { png, jpeg, webp, tiff, other };

/// Whether a file reaches its end marker.
enum class PictureEnd {
  whole,    ///< it does
  missing,  ///< it does not, although everything before it is there (PNG) or may be there (JPEG)
  cut,      ///< it ends before
  unknown,  ///< the kind has no end marker, or none that is looked for
};

/// What the file says before any decoding.
struct PictureHeader {
  PictureKind kind = PictureKind::other;
  std::optional<PictureSize> size;  ///< as stored, before the orientation is applied
  int orientation = 1;              ///< EXIF orientation, 1 to 8; 1 where there is none
  PictureEnd end = PictureEnd::unknown;
  std::size_t length = 0;  ///< bytes before the missing end marker
  bool deep = false;       ///< more than 8 bits per channel
  bool alpha = false;      ///< has transparency
  bool cmyk = false;       ///< four colours of print
};

/// Reads what the container of a PNG, JPEG, WebP or TIFF says. Never throws; damaged parts are left out.
PictureHeader read_picture_header(std::string_view bytes);

/// The whole IEND chunk of a PNG.
inline constexpr std::string_view png_end("\0\0\0\0IEND\xae\x42\x60\x82", 12);

}  // namespace irc::detection
