// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdexcept>
#include <string>

namespace irc {

/// Exit codes of every ircsim program.
enum class ExitCode : int { success = 0, failed_check = 1, usage = 2, bad_input = 3, internal = 70 };

/// Where in a user's file a problem sits. `line` and `column` count from 1; 0 means unknown.
struct SourceLocation {
  std::string file;
  int line = 0;
  int column = 0;
  /// "file:line:column", as far as known.
  std::string text() const;
};

/// The user's input (file, key, value) is wrong. The message is for people: it says what stood there and
/// what was expected. Programs report it and exit with `ExitCode::bad_input`.
class InputError : public std::runtime_error {
 public:
  explicit InputError(const std::string& message);
  InputError(const SourceLocation& where, const std::string& message);
};

/// The command line is wrong; exit with `ExitCode::usage`.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A promise inside ircsim does not hold (for example a solver that did not converge); never the user's
/// fault. Exit with `ExitCode::internal`.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

}  // namespace irc
