// SPDX-License-Identifier: Apache-2.0
#include "programs.h"

#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include "irc/core/error.h"

namespace irc::platform {

namespace fs = std::filesystem;

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
  std::string form = (fs::temp_directory_path() / "irc-XXXXXX").string();
  if (mkdtemp(form.data()) == nullptr)
    throw InputError("the temporary folder " + form + " cannot be made; set TMPDIR to another place");
  path_ = form;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace irc::platform
