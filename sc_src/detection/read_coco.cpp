// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include "irc/core/error.h"
#include "irc/core/json.h"
#include "irc/detection/readers.h"
#include "json_file.h"
#include "picture_file.h"
#include "reading.h"

namespace irc::detection {
namespace {

namespace fs = std::filesystem;
using IdMap = std::map<std::int64_t, std::size_t>;

std::string box_text(const Box& box) {
  return nlohmann::json({box.x, box.y, box.width, box.height}).dump();
}

std::vector<fs::path> image_roots(const fs::path& json_path) {
  const fs::path folder = json_path.parent_path();
  const std::string stem = json_path.stem().string();
  const std::string last = stem.substr(stem.rfind('_') + 1);  // instances_val2017 -> val2017
  return {folder,
          folder / "images",
          folder / stem / "images",
          folder / stem,
          folder / "train" / "images",
          folder / "val" / "images",
          folder / ".." / last,
          folder / ".." / "images",
          folder / ".." / "images" / last};
}

fs::path guess_root(const fs::path& json_path, const Dataset& dataset) {
  fs::path best = json_path.parent_path();
  std::size_t most = 0;
  for (const auto& root : image_roots(json_path)) {
    std::error_code error;
    if (!fs::is_directory(root.empty() ? fs::path(".") : root, error)) continue;
    std::size_t found = 0;
    for (const auto& sample : dataset.samples)
      found += fs::is_regular_file(picture_path(root, sample.file_name), error);
    if (found > most) most = found, best = root;
    if (found == dataset.samples.size()) break;
  }
  return best;
}

/// Reads one COCO file into a data set.
class CocoReader {
 public:
  CocoReader(const fs::path& json_path, const fs::path& image_root)
      : path_(json_path),
        image_root_(image_root),
        reading_(json_path.parent_path().empty() ? "." : json_path.parent_path()),
        document_(read_json(json_path)) {}

  Dataset run() {
    const JsonValue top(path_, document_);
    dataset_.name = path_.stem().string();
    read_categories(top.at("categories"));
    read_images(top.at("images"));
    dataset_.annotated = !top.lacks("annotations");
    if (dataset_.annotated) read_annotations(top.at("annotations"));
    name_categories();
    dataset_.report = reading_.report();
    return std::move(dataset_);
  }

 private:
  /// An id, with a note where it is no plain integer.
  std::int64_t id_of(const JsonValue& value) {
    bool as_written = true;
    const std::int64_t id = value.id(as_written);
    if (!as_written) reading_.note("ids written as text or as fractions read as integers", value.where());
    return id;
  }

  /// Categories of one name are one category.
  void read_categories(const JsonValue& list) {
    std::map<std::string, std::size_t> names;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const JsonValue item = list.at(i);
      const std::int64_t id = id_of(item.at("id"));
      const std::string name = item.at("name").text();
      const auto [known, is_new] = names.emplace(name, dataset_.categories.size());
      if (!categories_.emplace(id, known->second).second)
        item.fail("repeats category id " + std::to_string(id));
      if (is_new) {
        dataset_.categories.push_back(name);
        ids_of_.emplace_back();
      } else {
        reading_.note("categories of an earlier name taken together with it", item.where());
      }
      ids_of_[known->second].push_back({id, 0});
    }
  }

  /// A category with several ids has the one that most annotations use, so that other programs find it in the
  /// detections that we write.
  void name_categories() {
    for (const auto& ids : ids_of_)
      dataset_.category_ids.push_back(
          std::max_element(ids.begin(), ids.end(), [](const auto& a, const auto& b) {
            return a.second < b.second;
          })->first);
  }

  int read_side(const JsonValue& item, const char* key) {
    if (item.lacks(key)) return 0;
    bool as_written = true;
    const std::int64_t side = item.at(key).id(as_written);
    if (side < 0 || side > 1000000)
      item.at(key).fail("is " + std::to_string(side) + "; expected 1 to 1000000 pixels");
    return static_cast<int>(side);
  }

  void read_images(const JsonValue& list) {
    std::map<std::string, std::string> names;
    std::map<std::int64_t, std::string> unsized;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const JsonValue item = list.at(i);
      Sample sample;
      sample.id = id_of(item.at("id"));
      sample.file_name = item.at("file_name").text();
      if (sample.file_name.empty()) item.at("file_name").fail("is empty");
      sample.width = read_side(item, "width");
      sample.height = read_side(item, "height");
      const std::string place = "images[" + std::to_string(i) + "]";
      if (!images_.emplace(sample.id, i).second) item.fail("repeats image id " + std::to_string(sample.id));
      if (const auto [known, is_new] = names.emplace(sample.file_name, place); !is_new)
        item.at("file_name")
            .fail("is \"" + sample.file_name + "\" as in " + known->second + "; expected every image once");
      if (sample.width == 0 || sample.height == 0) unsized.emplace(sample.id, place);
      dataset_.samples.push_back(std::move(sample));
    }
    std::sort(dataset_.samples.begin(), dataset_.samples.end(),
              [](const Sample& a, const Sample& b) { return a.id < b.id; });
    for (std::size_t i = 0; i < dataset_.samples.size(); ++i) images_[dataset_.samples[i].id] = i;
    const fs::path root = image_root_.empty() ? guess_root(path_, dataset_) : image_root_;
    for (auto& sample : dataset_.samples) sample.path = picture_path(root, sample.file_name).string();
    for (const auto& [id, place] : unsized) take_size(dataset_.samples[images_.at(id)], place);
  }

