// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "irc/core/error.h"
#include "irc/detection/readers.h"
#include "picture_file.h"
#include "text_file.h"

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
    throw InputError("'" + path.string() + "' is " + kind + " and has no split '" + split + "'");
}

}  // namespace

Dataset read_folder(const fs::path& folder) {
  Dataset dataset;
  dataset.name = fs::absolute(folder).lexically_normal().filename().string();
  std::error_code error;
  if (fs::is_directory(folder, error)) {
    for (const auto& picture : pictures_in(folder)) add_picture(picture, dataset);
    if (dataset.samples.empty()) throw InputError("no pictures in folder '" + folder.string() + "'");
  } else {
    add_picture(folder, dataset);
  }
  return dataset;
}

Dataset open_dataset(const fs::path& path, const std::string& split) {
  std::error_code error;
  if (!fs::exists(path, error)) throw InputError("no data set '" + path.string() + "'");
  const std::string yolo_split = split.empty() ? "val" : split;
  if (fs::is_directory(path)) {
    const bool yolo = fs::is_regular_file(path / "data.yaml") ||
                      (fs::is_directory(path / "images") && fs::is_directory(path / "labels"));
    if (yolo) return read_yolo(path, yolo_split);
    if (fs::is_directory(path / "Annotations")) return read_voc(path, split);
    refuse_split(path, "a folder of pictures", split);
    return read_folder(path);
  }
  const std::string ending = path.extension().string();
  if (ending == ".yaml" || ending == ".yml") return read_yolo(path, yolo_split);
  if (ending == ".json") {
    refuse_split(path, "a COCO file", split);
    return read_coco(path);
  }
  if (!is_picture_name(path))
    throw InputError("'" + path.string() +
                     "' is no data set: expected a COCO .json, a YOLO .yaml, a folder, or a picture");
  refuse_split(path, "a picture", split);
  return read_folder(path);
}

std::vector<int> match_classes(const Dataset& dataset, const std::vector<std::string>& classes) {
  std::vector<int> out;
  for (const auto& name : classes) {
    const auto found = std::find(dataset.categories.begin(), dataset.categories.end(), name);
    if (found == dataset.categories.end())
      throw InputError("data set '" + dataset.name + "' has no category '" + name +
                       "' of the detector; it has " + joined(dataset.categories) + ", the detector " +
                       joined(classes));
    out.push_back(static_cast<int>(found - dataset.categories.begin()));
  }
  return out;
}

}  // namespace irc::detection
