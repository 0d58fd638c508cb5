// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace irc::platform {

/// Full name of the program `name` on PATH; empty where there is none.
std::string find_program(const std::string& name);

}  // namespace irc::platform