  void take_size(Sample& sample, const std::string& place) {
    reading_.note("image sizes that are missing or 0 taken from the image", {path_.string() + " " + place});
    PictureSize size;
    try {
      size = picture_size(sample.path);
    } catch (const InputError& error) {
      throw InputError({path_.string()},
                       place + " states no size, and its image cannot tell: " + error.what());
    }
    sample.width = size.width;
    sample.height = size.height;
  }

  /// Adds the object, unless its box has no area.
  void read_annotation(const JsonValue& item, Sample& sample, int category) {
    const Box box = item.at("bbox").box();
    if ((box.width == 0 && box.height >= 0) || (box.height == 0 && box.width >= 0))
      return reading_.drop("without area", item.where());
    Annotation annotation;
    annotation.category = category;
    annotation.box = clipped(box, sample, item.where(), reading_);
    if (!(box.width > 0 && box.height > 0 && annotation.box.area() > 0))
      item.at("bbox").fail("is " + box_text(box) + "; expected a box that is not empty inside its image of " +
                           std::to_string(sample.width) + " x " + std::to_string(sample.height) + " pixels");
    annotation.crowd = !item.lacks("iscrowd") && item.at("iscrowd").flag();
    annotation.area = item.lacks("area") ? annotation.box.area() : item.at("area").number();
    if (annotation.area < 0) item.at("area").fail("is negative");
    sample.annotations.push_back(annotation);
    places_[sample.id].push_back(item.where());
  }

  void read_annotations(const JsonValue& list) {
    std::set<std::int64_t> seen;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const JsonValue item = list.at(i);
      const std::int64_t image = id_of(item.at("image_id")), category = id_of(item.at("category_id"));
      if (!images_.contains(image))
        item.at("image_id").fail("is " + std::to_string(image) + ", but no entry of images has this id");
      if (!categories_.contains(category))
        item.at("category_id")
            .fail("is " + std::to_string(category) + ", but no entry of categories has this id");
      if (!item.lacks("id"))
        if (const std::int64_t id = id_of(item.at("id")); !seen.insert(id).second)
          item.at("id").fail("repeats annotation id " + std::to_string(id));
      const std::size_t place = categories_.at(category);
      for (auto& [id, uses] : ids_of_[place]) uses += id == category;
      read_annotation(item, dataset_.samples[images_.at(image)], static_cast<int>(place));
    }
    for (auto& sample : dataset_.samples) drop_repeated(sample.annotations, places_[sample.id], reading_);
  }

  fs::path path_, image_root_;
  Reading reading_;
  nlohmann::json document_;
  Dataset dataset_;
  IdMap categories_, images_;                                                ///< id to index
  std::vector<std::vector<std::pair<std::int64_t, std::uint64_t>>> ids_of_;  ///< and their annotations
  std::map<std::int64_t, std::vector<SourceLocation>> places_;  ///< of the annotations, by image id
};

}  // namespace

Dataset read_coco(const fs::path& json_path, const fs::path& image_root) {
  if (!image_root.empty() && !fs::is_directory(image_root))
    throw InputError("run.image_root is '" + image_root.string() + "', which is not a folder");
  return CocoReader(json_path, image_root).run();
}

std::vector<std::vector<Detection>> read_detections(const fs::path& json_path, const Dataset& dataset) {
  const nlohmann::json document = read_json(json_path);
  const JsonValue top(json_path, document);
  const JsonValue list = top.has("annotations") ? top.at("annotations") : top;
  IdMap images, categories;
  for (std::size_t i = 0; i < dataset.samples.size(); ++i) images.emplace(dataset.samples[i].id, i);
  for (std::size_t i = 0; i < dataset.category_ids.size(); ++i)
    categories.emplace(dataset.category_ids[i], i);
  std::vector<std::vector<Detection>> out(dataset.samples.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    const JsonValue item = list.at(i);
    bool as_written = true;
    const std::int64_t image = item.at("image_id").id(as_written);
    const std::int64_t category = item.at("category_id").id(as_written);
    if (!images.contains(image))
      item.at("image_id")
          .fail("is " + std::to_string(image) + ", but the data set has no image with this id");
    if (!categories.contains(category))
      item.at("category_id")
          .fail("is " + std::to_string(category) + ", but the data set has no category with this id");
    out[images.at(image)].push_back(
        {item.at("bbox").box(), static_cast<int>(categories.at(category)), item.at("score").number()});
  }
  return out;
}

}  // namespace irc::detection
