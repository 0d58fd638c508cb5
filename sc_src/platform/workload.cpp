// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/workload.h"

#include <algorithm>
#include <cctype>
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

/// Keeps the first `limit` images; 0: all.
void keep_first(detection::Dataset& dataset, std::uint64_t limit) {
  if (limit == 0 || dataset.samples.size() <= limit) return;
  dataset.report.skipped.push_back({"beyond run.limit", dataset.samples.size() - limit,
                                    dataset.samples[static_cast<std::size_t>(limit)].file_name});
  dataset.samples.resize(static_cast<std::size_t>(limit));
}

detection::DecodeOptions decoding_of(const RunConfig& config) {
  return {config.run.score_threshold, 100, config.detector.box, config.detector.scores};
}

/// Whether the names are those that the ONNX reader gives to classes without a name.
bool are_placeholders(const std::vector<std::string>& classes) {
  for (std::size_t c = 0; c < classes.size(); ++c)
    if (classes[c] != "class " + std::to_string(c)) return false;
  return true;
}

/// A name without what people write differently: case, spaces, - and _.
std::string plain(const std::string& name) {
  std::string out;
  for (const char c : name)
    if (c != ' ' && c != '-' && c != '_')
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

constexpr const char* how_to_name =
    "the detector's file does not name its classes (it has no metadata irc.classes); name them in the order "
    "of its head: detector.classes = [\"...\", ...]";

}  // namespace

Workload::Workload(const RunConfig& config)
    : decoding_(decoding_of(config)),
      nms_iou_(config.run.nms_iou),
      scene_seed_(config.run.scene_seed),
      ignore_foreign_(config.run.ignore_foreign_classes),
      graph_(load_detector(config.run.model)) {
  const auto& run = config.run;
  name_classes(config);
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
    keep_first(dataset_, run.limit);
    detection::inspect_pictures(dataset_);
  }
  check_and_match();
  check_calibration(config, dataset_);
}

Workload::Workload(const RunConfig& config, detection::Dataset dataset)
    : decoding_(decoding_of(config)),
      nms_iou_(config.run.nms_iou),
      scene_seed_(config.run.scene_seed),
      ignore_foreign_(config.run.ignore_foreign_classes),
      graph_(load_detector(config.run.model)),
      dataset_(std::move(dataset)),
      generated_(platform::generated(config.run)) {
  name_classes(config);
  check_and_match();
}

void Workload::name_classes(const RunConfig& config) {
  auto& detector = graph_.detector;
  const auto& given = config.detector;
  if (!given.classes.empty()) {
    if (given.classes.size() != detector.classes.size())
      throw InputError("detector.classes names " + std::to_string(given.classes.size()) + " classes (" +
                       detection::joined(given.classes) + "), but the head of " + config.run.model + " has " +
                       std::to_string(detector.classes.size()) + "; expected one name for each");
    if (!are_placeholders(detector.classes) && detector.classes != given.classes)
      add_to_note("detector.classes replaces the names in the detector's file, " +
                  detection::joined(detector.classes) + ", by " + detection::joined(given.classes));
    detector.classes = given.classes;
  }
  named_ = !are_placeholders(detector.classes);
  if (given.stride != 0 && given.stride != detector.stride)
    throw InputError("detector.stride is " + std::to_string(given.stride) + ", but the strides of " +
                     config.run.model + " multiply to " + std::to_string(detector.stride) +
                     "; expected that value, or 0");
}

void Workload::add_to_note(const std::string& text) {
  note_ += (note_.empty() ? "" : "; ") + text;
}

std::string Workload::reading() const {
  return generated_ ? std::string() : detection::reading_line(dataset_);
}

void Workload::check_and_match() {
  if (dataset_.samples.empty()) throw InputError("the data set '" + dataset_.name + "' holds no images");
  if (dataset_.annotated) {
    match_annotated();
  } else {
    dataset_.categories = graph_.detector.classes;
    dataset_.category_ids.clear();
    for (std::size_t c = 0; c < dataset_.categories.size(); ++c) {
      dataset_.category_ids.push_back(static_cast<std::int64_t>(c) + 1);
      class_of_.push_back(static_cast<int>(c));
    }
    if (!named_) add_to_note(how_to_name);
  }
}

void Workload::find_absent() {
  std::vector<bool> seen(dataset_.categories.size());
  for (const auto& sample : dataset_.samples)
    for (const auto& annotation : sample.annotations)
      seen[static_cast<std::size_t>(annotation.category)] = true;
  for (std::size_t c = 0; c < class_of_.size(); ++c)
    if (!seen[static_cast<std::size_t>(class_of_[c])]) absent_.push_back(graph_.detector.classes[c]);
  const bool has_objects = std::find(seen.begin(), seen.end(), true) != seen.end();
  if (absent_.empty() || !has_objects) return;
  constexpr std::size_t most = 10;
  const std::vector<std::string> shown(
      absent_.begin(), absent_.begin() + static_cast<std::ptrdiff_t>(std::min(most, absent_.size())));
  add_to_note("the images hold no objects of the detector's classes " + detection::joined(shown) +
              (absent_.size() > most ? " and " + std::to_string(absent_.size() - most) + " more" : "") +
              "; these classes are left out of the mean");
}

void Workload::match_annotated() {
  const auto& classes = graph_.detector.classes;
  const auto known = dataset_.categories;
  try {
    detection::add_missing_classes(dataset_, classes);
  } catch (const InputError& error) {
    if (named_) throw;
    throw InputError(std::string(error.what()) + "; " + how_to_name);
  }
  class_of_ = detection::match_classes(dataset_, classes);
  std::vector<int> order;
  for (const int category : class_of_)
    if (category < static_cast<int>(known.size())) order.push_back(category);
  if (!std::is_sorted(order.begin(), order.end()))
    add_to_note("the data set lists the detector's classes in a different order; they are matched by name");
  find_absent();
  foreign_ = detection::foreign_classes(dataset_, classes);
  if (foreign_.empty()) return;
  std::string names;
  for (const auto& item : foreign_) {
    names += (names.empty() ? "'" : ", '") + item.name + "' (" + std::to_string(item.objects) + " objects";
    for (const auto& absent : absent_)
      if (plain(absent) == plain(item.name)) names += "; is this the detector's '" + absent + "'?";
    names += ")";
  }
  add_to_note("the detector cannot find the data set's classes " + names +
              (ignore_foreign_ ? "; their objects are left out (run.foreign_classes)"
                               : "; each counts in the mean with an average precision of 0, unless "
                                 "run.foreign_classes is \"ignore\""));
  if (!ignore_foreign_) return;
  const auto removed = detection::remove_other_classes(dataset_, classes);
  dataset_.report.dropped.push_back(
      {"of classes that the detector does not have", removed, foreign_.front().name});
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
  auto found = detection::nms(detection::decode(head, graph_.detector, shape.width, shape.height, decoding_),
                              nms_iou_);
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
