// SPDX-License-Identifier: Apache-2.0
#include "irc/core/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "irc/core/error.h"
#include "irc/core/temporary_file.h"

namespace irc {
namespace {

[[noreturn]] void fail(const char* what, const std::filesystem::path& path, int reason) {
  throw InputError("cannot " + std::string(what) + " '" + path.string() + "': " + std::strerror(reason));
}

/// Refuses what can block, never end or has effects when it is opened.
void check_kind(const std::filesystem::path& path, const struct stat& status) {
  if (S_ISREG(status.st_mode)) return;
  if (S_ISDIR(status.st_mode)) fail("read", path, EISDIR);
  const char* kind = S_ISFIFO(status.st_mode)   ? "a pipe"
                     : S_ISSOCK(status.st_mode) ? "a socket"
                     : S_ISCHR(status.st_mode)  ? "a character device"
                     : S_ISBLK(status.st_mode)  ? "a block device"
                                                : "no file";
  throw InputError("cannot read '" + path.string() + "': it is " + kind + "; expected a regular file");
}

[[noreturn]] void fail_size(const std::filesystem::path& path, std::uintmax_t size,
                            std::uintmax_t max_bytes) {
  throw InputError("cannot read '" + path.string() + "': it has " + std::to_string(size) +
                   " bytes or more; expected at most " + std::to_string(max_bytes));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

void check_regular_file(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) fail("read", path, errno);
  check_kind(path, status);
}

std::string read_file(const std::filesystem::path& path, std::uintmax_t max_bytes) {
  check_regular_file(path);
  // Another process can put a pipe in the file's place meanwhile, so the open file is looked at again.
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) fail("read", path, errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail("read", path, errno);
  check_kind(path, status);
  const auto size = static_cast<std::uintmax_t>(status.st_size);
  if (size > max_bytes) fail_size(path, size, max_bytes);
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(size));
  std::vector<char> block(std::size_t{1} << 16);
  for (;;) {
    const ssize_t count = ::read(file.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("read", path, errno);
    if (count == 0) return bytes;
    bytes.append(block.data(), static_cast<std::size_t>(count));
    if (bytes.size() > max_bytes) fail_size(path, bytes.size(), max_bytes);
  }
}

void atomic_write(const std::filesystem::path& path, std::string_view bytes) {
  TemporaryFile file(path);
  int reason = file.write(bytes);
  if (reason == 0) reason = file.keep();
  if (reason != 0) fail("write", path, reason);
}

}  // namespace irc
