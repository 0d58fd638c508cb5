// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include "irc/core/error.h"
#include "irc/core/json.h"
#include "irc/detection/letterbox.h"
#include "irc/detection/readers.h"
#include "json_file.h"

namespace irc::detection {
namespace {

namespace fs = std::filesystem;
using IdMap = std::map<std::int64_t, std::size_t>;

std::string box_text(const Box& box) {
  return nlohmann::json({box.x, box.y, box.width, box.height}).dump();
}

IdMap read_categories(const JsonValue& list, Dataset& dataset) {
  IdMap ids;
  std::set<std::string> names;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const JsonValue item = list.at(i);
    const std::int64_t id = item.at("id").integer();
    const std::string name = item.at("name").text();
    if (!ids.emplace(id, i).second) item.fail("repeats category id " + std::to_string(id));
    if (!names.insert(name).second) item.fail("repeats category name \"" + name + "\"");
    dataset.categories.push_back(name);
    dataset.category_ids.push_back(id);
  }
  return ids;
}

int read_side(const JsonValue& item, const char* key) {
  const std::int64_t side = item.at(key).integer();
  if (side <= 0 || side > 1000000)
    item.at(key).fail("is " + std::to_string(side) + "; expected 1 to 1000000 pixels");
  return static_cast<int>(side);
}

IdMap read_images(const JsonValue& list, Dataset& dataset) {
  IdMap ids;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const JsonValue item = list.at(i);
    Sample sample;
    sample.id = item.at("id").integer();
    sample.file_name = item.at("file_name").text();
    if (sample.file_name.empty()) item.at("file_name").fail("is empty");
    sample.width = read_side(item, "width");
    sample.height = read_side(item, "height");
    if (!ids.emplace(sample.id, i).second) item.fail("repeats image id " + std::to_string(sample.id));
    dataset.samples.push_back(std::move(sample));
  }
  std::sort(dataset.samples.begin(), dataset.samples.end(),
            [](const Sample& a, const Sample& b) { return a.id < b.id; });
  for (std::size_t i = 0; i < dataset.samples.size(); ++i) ids[dataset.samples[i].id] = i;
  return ids;
}

Annotation read_annotation(const JsonValue& item, const Sample& sample) {
  Annotation annotation;
  const Box box = item.at("bbox").box();
  annotation.box = clip(box, sample.width, sample.height);
  if (!(box.width > 0 && box.height > 0 && annotation.box.area() > 0))
    item.at("bbox").fail("is " + box_text(box) + "; expected a box that is not empty inside its image of " +
                         std::to_string(sample.width) + " x " + std::to_string(sample.height) + " pixels");
  annotation.crowd = item.has("iscrowd") && item.at("iscrowd").flag();
  annotation.area = item.has("area") ? item.at("area").number() : annotation.box.area();
  if (annotation.area < 0) item.at("area").fail("is negative");
  return annotation;
}

void read_annotations(const JsonValue& list, const IdMap& images, const IdMap& categories, Dataset& dataset) {
  std::set<std::int64_t> seen;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const JsonValue item = list.at(i);
    const std::int64_t image = item.at("image_id").integer(), category = item.at("category_id").integer();
    if (!images.contains(image))
      item.at("image_id").fail("is " + std::to_string(image) + ", but no entry of images has this id");
    if (!categories.contains(category))
      item.at("category_id")
          .fail("is " + std::to_string(category) + ", but no entry of categories has this id");
    if (item.has("id") && !seen.insert(item.at("id").integer()).second)
      item.at("id").fail("repeats annotation id " + std::to_string(item.at("id").integer()));
    Sample& sample = dataset.samples[images.at(image)];
    sample.annotations.push_back(read_annotation(item, sample));
    sample.annotations.back().category = static_cast<int>(categories.at(category));
  }
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
    for (const auto& sample : dataset.samples) found += fs::is_regular_file(root / sample.file_name, error);
    if (found > most) most = found, best = root;
    if (found == dataset.samples.size()) break;
  }
  return best;
}

}  // namespace

Dataset read_coco(const fs::path& json_path, const fs::path& image_root) {
  if (!image_root.empty() && !fs::is_directory(image_root))
    throw InputError("run.image_root is '" + image_root.string() + "', which is not a folder");
  const nlohmann::json document = read_json(json_path);
  const JsonValue top(json_path, document);
  Dataset dataset;
  dataset.name = json_path.stem().string();
  const IdMap categories = read_categories(top.at("categories"), dataset);
  const IdMap images = read_images(top.at("images"), dataset);
  dataset.annotated = top.has("annotations");
  if (dataset.annotated) read_annotations(top.at("annotations"), images, categories, dataset);
  const fs::path root = image_root.empty() ? guess_root(json_path, dataset) : image_root;
  for (auto& sample : dataset.samples) sample.path = (root / sample.file_name).lexically_normal().string();
  return dataset;
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
    const std::int64_t image = item.at("image_id").integer(), category = item.at("category_id").integer();
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
