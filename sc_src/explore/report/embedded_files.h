// SPDX-License-Identifier: Apache-2.0
// The table that cmake/IrcEmbed.cmake generates. An entry without a name ends it.
#pragma once

namespace irc::explore {

struct EmbeddedFile {
  const char* name;
  const char* begin;
  const char* end;
};

extern const EmbeddedFile embedded_files[];

}  // namespace irc::explore
