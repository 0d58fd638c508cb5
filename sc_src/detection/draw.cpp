// SPDX-License-Identifier: Apache-2.0
#include "irc/detection/draw.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/detection/letterbox.h"

namespace irc::detection {
namespace {

constexpr int readable_side = 384;

struct Colour {
  int red, green, blue;
  cv::Scalar scalar() const { return {double(red), double(green), double(blue)}; }
  /// Black or white, whichever stands out (ITU-R BT.601 luma).
  cv::Scalar ink() const {
    return 299 * red + 587 * green + 114 * blue > 140000 ? cv::Scalar(0, 0, 0) : cv::Scalar(255, 255, 255);
  }
};

Colour colour_of(int category) {
  static constexpr Colour palette[] = {{255, 190, 0},   {0, 200, 255},  {255, 80, 160}, {120, 230, 60},
                                       {170, 110, 255}, {255, 120, 40}, {40, 120, 255}, {230, 230, 110}};
  return palette[static_cast<std::size_t>(category) % std::size(palette)];
}

/// The factor that makes the picture's longer side readable.
int enlargement(const Picture& picture) {
  const int side = std::max(picture.shape.width, picture.shape.height);
  return std::max(1, (readable_side + side - 1) / side);
}

cv::Rect pixels_of(const Box& box, int factor, const cv::Size& size) {
  const Box cut = clip({box.x * factor, box.y * factor, box.width * factor, box.height * factor}, size.width,
                       size.height);
  const int left = std::min(static_cast<int>(std::lround(cut.x)), size.width - 1);
  const int top = std::min(static_cast<int>(std::lround(cut.y)), size.height - 1);
  const int right = std::clamp(static_cast<int>(std::lround(cut.x + cut.width)) - 1, left, size.width - 1);
  const int bottom = std::clamp(static_cast<int>(std::lround(cut.y + cut.height)) - 1, top, size.height - 1);
  return {left, top, right - left + 1, bottom - top + 1};
}

void dashed_line(cv::Mat& image, cv::Point from, cv::Point to) {
  constexpr int dash = 4;
  const cv::Point step(to.x > from.x, to.y > from.y);
  const int length = std::max(to.x - from.x, to.y - from.y);
  for (int i = 0; i <= length; i += 2 * dash) {
    const int end = std::min(i + dash - 1, length), gap_end = std::min(i + 2 * dash - 1, length);
    cv::line(image, from + step * i, from + step * end, {255, 255, 255}, 1);
    if (gap_end > end) cv::line(image, from + step * (end + 1), from + step * gap_end, {0, 0, 0}, 1);
  }
}

/// White on black dashes: seen on any ground, and not one of the classes' colours.
void draw_truth(cv::Mat& image, const cv::Rect& box) {
  const cv::Point a(box.x, box.y), b(box.x + box.width - 1, box.y + box.height - 1);
  dashed_line(image, a, {b.x, a.y});
  dashed_line(image, {a.x, b.y}, b);
  dashed_line(image, a, {a.x, b.y});
  dashed_line(image, {b.x, a.y}, b);
}

/// Above the box, or inside its top where there is no room; never outside the picture.
void draw_label(cv::Mat& image, const cv::Rect& box, const std::string& text, const Colour& colour) {
  constexpr double size = 0.42;
  int baseline = 0;
  const cv::Size extent = cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, size, 1, &baseline);
  const int height = extent.height + baseline + 3, width = extent.width + 6;
  const int left = std::clamp(box.x, 0, std::max(0, image.cols - width));
  const int top = box.y >= height ? box.y - height : box.y;
  cv::rectangle(image, cv::Rect(left, top, width, height), colour.scalar(), cv::FILLED);
  cv::putText(image, text, {left + 3, top + extent.height + 2}, cv::FONT_HERSHEY_SIMPLEX, size, colour.ink(),
              1, cv::LINE_AA);
}

void check_picture(const Picture& picture) {
  if (picture.shape.channels == 3 && picture.shape.width > 0 && picture.shape.height > 0 &&
      picture.values.size() == picture.shape.size())
    return;
  throw InputError("picture of " + std::to_string(picture.shape.width) + " x " +
                   std::to_string(picture.shape.height) + " x " + std::to_string(picture.shape.channels) +
                   "; expected an RGB picture that is not empty");
}

std::string label_of(const Detection& detection, const std::vector<std::string>& categories) {
  if (detection.category < 0 || static_cast<std::size_t>(detection.category) >= categories.size())
    throw InputError("detection of category " + std::to_string(detection.category) +
                     "; names are known for 0 to " + std::to_string(static_cast<int>(categories.size()) - 1));
  char score[16];
  std::snprintf(score, sizeof score, " %.2f", std::clamp(detection.score, 0.0, 1.0));
  return categories[static_cast<std::size_t>(detection.category)] + score;
}

cv::Mat view_of(Picture& picture) {
  return {picture.shape.height, picture.shape.width, CV_8UC3, picture.values.data()};
}

}  // namespace

void draw_detections(Picture& picture, std::span<const Detection> detections,
                     std::span<const Annotation> truth, const std::vector<std::string>& categories,
                     double threshold) {
  check_picture(picture);
  const int factor = enlargement(picture);
  picture = resample(picture, picture.shape.width * factor, picture.shape.height * factor);
  cv::Mat image = view_of(picture);
  std::vector<Detection> shown;
  std::copy_if(detections.begin(), detections.end(), std::back_inserter(shown),
               [&](const Detection& detection) { return detection.score >= threshold; });
  // The surest last, so that its label lies on top.
  std::stable_sort(shown.begin(), shown.end(),
                   [](const Detection& a, const Detection& b) { return a.score < b.score; });
  for (const auto& detection : shown)
    cv::rectangle(image, pixels_of(detection.box, factor, image.size()),
                  colour_of(detection.category).scalar(), 2);
  for (const auto& annotation : truth) draw_truth(image, pixels_of(annotation.box, factor, image.size()));
  for (const auto& detection : shown)
    draw_label(image, pixels_of(detection.box, factor, image.size()), label_of(detection, categories),
               colour_of(detection.category));
}

void write_png(const std::filesystem::path& path, const Picture& picture) {
  check_picture(picture);
  const cv::Mat rgb(picture.shape.height, picture.shape.width, CV_8UC3,
                    const_cast<std::uint8_t*>(picture.values.data()));
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  std::vector<unsigned char> bytes;
  if (!cv::imencode(".png", bgr, bytes))
    throw InternalError("PNG encoding of '" + path.string() + "' failed");
  atomic_write(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace irc::detection
