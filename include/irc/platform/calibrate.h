// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "irc/platform/point_search.h"
#include "irc/platform/run.h"

namespace irc::platform {

/// On which pictures and chips the layers' working points are searched.
struct CalibrationOptions {
  std::uint64_t pictures = 16;  ///< spread evenly over the split
  std::uint64_t chips = 2;
  std::uint64_t chip_seed = 4004;  ///< names the chips, as run.seed does those of a run
  bool measure_only = false;       ///< bit errors at the configured points, nothing searched
};

/// One array layer. Errors and bits are of the layer alone: its input is the ideal reference's map, so no
/// other layer's errors are in it.
struct LayerCalibration {
  std::string name;
  network::NodeId node = 0;
  PointValues configured, found;
  std::uint64_t errors_before = 0, errors_after = 0, bits = 0;
};

struct CalibrationResult {
  std::vector<LayerCalibration> layers;
  std::uint64_t pictures = 0, chips = 0;
  std::uint64_t passes = 0;  ///< of all pictures through the array layers, per chip
  // What the search takes on the accelerator, over all chips: array layers only.
  std::uint64_t operations = 0;       ///< macro operations: vectors times row groups
  std::uint64_t decisions = 0;        ///< of amplifiers
  std::uint64_t register_writes = 0;  ///< a layer's bias and threshold, in every macro
  std::uint64_t loaded_bytes = 0;     ///< ideal maps that the host puts into the activation buffer
  double energy_j = 0;                ///< of the array layers' commands; without loading the maps
  double time_s = 0;                  ///< the same
  double wall_s = 0;
};

/// Searches every array layer's working point (see PointSearch, which says when a gain counts) for the fewest
/// bit errors against the ideal reference on the pictures of `split`, over all chips. All layers are measured
/// side by side: after each layer the host puts the reference's map in the place of what the accelerator
/// found. One call per process (SystemC elaborates once); the result does not depend on the number of
/// threads. Throws InputError for activations that are streamed: what the host puts into the buffer would not
/// be read.
CalibrationResult calibrate(const RunConfig& config, const Workload& split, const CalibrationOptions& options,
                            const Progress& progress);

/// The configuration `base` with `overrides` ("section.key=value") and the points found, as TOML.
/// \param split  of the pictures they were found on; `irc run` refuses these
std::string calibrated_toml(const CalibrationResult& result, const RunConfig& config,
                            const RunConfig& split_config, const std::string& base,
                            const std::vector<std::string>& overrides);

/// calibration.json of docs/results.md.
nlohmann::json to_json(const CalibrationResult& result, const RunConfig& config);
std::string to_text(const CalibrationResult& result);

}  // namespace irc::platform
