// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string_view>

namespace irc {

/// A file that is written beside its final place and gets its name only when it is complete, so a reader sees
/// either the old file or the whole new one.
///
/// As long as a process works on the file, it holds a lock (flock) on it. The lock ends with the process, so
/// `remove_abandoned_files` can tell what a killed run has left behind; the first TemporaryFile of a process
/// in a folder calls it. The lock works between containers and, on most network file systems, between
/// machines, where process numbers mean nothing.
class TemporaryFile {
 public:
  /// Creates an empty file in the folder of `path`. If `path` is a symbolic link, the file it points to will
  /// be replaced, and the link stays. Throws InputError with the path and the reason where the file cannot be
  /// created, or where `path` is neither a regular file nor free.
  explicit TemporaryFile(const std::filesystem::path& path);
  /// Removes the file unless it was kept.
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  /// Appends `bytes`. Returns zero, or the error number of the system.
  int write(std::string_view bytes);
  /// Flushes the file to the disk and gives it its name. Returns zero, or the error number of the step that
  /// failed; the file is removed then.
  int keep();
  /// Removes the file. `write` and `keep` must not be called any more.
  void discard();

 private:
  std::filesystem::path target_, temporary_;
  int file_ = -1;
};

/// Removes the temporary files in `folder` whose processes are gone. It touches only files with the names
/// that TemporaryFile gives, and does nothing where locks are not supported or the folder cannot be read.
void remove_abandoned_files(const std::filesystem::path& folder);

/// Removes the folders in `parent` that belong to this user, whose names begin with `prefix`, and that no
/// process has locked any more.
void remove_abandoned_folders(const std::filesystem::path& parent, std::string_view prefix);

/// A new folder, and the descriptor that holds its lock.
struct LockedFolder {
  std::filesystem::path path;  ///< the folder
  int lock = -1;               ///< descriptor of the folder; the lock ends when it is closed
};

/// Makes a folder in `parent` whose name begins with `prefix`, and locks it for this process. Throws
/// InputError where it cannot be made.
LockedFolder make_locked_folder(const std::filesystem::path& parent, std::string_view prefix);

/// Locks a new file or folder for this process. Returns false where a cleaning process was faster, so that
/// another name has to be taken. A file system without locks counts as success.
bool lock_new(int descriptor);

}  // namespace irc
