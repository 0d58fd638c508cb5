// SPDX-License-Identifier: Apache-2.0
// Private to the configuration: its parts, and the words that its keys accept.
#pragma once
#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

#include "irc/platform/config.h"

namespace irc::platform::detail {

// Each list has the order of its enumeration.
inline constexpr std::array<std::string_view, 3> mapping_names{"ternary", "binary_differential",
                                                               "binary_reference"};
inline constexpr std::array<std::string_view, 3> bias_names{"array", "source", "digital"};
inline constexpr std::array<std::string_view, 3> sense_names{"differential", "reference", "multi_bit"};
inline constexpr std::array<std::string_view, 2> ground_names{"bottom", "top"};
inline constexpr std::array<std::string_view, 2> activation_names{"on_chip", "streamed"};
inline constexpr std::array<std::string_view, 2> mode_names{"lt", "at"};
inline constexpr std::array<std::string_view, 6> dataset_names{"auto", "generated", "coco",
                                                               "voc",  "yolo",      "folder"};
inline constexpr std::array<std::string_view, 3> box_names{"log_distances", "distances", "pixel_distances"};
inline constexpr std::array<std::string_view, 2> score_names{"logits", "probabilities"};
inline constexpr std::array<std::string_view, 2> foreign_names{"count", "ignore"};

/// Prefix of a detector's name. It selects the embedded detector, even where a file has that name.
inline constexpr std::string_view embedded_prefix = "embedded:";

struct SwitchName {
  const char* key;
  bool device::Nonidealities::*field;
};
inline constexpr std::array<SwitchName, 15> switch_names{{
    {"device_variation", &device::Nonidealities::device_variation},
    {"cycle_to_cycle", &device::Nonidealities::cycle_to_cycle},
    {"vt_mismatch", &device::Nonidealities::vt_mismatch},
    {"read_noise", &device::Nonidealities::read_noise},
    {"stuck_at", &device::Nonidealities::stuck_at},
    {"drift", &device::Nonidealities::drift},
    {"off_leakage", &device::Nonidealities::off_leakage},
    {"wire_resistance", &device::Nonidealities::wire_resistance},
    {"clamp_resistance", &device::Nonidealities::clamp_resistance},
    {"clamp_variation", &device::Nonidealities::clamp_variation},
    {"offset", &device::Nonidealities::offset},
    {"sense_noise", &device::Nonidealities::sense_noise},
    {"sensing_range", &device::Nonidealities::sensing_range},
    {"level_errors", &device::Nonidealities::level_errors},
    {"bias_variation", &device::Nonidealities::bias_variation},
}};
static_assert(sizeof(device::Nonidealities) == switch_names.size(), "every switch has a key");

/// The integer at `key`, or `fallback`. `min` must not be negative.
template <typename T>
T whole(const TomlTable& table, std::string_view key, T fallback, std::int64_t min, std::int64_t max) {
  return static_cast<T>(table.find_integer(key, min, max).value_or(static_cast<std::int64_t>(fallback)));
}

/// Reads [technology] and [card] into card and card_toml.
void read_technology(const TomlTable& root, RunConfig& config);
/// Reads [detector].
void read_detector(const TomlTable& root, RunConfig& config);
/// Reads [sense.layers], after the rest of [sense]. Names are not looked up, because no detector is read.
void read_layers(const TomlTable& root, RunConfig& config);
/// Checks conditions on several values together.
void check_together(const TomlTable& root, const RunConfig& config);

}  // namespace irc::platform::detail
