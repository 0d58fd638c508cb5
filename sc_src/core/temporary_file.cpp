// SPDX-License-Identifier: Apache-2.0
#include "irc/core/temporary_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>
#include <string>

#include "irc/core/error.h"

namespace irc {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view temporary_mark = ".irc.tmp-";
constexpr std::size_t most_name_bytes = 255, number_bytes = 40;

[[noreturn]] void refuse(const fs::path& path, const std::string& reason) {
  throw InputError("cannot write '" + path.string() + "': " + reason);
}

/// A device or a pipe must not be replaced by a file, which the system's administrator could do by mistake.
void check_target(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode)) return;
  if (S_ISDIR(status.st_mode)) refuse(path, std::strerror(EISDIR));
  refuse(path, "it is a device, a pipe or a socket; expected a regular file or a new one");
}

fs::path behind_links(const fs::path& path) {
  std::error_code none;
  if (!fs::is_symlink(path, none)) return path;
  const auto target = fs::canonical(path, none);
  return none ? path : target;
}

/// A name that no other file of this process had, because `remove_abandoned_files` must never meet a new file
/// under a name that it has just looked at.
fs::path new_name(const fs::path& target) {
  static std::atomic<unsigned> count{0};
  const auto name = target.filename().string().substr(0, most_name_bytes - number_bytes);
  return target.parent_path() / (name + std::string(temporary_mark) + std::to_string(::getpid()) + "-" +
                                 std::to_string(count.fetch_add(1)));
}

bool is_temporary_name(const std::string& name) {
  const auto mark = name.rfind(temporary_mark);
  if (mark == std::string::npos) return false;
  const auto numbers = std::string_view(name).substr(mark + temporary_mark.size());
  const auto dash = numbers.find('-');
  const auto digits = [](std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return dash != std::string_view::npos && digits(numbers.substr(0, dash)) &&
         digits(numbers.substr(dash + 1));
}

/// Calls `remove` for every entry that `ours` accepts and whose lock is free, while it holds that lock.
template <typename Ours, typename Remove>
void remove_unlocked(const fs::path& folder, int flags, const Ours& ours, const Remove& remove) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const auto& path = entries->path();
    struct stat named {
    }, opened{};
    if (!ours(path.filename().string()) || ::lstat(path.c_str(), &named) != 0) continue;
    if (named.st_uid != ::geteuid() || (!S_ISREG(named.st_mode) && !S_ISDIR(named.st_mode))) continue;
    const int descriptor = ::open(path.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) continue;
    const bool free = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    const bool same = ::fstat(descriptor, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 &&
                      opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
    if (free && same) remove(path);
    ::close(descriptor);
  }
}

/// Looks for what killed runs have left, once per process in every folder that it writes to.
void clean_once(const fs::path& folder) {
  static std::mutex mutex;
  static std::set<fs::path> cleaned;
  {
    const std::lock_guard lock(mutex);
    if (!cleaned.insert(folder).second) return;
  }
  remove_abandoned_files(folder.empty() ? fs::path(".") : folder);
}

}  // namespace

bool lock_new(int descriptor) {
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) return errno != EWOULDBLOCK;
  struct stat status {};
  return ::fstat(descriptor, &status) != 0 || status.st_nlink > 0;
}

LockedFolder make_locked_folder(const fs::path& parent, std::string_view prefix) {
  while (true) {
    std::string form = (parent / (std::string(prefix) + "XXXXXX")).string();
    if (::mkdtemp(form.data()) == nullptr)
      throw InputError("the temporary folder " + form + " cannot be made: " + std::strerror(errno) +
                       "; set TMPDIR to another place");
    const int lock = ::open(form.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    // A process that cleans up may meet the folder before its lock and remove it.
    if (lock < 0 && errno == ENOENT) continue;
    if (lock < 0)
      throw InputError("the temporary folder " + form + " cannot be opened: " + std::strerror(errno));
    if (lock_new(lock)) return {form, lock};
    ::close(lock);
  }
}

TemporaryFile::TemporaryFile(const fs::path& path) : target_(behind_links(path)) {
  check_target(path);
  clean_once(target_.parent_path());
  for (int attempt = 0; file_ < 0; ++attempt) {
    temporary_ = new_name(target_);
    file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file_ < 0 && (errno != EEXIST || attempt == 1000)) refuse(path, std::strerror(errno));
    if (file_ < 0 || lock_new(file_)) continue;
    ::close(file_);
    file_ = -1;
  }
}

TemporaryFile::~TemporaryFile() {
  discard();
}

void TemporaryFile::discard() {
  if (file_ < 0) return;
  ::unlink(temporary_.c_str());
  ::close(file_);
  file_ = -1;
}

int TemporaryFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    if (written == 0) return ENOSPC;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

int TemporaryFile::keep() {
  // Devices and some mounts cannot sync (EINVAL). A full disk is reported here at the latest, as ENOSPC or
  // EIO.
  int reason = ::fsync(file_) != 0 && errno != EINVAL ? errno : 0;
  // The lock stays until the file has its name: it belongs to every copy of the descriptor.
  const int lock = ::fcntl(file_, F_DUPFD_CLOEXEC, 0);
  if (::close(file_) != 0 && reason == 0 && errno != EINTR) reason = errno;
  file_ = -1;
  if (reason == 0 && ::rename(temporary_.c_str(), target_.c_str()) != 0) reason = errno;
  if (reason != 0) ::unlink(temporary_.c_str());
  if (lock >= 0) ::close(lock);
  return reason;
}

void remove_abandoned_files(const fs::path& folder) {
  remove_unlocked(folder, O_RDWR, is_temporary_name, [](const fs::path& path) { ::unlink(path.c_str()); });
}

void remove_abandoned_folders(const fs::path& parent, std::string_view prefix) {
  remove_unlocked(
      parent, O_RDONLY | O_DIRECTORY, [&](const std::string& name) { return name.starts_with(prefix); },
      [](const fs::path& path) {
        std::error_code none;
        fs::remove_all(path, none);
      });
}

}  // namespace irc
