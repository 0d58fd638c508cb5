// SPDX-License-Identifier: Apache-2.0
#include "picture_header.h"

#include <algorithm>
#include <cstdint>

namespace irc::detection {
namespace {

unsigned byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}
unsigned u16_at(std::string_view bytes, std::size_t i) {
  return byte_at(bytes, i) << 8 | byte_at(bytes, i + 1);
}
std::uint32_t u32_at(std::string_view bytes, std::size_t i) {
  return static_cast<std::uint32_t>(u16_at(bytes, i)) << 16 | u16_at(bytes, i + 2);
}
/// A number of `count` bytes, the lowest first.
std::uint32_t little_at(std::string_view bytes, std::size_t i, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t k = count; k-- > 0;) value = value << 8 | byte_at(bytes, i + k);
  return value;
}

constexpr std::string_view png_signature("\x89PNG\r\n\x1a\n", 8);
constexpr std::string_view jpeg_signature("\xff\xd8\xff", 3);
constexpr std::string_view exif_signature("Exif\0\0", 6);

/// The fields of the first directory of a TIFF structure (TIFF 6.0, section 2). EXIF data have the same form.
class TiffDirectory {
 public:
  explicit TiffDirectory(std::string_view bytes) : bytes_(bytes) {
    if (bytes.size() < 8) return;
    little_ = bytes.starts_with("II");
    if (!is_tiff(bytes)) return;
    const std::size_t first = number(4, 4);
    if (first + 2 > bytes.size()) return;
    begin_ = first + 2;
    count_ = std::min<std::size_t>(number(first, 2), (bytes.size() - begin_) / 12);
  }

  static bool is_tiff(std::string_view bytes) {
    return bytes.starts_with(std::string_view("II*\0", 4)) || bytes.starts_with(std::string_view("MM\0*", 4));
  }

  /// The first value of the field `tag`, or nothing where the field is absent or no whole number.
  std::optional<std::uint32_t> value(unsigned tag) const {
    for (std::size_t k = 0; k < count_; ++k) {
      const std::size_t entry = begin_ + 12 * k;
      if (number(entry, 2) != tag) continue;
      const std::uint32_t type = number(entry + 2, 2), count = number(entry + 4, 4);
      const std::size_t size = type == 1 ? 1 : type == 3 ? 2 : type == 4 ? 4 : 0;
      if (size == 0 || count == 0) return std::nullopt;
      const std::size_t place = count * size <= 4 ? entry + 8 : number(entry + 8, 4);
      if (place > bytes_.size() || size > bytes_.size() - place) return std::nullopt;
      return number(place, size);
    }
    return std::nullopt;
  }

  int orientation() const {
    const auto found = value(0x0112);
    return found && *found >= 1 && *found <= 8 ? static_cast<int>(*found) : 1;
  }

 private:
  std::uint32_t number(std::size_t i, std::size_t size) const {
    if (little_) return little_at(bytes_, i, size);
    return size == 1 ? byte_at(bytes_, i) : size == 2 ? u16_at(bytes_, i) : u32_at(bytes_, i);
  }

  std::string_view bytes_;
  bool little_ = false;
  std::size_t begin_ = 0, count_ = 0;
};

int exif_orientation(std::string_view exif) {
  if (exif.starts_with(exif_signature)) exif.remove_prefix(exif_signature.size());
  return TiffDirectory(exif).orientation();
}

void read_png_size(std::string_view bytes, std::size_t data, PictureHeader& header) {
  header.size = PictureSize{static_cast<int>(u32_at(bytes, data) & 0x7fffffff),
                            static_cast<int>(u32_at(bytes, data + 4) & 0x7fffffff)};
  header.deep = byte_at(bytes, data + 8) > 8;
  header.alpha = byte_at(bytes, data + 9) == 4 || byte_at(bytes, data + 9) == 6;
}

/// Walks through the chunks of a PNG (ISO/IEC 15948, clause 5).
void read_png(std::string_view bytes, PictureHeader& header) {
  header.end = PictureEnd::cut;
  bool has_pixels = false;
  std::size_t i = png_signature.size();
  while (i + 12 <= bytes.size()) {
    const std::size_t length = u32_at(bytes, i), data = i + 8;
    const std::string_view type = bytes.substr(i + 4, 4);
    if (length > bytes.size() - i - 12) return;
    if (type == "IHDR" && length >= 10) read_png_size(bytes, data, header);
    if (type == "eXIf") header.orientation = exif_orientation(bytes.substr(data, length));
    if (type == "tRNS") header.alpha = true;
    if (type == "IDAT") has_pixels = true;
    if (type == "IEND") {
      header.end = PictureEnd::whole;
      return;
    }
    i += 12 + length;
  }
  if (!has_pixels || i > bytes.size() || !png_end.starts_with(bytes.substr(i))) return;
  header.end = PictureEnd::missing;
  header.length = i;
}

