// SPDX-License-Identifier: Apache-2.0
// Helpers for running other programs.
#pragma once
#include <filesystem>
#include <string>

namespace irc::platform {

/// The first executable file of that name in the folders of PATH; empty where there is none.
std::string find_program(const std::string& name);

/// A temporary folder that is removed with this object. A folder that a killed process has left is removed by
/// the next object. Throws InputError where none can be created.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::filesystem::path operator/(const std::string& file) const { return path_ / file; }

 private:
  std::filesystem::path path_;
  int lock_ = -1;  // held on the folder as long as this process needs it
};

}  // namespace irc::platform
