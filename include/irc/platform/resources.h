// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace irc::platform {

/// Bytes of a file that is built into the program, or nothing where there is none of that name. Names:
/// "robust.toml" and similar (configs/), "cards/default.toml" (configs/cards/), "models/traffic.onnx".
std::optional<std::string_view> embedded(std::string_view name);

/// Names of all embedded files, sorted.
std::vector<std::string> embedded_names();

}  // namespace irc::platform
