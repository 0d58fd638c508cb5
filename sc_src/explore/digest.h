// SPDX-License-Identifier: Apache-2.0
// Private to the exploration: what a content address is made of.
#pragma once
#include <string>

namespace irc::explore::detail {

/// SHA-256 of a detector or a data set: the bytes of a file or embedded file; of a folder the names and sizes
/// of its files, as reading all pictures for each point would take longer than running it. Empty for an empty
/// path. Throws InputError where nothing is there.
std::string content_digest(const std::string& path);

}  // namespace irc::explore::detail
