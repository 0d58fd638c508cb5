// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "irc/core/error.h"
#include "irc/platform/config.h"
#include "irc/platform/resources.h"

namespace irc::platform {

/// A file with a text, removed with this object.
class TemporaryFile {
 public:
  TemporaryFile(const std::string& name, const std::string& text)
      : path_(std::filesystem::temp_directory_path() / (std::to_string(::getpid()) + "_" + name)) {
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// The configuration of a text, as if it were the file p.toml.
inline RunConfig resolved(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return resolve(TomlDocument::parse(text, "p.toml", embedded, overrides));
}

/// The error message for such a text.
inline std::string complaint(const std::string& text, const std::vector<std::string>& overrides = {}) {
  try {
    resolved(text, overrides);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace irc::platform
