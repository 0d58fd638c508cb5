// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <sstream>

#include "help/command_text.h"
#include "irc/platform/resources.h"
#include "irc/platform/version.h"

namespace irc::app {

namespace {

/// Text as roff shows it unchanged. A hyphen that a reader may copy into a shell must be a minus sign.
std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if (c == '"')
      out += "\\(dq";
    else if (c == '\'')
      out += "\\(aq";
    else if (c == '^')
      out += "\\(ha";
    else if (c == '~')
      out += "\\(ti";
    else if (c == '`')
      out += "\\(ga";
    else
      out += c;
  }
  // A line that starts with a dot would be a request.
  return !out.empty() && out.front() == '.' ? "\\&" + out : out;
}

std::string bold(const std::string& text) {
  return "\\fB" + roff(text) + "\\fR";
}

std::string italic(const std::string& text) {
  return "\\fI" + roff(text) + "\\fR";
}

/// "VALUE", or the choices as "lt|at".
std::string value_words(const OptionText& option) {
  if (option.choices.empty()) return italic("VALUE");
  std::string words;
  for (const auto& choice : option.choices) words += (words.empty() ? "" : "|") + bold(choice);
  return words;
}

void write_entry(std::ostream& out, const OptionText& option, bool positional) {
  out << ".TP\n";
  std::string title;
  for (const auto& name : option.names)
    title += (title.empty() ? "" : ", ") + (positional ? italic(name) : bold(name));
  if (!positional && option.takes_value) title += " " + value_words(option);
  out << title << "\n" << roff(option.description);
  if (option.required) out << " (required)";
  if (!option.default_value.empty()) out << " (default: " << roff(option.default_value) << ")";
  out << "\n";
}

bool contains(const std::vector<OptionText>& options, const OptionText& option) {
  return std::find(options.begin(), options.end(), option) != options.end();
}

void write_command(std::ostream& out, const CommandText& command, const std::vector<OptionText>& common) {
  out << ".SS \"irc " << roff(command.path);
  for (const auto& positional : command.positionals)
    out << " " << (positional.required ? "" : "[") << roff(positional.names.front())
        << (positional.required ? "" : "]");
  out << "\"\n" << roff(command.description) << ".\n";
  for (const auto& positional : command.positionals) write_entry(out, positional, true);
  std::string shared;
  for (const auto& option : command.options) {
    if (contains(common, option))
      shared += (shared.empty() ? "" : ", ") + bold(option.names.back());
    else
      write_entry(out, option, false);
  }
  if (!shared.empty()) out << ".PP\nCommon options: " << shared << ".\n";
}

std::string without_spaces(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// The help's footer: examples ("irc ..." and, two blanks on, what they do) and the line of exit codes.
void write_footer(std::ostream& examples, std::ostream& codes, const std::string& footer) {
  const std::string head = "Exit codes: ";
  std::istringstream lines(footer);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("  irc", 0) == 0) {
      const auto gap = line.find("  ", 2);
      examples << ".TP\n"
               << bold(without_spaces(line.substr(0, gap))) << "\n"
               << (gap == std::string::npos ? "" : roff(without_spaces(line.substr(gap)))) << "\n";
    } else if (line.rfind(head, 0) == 0) {
      std::istringstream entries(line.substr(head.size(), line.find_last_not_of(". ") + 1 - head.size()));
      for (std::string entry; std::getline(entries, entry, ',');) {
        entry = without_spaces(entry);
        const auto blank = entry.find(' ');
        codes << ".TP\n"
              << bold(entry.substr(0, blank)) << "\n"
              << roff(blank == std::string::npos ? "" : entry.substr(blank + 1)) << "\n";
      }
    }
  }
}

void write_files(std::ostream& out) {
  out << "These files are inside the program and need no folder. A configuration's name, " << bold("base")
      << " and " << bold("--model") << " accept them:\n";
  out << ".PP\n.nf\n";
  for (const auto& name : platform::embedded_names()) out << italic(name) << "\n";
  out << ".fi\n";
  out << ".TP\n"
      << italic("out/run/result.json") << "\nFigures of a run. " << bold("--out")
      << " names another folder.\n.TP\n"
      << italic("out/run/detections.json") << "\nDetected boxes, in COCO\\(aqs result format.\n.TP\n"
      << italic("out/explore/EXPERIMENT/store.sqlite")
      << "\nResults of an exploration. A later run continues from them.\n";
}

}  // namespace

std::string man_page(const CLI::App& app) {
  const auto root = command_text(app);
  const auto common = common_options(root);
  const auto colon = root.description.find(": ");
  const auto subject = colon == std::string::npos ? root.description : root.description.substr(colon + 2);
  std::ostringstream out, examples, codes;
  write_footer(examples, codes, app.get_footer());
  out << ".\\\" Written by `irc help --man`.\n.TH IRC 1 \"\" \"ircsim " << roff(platform::version)
      << "\" \"User Commands\"\n.SH NAME\nirc \\- " << roff(subject) << "\n.SH SYNOPSIS\n"
      << bold("irc") << " " << italic("COMMAND") << " [" << italic("ARGUMENT") << "]...\n.br\n"
      << bold("irc") << " " << italic("COMMAND") << " " << bold("--help") << "\n.SH DESCRIPTION\n"
      << roff(root.description) << ".\n"
      << "Without further arguments, " << bold("irc run")
      << " simulates a detector that is inside the program on generated scenes.\n.SH OPTIONS\n";
  for (const auto& option : root.options) write_entry(out, option, false);
  out << ".SH COMMANDS\n";
  for (const auto* command : all_commands(root))
    if (!command->path.empty()) write_command(out, *command, common);
  out << ".SH COMMON OPTIONS\n";
  for (const auto& option : common) write_entry(out, option, false);
  out << ".SH EXIT STATUS\n" << codes.str() << ".SH FILES\n";
  write_files(out);
  out << ".SH EXAMPLES\n" << examples.str();
  return out.str();
}

}  // namespace irc::app
