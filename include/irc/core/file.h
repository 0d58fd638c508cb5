// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace irc {

/// The whole file as bytes. Throws InputError with the path and the system's reason if it cannot be read.
std::string read_file(const std::filesystem::path& path);

/// Writes `bytes` so that a reader sees either the old file or the whole new one: a temporary file in the
/// same folder, flushed to the disk, then renamed over `path`. Throws InputError with the path and the
/// system's reason (no such folder, not writable, disk full); nothing is left behind then.
void atomic_write(const std::filesystem::path& path, std::string_view bytes);

}  // namespace irc
