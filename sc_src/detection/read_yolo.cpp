// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <set>

#include "irc/core/error.h"
#include "irc/detection/letterbox.h"
#include "irc/detection/readers.h"
#include "picture_file.h"
#include "splits.h"
#include "text_file.h"
#include "yolo_yaml.h"

namespace irc::detection {
namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}
bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

/// labels/<name>.txt beside the last folder named images, or else the .txt file beside the image.
fs::path label_path(const fs::path& picture) {
  std::vector<fs::path> parts(picture.begin(), picture.end());
  for (std::size_t i = parts.size(); i-- > 0;)
    if (parts[i] == "images") {
      parts[i] = "labels";
      break;
    }
  fs::path label;
  for (const auto& part : parts) label /= part;
  return label.replace_extension(".txt");
}

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

Annotation read_label(const SourceLocation& where, const std::string& text, const Sample& sample,
                      const std::vector<std::string>& names) {
  const auto words = split_words(text);
  const bool polygon = words.size() >= 7 && words.size() % 2 == 1;
  if (words.size() != 5 && !polygon)
    throw InputError(where,
                     "'" + text + "' has " + std::to_string(words.size()) +
                         " values; expected `class cx cy w h` or a polygon `class x1 y1 x2 y2 x3 y3 ...`");
  std::vector<double> values;
  for (const auto word : words) {
    const auto value = parse_number(word);
    if (!value) throw InputError(where, "'" + std::string(word) + "' is not a finite number");
    values.push_back(*value);
  }
  const auto category = static_cast<int>(std::clamp(values[0], -1.0, 1e9));
  if (category != values[0] || category < 0 || category >= static_cast<int>(names.size()))
    throw InputError(where, "class '" + std::string(words[0]) + "' found; expected 0 to " +
                                std::to_string(names.size() - 1) + " (" + joined(names) + ")");
  values.erase(values.begin());
  // Values far outside the image are pixels, not fractions. Clipping them would hide the mistake.
  if (std::any_of(values.begin(), values.end(), [](double v) { return v < -1 || v > 2; }))
    throw InputError(where, "'" + text + "' found; expected fractions of the image, from 0 to 1");
  const Box box = fraction_box(values);
  Annotation annotation;
  annotation.category = category;
  annotation.box = clip(
      {box.x * sample.width, box.y * sample.height, box.width * sample.width, box.height * sample.height},
      sample.width, sample.height);
  if (!(box.width > 0 && box.height > 0 && annotation.box.area() > 0))
    throw InputError(where, "'" + text + "' found; this box is empty inside its image");
  annotation.area = annotation.box.area();
  return annotation;
}

Sample read_sample(const fs::path& picture, const std::vector<std::string>& names) {
  Sample sample;
  sample.file_name = picture.filename().string();
  sample.path = picture.string();
  const PictureSize size = picture_size(picture);
  sample.width = size.width;
  sample.height = size.height;
  const fs::path labels = label_path(picture);
  if (!is_file(labels)) return sample;
  for (const Line& line : read_lines(labels))
    if (!trimmed(line.text).empty())
      sample.annotations.push_back(read_label({labels.string(), line.number}, line.text, sample, names));
  return sample;
}

/// A label file without an image is a mistake. An image without a label file has no objects.
void check_orphans(const fs::path& images, const std::vector<fs::path>& pictures) {
  const fs::path folder = label_path(images / "x.txt").parent_path();
  if (!is_folder(folder) || folder == images) return;
  std::set<fs::path> expected;
  for (const auto& picture : pictures) {
    const fs::path labels = label_path(picture);
    if (!expected.insert(labels).second)
      throw InputError("two images in '" + images.string() + "' share the label file '" + labels.string() +
                       "'");
  }
  std::set<fs::path> orphans;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".txt" && entry.path().filename() != "classes.txt" &&
        !expected.contains(entry.path()))
      orphans.insert(entry.path());
  if (!orphans.empty())
    throw InputError({orphans.begin()->string()},
                     "these are labels of an image that is not in folder '" + images.string() + "'");
}

void add_folder(const fs::path& images, Dataset& dataset) {
  const auto pictures = pictures_in(images);
  if (pictures.empty()) throw InputError("there are no images in the folder '" + images.string() + "'");
  check_orphans(images, pictures);
  for (const auto& picture : pictures) dataset.samples.push_back(read_sample(picture, dataset.categories));
}

void add_list(const fs::path& list, Dataset& dataset) {
  for (const Line& line : read_lines(list)) {
    const fs::path named(trimmed(line.text));
    if (named.empty()) continue;
    const fs::path picture = named.is_absolute() ? named : (list.parent_path() / named).lexically_normal();
    if (!is_file(picture))
      throw InputError({list.string(), line.number}, "there is no image '" + picture.string() + "'");
    dataset.samples.push_back(read_sample(picture, dataset.categories));
  }
}

/// Places where a split's entry may be, relative to `path` or to the file's folder. Exported data sets often
/// write ../train for train.
std::vector<fs::path> places(const YoloYaml& yaml, const std::string& entry) {
  const fs::path folder = yaml.file.parent_path();
  std::vector<fs::path> candidates{folder / entry};
  if (const auto base = yaml.values.find("path"); base != yaml.values.end() && base->second.texts.size() == 1)
    candidates.insert(candidates.begin(), folder / base->second.texts[0] / entry);
  if (entry.starts_with("../")) candidates.push_back(folder / entry.substr(3));
  return candidates;
}

