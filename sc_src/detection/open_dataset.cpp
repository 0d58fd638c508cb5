// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "irc/core/error.h"
#include "irc/detection/readers.h"
#include "picture_file.h"
#include "splits.h"

namespace irc::detection {
namespace {

namespace fs = std::filesystem;

void add_picture(const fs::path& path, Dataset& dataset) {
  Sample sample;
  sample.id = static_cast<std::int64_t>(dataset.samples.size()) + 1;
  sample.file_name = path.filename().string();
  sample.path = path.string();
  const PictureSize size = picture_size(path);
  sample.width = size.width;
  sample.height = size.height;
  dataset.samples.push_back(std::move(sample));
}

void refuse_split(const fs::path& path, const char* kind, const std::string& split) {
  if (!split.empty())
    throw InputError("'" + path.string() + "' has no split '" + split + "': it is " + kind +
                     ", which has no splits");
}

bool is_yaml(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

bool is_yolo_folder(const fs::path& path) {
  return fs::is_regular_file(path / "data.yaml") ||
         (fs::is_directory(path / "images") && fs::is_directory(path / "labels"));
}

bool is_voc_folder(const fs::path& path) {
  return fs::is_directory(path / "Annotations");
}

}  // namespace

Dataset read_folder(const fs::path& folder) {
  Dataset dataset;
  dataset.name = fs::absolute(folder).lexically_normal().filename().string();
  std::error_code error;
  if (fs::is_directory(folder, error)) {
    for (const auto& picture : pictures_in(folder)) add_picture(picture, dataset);
    if (dataset.samples.empty())
      throw InputError("there are no images in the folder '" + folder.string() + "'");
  } else {
    add_picture(folder, dataset);
  }
  return dataset;
}

Dataset open_dataset(const fs::path& path, const std::string& split) {
  std::error_code error;
  if (!fs::exists(path, error)) throw InputError("there is no data set '" + path.string() + "'");
  if (fs::is_directory(path)) {
    if (is_yolo_folder(path)) return read_yolo(path, split);
    if (is_voc_folder(path)) return read_voc(path, split);
    refuse_split(path, "a folder of images", split);
    return read_folder(path);
  }
  if (is_yaml(path)) return read_yolo(path, split);
  if (path.extension() == ".json") {
    refuse_split(path, "a COCO file", split);
    return read_coco(path);
  }
  if (!is_picture_name(path))
    throw InputError("'" + path.string() +
                     "' is not a data set; expected a COCO .json, a YOLO data.yaml, a YOLO or VOC folder, a "
                     "folder of images, or one image");
  refuse_split(path, "an image", split);
  return read_folder(path);
}

std::vector<std::string> split_names(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return is_yaml(path) ? yolo_splits(path) : std::vector<std::string>{};
  if (is_yolo_folder(path)) return yolo_splits(path);
  return is_voc_folder(path) ? voc_splits(path) : std::vector<std::string>{};
}

std::vector<int> match_classes(const Dataset& dataset, const std::vector<std::string>& classes) {
  std::vector<int> out;
  for (const auto& name : classes) {
    const auto found = std::find(dataset.categories.begin(), dataset.categories.end(), name);
    if (found == dataset.categories.end())
      throw InputError("the data set '" + dataset.name + "' does not have the detector's class '" + name +
                       "'; the data set's classes are " + joined(dataset.categories) +
                       ", the detector's are " + joined(classes));
    out.push_back(static_cast<int>(found - dataset.categories.begin()));
  }
  return out;
}

bool same_names_reordered(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return a != b && std::set<std::string>(a.begin(), a.end()).size() == a.size() &&
         std::is_permutation(a.begin(), a.end(), b.begin(), b.end());
}

void reorder_categories(Dataset& dataset, const std::vector<std::string>& classes) {
  if (dataset.categories == classes) return;
  if (!same_names_reordered(dataset.categories, classes))
    throw InputError("the classes differ: the data set '" + dataset.name + "' has " +
                     joined(dataset.categories) + "; expected " + joined(classes) + ", in any order");
  const auto old_of = match_classes(dataset, classes);
  std::vector<int> new_of(classes.size());
  std::vector<std::int64_t> ids;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const auto old = static_cast<std::size_t>(old_of[c]);
    new_of[old] = static_cast<int>(c);
    if (!dataset.category_ids.empty()) ids.push_back(dataset.category_ids[old]);
  }
  dataset.categories = classes;
  dataset.category_ids = std::move(ids);
  for (auto& sample : dataset.samples)
    for (auto& annotation : sample.annotations)
      annotation.category = new_of[static_cast<std::size_t>(annotation.category)];
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "'" : ", '") + name + "'";
  return out.empty() ? "(none)" : out;
}

}  // namespace irc::detection
