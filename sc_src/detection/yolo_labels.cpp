// SPDX-License-Identifier: Apache-2.0
#include "yolo_labels.h"

#include <algorithm>
#include <cmath>

#include "irc/core/error.h"
#include "irc/detection/readers.h"
#include "picture_file.h"
#include "text_file.h"

namespace irc::detection {
namespace {

namespace fs = std::filesystem;

/// The box of `cx cy w h` or of a polygon's corners, in fractions of the image.
Box fraction_box(const std::vector<double>& values) {
  if (values.size() == 4) return {values[0] - values[2] / 2, values[1] - values[3] / 2, values[2], values[3]};
  double left = values[0], right = left, top = values[1], bottom = top;
  for (std::size_t i = 2; i < values.size(); i += 2) {
    left = std::min(left, values[i]), right = std::max(right, values[i]);
    top = std::min(top, values[i + 1]), bottom = std::max(bottom, values[i + 1]);
  }
  return {left, top, right - left, bottom - top};
}

std::string expected_forms(const YoloLabels& labels) {
  if (labels.keypoint_values > 0)
    return "`class cx cy w h` and " + std::to_string(labels.keypoint_values) +
           " values of key points, as kpt_shape says";
  return "`class cx cy w h` or a polygon `class x1 y1 x2 y2 x3 y3 ...`";
}

std::vector<double> numbers_of(const std::vector<std::string_view>& words, const SourceLocation& where) {
  std::vector<double> values;
  for (const auto word : words) {
    const auto value = parse_number(word);
    if (!value) throw InputError(where, "'" + std::string(word) + "' is not a finite number");
    values.push_back(*value);
  }
  return values;
}

/// Whether a sixth value can be what other programs write there: a score or the number of a track.
bool is_score_or_track(double value) {
  return value >= 0 && (value <= 1 || value == std::floor(value));
}

/// Removes the values that do not belong to the box or the polygon.
void keep_shape(std::vector<double>& values, const std::string& text, const YoloLabels& labels,
                const SourceLocation& where, Reading& reading) {
  const std::size_t count = values.size();
  const bool has_keypoints = labels.keypoint_values > 0 && count == 5 + labels.keypoint_values;
  const bool polygon = labels.keypoint_values == 0 && count >= 7 && count % 2 == 1;
  const bool sixth = labels.keypoint_values == 0 && count == 6 && is_score_or_track(values[5]);
  if (count != 5 && !has_keypoints && !polygon && !sixth)
    throw InputError(
        where, "'" + text + "' has " + std::to_string(count) + " values; expected " + expected_forms(labels));
  if (has_keypoints) reading.note("key points left out", where);
  if (sixth) reading.note("sixth value of a line left out", where);
  if (polygon) reading.note("polygons taken as their bounding box", where);
  if (has_keypoints || sixth) values.resize(5);
}

/// Adds the object of one line, unless its box has no area.
void add_label(const Line& line, const SourceLocation& where, const YoloLabels& labels, Sample& sample,
               std::vector<SourceLocation>& places, Reading& reading) {
  const std::string text(trimmed(line.text));
  const auto words = split_words(text);
  std::vector<double> values = numbers_of(words, where);
  const auto category = static_cast<int>(std::clamp(values[0], -1.0, 1e9));
  if (category != values[0] || category < 0 || category >= static_cast<int>(labels.names.size()))
    throw InputError(where, "class '" + std::string(words[0]) + "' found; expected 0 to " +
                                std::to_string(labels.names.size() - 1) + " (" + joined(labels.names) + ")");
  keep_shape(values, text, labels, where, reading);
  values.erase(values.begin());
  // Values far outside the image are pixels, not fractions. Clipping them would hide the mistake.
  if (std::any_of(values.begin(), values.end(), [](double v) { return v < -1 || v > 2; }))
    throw InputError(where, "'" + text + "' found; expected fractions of the image, from 0 to 1");
  const Box box = fraction_box(values);
  if (box.width == 0 || box.height == 0) return reading.drop("without area", where);
  Annotation annotation;
  annotation.category = category;
  annotation.box = clipped(
      {box.x * sample.width, box.y * sample.height, box.width * sample.width, box.height * sample.height},
      sample, where, reading);
  if (!(box.width > 0 && box.height > 0 && annotation.box.area() > 0))
    throw InputError(where, "'" + text + "' found; this box is empty inside its image");
  annotation.area = annotation.box.area();
  sample.annotations.push_back(annotation);
  places.push_back(where);
}

}  // namespace

fs::path yolo_label_path(const fs::path& picture) {
  std::vector<fs::path> parts(picture.begin(), picture.end());
  for (std::size_t i = parts.size(); i-- > 0;)
    if (parts[i] == "images") {
      parts[i] = "labels";
      break;
    }
  fs::path label;
  for (const auto& part : parts) label /= part;
  label.replace_extension(".txt");
  fs::path upper = label;
  upper.replace_extension(".TXT");
  std::error_code error;
  return !fs::exists(label, error) && fs::exists(upper, error) ? upper : label;
}

Sample read_yolo_sample(const fs::path& picture, const YoloLabels& labels, Reading& reading) {
  Sample sample;
  sample.file_name = picture.filename().string();
  sample.path = picture.string();
  const PictureSize size = picture_size(picture);
  sample.width = size.width;
  sample.height = size.height;
  const fs::path file = yolo_label_path(picture);
  std::error_code error;
  if (!fs::exists(fs::symlink_status(file, error))) {
    reading.note("images without a label file", {picture.string()});
    return sample;
  }
  std::vector<SourceLocation> places;
  for (const Line& line : read_lines(file))
    if (!trimmed(line.text).empty())
      add_label(line, {file.string(), line.number}, labels, sample, places, reading);
  drop_repeated(sample.annotations, places, reading);
  return sample;
}

}  // namespace irc::detection