fs::path resolve(const YoloYaml& yaml, const std::string& entry, const SourceLocation& where) {
  const auto candidates = places(yaml, entry);
  for (const auto& candidate : candidates) {
    if (is_folder(candidate / "images")) return (candidate / "images").lexically_normal();
    if (is_folder(candidate) || is_file(candidate)) return candidate.lexically_normal();
  }
  throw InputError(where, "'" + entry + "' is neither a folder of images nor a list of them; looked for '" +
                              candidates[0].lexically_normal().string() + "'");
}

/// The keys that name images. A split may have any name, but other keys (`download`, for example) also
/// contain
// texts.
std::vector<std::string> splits_of(const YoloYaml& yaml) {
  static const std::set<std::string> other_keys{"names", "nc", "path"}, usual{"train", "val", "test"};
  std::vector<std::string> splits;
  for (const auto& [key, value] : yaml.values) {
    if (value.texts.empty() || other_keys.contains(key)) continue;
    const auto found = places(yaml, value.texts.front());
    if (usual.contains(key) || std::any_of(found.begin(), found.end(), [](const fs::path& place) {
          return is_folder(place) || is_file(place);
        }))
      splits.push_back(key);
  }
  return splits;
}

void add_split(const YoloYaml& yaml, const std::string& split, Dataset& dataset) {
  static const std::set<std::string> other_keys{"names", "nc", "path"};
  const auto value = yaml.values.find(split);
  if (value == yaml.values.end() || value->second.texts.empty() || other_keys.contains(split))
    throw InputError({yaml.file.string()}, "there is no split '" + split + "' in this file; its splits are " +
                                               joined(splits_of(yaml)));
  for (const auto& entry : value->second.texts) {
    const fs::path place = resolve(yaml, entry, value->second.where);
    if (is_folder(place)) {
      add_folder(place, dataset);
    } else {
      add_list(place, dataset);
    }
  }
}

std::vector<std::string> names_beside(const fs::path& folder) {
  for (const auto& file : {folder / "classes.txt", folder / "labels" / "classes.txt"}) {
    if (!is_file(file)) continue;
    std::vector<std::string> names;
    for (const Line& line : read_lines(file))
      if (!trimmed(line.text).empty()) names.emplace_back(trimmed(line.text));
    if (names.empty()) throw InputError({file.string()}, "the file names no classes");
    return names;
  }
  for (const auto& file : {folder / "data.yaml", folder / ".." / "data.yaml"})
    if (is_file(file)) return read_yolo_yaml(file.lexically_normal()).names;
  throw InputError("there are no class names for '" + folder.string() +
                   "'; expected a classes.txt there, or a data.yaml there or one folder above");
}

/// Returns the data.yaml of a folder where that file decides what is read: the folder has no images/ of its
/// own, or a split was given. Otherwise returns the path unchanged.
fs::path yaml_or_images(const fs::path& path, bool with_split) {
  const bool by_yaml =
      is_folder(path) && is_file(path / "data.yaml") && (with_split || !is_folder(path / "images"));
  return by_yaml ? path / "data.yaml" : path;
}

}  // namespace

std::vector<std::string> yolo_splits(const fs::path& data_yaml_or_folder) {
  const auto path = yaml_or_images(data_yaml_or_folder, true);
  return is_folder(path) ? std::vector<std::string>{} : splits_of(read_yolo_yaml(path));
}

Dataset read_yolo(const fs::path& data_yaml_or_folder, const std::string& given_split) {
  const auto path = yaml_or_images(data_yaml_or_folder, !given_split.empty());
  const std::string split = given_split.empty() ? "val" : given_split;
  Dataset dataset;
  dataset.annotated = true;
  if (is_folder(path)) {
    if (!is_folder(path / "images"))
      throw InputError("'" + path.string() +
                       "' is not a YOLO data set: it has neither a data.yaml nor a folder images");
    if (!given_split.empty())
      throw InputError("'" + path.string() + "' has no split '" + given_split +
                       "': a YOLO folder without a data.yaml has no splits");
    dataset.categories = names_beside(path);
    dataset.name = fs::absolute(path / ".").lexically_normal().parent_path().filename().string();
    add_folder(path / "images", dataset);
  } else {
    const YoloYaml yaml = read_yolo_yaml(path);
    dataset.categories = yaml.names;
    dataset.name = fs::absolute(path).parent_path().filename().string() + "-" + split;
    add_split(yaml, split, dataset);
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < dataset.samples.size(); ++i) {
    dataset.samples[i].id = static_cast<std::int64_t>(i) + 1;
    if (!seen.insert(dataset.samples[i].path).second)
      throw InputError("the split '" + split + "' holds the image '" + dataset.samples[i].path + "' twice");
  }
  for (std::size_t i = 0; i < dataset.categories.size(); ++i)
    dataset.category_ids.push_back(static_cast<std::int64_t>(i) + 1);
  return dataset;
}

}  // namespace irc::detection
