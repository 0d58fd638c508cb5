// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace irc::platform {

/// Version of the project, "major.minor.patch", from CMakeLists.txt.
extern const char* const version;

}  // namespace irc::platform
