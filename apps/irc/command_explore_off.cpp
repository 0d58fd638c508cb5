// SPDX-License-Identifier: Apache-2.0
#include "commands.h"
#include "irc/core/error.h"

namespace irc::app {

namespace {

void add_missing(CLI::App& app, const std::string& name, const std::string& words, Action& action) {
  auto* command = app.add_subcommand(name, words + " (not in this build)");
  command->allow_extras();
  command->callback([&action, name] {
    action = [name]() -> int {
      throw UsageError("this build does not have the command '" + name +
                       "': libsqlite3-dev or libssl-dev was missing when it was configured");
    };
  });
}

}  // namespace

void add_explore(CLI::App& app, CommonOptions&, Action& action) {
  add_missing(app, "explore", "Sweep or search configurations", action);
}

void add_ablate(CLI::App& app, CommonOptions&, Action& action) {
  add_missing(app, "ablate", "Measure what each technique is worth", action);
}

void add_sensitivity(CLI::App& app, CommonOptions&, Action& action) {
  add_missing(app, "sensitivity", "Measure accuracy against one parameter at a time", action);
}

}  // namespace irc::app
