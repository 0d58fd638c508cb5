// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "irc/core/error.h"
#include "irc/platform/config.h"
#include "irc/platform/resources.h"

namespace irc::platform {

/// The configuration of a text that stands for p.toml.
inline RunConfig resolved(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return resolve(TomlDocument::parse(text, "p.toml", embedded, overrides));
}

/// What is wrong with it.
inline std::string complaint(const std::string& text, const std::vector<std::string>& overrides = {}) {
  try {
    resolved(text, overrides);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace irc::platform
