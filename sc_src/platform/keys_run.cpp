// SPDX-License-Identifier: Apache-2.0
// The keys of a run: detector, images, traces. docs/configuration.md shows these declarations as tables.
#include <cmath>
#include <string>
#include <vector>

#include "config_parts.h"
#include "irc/array/evaluator.h"
#include "key_visitor.h"

namespace irc::platform::detail {
namespace {

constexpr std::int64_t many = 1'000'000'000;

void visit_data(KeyVisitor& keys, RunOptions& r) {
  keys.detector({"model",
                 "detector: an ONNX file, or an embedded detector if there is no file of that name. "
                 "`embedded:NAME` always means the embedded detector, and `--resolved` writes this form"},
                r.model);
  keys.choice({"dataset", "kind of data set; `auto`: recognised from `images`, generated scenes without it"},
              r.dataset, dataset_names);
  keys.path({"images",
             "path of the data set: COCO JSON, VOC folder, YOLO folder or `data.yaml`, folder of images, one "
             "image",
             "none"},
            r.images);
  keys.path({"image_root", "folder of the images of a COCO file", "beside the file"}, r.image_root);
  keys.text(
      {"split",
       "key of a YOLO `data.yaml` that names images (none: `val`), or name of a list in a VOC folder's "
       "`ImageSets/Main` (none: all images). Other data sets have no splits, and naming one is an error",
       "none"},
      r.split);
  keys.integer({"limit", "largest number of images; 0: all"}, r.limit, {0, many});
  keys.integer({"nonideal_images", "largest number of images that run with nonidealities; 0: all"},
               r.nonideal_images, {0, many});
}

/// What the key of the evaluator says about them.
struct Evaluators {
  std::vector<std::string_view> names;
  std::string meaning;
  Evaluators() {
    for (const auto& kind : array::evaluators()) {
      names.push_back(kind.name);
      meaning += (meaning.empty() ? "`" : "; `") + std::string(kind.name) + "`: " + std::string(kind.meaning);
    }
  }
};

void visit_evaluation(KeyVisitor& keys, RunOptions& r) {
  static const Evaluators evaluators;
  keys.choice({"evaluator", evaluators.meaning.c_str()}, r.evaluator, evaluators.names);
  keys.real({"accuracy_budget",
             "for `auto`: largest relative rms error of a column current, measured on a few test vectors "
             "against `exact`"},
            r.accuracy_budget, {1e-6, 1});
  keys.integer({"chips", "number of chips drawn"}, r.chips, {1, 100000});
  keys.integer(
      {"seed",
       "names every random draw; the same seed gives the same bits on any machine and with any number "
       "of threads"},
      r.seed, {0});
  keys.integer(
      {"threads",
       "number of threads, 0: as many as the machine has; with several chips also the largest number "
       "of processes. Does not change results"},
      r.threads, {0, 4096});
  keys.real({"score_threshold", "lowest score of a box"}, r.score_threshold, {0, 1});
  keys.real({"nms_iou", "overlap above which the weaker of two boxes is suppressed"}, r.nms_iou, {0, 1});
  keys.integer({"scenes", "number of generated scenes"}, r.scenes, {1, many});
  keys.integer({"scene_seed", "seed of the generated scenes; 3003 is that of the shipped evaluation set"},
               r.scene_seed, {0});
  keys.choice(
      {"foreign_classes",
       "objects of classes that the detector does not have: `count` (each such class counts in the mean "
       "with an average precision of 0) or `ignore` (they are left out)"},
      r.ignore_foreign_classes, foreign_names);
  keys.integer(
      {"draw",
       "number of images, counted from the first of the run, that are written with their boxes; 0: none"},
      r.draw, {0, many});
  keys.flag({"write_head", "also writes the raw output of the detector: `head.npy` and `head_ideal.npy`"},
            r.write_head);
  keys.real(
      {"yield_drop",
       "a chip counts as good for the yield if it loses at most this much mAP against the ideal network; "
       "the default is the figure in the paper's abstract"},
      r.yield_drop, {0, 1});
}

void visit_detector(KeyVisitor& keys, DetectorOptions& d) {
  keys.section("detector");
  keys.texts({"classes",
              "names of the classes in the order of the head, one for each, as the data set names them: "
              "`[\"bus\", \"car\"]`",
              "those of the file"},
             d.classes);
  keys.integer(
      {"stride",
       "input pixels per cell of the head; 0: as the network's strides say. Another value than theirs "
       "is refused"},
      d.stride, {0, 4096});
  keys.choice(
      {"box",
       "the four box channels: `log_distances` (logarithms of the distances from the cell's centre to "
       "the left, top, right and bottom edge in units of the stride), `distances` (the distances in "
       "units of the stride), `pixel_distances` (in pixels of the network's input). A negative distance "
       "counts as 0"},
      d.box, box_names);
  keys.choice({"scores", "the class channels: `logits`, or `probabilities` from 0 to 1"}, d.scores,
              score_names);
}

void visit_trace(KeyVisitor& keys, TraceOptions& t) {
  using trace::longest_s;
  keys.section("trace");
  keys.text({"formats",
             "trace files: `FORMAT[:LEVEL],...` with the formats `vcd`, `perfetto`, `csv`, `csv.zst` and the "
             "levels `layer`, `operation` (default), `phase`",
             "none"},
            t.formats);
  keys.real({"begin_s", "begin of the window of simulated time that traces and power profile show"},
            t.window.begin_s, {0, longest_s});
  double end_s = std::isfinite(t.window.end_s) ? t.window.end_s : 0;
  keys.real({"end_s", "end of that window; 0: to the end"}, end_s, {0, longest_s});
  t.window.end_s = end_s != 0 ? end_s : trace::Window().end_s;
  keys.real({"power_window_s", "width of the windows of the power profile; 0: no profile"}, t.power_window_s,
            {0, longest_s});
}

void visit_calibration(KeyVisitor& keys, CalibrationSplit& c) {
  keys.section("calibration", c.scene_seed || !c.images.empty());
  keys.optional_integer({"scene_seed", "seed of the generated scenes", "none"}, c.scene_seed, {0});
  keys.path({"images", "path of the data set", "none"}, c.images);
  keys.text({"split", "split of the data set", "none"}, c.split);
}

}  // namespace

void visit_run(KeyVisitor& keys, RunConfig& config) {
  keys.section("run");
  visit_data(keys, config.run);
  visit_evaluation(keys, config.run);
  visit_detector(keys, config.detector);
  visit_trace(keys, config.trace);
  visit_calibration(keys, config.calibration);
}

void visit_keys(KeyVisitor& keys, RunConfig& config) {
  visit_accelerator(keys, config);
  visit_run(keys, config);
}

}  // namespace irc::platform::detail
