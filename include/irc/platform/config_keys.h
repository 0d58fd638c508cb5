// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace irc::platform {

/// The section of keys that stand in tables with names of their own.
inline constexpr const char* layer_section = "sense.layers.NAME";

/// A key of the configuration, as people read about it. The texts are Markdown without links.
struct ConfigKey {
  std::string section;   ///< "array"; layer_section for the keys of one layer
  std::string name;      ///< "v_wl_v"
  std::string fallback;  ///< the value where no file sets the key, as TOML, or words if it depends on others
  std::string values;    ///< what is accepted: a range, or the words
  std::string meaning;   ///< what the value is
};

/// Every key that a configuration accepts, in the order of `irc config --resolved`. The keys of a technology
/// card are not among them, except the key that chooses the card.
std::vector<ConfigKey> config_keys();

/// The same as a JSON array.
nlohmann::json to_json(const std::vector<ConfigKey>& keys);

}  // namespace irc::platform
