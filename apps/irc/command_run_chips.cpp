// SPDX-License-Identifier: Apache-2.0
// irc run-chips: the command with which irc run starts its workers.
#include <unistd.h>

#include <iostream>

#include "commands.h"
#include "irc/platform/chip_workers.h"

namespace irc::app {

void add_run_chips(CLI::App& app, CommonOptions& options, Action& action) {
  auto* command = app.add_subcommand("run-chips", "")->group("");  // internal, so not in the help
  auto range = std::make_shared<platform::ChipRange>();
  command->add_option("first", range->first)->required()->check(whole_number);
  command->add_option("count", range->count)->required()->check(whole_number);
  add_common_options(*command, options);
  command->callback([&action, &options, range] {
    action = [&options, range] {
      const ThreadLimit limit(options.threads.value_or(0));
      platform::work_on_chips(STDIN_FILENO, *range, std::cout);
      return 0;
    };
  });
}

}  // namespace irc::app
