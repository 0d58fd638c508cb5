// SPDX-License-Identifier: Apache-2.0
#include "picture_file.h"

#include <algorithm>
#include <cctype>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <span>
#include <string_view>

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/detection/readers.h"

namespace irc::detection {
namespace {

namespace fs = std::filesystem;

bool has_ending(const fs::path& path, std::span<const std::string_view> endings) {
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(endings.begin(), endings.end(), ending) != endings.end();
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

bool same_pixels(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && cv::norm(a, b, cv::NORM_INF) == 0;
}

/// Decodes a file without its end marker. Whether a JPEG holds all its pixels shows when other bytes follow:
/// only a decoder that still needs some would use them.
cv::Mat decode_without_end(const fs::path& path, const std::string& bytes, const PictureHeader& header) {
  const std::string kept = bytes.substr(0, header.length);
  if (header.kind == PictureKind::png) return decode_bytes(path, kept + std::string(png_end));
  cv::Mat pixels = decode_bytes(path, kept + "\xff\xd9");
  std::string filler;
  for (int i = 0; i < 512; ++i) filler += "\x5a\xc3\x35\x96";
  if (!same_pixels(pixels, decode_bytes(path, kept + filler + "\xff\xd9")))
    fail(path, "is truncated: its " + std::to_string(bytes.size()) + " bytes end within the pixels");
  return pixels;
}

/// The pixels as stored.
cv::Mat decode_stored(const fs::path& path, const std::string& bytes, const PictureHeader& header) {
  if (header.size) check_size(path, *header.size);
  if (header.end == PictureEnd::missing) return decode_without_end(path, bytes, header);
  if (header.end == PictureEnd::cut)
    fail(path, "is truncated: " + std::to_string(bytes.size()) + " bytes, and no end marker among them");
  return decode_bytes(path, bytes);
}

/// The size after the orientation: 5 to 8 exchange the sides.
PictureSize upright(const PictureSize& stored, int orientation) {
  return orientation >= 5 ? PictureSize{stored.height, stored.width} : stored;
}

/// Applies an EXIF orientation (Exif 2.32, tag 0x0112): where the first row and the first column belong.
cv::Mat turned(const cv::Mat& stored, int orientation) {
  constexpr int around_x = 0, around_y = 1, around_both = -1;
  cv::Mat out = stored;
  if (orientation >= 5) cv::transpose(stored, out);
  if (orientation == 2 || orientation == 6) cv::flip(out, out, around_y);
  if (orientation == 3 || orientation == 7) cv::flip(out, out, around_both);
  if (orientation == 4 || orientation == 8) cv::flip(out, out, around_x);
  return out;
}

std::string size_text(const PictureSize& size) {
  return std::to_string(size.width) + " x " + std::to_string(size.height);
}

/// Whether the pixels are to be turned for a data set that states the size `expected`. A size that only the
/// stored pixels have means that the annotations were made on those.
bool turns(const fs::path& path, const PictureSize& stored, int orientation, const PictureSize& expected) {
  const PictureSize up = upright(stored, orientation);
  if (expected.width <= 0 || expected.height <= 0 || up == expected) return orientation != 1;
  if (stored == expected) return false;
  fail(path, "is " + size_text(up) + " pixels" +
                 (orientation == 1 ? std::string()
                                   : " with its EXIF orientation " + std::to_string(orientation) + " and " +
                                         size_text(stored) + " as stored") +
                 ", but the data set says " + size_text(expected));
}

/// libtiff and OpenCV's versions differ in what they do with the orientation of a TIFF.
void refuse_turned_tiff(const fs::path& path, const PictureHeader& header) {
  if (header.kind == PictureKind::tiff && header.orientation != 1)
    fail(path, "is a TIFF with orientation " + std::to_string(header.orientation) +
                   "; expected 1: write the orientation into the pixels");
}

Picture rgb_of(const cv::Mat& pixels) {
  Picture picture(Shape{3, pixels.rows, pixels.cols});
  cv::Mat rgb(pixels.rows, pixels.cols, CV_8UC3, picture.values.data());
  cv::cvtColor(pixels, rgb, cv::COLOR_BGR2RGB);
  return picture;
}

}  // namespace

bool is_picture_name(const fs::path& path) {
  static constexpr std::string_view endings[] = {".jpg", ".jpeg", ".jpe",  ".jfif", ".png", ".bmp",
                                                 ".ppm", ".pgm",  ".webp", ".tiff", ".tif"};
  return has_ending(path, endings);
}

bool is_unread_picture_name(const fs::path& path) {
  static constexpr std::string_view endings[] = {".gif", ".heic", ".heif", ".avif", ".dng", ".mpo", ".jp2",
                                                 ".jxl", ".pfm",  ".svg",  ".raw",  ".cr2", ".nef", ".arw"};
  return has_ending(path, endings);
}

PictureSize picture_size(const fs::path& path) {
  const std::string bytes = read_picture_bytes(path);
  const PictureHeader header = read_picture_header(bytes);
  refuse_turned_tiff(path, header);
  if (header.size) {
    check_size(path, *header.size);
    return upright(*header.size, header.orientation);
  }
  const cv::Mat pixels = decode_stored(path, bytes, header);
  return upright({pixels.cols, pixels.rows}, header.orientation);
}

PictureFacts inspect_picture(const fs::path& path, const PictureSize& expected) {
  const std::string bytes = read_picture_bytes(path);
  const PictureHeader header = read_picture_header(bytes);
  refuse_turned_tiff(path, header);
  PictureFacts facts;
  PictureSize stored;
  if (header.size && (header.end == PictureEnd::whole || header.kind == PictureKind::tiff)) {
    check_size(path, *header.size);
    stored = *header.size;
  } else {
    const cv::Mat pixels = decode_stored(path, bytes, header);
    stored = {pixels.cols, pixels.rows};
  }
  facts.orientation = header.orientation;
  facts.turned = turns(path, stored, header.orientation, expected);
  facts.size = facts.turned ? upright(stored, header.orientation) : stored;
  facts.without_end = header.end == PictureEnd::missing;
  facts.deep = header.deep, facts.alpha = header.alpha, facts.cmyk = header.cmyk;
  return facts;
}

Picture decode_picture(const fs::path& path, const PictureSize& expected) {
  const std::string bytes = read_picture_bytes(path);
  const PictureHeader header = read_picture_header(bytes);
  refuse_turned_tiff(path, header);
  const cv::Mat pixels = decode_stored(path, bytes, header);
  if (!turns(path, {pixels.cols, pixels.rows}, header.orientation, expected)) return rgb_of(pixels);
  return rgb_of(turned(pixels, header.orientation));
}

Picture load_picture(const Sample& sample) {
  if (!sample.pixels.values.empty()) return sample.pixels;
  if (sample.path.empty())
    throw InputError("the sample '" + sample.file_name + "' has neither pixels nor a path to an image");
  return decode_picture(sample.path, {sample.width, sample.height});
}

}  // namespace irc::detection
