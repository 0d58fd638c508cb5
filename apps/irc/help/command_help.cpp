// SPDX-License-Identifier: Apache-2.0
// irc help, irc completion: the help as text, as a manual page and for the shell's TAB key.
#include <iostream>
#include <memory>

#include "commands.h"
#include "help/command_text.h"
#include "irc/core/error.h"

namespace irc::app {

namespace {

struct HelpArguments {
  std::vector<std::string> command;
  bool man = false;
};

int help_command(const CLI::App& app, const HelpArguments& args) {
  if (args.man) {
    std::cout << man_page(app);
    return 0;
  }
  const CLI::App* command = &app;
  std::string path = app.get_name();
  for (const auto& word : args.command) {
    try {
      command = command->get_subcommand(word);
    } catch (const CLI::OptionNotFound&) {
      throw UsageError("unknown command '" + word + "' (see irc --help)");
    }
    path += " " + word;
  }
  std::cout << app.get_formatter()->make_help(command, path, CLI::AppFormatMode::Normal);
  return 0;
}

}  // namespace

void add_help(CLI::App& app, Action& action) {
  auto* help = app.add_subcommand("help", "Help of a command; with --man the manual page irc(1)");
  auto args = std::make_shared<HelpArguments>();
  help->add_option("command", args->command, "Words of the command, such as validate spice");
  help->add_flag("--man", args->man, "Print the manual page of all commands, for man -l -");
  help->callback([&app, &action, args] { action = [&app, args] { return help_command(app, *args); }; });

  auto* completion = app.add_subcommand("completion", "Completion script for a shell, to be sourced by it");
  auto shell = std::make_shared<std::string>();
  completion->add_option("shell", *shell, "Name of the shell")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->callback([&app, &action, shell] {
    action = [&app, shell] {
      std::cout << completion_script(app, *shell);
      return 0;
    };
  });
}

}  // namespace irc::app
