// SPDX-License-Identifier: Apache-2.0
#include "programs.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "irc/core/error.h"
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
  while (lock_ < 0) {
    std::string form = (parent / (std::string(scratch_prefix) + "XXXXXX")).string();
    if (mkdtemp(form.data()) == nullptr)
      throw InputError("the temporary folder " + form + " cannot be made: " + std::strerror(errno) +
                       "; set TMPDIR to another place");
    path_ = form;
    lock_ = open(form.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock_ < 0)
      throw InputError("the temporary folder " + form + " cannot be opened: " + std::strerror(errno));
    if (lock_new(lock_)) return;
    close(lock_);
    lock_ = -1;
  }
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  close(lock_);
}

}  // namespace irc::platform
