// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/workload.h"

#include <utility>

#include "irc/core/error.h"
#include "irc/detection/decode.h"
#include "irc/detection/nms.h"
#include "irc/detection/readers.h"
#include "irc/platform/calibration_split.h"
#include "irc/scene/scene.h"

namespace irc::platform {

namespace {

detection::Dataset open_images(const RunOptions& run) {
  if (!run.split.empty() && (run.dataset == "coco" || run.dataset == "folder"))
    throw InputError("run.split: \"" + run.split + "\" found, but run.dataset = \"" + run.dataset +
                     "\" has no splits");
  if (run.dataset == "coco") return detection::read_coco(run.images, run.image_root);
  if (run.dataset == "voc") return detection::read_voc(run.images, run.split);
  if (run.dataset == "yolo") return detection::read_yolo(run.images, run.split);
  if (run.dataset == "folder") return detection::read_folder(run.images);
  return detection::open_dataset(run.images, run.split);
}

}  // namespace

Workload::Workload(const RunConfig& config)
    : score_threshold_(config.run.score_threshold),
      nms_iou_(config.run.nms_iou),
      scene_seed_(config.run.scene_seed),
      graph_(load_detector(config.run.model)) {
  const auto& run = config.run;
  const Shape& shape = graph_.nodes.front().shape;
  generated_ = platform::generated(run);
  if (generated_) {
    scene::SceneOptions options;
    options.width = shape.width;
    options.height = shape.height;
    const std::uint64_t count = run.limit == 0 ? run.scenes : std::min(run.limit, run.scenes);
    const std::size_t picture_bytes = std::size_t{3} * shape.pixels();
    dataset_ = scene::generate_dataset(run.scene_seed, 0, count, options, kept_pixel_bytes / picture_bytes);
  } else {
    if (run.images.empty())
      throw InputError("run.images is empty; expected the path of a data set of the kind " + run.dataset);
    dataset_ = open_images(run);
    if (run.limit != 0 && dataset_.samples.size() > run.limit) dataset_.samples.resize(run.limit);
  }
  check_and_match();
  check_calibration(config, dataset_);
}

Workload::Workload(const RunConfig& config, detection::Dataset dataset)
    : score_threshold_(config.run.score_threshold),
      nms_iou_(config.run.nms_iou),
      scene_seed_(config.run.scene_seed),
      graph_(load_detector(config.run.model)),
      dataset_(std::move(dataset)),
      generated_(platform::generated(config.run)) {
  check_and_match();
}

void Workload::check_and_match() {
  if (dataset_.samples.empty()) throw InputError("the data set '" + dataset_.name + "' holds no images");
  if (dataset_.annotated) {
    class_of_ = detection::match_classes(dataset_, graph_.detector.classes);
    if (detection::same_names_reordered(dataset_.categories, graph_.detector.classes))
      note_ = "the data set lists the detector's classes in a different order; they are matched by name";
  } else {
    dataset_.categories = graph_.detector.classes;
    dataset_.category_ids.clear();
    for (std::size_t c = 0; c < dataset_.categories.size(); ++c) {
      dataset_.category_ids.push_back(static_cast<std::int64_t>(c) + 1);
      class_of_.push_back(static_cast<int>(c));
    }
  }
}

Picture Workload::picture(std::size_t index) const {
  const auto& sample = dataset_.samples[index];
  if (!sample.pixels.values.empty()) return sample.pixels;
  if (!generated_ || !sample.path.empty()) return detection::load_picture(sample);
  scene::SceneOptions options;
  options.width = sample.width;
  options.height = sample.height;
  return scene::generate_scene(scene_seed_, static_cast<std::uint64_t>(sample.id), options).pixels;
}

Picture Workload::network_input(std::size_t index, detection::Letterbox& letterbox) const {
  const Shape& shape = graph_.nodes.front().shape;
  return detection::letterbox(picture(index), shape.width, shape.height, letterbox);
}

detection::Letterbox Workload::letterbox_of(std::size_t index) const {
  const auto& sample = dataset_.samples[index];
  const Shape& shape = graph_.nodes.front().shape;
  return detection::letterbox_geometry(sample.width, sample.height, shape.width, shape.height);
}

std::vector<detection::Detection> Workload::detections(const DenseMap<float>& head, std::size_t index) const {
  const Shape& shape = graph_.nodes.front().shape;
  auto found = detection::nms(
      detection::decode(head, graph_.detector, shape.width, shape.height, {score_threshold_, 100}), nms_iou_);
  const auto letterbox = letterbox_of(index);
  std::vector<detection::Detection> out;
  for (auto& d : found) {
    d.box = letterbox.to_picture(d.box);
    d.category = class_of_[static_cast<std::size_t>(d.category)];
    if (d.box.area() > 0) out.push_back(d);
  }
  return out;
}

Workload::Score Workload::score(std::span<const std::size_t> indices,
                                std::span<const std::vector<detection::Detection>> detections) const {
  if (!dataset_.annotated) return {};
  std::vector<detection::PictureResult> results;
  for (std::size_t i = 0; i < indices.size(); ++i)
    results.push_back({dataset_.samples[indices[i]].annotations, detections[i]});
  const int categories = static_cast<int>(dataset_.categories.size());
  auto voc = detection::voc_average_precision(results, categories);
  return {voc.mean, detection::coco_average_precision(results, categories).ap, std::move(voc.per_class)};
}

std::vector<std::size_t> Workload::sample(std::uint64_t count) const {
  const std::size_t n = count == 0 ? size() : std::min<std::size_t>(count, size());
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < n; ++i) indices.push_back(i * size() / n);
  return indices;
}

}  // namespace irc::platform
