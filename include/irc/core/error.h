// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdexcept>
#include <string>

/// The ircsim library: an in-RRAM-computing accelerator, the networks that run on it, and the tools around
/// both.
namespace irc {

/// Exit codes of every ircsim program: success (0), a check that failed (1), a wrong command line (2), wrong
/// input (3), and a fault inside ircsim (70).
enum class ExitCode : int {
  success = 0,       ///< the program did what it was asked
  failed_check = 1,  ///< a check that the user asked for failed
  usage = 2,         ///< wrong command line
  bad_input = 3,     ///< wrong file, key or value
  internal = 70      ///< fault inside ircsim
};

/// Where a problem sits in a user's file. `line` and `column` count from 1, and 0 means unknown.
struct SourceLocation {
  std::string file;  ///< path or label of the file
  int line = 0;      ///< line, from 1; 0 if unknown
  int column = 0;    ///< column, from 1; 0 if unknown
  /// Returns "file:line:column", without the parts that are unknown. The file is `printable`.
  std::string text() const;
};

/// Reports that the user's input (a file, key or value) is wrong. The message is written for people: it says
/// what was found and what was expected. Programs print it and exit with `ExitCode::bad_input`.
class InputError : public std::runtime_error {
 public:
  /// An error without a location.
  explicit InputError(const std::string& message);
  /// An error at `where`; the location is put before the message.
  InputError(const SourceLocation& where, const std::string& message);
};

/// Reports that the command line is wrong. Programs exit with `ExitCode::usage`.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reports that an assumption inside ircsim does not hold, for example that a solver did not converge. The
/// user has done nothing wrong. Programs exit with `ExitCode::internal`.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

}  // namespace irc
