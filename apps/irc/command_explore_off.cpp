// SPDX-License-Identifier: Apache-2.0
#include "commands.h"
#include "irc/core/error.h"

namespace irc::app {

void add_explore(CLI::App& app, CommonOptions&, Action& action) {
  auto* command = app.add_subcommand("explore", "Sweeps and search (not in this build)");
  command->allow_extras();
  command->callback([&action] {
    action = []() -> int {
      throw UsageError(
          "this build has no 'explore': libsqlite3-dev or libssl-dev was missing when it was configured");
    };
  });
}

}  // namespace irc::app
