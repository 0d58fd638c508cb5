// SPDX-License-Identifier: Apache-2.0
#include "picture_file.h"

#include <algorithm>
#include <cctype>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <string_view>

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/detection/readers.h"

namespace irc::detection {
namespace {

namespace fs = std::filesystem;

unsigned byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}
unsigned u16_at(std::string_view bytes, std::size_t i) {
  return byte_at(bytes, i) << 8 | byte_at(bytes, i + 1);
}
std::uint32_t u32_at(std::string_view bytes, std::size_t i) {
  return static_cast<std::uint32_t>(u16_at(bytes, i)) << 16 | u16_at(bytes, i + 2);
}

constexpr std::string_view png_signature("\x89PNG\r\n\x1a\n", 8);
constexpr std::string_view jpeg_signature("\xff\xd8\xff", 3);

/// What the container says before any decoding.
struct Header {
  std::optional<PictureSize> size;
  bool whole = false;  ///< the end marker was reached
};

/// Walks through the chunks of a PNG (ISO/IEC 15948, clause 5).
Header png_header(std::string_view bytes) {
  Header header;
  std::size_t i = png_signature.size();
  while (i + 12 <= bytes.size()) {
    const std::size_t length = u32_at(bytes, i);
    const std::string_view type = bytes.substr(i + 4, 4);
    if (length > bytes.size() - i - 12) break;
    if (type == "IHDR" && length >= 8)
      header.size = PictureSize{static_cast<int>(u32_at(bytes, i + 8) & 0x7fffffff),
                                static_cast<int>(u32_at(bytes, i + 12) & 0x7fffffff)};
    if (type == "IEND") {
      header.whole = true;
      break;
    }
    i += 12 + length;
  }
  return header;
}

bool is_frame_header(unsigned marker) {  // SOF0..SOF15 without DHT, JPG and DAC
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/// Walks through the markers of a JPEG (ITU-T T.81, annex B). Segments are skipped by their length, so the
/// end marker of an embedded thumbnail is not taken for the image's.
Header jpeg_header(std::string_view bytes) {
  Header header;
  std::size_t i = 2;
  while (i + 1 < bytes.size()) {
    const unsigned marker = byte_at(bytes, i + 1);
    const bool entropy_coded = byte_at(bytes, i) != 0xff || marker == 0x00;
    if (entropy_coded || marker == 0xff) {
      ++i;
    } else if (marker == 0xd9) {
      header.whole = true;
      break;
    } else if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      i += 2;
    } else {
      if (i + 4 > bytes.size()) break;
      if (is_frame_header(marker) && i + 9 <= bytes.size())
        header.size =
            PictureSize{static_cast<int>(u16_at(bytes, i + 7)), static_cast<int>(u16_at(bytes, i + 5))};
      i += 2 + std::max(2u, u16_at(bytes, i + 2));
    }
  }
  return header;
}

std::optional<Header> header_of(std::string_view bytes) {
  if (bytes.starts_with(png_signature)) return png_header(bytes);
  if (bytes.starts_with(jpeg_signature)) return jpeg_header(bytes);
  return std::nullopt;
}

[[noreturn]] void fail(const fs::path& path, const std::string& what) {
  throw InputError("the image '" + path.string() + "' " + what);
}

/// Limits the size, so that a damaged header cannot request all memory.
void check_size(const fs::path& path, const PictureSize& size) {
  constexpr std::int64_t limit = std::int64_t{1} << 27;
  if (size.width > 0 && size.height > 0 && std::int64_t{size.width} * size.height <= limit) return;
  fail(path, "is " + std::to_string(size.width) + " x " + std::to_string(size.height) +
                 " pixels by its header; expected 1 to " + std::to_string(limit) + " pixels on either side");
}

cv::Mat decode_bytes(const fs::path& path, const std::string& bytes) {
  cv::Mat pixels;
  try {
    const cv::Mat raw(1, static_cast<int>(bytes.size()), CV_8U, const_cast<char*>(bytes.data()));
    pixels = cv::imdecode(raw, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception& error) {
    fail(path, "cannot be decoded: " + error.err);
  }
  if (pixels.empty())
    fail(path, "cannot be decoded; expected a complete JPEG, PNG, BMP, PPM, WebP or TIFF file");
  return pixels;
}

std::string read_picture_bytes(const fs::path& path) {
  std::string bytes = read_file(path);
  if (bytes.empty()) fail(path, "is empty");
  if (bytes.size() > 0x7fffffff) fail(path, "is larger than 2 GiB");
  return bytes;
}

}  // namespace

bool is_picture_name(const fs::path& path) {
  static constexpr std::string_view endings[] = {".jpg", ".jpeg", ".png",  ".bmp", ".ppm",
                                                 ".pgm", ".webp", ".tiff", ".tif"};
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(std::begin(endings), std::end(endings), ending) != std::end(endings);
}

std::vector<fs::path> pictures_in(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> found;
  fs::directory_iterator entries(folder, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error))
    if (is_picture_name(entries->path()) && entries->is_regular_file()) found.push_back(entries->path());
  if (error) throw InputError("the folder '" + folder.string() + "' cannot be listed: " + error.message());
  std::sort(found.begin(), found.end());
  return found;
}

PictureSize picture_size(const fs::path& path) {
  const std::string bytes = read_picture_bytes(path);
  if (const auto header = header_of(bytes); header && header->size) {
    check_size(path, *header->size);
    return *header->size;
  }
  const cv::Mat pixels = decode_bytes(path, bytes);
  return {pixels.cols, pixels.rows};
}

Picture decode_picture(const fs::path& path) {
  const std::string bytes = read_picture_bytes(path);
  if (const auto header = header_of(bytes)) {
    if (header->size) check_size(path, *header->size);
    if (!header->whole)
      fail(path, "is truncated: " + std::to_string(bytes.size()) + " bytes, and no end marker among them");
  }
  const cv::Mat pixels = decode_bytes(path, bytes);
  Picture picture(Shape{3, pixels.rows, pixels.cols});
  cv::Mat rgb(pixels.rows, pixels.cols, CV_8UC3, picture.values.data());
  cv::cvtColor(pixels, rgb, cv::COLOR_BGR2RGB);
  return picture;
}

Picture load_picture(const Sample& sample) {
  if (!sample.pixels.values.empty()) return sample.pixels;
  if (sample.path.empty())
    throw InputError("the sample '" + sample.file_name + "' has neither pixels nor a path to an image");
  Picture picture = decode_picture(sample.path);
  const bool known = sample.width > 0 && sample.height > 0;
  if (known && (picture.shape.width != sample.width || picture.shape.height != sample.height))
    fail(sample.path, "is " + std::to_string(picture.shape.width) + " x " +
                          std::to_string(picture.shape.height) + " pixels, but the data set says " +
                          std::to_string(sample.width) + " x " + std::to_string(sample.height));
  return picture;
}

}  // namespace irc::detection
