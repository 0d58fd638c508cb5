// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "irc/mapping/compiler.h"
#include "irc/platform/config.h"

namespace irc::platform {

/// One detector on one accelerator with every nonideality off, held against the ideal reference.
struct ReferenceCase {
  std::string detector, timing, activations;
  std::uint32_t burst = 0;
  std::uint64_t macros = 0;
  std::uint64_t bit_errors = 0, bits = 0;  ///< over all binary maps of all layers
  std::uint64_t head_errors = 0;           ///< head values that differ
  bool passed() const { return bit_errors == 0 && head_errors == 0 && bits > 0; }
};

/// Every shipped detector (or those named) in LT and AT, with bursts of 1, 7 and 64 vectors and 1 to 4
/// macros. One call per process. Throws InputError for an unknown detector.
std::vector<ReferenceCase> validate_reference(const std::vector<std::string>& detectors, std::uint64_t seed);

/// One layer on one geometry: cycles of the simulation against the closed form of docs/mapping.md.
struct LatencyCase {
  std::string name, timing;
  std::uint64_t commands = 0;                        ///< compared, setup included
  std::uint64_t cycles = 0, closed_form_cycles = 0;  ///< summed over the picture's commands
  std::uint64_t mismatches = 0;                      ///< commands whose cycles differ
  bool passed() const { return mismatches == 0 && commands > 0 && cycles == closed_form_cycles; }
};
/// One call per process.
std::vector<LatencyCase> validate_latency();

nlohmann::json to_json(const std::vector<ReferenceCase>& cases);
nlohmann::json to_json(const std::vector<LatencyCase>& cases);
std::string to_text(const std::vector<ReferenceCase>& cases);
std::string to_text(const std::vector<LatencyCase>& cases);

}  // namespace irc::platform
