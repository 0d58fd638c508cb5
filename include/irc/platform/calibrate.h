// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "irc/platform/point_search.h"
#include "irc/platform/run.h"

namespace irc::platform {

/// The images and chips on which the layers' working points are searched.
struct CalibrationOptions {
  std::uint64_t pictures = 16;     ///< number of images, spread evenly over the split
  std::uint64_t chips = 2;         ///< number of chips
  std::uint64_t chip_seed = 4004;  ///< names the chips, as run.seed does for a run
  bool measure_only = false;       ///< only count bit errors at the configured points; search nothing
};

/// Result for one array layer. Errors and bits are those of the layer alone: its input is the ideal
/// reference's map, so it contains no other layer's errors.
struct LayerCalibration {
  std::string name;                 ///< of the layer
  network::NodeId node = 0;         ///< in the detector
  PointValues configured,           ///< working point before the search
      found;                        ///< working point after the search
  std::uint64_t errors_before = 0,  ///< wrong bits at the configured point
      errors_after = 0,             ///< wrong bits at the point found
      bits = 0;                     ///< compared bits
};

/// What a calibration found and what it took.
struct CalibrationResult {
  std::vector<LayerCalibration> layers;  ///< one per array layer
  std::uint64_t pictures = 0,            ///< images used
      chips = 0;                         ///< chips used
  std::uint64_t passes = 0;              ///< runs of all images through the array layers, per chip
  // Cost of the search on the accelerator, over all chips, for the array layers only.
  std::uint64_t operations = 0;       ///< macro operations: vectors times row groups
  std::uint64_t decisions = 0;        ///< of amplifiers
  std::uint64_t register_writes = 0;  ///< writes of a layer's bias and threshold, over all macros
  std::uint64_t loaded_bytes = 0;  ///< size of the ideal maps that the host puts into the activation buffer
  double energy_j = 0;             ///< of the array layers' commands, without loading the maps
  double time_s = 0;               ///< likewise
  double wall_s = 0;               ///< wall-clock time of the calibration
};

/// Searches every array layer's working point (see PointSearch, which says when a gain counts) for the fewest
/// bit errors against the ideal reference on the images of `split`, over all chips. All layers are measured
/// side by side: after each layer the host replaces the accelerator's map by the reference's map. Call it
/// once per process, because SystemC elaborates once. The result does not depend on the number of threads.
/// Throws InputError for activations that are streamed, because the accelerator would not read what the host
/// puts into the buffer.
CalibrationResult calibrate(const RunConfig& config, const Workload& split, const CalibrationOptions& options,
                            const Progress& progress);

/// The configuration `base` with `overrides` ("section.key=value") and the points found, as TOML.
/// `split_config` describes the images they were found on; `irc run` refuses these images.
std::string calibrated_toml(const CalibrationResult& result, const RunConfig& config,
                            const RunConfig& split_config, const std::string& base,
                            const std::vector<std::string>& overrides);

/// The content of calibration.json (docs/results.md).
nlohmann::json to_json(const CalibrationResult& result, const RunConfig& config);
/// The result as text for people.
std::string to_text(const CalibrationResult& result);

}  // namespace irc::platform
