// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace irc {

/// The most bytes that `read_file` takes unless its caller says otherwise.
inline constexpr std::uintmax_t max_input_bytes = std::uintmax_t{1} << 30;

/// Throws InputError unless `path` names a regular file, or a symbolic link to one. It does not open the
/// file: opening a named pipe would wait for a writer, and opening a device can have effects. The message
/// gives the path and says what is there instead.
void check_regular_file(const std::filesystem::path& path);

/// Returns the whole file as bytes. Throws InputError with the path and the reason if it is not a regular
/// file, holds more than `max_bytes`, or cannot be read.
std::string read_file(const std::filesystem::path& path, std::uintmax_t max_bytes = max_input_bytes);

/// Writes `bytes` so that a reader sees either the old file or the whole new one. It writes a temporary file
/// in the same folder, flushes it to the disk and renames it to `path` (see TemporaryFile). Throws InputError
/// with the path and the system's reason (no such folder, not writable, disk full); it leaves no temporary
/// file behind then.
void atomic_write(const std::filesystem::path& path, std::string_view bytes);

}  // namespace irc
