// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "irc/detection/average_precision.h"
#include "irc/detection/letterbox.h"
#include "irc/detection/types.h"
#include "irc/network/graph.h"
#include "irc/platform/config.h"

namespace irc::platform {

/// The detector named by a path or by an embedded name ("models/traffic.onnx"). Throws InputError.
network::Graph load_detector(const std::string& model);

/// load_config for a run: the names in [sense.layers] are looked up in the detector, too, which is read where
/// there are any. Throws InputError as load_config, load_detector and RunConfig::working_points do.
RunConfig load_run_config(const std::string& path, const std::vector<std::string>& overrides);

/// What a run works on: a detector, its pictures, and the way between the two.
class Workload {
 public:
  /// Throws InputError where model, data set or classes do not fit each other, and as check_calibration does.
  explicit Workload(const RunConfig& config);
  /// The same with the data set at hand.
  Workload(const RunConfig& config, detection::Dataset dataset);

  const network::Graph& graph() const { return graph_; }
  const detection::Dataset& dataset() const { return dataset_; }
  bool generated() const { return generated_; }
  std::size_t size() const { return dataset_.samples.size(); }
  /// What the user should know about how detector and data set fit each other; empty if there is nothing.
  const std::string& note() const { return note_; }

  /// The original picture; the one the network sees, with the way back. Thread-safe.
  Picture picture(std::size_t index) const;
  Picture network_input(std::size_t index, detection::Letterbox& letterbox) const;
  /// Boxes of a head in the original picture's pixels, categories as the data set numbers them. Thread-safe.
  std::vector<detection::Detection> detections(const DenseMap<float>& head, std::size_t index) const;

  /// mAP@0.5 (VOC, all points) and COCO AP of detections, one list per entry of `indices`.
  /// Both detection::no_truth if the data set has no annotations.
  struct Score {
    double map = detection::no_truth;
    double coco = detection::no_truth;
    std::vector<double> per_class{};  ///< AP@0.5 by the data set's categories; empty without annotations
  };
  Score score(std::span<const std::size_t> indices,
              std::span<const std::vector<detection::Detection>> detections) const;

  /// `count` indices spread evenly over the data set (all if count is 0 or too large).
  std::vector<std::size_t> sample(std::uint64_t count) const;

 private:
  void check_and_match();
  detection::Letterbox letterbox_of(std::size_t index) const;

  double score_threshold_, nms_iou_;
  network::Graph graph_;
  detection::Dataset dataset_;
  std::vector<int> class_of_;  ///< detector class -> data-set category
  bool generated_ = false;
  std::string note_;
};

}  // namespace irc::platform
