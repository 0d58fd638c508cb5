// SPDX-License-Identifier: Apache-2.0
// SystemC elaborates once per process: what is to run side by side runs in processes of the same program.
#pragma once
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace irc::platform {

/// An unnamed file that nobody has to clear away, not even after a kill. Throws InputError where none can be
/// made or written.
class ScratchFile {
 public:
  ScratchFile();
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  void append(std::string_view bytes);
  /// All that was appended is in the file, and who reads it starts at its beginning.
  void finish();
  /// Everything from `offset` on that this or another process has written. Moves nobody's place in the file.
  std::string read(std::uint64_t offset = 0) const;
  FILE* file() const { return file_; }

 private:
  FILE* file_;
};

/// A process that works for this one and ends with it.
class WorkerProcess {
 public:
  /// \param in  its standard input, finished
  /// Throws InputError where it cannot be started.
  WorkerProcess(const std::string& program, const std::vector<std::string>& arguments, const ScratchFile& in);
  /// Kills it if it still runs.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  bool running();
  /// The signal that ended it; 0 if it ended by itself. Once it runs no more.
  int signal() const;
  /// Once it runs no more.
  int exit_code() const;
  /// What it wrote to standard output from `offset` on, so far.
  std::string output(std::uint64_t offset = 0) const { return out_.read(offset); }
  /// What it said on standard error, or else its exit code, for people.
  std::string error_text() const;

 private:
  struct Child;

  ScratchFile out_, err_;
  std::unique_ptr<Child> child_;
};

/// `count`, or the number of processors for 0.
std::uint64_t or_processors(std::uint64_t count);

}  // namespace irc::platform
