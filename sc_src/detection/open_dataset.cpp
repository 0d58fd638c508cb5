// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <set>

#include "irc/core/error.h"
#include "irc/detection/readers.h"
#include "picture_file.h"
#include "reading.h"
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

/// The ending of the name in lower case.
std::string ending_of(const fs::path& path) {
  std::string ending = path.extension().string();
  for (char& c : ending) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return ending;
}

bool is_yaml(const fs::path& path) {
  return ending_of(path) == ".yaml" || ending_of(path) == ".yml";
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
    Reading reading(folder);
    for (const auto& picture : pictures_in(folder, false, reading)) add_picture(picture, dataset);
    dataset.report = reading.report();
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
  if (ending_of(path) == ".json") {
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

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "'" : ", '") + name + "'";
  return out.empty() ? "(none)" : out;
}

}  // namespace irc::detection
