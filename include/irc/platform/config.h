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
#include "irc/device/nonidealities.h"
#include "irc/device/technology_card.h"
#include "irc/mapping/compiler.h"
#include "irc/mapping/geometry.h"
#include "irc/mapping/timing.h"
#include "irc/model/accelerator_config.h"
#include "irc/sense/sense_amplifier.h"
#include "irc/trace/options.h"

namespace irc::platform {

/// Preset that stands in where the user names no configuration.
inline constexpr const char* default_preset = "robust.toml";

/// Analog delays before they are rounded up to clock cycles.
struct AnalogTimes {
  double t_wl_s = 0;                ///< word lines rise
  double t_bl_s = 0;                ///< bit lines settle
  double t_sa_s = 0;                ///< one decision
  double settle_accuracy = 0;       ///< share of the final value still missing when a line counts as settled
  std::uint32_t readout_steps = 1;  ///< decisions in a row per readout
};

/// Which detector runs on which pictures.
struct RunOptions {
  std::string model;    ///< embedded name ("models/traffic.onnx") or absolute path
  std::string dataset;  ///< auto | generated | coco | voc | yolo | folder; auto: generated without `images`
  std::string images;   ///< absolute path of the data set; empty for generated scenes
  std::string image_root;  ///< COCO: absolute path of the pictures' folder; empty: looked for beside the file
  std::string split;       ///< VOC, YOLO; empty: all of a VOC folder, "val" of a data.yaml
  std::uint64_t limit = 0;            ///< most pictures, 0: all
  std::uint64_t nonideal_images = 0;  ///< most pictures run with nonidealities, 0: all
  std::string evaluator;              ///< see array::make_evaluator
  double accuracy_budget = 0;         ///< of the evaluator `auto`: relative rms error of a column current
  std::uint64_t chips = 1;            ///< chips drawn
  std::uint64_t seed = 0;
  std::uint64_t threads = 0;  ///< 0: as many as the machine has
  double score_threshold = 0, nms_iou = 0;
  std::uint64_t scenes = 0, scene_seed = 0;  ///< generated data set
  std::uint64_t draw = 8;                    ///< pictures written with their boxes drawn
  bool write_head = false;  ///< write the detector's raw output, too (head.npy, head_ideal.npy)
  double yield_drop = 0;    ///< a chip is good if it loses at most so much mAP against the ideal
};

/// What one layer of the detector has of its own, in place of SenseConfig's and threshold_units. Whether the
/// detector has such a layer is found out where the detector is known: RunConfig::working_points.
struct LayerPoint {
  std::string name;
  SourceLocation where;  ///< of the layer's table
  double injected_bias_a = 0;
  double threshold_units = 0;
};

/// The pictures on which layers' working points were found; a run on them would flatter itself.
struct CalibrationSplit {
  std::optional<std::uint64_t> scene_seed;  ///< generated scenes
  std::string images, split;                ///< absolute path; empty: none
};

/// Files written beside the results, event by event; see trace/recorder.h.
struct TraceOptions {
  std::string formats;                   ///< as trace::parse_requests reads it; empty: no trace
  std::vector<trace::Request> requests;  ///< the same, parsed
  trace::Window window;                  ///< of traces and power profile; the end may be infinite
  double power_window_s = 0;             ///< of the power profile; 0: none
};

/// A configuration in force: every value present, checked, in SI. Made by `resolve`, then only read.
struct RunConfig {
  std::vector<std::string> files;  ///< what it was read from, the outermost base first
  device::TechnologyCard card;
  std::string card_toml;  ///< every value of the card, in sections [card...]
  mapping::Geometry geometry;
  mapping::Activations activations = mapping::Activations::on_chip;
  array::ArrayConditions conditions;
  device::Nonidealities nonidealities;
  sense::SenseConfig sense;
  double lrs_current_a = 0;  ///< median cell, alone at the clamp, at the conditions of reading
  double hrs_current_a = 0;
  double unit_current_a = 0;       ///< lrs - hrs: what one step of an integer sum is worth
  double threshold_units = 0;      ///< decision threshold in unit currents
  std::vector<LayerPoint> layers;  ///< [sense.layers]; sense.layers stays empty
  double level_units = 1;          ///< worth of one readout step in unit currents
  AnalogTimes times;
  mapping::Timing timing;
  model::TransportMode mode = model::TransportMode::at;
  std::uint32_t burst_vectors = 1024;
  double quantum_s = 0;  ///< LT: how far an initiator may run ahead
  std::uint64_t memory_bytes = 0;
  RunOptions run;
  TraceOptions trace;
  CalibrationSplit calibration;

  /// The accelerator's part, for one chip and no detector in particular. Throws InputError where the
  /// evaluator is unknown, or where `layers` holds anything: without a detector, nothing tells layers apart.
  model::AcceleratorConfig accelerator(std::uint64_t chip_seed) const;
  /// The same for a detector with these layers in the array; throws what `working_points` throws.
  model::AcceleratorConfig accelerator(std::uint64_t chip_seed,
                                       std::span<const mapping::ArrayLayer> array_layers) const;
  /// What `layers` says, by the numbers that a detector's layers have. Throws InputError (file:line:column)
  /// for a name that is none of `array_layers`, with those there are and the nearest.
  sense::LayerWorkingPoints working_points(std::span<const mapping::ArrayLayer> array_layers) const;
};

/// Whether a run takes generated scenes.
bool generated(const RunOptions& run);

/// The seed that names chip `chip` of a run.
std::uint64_t chip_seed(std::uint64_t run_seed, std::uint64_t chip);

/// Resolves a parsed configuration. Throws InputError (file:line:column, key, value, expectation) for an
/// unknown key, a value of the wrong type or out of range, or values that do not fit each other. The keys,
/// their defaults and units are listed in docs/configuration.md.
RunConfig resolve(const TomlDocument& document);

/// Reads `path` (a file or the name of an embedded preset), applies "section.key=value" overrides, resolves.
/// Reads no other file than these and the technology card; see load_run_config.
RunConfig load_config(const std::string& path = default_preset,
                      const std::vector<std::string>& overrides = {});

/// What is in force, as a configuration that depends on no other file; reading it gives the same values.
std::string to_toml(const RunConfig& config);
/// The same as JSON.
nlohmann::json to_json(const RunConfig& config);

}  // namespace irc::platform
