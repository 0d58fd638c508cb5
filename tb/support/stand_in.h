// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include "support/catch.h"

namespace irc::test {

/// A program that replaces irc where workers are started: a shell script in a temporary folder, which is its
/// working directory and is removed with this object.
class StandIn {
 public:
  explicit StandIn(const std::string& body) {
    std::string form = (std::filesystem::temp_directory_path() / "irc-stand-in-XXXXXX").string();
    REQUIRE(mkdtemp(form.data()) != nullptr);
    folder = form;
    std::ofstream(path()) << "#!/bin/sh\ncd '" << form << "'\n" << body;
    std::filesystem::permissions(path(), std::filesystem::perms::owner_all);
  }
  ~StandIn() { std::filesystem::remove_all(folder); }
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;
  std::string path() const { return (folder / "irc").string(); }

  std::filesystem::path folder;
};

}  // namespace irc::test
