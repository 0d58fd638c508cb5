// SPDX-License-Identifier: Apache-2.0
// Completion scripts. Where a script offers nothing, the shell offers file names.
#include <sstream>

#include "help/command_text.h"

namespace irc::app {

namespace {

/// Text within single quotes; `escape` is what the shell wants for a quote inside them.
std::string quoted_for(const std::string& text, const std::string& escape) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? escape : std::string(1, c);
  return out + "'";
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

std::vector<std::string> option_names(const CommandText& command) {
  std::vector<std::string> names;
  for (const auto& option : command.options)
    names.insert(names.end(), option.names.begin(), option.names.end());
  return names;
}

std::string last_word(const std::string& path) {
  return path.substr(path.rfind(' ') + 1);
}

std::vector<std::string> command_names(const CommandText& command) {
  std::vector<std::string> names;
  for (const auto& below : command.commands) names.push_back(last_word(below.path));
  return names;
}

std::vector<std::string> positional_values(const CommandText& command) {
  std::vector<std::string> values;
  for (const auto& positional : command.positionals)
    for (const auto& value : known_values(positional)) values.push_back(value);
  return values;
}

/// `case` branches, the same in bash and zsh, that follow the words of a command line into "$command".
void write_path_branches(std::ostream& out, const CommandText& root) {
  for (const auto* command : all_commands(root))
    for (const auto& below : command->commands)
      out << "      '" << command->path << "/" << last_word(below.path) << "') command='" << below.path
          << "' ;;\n";
}

/// `case` branches "COMMAND:OPTION" for options with a value; `offer` says what to do with the known ones.
template <typename Offer>
void write_value_branches(std::ostream& out, const CommandText& root, const Offer& offer) {
  for (const auto* command : all_commands(root))
    for (const auto& option : command->options) {
      if (!option.takes_value || option.names.back() == "--set") continue;
      out << "    ";
      for (std::size_t n = 0; n < option.names.size(); ++n)
        out << (n == 0 ? "" : " | ") << "'" << command->path << ":" << option.names[n] << "'";
      out << ") " << offer(option) << " ;;\n";
    }
}

std::string bash_script(const CommandText& root) {
  std::ostringstream out;
  out << "# Completion of irc for bash, written by `irc completion bash`.\n"
         "_irc() {\n"
         "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command='' words='' "
         "options='' i\n"
         "  COMPREPLY=()\n"
         "  # bash splits --option=value into three words, and key=value as well.\n"
         "  if [[ $cur == '=' ]]; then\n"
         "    cur=''\n"
         "  elif [[ $prev == '=' ]]; then\n"
         "    prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
         "    [[ $prev == -* ]] || return 0\n"
         "  fi\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    case \"$command/${COMP_WORDS[i]}\" in\n";
  write_path_branches(out, root);
  out << "    esac\n"
         "  done\n"
         "  case \"$command:$prev\" in\n"
         "    *:--set)\n"
         "      compopt -o nospace 2>/dev/null\n"
         "      COMPREPLY=($(compgen -S = -W '"
      << joined(setting_keys())
      << "' -- \"$cur\"))\n"
         "      return 0 ;;\n";
  write_value_branches(out, root, [](const OptionText& option) {
    const auto values = known_values(option);
    return values.empty() ? "return 0"
                          : "COMPREPLY=($(compgen -W '" + joined(values) + "' -- \"$cur\")); return 0";
  });
  out << "  esac\n"
         "  case $command in\n";
  for (const auto* command : all_commands(root)) {
    auto words = command_names(*command);
    for (const auto& value : positional_values(*command)) words.push_back(value);
    out << "    '" << command->path << "') words='" << joined(words) << "' options='"
        << joined(option_names(*command)) << "' ;;\n";
  }
  out << "  esac\n"
         "  [[ $cur == -* ]] && words=$options\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
         "}\n"
         "complete -o default -F _irc irc\n";
  return out.str();
}

/// "name:description" as zsh's _describe reads it.
std::string described(const std::string& name, const std::string& description) {
  std::string text;
  for (const char c : description) text += c == ':' ? "\\:" : std::string(1, c);
  return quoted_for(name + ":" + text, "'\\''");
}

std::string zsh_script(const CommandText& root) {
  std::ostringstream out;
  out << "#compdef irc\n"
         "# Completion of irc for zsh, written by `irc completion zsh`.\n"
         "_irc() {\n"
         "  local command='' prev=${words[CURRENT-1]} word\n"
         "  local -a commands options values\n"
         "  for word in ${words[2,CURRENT-1]}; do\n"
         "    case \"$command/$word\" in\n";
  write_path_branches(out, root);
  out << "    esac\n"
         "  done\n"
         "  case \"$command:$prev\" in\n"
         "    *:--set) compadd -S = -- "
      << joined(setting_keys()) << "; return ;;\n";
  write_value_branches(out, root, [](const OptionText& option) {
    const auto values = known_values(option);
    return values.empty() ? "_files; return" : "compadd -- " + joined(values) + "; _files; return";
  });
  out << "  esac\n"
         "  case $command in\n";
  for (const auto* command : all_commands(root)) {
    out << "    '" << command->path << "')\n      commands=(";
    for (const auto& below : command->commands)
      out << "\n        " << described(last_word(below.path), below.description);
    out << ")\n      options=(";
    for (const auto& option : command->options)
      for (const auto& name : option.names) out << "\n        " << described(name, option.description);
    out << ")\n      values=(" << joined(positional_values(*command)) << ") ;;\n";
  }
  out << "  esac\n"
         "  if [[ $PREFIX == -* ]]; then\n"
         "    _describe -o option options\n"
         "    return\n"
         "  fi\n"
         "  (( $#commands )) && _describe command commands\n"
         "  (( $#values )) && compadd -- $values\n"
         "  [[ -n $command ]] && _files\n"
         "}\n"
         "if [[ ${funcstack[1]} == _irc ]]; then _irc \"$@\"; else compdef _irc irc; fi\n";
  return out.str();
}

void write_fish_option(std::ostream& out, const std::string& at, const OptionText& option) {
  out << at;
  for (const auto& name : option.names)
    out << (name.rfind("--", 0) == 0 ? " -l " + name.substr(2) : " -s " + name.substr(1));
  out << " -d " << quoted_for(option.description, "\\'");
  if (option.takes_value) out << (option.choices.empty() ? " -r" : " -x");
  if (option.names.back() == "--set")
    out << " -f -a '(__irc_keys)'";
  else if (const auto values = known_values(option); !values.empty())
    out << " -a '" << joined(values) << "'";
  out << "\n";
}

std::string fish_script(const CommandText& root) {
  std::ostringstream out;
  out << "# Completion of irc for fish, written by `irc completion fish`.\n"
         "function __irc_at\n"
         "  set -l command ''\n"
         "  for word in (commandline -opc)[2..-1]\n"
         "    switch \"$command/$word\"\n";
  for (const auto* command : all_commands(root))
    for (const auto& below : command->commands)
      out << "      case '" << command->path << "/" << last_word(below.path) << "'\n        set command '"
          << below.path << "'\n";
  out << "    end\n"
         "  end\n"
         "  test \"$command\" = \"$argv[1]\"\n"
         "end\n"
         "function __irc_keys\n"
         "  printf '%s=\\n' "
      << joined(setting_keys())
      << "\n"
         "end\n"
         "complete -c irc -f\n";
  for (const auto* command : all_commands(root)) {
    const std::string at = "complete -c irc -n '__irc_at \"" + command->path + "\"'";
    for (const auto& below : command->commands)
      out << at << " -a " << last_word(below.path) << " -d " << quoted_for(below.description, "\\'") << "\n";
    if (!command->positionals.empty()) {
      out << at << " -F";
      const auto values = positional_values(*command);
      if (!values.empty()) out << " -a '" << joined(values) << "'";
      out << "\n";
    }
    for (const auto& option : command->options) write_fish_option(out, at, option);
  }
  return out.str();
}

}  // namespace

std::string completion_script(const CLI::App& app, const std::string& shell) {
  const auto root = command_text(app);
  if (shell == "zsh") return zsh_script(root);
  if (shell == "fish") return fish_script(root);
  return bash_script(root);
}

}  // namespace irc::app
