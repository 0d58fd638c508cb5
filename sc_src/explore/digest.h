// SPDX-License-Identifier: Apache-2.0
// Private to the exploration: the parts of a content address.
#pragma once
#include <string>

namespace irc::explore::detail {

/// SHA-256 of a detector or a data set: of the bytes of a file or embedded file. For a folder it covers the
/// names and sizes of its files, because reading all images for each point would take longer than running it.
/// Empty for an empty path. Throws InputError where there is no such file.
std::string content_digest(const std::string& path);

}  // namespace irc::explore::detail