bool is_frame_header(unsigned marker) {  // SOF0..SOF15 without DHT, JPG and DAC
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/// A file that stops in its only scan may hold all pixels. The scans of a progressive file refine each other,
/// and nothing says how many there should be.
void judge_jpeg_end(std::string_view bytes, unsigned frame, bool in_scan, PictureHeader& header) {
  header.end = PictureEnd::cut;
  if (!header.size || !in_scan || (frame != 0xc0 && frame != 0xc1)) return;
  header.end = PictureEnd::missing;
  header.length = bytes.find_last_not_of('\xff') + 1;
}

/// Walks through the markers of a JPEG (ITU-T T.81, annex B). Segments are skipped by their length, so the
/// end marker of an embedded thumbnail is not taken for the image's.
void read_jpeg(std::string_view bytes, PictureHeader& header) {
  bool has_exif = false, in_scan = false;
  unsigned frame = 0;
  std::size_t i = 2;
  while (i + 1 < bytes.size()) {
    const unsigned marker = byte_at(bytes, i + 1);
    const bool entropy_coded = byte_at(bytes, i) != 0xff || marker == 0x00;
    if (entropy_coded || marker == 0xff) {
      ++i;
    } else if (marker == 0xd9) {
      header.end = PictureEnd::whole;
      return;
    } else if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      i += 2;
    } else {
      if (i + 4 > bytes.size()) break;
      const std::size_t length = std::max(2u, u16_at(bytes, i + 2));
      const std::string_view data = bytes.substr(i + 4, length - 2);
      in_scan = marker == 0xda && i + 2 + length <= bytes.size();
      if (is_frame_header(marker) && data.size() >= 6) {
        frame = marker;
        header.size = PictureSize{static_cast<int>(u16_at(data, 3)), static_cast<int>(u16_at(data, 1))};
        header.deep = byte_at(data, 0) > 8;
        header.cmyk = byte_at(data, 5) == 4;
      }
      if (marker == 0xe1 && !has_exif && data.starts_with(exif_signature)) {
        has_exif = true;
        header.orientation = exif_orientation(data);
      }
      i += 2 + length;
    }
  }
  judge_jpeg_end(bytes, frame, in_scan, header);
}

/// Walks through the chunks of a WebP file (RFC 9649).
void read_webp(std::string_view bytes, PictureHeader& header) {
  header.end = std::size_t{little_at(bytes, 4, 4)} + 8 <= bytes.size() ? PictureEnd::whole : PictureEnd::cut;
  for (std::size_t i = 12; i + 8 <= bytes.size();) {
    const std::string_view type = bytes.substr(i, 4);
    const std::size_t length = little_at(bytes, i + 4, 4);
    const std::string_view data = bytes.substr(i + 8, length);
    const auto side = [&](std::size_t at, std::size_t count, std::uint32_t mask, std::uint32_t plus) {
      return static_cast<int>((little_at(data, at, count) & mask) + plus);
    };
    if (type == "VP8X" && data.size() >= 10) {
      header.size = PictureSize{side(4, 3, 0xffffff, 1), side(7, 3, 0xffffff, 1)};
      header.alpha = (byte_at(data, 0) & 0x10) != 0;
    } else if (type == "VP8 " && data.size() >= 10 && !header.size) {
      header.size = PictureSize{side(6, 2, 0x3fff, 0), side(8, 2, 0x3fff, 0)};
    } else if (type == "VP8L" && data.size() >= 5 && !header.size) {
      const std::uint32_t packed = little_at(data, 1, 4);
      header.size =
          PictureSize{static_cast<int>((packed & 0x3fff) + 1), static_cast<int>((packed >> 14 & 0x3fff) + 1)};
      header.alpha = (packed >> 28 & 1) != 0;
    } else if (type == "EXIF") {
      header.orientation = exif_orientation(data);
    }
    i += 8 + length + length % 2;
  }
}

void read_tiff(std::string_view bytes, PictureHeader& header) {
  const TiffDirectory directory(bytes);
  header.orientation = directory.orientation();
  header.deep = directory.value(0x0102).value_or(8) > 8;
  header.alpha = directory.value(0x0152).has_value();  // ExtraSamples
  header.cmyk = directory.value(0x0106).value_or(2) == 5;
  const auto width = directory.value(0x0100), height = directory.value(0x0101);
  if (width && height && *width <= 0x7fffffff && *height <= 0x7fffffff)
    header.size = PictureSize{static_cast<int>(*width), static_cast<int>(*height)};
}

}  // namespace

PictureHeader read_picture_header(std::string_view bytes) {
  PictureHeader header;
  if (bytes.starts_with(png_signature)) {
    header.kind = PictureKind::png;
    read_png(bytes, header);
  } else if (bytes.starts_with(jpeg_signature)) {
    header.kind = PictureKind::jpeg;
    read_jpeg(bytes, header);
  } else if (bytes.size() >= 12 && bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP") {
    header.kind = PictureKind::webp;
    read_webp(bytes, header);
  } else if (TiffDirectory::is_tiff(bytes)) {
    header.kind = PictureKind::tiff;
    read_tiff(bytes, header);
  }
  return header;
}

}  // namespace irc::detection
