// SPDX-License-Identifier: Apache-2.0
#include "irc/core/error.h"

#include "irc/core/printable.h"

namespace irc {

std::string SourceLocation::text() const {
  std::string out = printable(file);
  if (line > 0) out.append(":").append(std::to_string(line));
  if (line > 0 && column > 0) out.append(":").append(std::to_string(column));
  return out;
}

InputError::InputError(const std::string& message) : std::runtime_error(message) {}
InputError::InputError(const SourceLocation& where, const std::string& message)
    : std::runtime_error(where.text() + ": " + message) {}

}  // namespace irc
