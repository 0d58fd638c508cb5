// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "irc/array/tile.h"
#include "irc/core/toml.h"
#include "irc/detection/decode.h"
#include "irc/device/nonidealities.h"
#include "irc/device/technology_card.h"
#include "irc/mapping/compiler.h"
#include "irc/mapping/geometry.h"
#include "irc/mapping/timing.h"
#include "irc/model/accelerator_config.h"
#include "irc/sense/sense_amplifier.h"
#include "irc/trace/options.h"

namespace irc::platform {

/// Preset used where the user names no configuration.
inline constexpr const char* default_preset = "robust.toml";

/// Analog delays, before they are rounded up to clock cycles.
struct AnalogTimes {
  double t_wl_s = 0;  ///< rise time of the word lines
  double t_bl_s = 0;  ///< settling time of the bit lines
  double t_sa_s = 0;  ///< time of one decision
  double settle_accuracy =
      0.01;  ///< share of the final value that may still be missing when a line counts as settled
  std::uint32_t readout_steps = 1;  ///< decisions per readout, one after another
};

/// The detector of a run, its images and how they are evaluated.
struct RunOptions {
  std::string model = "models/traffic.onnx";  ///< embedded name, or absolute path
  std::string dataset = "auto";  ///< auto | generated | coco | voc | yolo | folder; auto means generated
                                 ///< where `images` is empty
  std::string images;            ///< absolute path of the data set; empty for generated scenes
  std::string image_root;        ///< COCO: absolute path of the image folder; empty: searched for beside the
                                 ///< annotation file
  std::string split;  ///< part of the data set, VOC and YOLO only; empty: all of a VOC folder, "val" of a
                      ///< data.yaml
  std::uint64_t limit = 0;              ///< largest number of images; 0: all
  std::uint64_t nonideal_images = 0;    ///< largest number of images run with nonidealities; 0: all
  std::string evaluator = "fast";       ///< name of the evaluator, see array::make_evaluator
  double accuracy_budget = 0.005;       ///< for the evaluator `auto`: relative rms error of a column current
  std::uint64_t chips = 1;              ///< number of chips drawn
  std::uint64_t seed = 0;               ///< names the chips and their noise
  std::uint64_t threads = 0;            ///< 0: as many as the machine has processors
  double score_threshold = 0.05,        ///< detections below this score are dropped
      nms_iou = 0.5;                    ///< overlap above which non-maximum suppression drops a box
  std::uint64_t scenes = 300,           ///< generated data set: number of images
      scene_seed = 3003;                ///< generated data set: names the images
  bool ignore_foreign_classes = false;  ///< objects of classes that the detector does not have are left out
  std::uint64_t draw = 8;               ///< number of images written with their boxes drawn
  bool write_head = false;              ///< also write the detector's raw output (head.npy, head_ideal.npy)
  /// A chip is good if it loses at most this much mAP against the ideal network. The default is the drop of
  /// the paper's accelerator, from its abstract.
  double yield_drop = 0.0385;
};

/// What the detector's head means, where its file does not say so.
struct DetectorOptions {
  std::vector<std::string> classes;  ///< names of the classes, in the head's order; empty: those of the file
  int stride = 0;                    ///< input pixels per cell of the head; 0: as the network's strides say
  detection::BoxForm box = detection::BoxForm::log_distances;  ///< how the head writes boxes
  detection::ScoreForm scores = detection::ScoreForm::logits;  ///< how the head writes scores
};

/// Values of one detector layer, in place of SenseConfig's and of threshold_units. RunConfig::working_points
/// checks that the detector has such a layer, because the detector is not known earlier.
struct LayerPoint {
  std::string name;            ///< of the layer
  SourceLocation where;        ///< of the layer's table
  double injected_bias_a = 0;  ///< injected bias current
  double threshold_units = 0;  ///< decision threshold in unit currents
};

/// The images on which the layers' working points were found. A run on them would give too good a result.
struct CalibrationSplit {
  std::optional<std::uint64_t> scene_seed;  ///< seed, where they were generated scenes
  std::string images,                       ///< absolute path of the data set; empty: none
      split;                                ///< part of the data set; VOC and YOLO only
};

/// Files written beside the results, event by event (trace/recorder.h).
struct TraceOptions {
  std::string formats;                   ///< as trace::parse_requests reads it; empty: no trace
  std::vector<trace::Request> requests;  ///< the same, parsed
  trace::Window window;                  ///< of the traces and the power profile; the end may be infinite
  double power_window_s = 0;             ///< width of one window of the power profile; 0: no profile
};

/// A configuration in force: every value is present, checked and in SI units. `resolve` makes it; afterwards
/// it is only read.
struct RunConfig {
  std::vector<std::string> files;  ///< the files it was read from, the outermost base first
  device::TechnologyCard card;     ///< technology parameters
  std::string card_toml;           ///< every value of the card, in sections [card...]
  mapping::Geometry geometry;      ///< rows, columns and macros
  mapping::Activations activations =
      mapping::Activations::on_chip;    ///< whether binary maps stay on chip or are streamed
  array::ArrayConditions conditions;    ///< voltages and wires of the array
  device::Nonidealities nonidealities;  ///< which nonidealities are on
  sense::SenseConfig sense;             ///< the sense amplifiers and their bias
  double lrs_current_a =
      0;  ///< current of the median low-resistance cell alone at the clamp, at the conditions of reading
  double hrs_current_a = 0;        ///< likewise, of the median high-resistance cell
  double unit_current_a = 0;       ///< lrs - hrs: value of one step of an integer sum
  double threshold_units = 0.5;    ///< decision threshold in unit currents
  std::vector<LayerPoint> layers;  ///< [sense.layers]; the field `layers` of `sense` stays empty
  double level_units = 1;          ///< value of one readout step in unit currents
  AnalogTimes times;               ///< analog delays
  mapping::Timing timing;          ///< the same and the digital delays, in clock cycles
  model::TransportMode mode = model::TransportMode::at;  ///< transport inside the platform
  std::uint32_t burst_vectors = 1024;  ///< largest number of vectors in one macro transaction
  double quantum_s = 1e-6;             ///< LT: how far an initiator may run ahead of simulated time
  std::uint64_t memory_bytes = std::uint64_t{256} << 20;  ///< size of the memory
  RunOptions run;                                         ///< detector and images
  DetectorOptions detector;                               ///< meaning of the detector's head
  TraceOptions trace;                                     ///< traces to be written
  CalibrationSplit calibration;                           ///< images of the calibration, if there was one

