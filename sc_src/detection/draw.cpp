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
  /// Black or white, whichever has more contrast (ITU-R BT.601 luma).
  cv::Scalar ink() const {
    return 299 * red + 587 * green + 114 * blue > 140000 ? cv::Scalar(0, 0, 0) : cv::Scalar(255, 255, 255);
  }
};

Colour colour_of(int category) {
  static constexpr Colour palette[] = {{255, 190, 0},   {0, 200, 255},  {255, 80, 160}, {120, 230, 60},
                                       {170, 110, 255}, {255, 120, 40}, {40, 120, 255}, {230, 230, 110}};
  return palette[static_cast<std::size_t>(category) % std::size(palette)];
}

/// The factor that makes the image large enough to read.
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

/// White on black dashes, which are visible on any background and are not a class's colour.
void draw_truth(cv::Mat& image, const cv::Rect& box) {
  const cv::Point a(box.x, box.y), b(box.x + box.width - 1, box.y + box.height - 1);
  dashed_line(image, a, {b.x, a.y});
  dashed_line(image, {a.x, b.y}, b);
  dashed_line(image, a, {a.x, b.y});
  dashed_line(image, {b.x, a.y}, b);
}

/// Place of a box's label: above the box, inside its top, below it, or inside its bottom, but never outside
/// the image. Takes the first place that covers no label already placed.
cv::Rect place_label(const cv::Rect& box, const cv::Size& label, const cv::Size& picture,
                     const std::vector<cv::Rect>& placed) {
  const int left = std::clamp(box.x, 0, std::max(0, picture.width - label.width));
  const int bottom = box.y + box.height;
  for (const int top : {box.y - label.height, box.y, bottom, bottom - label.height}) {
    const cv::Rect place({left, top}, label);
    if (top < 0 || top + label.height > picture.height) continue;
    if (std::none_of(placed.begin(), placed.end(), [&](const cv::Rect& p) { return (p & place).area() > 0; }))
      return place;
  }
  const int top = box.y >= label.height ? box.y - label.height : box.y;
  return {{left, top}, label};
}

constexpr double font_size = 0.42;
constexpr int font = cv::FONT_HERSHEY_SIMPLEX;

struct Label {
  std::string text;
  cv::Rect place;
  cv::Point origin;  ///< of the text
  Colour colour;
};

void draw_label(cv::Mat& image, const Label& label) {
  cv::rectangle(image, label.place, label.colour.scalar(), cv::FILLED);
  cv::putText(image, label.text, label.origin, font, font_size, label.colour.ink(), 1, cv::LINE_AA);
}

void check_picture(const Picture& picture) {
  if (picture.shape.channels == 3 && picture.shape.width > 0 && picture.shape.height > 0 &&
      picture.values.size() == picture.shape.size())
    return;
  throw InputError("an image of " + std::to_string(picture.shape.width) + " x " +
                   std::to_string(picture.shape.height) + " x " + std::to_string(picture.shape.channels) +
                   " cannot be drawn on; expected an RGB image that is not empty");
}

std::string label_of(const Detection& detection, const std::vector<std::string>& categories) {
  if (detection.category < 0 || static_cast<std::size_t>(detection.category) >= categories.size())
    throw InputError("a detection has category " + std::to_string(detection.category) +
                     ", but names are known for 0 to " +
                     std::to_string(static_cast<int>(categories.size()) - 1));
  char score[16];
  std::snprintf(score, sizeof score, " %.2f", std::clamp(detection.score, 0.0, 1.0));
  return categories[static_cast<std::size_t>(detection.category)] + score;
}

/// `shown` is ordered by rising score. The labels with the highest score are placed first.
std::vector<Label> place_labels(const std::vector<Detection>& shown, int factor, const cv::Size& picture,
                                const std::vector<std::string>& categories) {
  std::vector<Label> labels;
  std::vector<cv::Rect> placed;
  for (auto detection = shown.rbegin(); detection != shown.rend(); ++detection) {
    const std::string text = label_of(*detection, categories);
    int baseline = 0;
    const cv::Size extent = cv::getTextSize(text, font, font_size, 1, &baseline);
    const cv::Size size(extent.width + 6, extent.height + baseline + 3);
    const cv::Rect place = place_label(pixels_of(detection->box, factor, picture), size, picture, placed);
    placed.push_back(place);
    labels.push_back(
        {text, place, {place.x + 3, place.y + extent.height + 2}, colour_of(detection->category)});
  }
  return labels;
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
  // The highest score is drawn last, so that its box is on top.
  std::stable_sort(shown.begin(), shown.end(),
                   [](const Detection& a, const Detection& b) { return a.score < b.score; });
  for (const auto& detection : shown)
    cv::rectangle(image, pixels_of(detection.box, factor, image.size()),
                  colour_of(detection.category).scalar(), 2);
  for (const auto& annotation : truth) draw_truth(image, pixels_of(annotation.box, factor, image.size()));
  // Where labels must overlap, the one with the highest score is on top.
  std::vector<Label> labels = place_labels(shown, factor, image.size(), categories);
  std::for_each(labels.rbegin(), labels.rend(), [&](const Label& label) { draw_label(image, label); });
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
