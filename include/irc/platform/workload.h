// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "irc/detection/average_precision.h"
#include "irc/detection/decode.h"
#include "irc/detection/letterbox.h"
#include "irc/detection/readers.h"
#include "irc/detection/types.h"
#include "irc/network/graph.h"
#include "irc/platform/config.h"

namespace irc::platform {

/// Reads the detector named by a path or an embedded name ("models/traffic.onnx"), and retires its dead
/// channels (network::retire_dead_channels). Throws InputError.
network::Graph load_detector(const std::string& model);

/// load_config for a run. If the configuration has [sense.layers], this reads the detector and looks up their
/// names in it. Throws InputError as load_config, load_detector and RunConfig::working_points do.
RunConfig load_run_config(const std::string& path, const std::vector<std::string>& overrides);

/// The input of a run: a detector, its images, and the conversion between the two.
///
/// A run of many images must not need memory for all of them. So images of data sets are read when they are
/// needed, and generated scenes are kept up to `kept_pixel_bytes` and beyond that generated again.
class Workload {
 public:
  /// Size up to which the pixels of generated scenes are kept.
  static constexpr std::size_t kept_pixel_bytes = std::size_t{64} << 20;

  /// Throws InputError where model, data set or classes do not fit each other, and as check_calibration does.
  explicit Workload(const RunConfig& config);
  /// The same with a data set that was read before.
  Workload(const RunConfig& config, detection::Dataset dataset);

  /// The detector's network.
  const network::Graph& graph() const { return graph_; }
  /// The images and their annotations.
  const detection::Dataset& dataset() const { return dataset_; }
  /// Whether the images are generated scenes.
  bool generated() const { return generated_; }
  /// Number of images.
  std::size_t size() const { return dataset_.samples.size(); }
  /// What the user should know about how detector and data set fit each other; empty if there is nothing.
  const std::string& note() const { return note_; }
  /// What was read and what was left out, in one line (detection::reading_line); empty for generated scenes.
  std::string reading() const;
  /// The detector's classes without an annotated object. They have no average precision. Empty for images
  /// without annotations.
  const std::vector<std::string>& absent_classes() const { return absent_; }
  /// Classes of annotated objects that the detector does not have.
  const std::vector<detection::ClassObjects>& foreign_classes() const { return foreign_; }
  /// Whether the objects of foreign classes are left out (run.foreign_classes).
  bool ignores_foreign_classes() const { return ignore_foreign_; }

  /// The original image. Thread-safe.
  Picture picture(std::size_t index) const;
  /// The image as the network sees it, and in `letterbox` the way back to the original. Thread-safe.
  Picture network_input(std::size_t index, detection::Letterbox& letterbox) const;
  /// Boxes of an output map in pixels of the original image, with the data set's category numbers.
  /// Thread-safe.
  std::vector<detection::Detection> detections(const DenseMap<float>& head, std::size_t index) const;

  /// Accuracy of detections; both values are detection::no_truth if the data set has no annotations.
  struct Score {
    double map = detection::no_truth;   ///< mAP@0.5 (VOC, all points)
    double coco = detection::no_truth;  ///< COCO AP
    std::vector<double> per_class{};    ///< AP@0.5 by the data set's categories; empty without annotations
  };
  /// Scores detections, given as one list per entry of `indices`.
  Score score(std::span<const std::size_t> indices,
              std::span<const std::vector<detection::Detection>> detections) const;

  /// `count` indices spread evenly over the data set; all if count is 0 or too large.
  std::vector<std::size_t> sample(std::uint64_t count) const;

 private:
  void name_classes(const RunConfig& config);
  void check_and_match();
  void match_annotated();
  void find_absent();
  void add_to_note(const std::string& text);
  detection::Letterbox letterbox_of(std::size_t index) const;

  detection::DecodeOptions decoding_;
  double nms_iou_;
  std::uint64_t scene_seed_;
  bool ignore_foreign_;
  network::Graph graph_;
  detection::Dataset dataset_;
  std::vector<int> class_of_;  ///< detector class -> data-set category
  bool generated_ = false, named_ = true;
  std::string note_;
  std::vector<std::string> absent_;
  std::vector<detection::ClassObjects> foreign_;
};

}  // namespace irc::platform
