// SPDX-License-Identifier: Apache-2.0
// SystemC elaborates once per process. Simulations that run side by side therefore need processes of their
// own, which run the same program.
#pragma once
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace irc::platform {

/// An unnamed file that the system removes by itself, even after a kill. Throws InputError where it cannot be
/// created or written.
class ScratchFile {
 public:
  /// Creates an empty file.
  ScratchFile();
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  /// Adds bytes at the end.
  void append(std::string_view bytes);
  /// Writes out everything appended so far and rewinds the file, so that a reader starts at its beginning.
  void finish();
  /// Everything from byte `offset` on that this or another process has written. Does not move any reader's
  /// position.
  std::string read(std::uint64_t offset = 0) const;
  /// The open file.
  FILE* file() const { return file_; }

 private:
  FILE* file_;
};

/// A process that works for this one and is killed with it.
class WorkerProcess {
 public:
  /// Starts `program`. Its standard input is `in`, which must be finished. Throws InputError where the
  /// process cannot be started.
  WorkerProcess(const std::string& program, const std::vector<std::string>& arguments, const ScratchFile& in);
  /// Kills the process if it still runs.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  /// Whether the process still runs.
  bool running();
  /// The signal that ended the process; 0 if it ended by itself. Call it only when the process no longer
  /// runs.
  int signal() const;
  /// The exit code. Call it only when the process no longer runs.
  int exit_code() const;
  /// What the process has written to standard output so far, from byte `offset` on.
  std::string output(std::uint64_t offset = 0) const { return out_.read(offset); }
  /// What the process wrote to standard error, or else its exit code, as text for people.
  std::string error_text() const;

 private:
  struct Child;

  ScratchFile out_, err_;
  std::unique_ptr<Child> child_;
};

/// Says how a signal ended a process, and what the signal usually means: "killed by signal 9 (SIGKILL); the
/// kernel does this when memory runs out".
std::string killed_by(int signal);

/// `count`, or the number of processors for 0.
std::uint64_t or_processors(std::uint64_t count);

}  // namespace irc::platform
