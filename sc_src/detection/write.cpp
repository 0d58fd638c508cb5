// SPDX-License-Identifier: Apache-2.0
#include "irc/detection/write.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "irc/core/error.h"
#include "irc/core/file.h"

namespace irc::detection {
namespace {

using nlohmann::ordered_json;

std::int64_t category_id(const Dataset& dataset, int category) {
  if (category < 0 || static_cast<std::size_t>(category) >= dataset.category_ids.size())
    throw InputError("there is no category " + std::to_string(category) + " in the data set '" +
                     dataset.name + "'; expected 0 to " +
                     std::to_string(static_cast<std::int64_t>(dataset.category_ids.size()) - 1));
  return dataset.category_ids[static_cast<std::size_t>(category)];
}

ordered_json box_json(const Box& box) {
  return {box.x, box.y, box.width, box.height};
}

ordered_json annotation_json(const Dataset& dataset, const Sample& sample, const Annotation& annotation,
                             std::int64_t id) {
  ordered_json item;
  item["id"] = id;
  item["image_id"] = sample.id;
  item["category_id"] = category_id(dataset, annotation.category);
  item["bbox"] = box_json(annotation.box);
  item["area"] = annotation.area;
  item["iscrowd"] = annotation.crowd ? 1 : 0;
  return item;
}

/// One item per line, because people read such files and compare them with diff.
std::string lines(const std::vector<std::string>& items) {
  std::string out = "[";
  for (std::size_t i = 0; i < items.size(); ++i) out += (i > 0 ? ",\n  " : "\n  ") + items[i];
  return out + (items.empty() ? "]" : "\n]");
}

/// Names come from users' files. Bytes that are no UTF-8 must not stop the run at its very end.
std::string dump(const ordered_json& item) {
  return item.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace

std::string detections_json(const Dataset& dataset, std::span<const std::vector<Detection>> detections) {
  if (detections.size() != dataset.samples.size())
    throw InputError(std::to_string(detections.size()) + " lists of detections for " +
                     std::to_string(dataset.samples.size()) + " images; expected one list per image");
  std::vector<std::string> items;
  for (std::size_t i = 0; i < detections.size(); ++i)
    for (const auto& detection : detections[i]) {
      ordered_json item;
      item["image_id"] = dataset.samples[i].id;
      item["category_id"] = category_id(dataset, detection.category);
      item["bbox"] = box_json(detection.box);
      item["score"] = detection.score;
      items.push_back(dump(item));
    }
  return lines(items) + "\n";
}

std::string coco_json(const Dataset& dataset) {
  std::vector<std::string> images, annotations, categories;
  for (const auto& sample : dataset.samples) {
    ordered_json item;
    item["id"] = sample.id;
    item["file_name"] = sample.file_name;
    item["width"] = sample.width;
    item["height"] = sample.height;
    images.push_back(dump(item));
    for (const auto& annotation : sample.annotations)
      annotations.push_back(dump(
          annotation_json(dataset, sample, annotation, static_cast<std::int64_t>(annotations.size()) + 1)));
  }
  for (std::size_t i = 0; i < dataset.categories.size(); ++i) {
    ordered_json item;
    item["id"] = category_id(dataset, static_cast<int>(i));
    item["name"] = dataset.categories[i];
    categories.push_back(dump(item));
  }
  ordered_json info;
  info["description"] = dataset.name;
  return "{\"info\": " + dump(info) + ",\n\"images\": " + lines(images) +
         ",\n\"annotations\": " + lines(annotations) + ",\n\"categories\": " + lines(categories) + "}\n";
}

void write_detections(const std::filesystem::path& path, const Dataset& dataset,
                      std::span<const std::vector<Detection>> detections) {
  atomic_write(path, detections_json(dataset, detections));
}

void write_coco(const std::filesystem::path& path, const Dataset& dataset) {
  atomic_write(path, coco_json(dataset));
}

}  // namespace irc::detection
