// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace irc {

/// Returns the whole file as bytes. Throws InputError with the path and the system's reason if the file
/// cannot be read.
std::string read_file(const std::filesystem::path& path);

/// Writes `bytes` so that a reader sees either the old file or the whole new one. It writes a temporary file
/// in the same folder, flushes it to the disk and renames it to `path`. Throws InputError with the path and
/// the system's reason (no such folder, not writable, disk full); it leaves no temporary file behind then.
void atomic_write(const std::filesystem::path& path, std::string_view bytes);

}  // namespace irc
