// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <fmt/format.h>

#include <filesystem>
#include <iosfwd>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include "irc/core/temporary_file.h"

namespace irc::trace {

/// A file that is written in pieces during a simulation and gets its name only when it is complete.
///
/// Only opening it throws, because a trace must not destroy a run's results. The first error is kept; it
/// frees the disk space, and `finish` returns it.
class OutputFile {
 public:
  /// Creates a temporary file beside `path` (irc::TemporaryFile), compressed with Zstandard if `zstd`. Throws
  /// InputError with path and reason where that is not possible.
  OutputFile(std::filesystem::path path, bool zstd);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  template <typename... Args>
  void print(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(buffer_), format, std::forward<Args>(args)...);
    if (buffer_.size() >= block_bytes) flush();
  }
  fmt::memory_buffer& buffer() { return buffer_; }
  /// Writes out the buffer if it is full. `print` does this itself; users of `buffer` call it at the end of a
  /// line.
  void flush_if_full() {
    if (buffer_.size() >= block_bytes) flush();
  }

  /// Gives the file up: removes what was written. `finish` returns the reason. The first reason counts.
  void fail(const std::string& reason);
  /// Whether the file was given up. Nothing written from now on is kept, so a writer may stop.
  bool failed() const { return failure_.has_value(); }

  /// Completes the file and gives it its name. Returns the reason where that failed, now or earlier.
  std::optional<std::string> finish();
  const std::filesystem::path& path() const { return path_; }

 private:
  static constexpr std::size_t block_bytes = std::size_t{1} << 16;
  struct Device;
  void flush();

  std::filesystem::path path_;
  TemporaryFile file_;
  int error_ = 0;  // error number, set by the compressor's device
  std::optional<std::string> failure_;
  std::unique_ptr<std::ostream> compressor_;
  fmt::memory_buffer buffer_;
};

}  // namespace irc::trace
