// SPDX-License-Identifier: Apache-2.0
#include "programs.h"

#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <utility>

#include "irc/core/temporary_file.h"

namespace irc::platform {

namespace fs = std::filesystem;

namespace {
constexpr const char* scratch_prefix = "ircsim-scratch-";
}  // namespace

std::string find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const auto file = fs::path(folder.empty() ? "." : folder) / name;
    std::error_code none;
    if (fs::is_regular_file(file, none) && access(file.c_str(), X_OK) == 0) return file.string();
  }
  return {};
}

ScratchFolder::ScratchFolder() {
  const auto parent = fs::temp_directory_path();
  remove_abandoned_folders(parent, scratch_prefix);
  auto made = make_locked_folder(parent, scratch_prefix);
  path_ = std::move(made.path);
  lock_ = made.lock;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  close(lock_);
}

}  // namespace irc::platform
