// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <fmt/format.h>

#include <filesystem>
#include <iosfwd>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

namespace irc::trace {

/// A file that is written bit by bit beside a simulation and appears under its name only when complete.
///
/// Opening it throws; afterwards nothing does, since a trace must not take a run's results with it. The first
/// error is kept, gives the disk space back, and comes out of `finish`.
class OutputFile {
 public:
  /// Makes "PATH.tmp-PID"; throws InputError with path and reason where that is not possible.
  /// \param zstd  compress with Zstandard
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
  /// Hands the buffer on; `print` does it by itself, users of `buffer` at the end of a line.
  void flush_if_full() {
    if (buffer_.size() >= block_bytes) flush();
  }

  /// Gives the file up: what was written is removed, `finish` tells the reason. The first reason counts.
  void fail(const std::string& reason);
  /// Nothing written from now on will be kept, so that a writer may as well stop.
  bool failed() const { return failure_.has_value(); }

  /// Completes the file and gives it its name. The reason where that failed, now or earlier.
  std::optional<std::string> finish();
  const std::filesystem::path& path() const { return path_; }

 private:
  static constexpr std::size_t block_bytes = std::size_t{1} << 16;
  struct Device;
  void flush();
  void discard();

  std::filesystem::path path_, temporary_;
  int fd_ = -1;
  int error_ = 0;  // of the system, set by the compressor's device
  std::optional<std::string> failure_;
  std::unique_ptr<std::ostream> compressor_;
  fmt::memory_buffer buffer_;
};

}  // namespace irc::trace
