// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "irc/core/error.h"
#include "irc/detection/readers.h"
#include "picture_file.h"
#include "reading.h"
#include "splits.h"
#include "text_file.h"
#include "yolo_labels.h"
#include "yolo_yaml.h"

namespace irc::detection {
namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}
/// Whether an image of a kind that is not read has the name `stem`. Such an image is skipped, and its labels
/// with it.
bool has_unread_picture(const fs::path& folder, const fs::path& stem) {
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error))
    if (entry->path().stem() == stem && is_unread_picture_name(entry->path())) return true;
  return false;
}

bool is_label_file(const fs::path& path) {
  const std::string name = path.filename().string(), ending = path.extension().string();
  return (ending == ".txt" || ending == ".TXT") && name != "classes.txt" && !name.starts_with(".");
}

/// A label file without an image is a mistake. An image without a label file has no objects.
void check_orphans(const fs::path& images, const std::vector<fs::path>& pictures) {
  const fs::path folder = yolo_label_path(images / "x.txt").parent_path();
  if (!is_folder(folder) || folder == images) return;
  std::set<fs::path> expected;
  for (const auto& picture : pictures) {
    const fs::path labels = yolo_label_path(picture);
    if (!expected.insert(labels).second)
      throw InputError("two images in '" + images.string() + "' share the label file '" + labels.string() +
                       "'");
  }
  std::set<fs::path> orphans;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::follow_directory_symlink, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const fs::path& path = entry->path();
    if (path.filename().string().starts_with(".") || entry.depth() > 32) entry.disable_recursion_pending();
    if (!is_label_file(path) || expected.contains(path)) continue;
    const fs::path beside = images / path.lexically_relative(folder).parent_path();
    if (!has_unread_picture(beside, path.stem())) orphans.insert(path);
  }
  if (!orphans.empty())
    throw InputError({orphans.begin()->string()},
                     "these are labels of an image that is not in folder '" + images.string() + "'");
}

/// Reads one split into a data set.
class YoloReader {
 public:
  YoloReader(const fs::path& root, std::vector<std::string> names, std::size_t keypoint_values)
      : reading_(root), labels_{std::move(names), keypoint_values} {}

  void add_folder(const fs::path& images) {
    const auto pictures = pictures_in(images, true, reading_);
    if (pictures.empty()) throw InputError("there are no images in the folder '" + images.string() + "'");
    check_orphans(images, pictures);
    for (const auto& picture : pictures) {
      samples_.push_back(read_yolo_sample(picture, labels_, reading_));
      samples_.back().file_name = picture.lexically_relative(images).string();
    }
  }

  void add_list(const fs::path& list) {
    for (const Line& line : read_lines(list)) {
      const std::string named(trimmed(line.text));
      if (named.empty()) continue;
      const fs::path picture = picture_path(list.parent_path(), named);
      if (!is_file(picture))
        throw InputError({list.string(), line.number}, "there is no image '" + picture.string() + "'");
      samples_.push_back(read_yolo_sample(picture, labels_, reading_));
    }
  }

  Reading& reading() { return reading_; }

  /// The data set of the samples so far. `split` is its name for messages.
  Dataset finish(const std::string& split) {
    Dataset dataset;
    dataset.annotated = true;
    dataset.categories = labels_.names;
    dataset.samples = std::move(samples_);
    std::set<std::string> seen;
    for (std::size_t i = 0; i < dataset.samples.size(); ++i) {
      Sample& sample = dataset.samples[i];
      sample.id = static_cast<std::int64_t>(i) + 1;
      if (!seen.insert(sample.path).second)
        throw InputError("the split '" + split + "' holds the image '" + sample.path + "' twice");
    }
    for (std::size_t i = 0; i < dataset.categories.size(); ++i)
      dataset.category_ids.push_back(static_cast<std::int64_t>(i) + 1);
    dataset.report = reading_.report();
    return dataset;
  }

 private:
  Reading reading_;
  YoloLabels labels_;
  std::vector<Sample> samples_;
};

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
/// contain texts.
std::vector<std::string> splits_of(const YoloYaml& yaml) {
  static const std::set<std::string> other_keys{"names", "nc", "path", "kpt_shape"},
      usual{"train", "val", "test"};
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

/// Names the keys of which the reader makes no use, because one of them may be a misspelt split.
void note_unused_keys(const YoloYaml& yaml, Reading& reading) {
  static const std::set<std::string> used{"names", "nc", "path", "kpt_shape", "download"};
  const auto splits = splits_of(yaml);
  std::vector<std::string> unused;
  int line = 0;
  for (const auto& [key, value] : yaml.values) {
    if (used.contains(key) || std::find(splits.begin(), splits.end(), key) != splits.end()) continue;
    unused.push_back(key);
    if (line == 0 || value.where.line < line) line = value.where.line;
  }
  if (!unused.empty())
    reading.note("unused keys of the file, " + joined(unused), {yaml.file.string(), line}, unused.size());
}

void add_split(const YoloYaml& yaml, const std::string& split, YoloReader& reader) {
  const auto value = yaml.values.find(split);
  if (value == yaml.values.end() || value->second.texts.empty() || split == "names")
    throw InputError({yaml.file.string()}, "there is no split '" + split + "' in this file; its splits are " +
                                               joined(splits_of(yaml)));
  for (const auto& entry : value->second.texts) {
    const fs::path place = resolve(yaml, entry, value->second.where);
    if (is_folder(place))
      reader.add_folder(place);
    else
      reader.add_list(place);
  }
}

struct Names {
  std::vector<std::string> names;
  std::size_t keypoint_values = 0;
};

Names names_beside(const fs::path& folder) {
  for (const auto& file : {folder / "classes.txt", folder / "labels" / "classes.txt"}) {
    if (!is_file(file)) continue;
    Names out;
    std::set<std::string> seen;
    for (const Line& line : read_lines(file)) {
      const std::string name(trimmed(line.text));
      if (name.empty()) continue;
      if (!seen.insert(name).second)
        throw InputError({file.string(), line.number}, "the file names the class '" + name + "' twice");
      out.names.push_back(name);
    }
    if (out.names.empty()) throw InputError({file.string()}, "the file names no classes");
    return out;
  }
  for (const auto& file : {folder / "data.yaml", folder / ".." / "data.yaml"})
    if (is_file(file)) {
      const YoloYaml yaml = read_yolo_yaml(file.lexically_normal());
      return {yaml.names, yaml.keypoint_values};
    }
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
  if (is_folder(path)) {
    if (!is_folder(path / "images"))
      throw InputError("'" + path.string() +
                       "' is not a YOLO data set: it has neither a data.yaml nor a folder images");
    if (!given_split.empty())
      throw InputError("'" + path.string() + "' has no split '" + given_split +
                       "': a YOLO folder without a data.yaml has no splits");
    const Names names = names_beside(path);
    YoloReader reader(path, names.names, names.keypoint_values);
    reader.add_folder(path / "images");
    Dataset dataset = reader.finish(split);
    dataset.name = fs::absolute(path / ".").lexically_normal().parent_path().filename().string();
    return dataset;
  }
  const YoloYaml yaml = read_yolo_yaml(path);
  YoloReader reader(path.parent_path().empty() ? "." : path.parent_path(), yaml.names, yaml.keypoint_values);
  note_unused_keys(yaml, reader.reading());
  add_split(yaml, split, reader);
  Dataset dataset = reader.finish(split);
  dataset.name = fs::absolute(path).parent_path().filename().string() + "-" + split;
  return dataset;
}

}  // namespace irc::detection
