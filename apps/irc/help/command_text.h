// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace irc::app {

/// One option or positional argument as the help shows it.
struct OptionText {
  std::vector<std::string> names;    ///< "-h", "--help"; of a positional argument its one name
  bool takes_value = false;          ///< false for flags
  bool required = false;             ///< must be given
  std::string description;           ///< as in the help
  std::string default_value;         ///< empty where the help shows none
  std::vector<std::string> choices;  ///< the only values it takes, or empty

  bool operator==(const OptionText&) const = default;
};

/// One command as the help shows it. Hidden commands and options are left out.
struct CommandText {
  std::string path;  ///< words after the program's name, such as "validate spice"; empty for the program
  std::string description;
  std::vector<OptionText> positionals, options;
  std::vector<CommandText> commands;
};

/// Reads the whole tree of commands from the parser, so that help, manual page and completion cannot differ.
CommandText command_text(const CLI::App& app, const std::string& path = "");

/// The command itself and everything below it, in the order of the help.
std::vector<const CommandText*> all_commands(const CommandText& root);

/// Options that most commands take with the same text, such as --set.
std::vector<OptionText> common_options(const CommandText& root);

/// Values that complete an option or a positional argument beside file names: its choices, or the names of
/// files inside the program.
std::vector<std::string> known_values(const OptionText& option);

/// Every key that --set takes, such as "array.v_wl_v".
std::vector<std::string> setting_keys();

/// The manual page irc(1), in the macros of man(7).
std::string man_page(const CLI::App& app);

/// Completion script. \param shell  "bash", "zsh" or "fish"
std::string completion_script(const CLI::App& app, const std::string& shell);

}  // namespace irc::app
