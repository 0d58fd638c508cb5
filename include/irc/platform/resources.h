// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace irc::platform {

/// Bytes of a file that travels inside the program; nothing where there is none of that name. Names:
/// "robust.toml" and its like (configs/), "cards/default.toml" (configs/cards/), "models/traffic.onnx".
std::optional<std::string_view> embedded(std::string_view name);

/// All names, sorted.
std::vector<std::string> embedded_names();

}  // namespace irc::platform