  /// The accelerator's part of the configuration, for one chip and no particular detector. Throws InputError
  /// where the evaluator is unknown, or where `layers` is not empty: without a detector the layers cannot be
  /// matched.
  model::AcceleratorConfig accelerator(std::uint64_t chip_seed) const;
  /// The same for a detector with these layers in the array. Throws what `working_points` throws.
  model::AcceleratorConfig accelerator(std::uint64_t chip_seed,
                                       std::span<const mapping::ArrayLayer> array_layers) const;
  /// The values of `layers`, indexed by the detector's layer numbers. Throws InputError (file:line:column)
  /// for a name that is not in `array_layers`, with the known names and the nearest of them.
  sense::LayerWorkingPoints working_points(std::span<const mapping::ArrayLayer> array_layers) const;
};

/// Whether a run uses generated scenes.
bool generated(const RunOptions& run);

/// The seed that names chip `chip` of a run.
std::uint64_t chip_seed(std::uint64_t run_seed, std::uint64_t chip);

/// Resolves a parsed configuration. Throws InputError (file:line:column, key, value, expectation) for an
/// unknown key, a value of the wrong type or out of range, or values that do not fit each other. The keys,
/// their defaults and units are listed in docs/configuration.md.
RunConfig resolve(const TomlDocument& document);

/// Reads `path` (a file or the name of an embedded preset), applies "section.key=value" overrides, and
/// resolves. Reads no other files than these and the technology card; see load_run_config. Throws InputError.
RunConfig load_config(const std::string& path = default_preset,
                      const std::vector<std::string>& overrides = {});

/// The values in force as a configuration that depends on no other file. Reading it gives the same values.
std::string to_toml(const RunConfig& config);
/// The same as JSON.
nlohmann::json to_json(const RunConfig& config);

}  // namespace irc::platform
