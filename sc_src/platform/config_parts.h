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

/// Name of the card where no file sets one.
inline constexpr const char* default_card = "default";

/// Prefix of a detector's name. It selects the embedded detector, even where a file has that name.
inline constexpr std::string_view embedded_prefix = "embedded:";

/// Reads [technology] and [card] into card and card_toml.
void read_technology(const TomlTable& root, RunConfig& config);
/// Reads every key into `config`. What follows from the keys is still to be derived.
void read_keys(const TomlDocument& document, RunConfig& config);
/// Checks conditions on several values together.
void check_together(const TomlTable& root, const RunConfig& config);

}  // namespace irc::platform::detail
