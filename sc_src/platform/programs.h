// SPDX-License-Identifier: Apache-2.0
// Helpers for running other programs.
#pragma once
#include <filesystem>
#include <string>

namespace irc::platform {

/// The first executable file of that name in the folders of PATH; empty where there is none.
std::string find_program(const std::string& name);

/// A temporary folder that is removed with this object. Throws InputError where none can be created.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::filesystem::path operator/(const char* file) const { return path_ / file; }

 private:
  std::filesystem::path path_;
};

}  // namespace irc::platform
