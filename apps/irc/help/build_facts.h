// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace irc::app {

/// Revision of the sources, as `git describe` names it; "unknown" where they were in no repository.
extern const char* const revision;

/// What `irc --version` says: version, revision, compiler, SystemC, instruction sets, optional parts.
/// \param json  the same facts as one JSON document
std::string build_facts(bool json);

}  // namespace irc::app
