// SPDX-License-Identifier: Apache-2.0
// A library for LD_PRELOAD that makes calls of the system fail as a full or broken disk does. For tests only.
//
//   IRC_FAULT_PATH   text that occurs in the path of every file concerned; files without it are left alone
//   IRC_FAULT_CALLS  names of the calls that fail: open write sync close rename
//   IRC_FAULT_ERROR  the error number; 28 (ENOSPC) if missing
//   IRC_FAULT_AT     only this call fails, counted from 1 over all calls concerned; if missing, all fail
//   IRC_FAULT_LOG    file to which the number of calls is written when the process ends
//
// Only writing is concerned: files that are opened for reading are left alone.
#undef _FORTIFY_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

std::atomic<long> calls{0};

/// The process that the test has started ends last, so its number stays.
[[gnu::destructor]] void log_calls() {
  const char* log = std::getenv("IRC_FAULT_LOG");
  if (log == nullptr) return;
  char text[32];
  const int length = std::snprintf(text, sizeof text, "%ld\n", calls.load());
  const int fd = ::openat(AT_FDCWD, log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (fd < 0) return;
  const iovec part{text, static_cast<std::size_t>(length)};
  if (::writev(fd, &part, 1) != length) std::abort();
}

template <typename Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

/// Whether this call has to fail. Sets errno then.
bool fails(const char* call, const char* path) {
  const char* part = std::getenv("IRC_FAULT_PATH");
  const char* names = std::getenv("IRC_FAULT_CALLS");
  if (part == nullptr || names == nullptr || path == nullptr || std::strstr(path, part) == nullptr)
    return false;
  if (std::strstr(names, call) == nullptr) return false;
  const long number = ++calls;
  const char* at = std::getenv("IRC_FAULT_AT");
  if (at != nullptr && std::atol(at) != number) return false;
  const char* error = std::getenv("IRC_FAULT_ERROR");
  errno = error != nullptr ? std::atoi(error) : ENOSPC;
  return true;
}

/// The same for an open file. Pipes, terminals and files that are only read never fail.
bool fails(const char* call, int fd) {
  const int kept = errno;
  struct stat status {};
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY) {
    errno = kept;
    return false;
  }
  char link[64], path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  errno = kept;
  if (length <= 0) return false;
  path[length] = 0;
  return fails(call, path);
}

int open_file(const char* name, const char* path, int flags, mode_t mode) {
  if ((flags & O_ACCMODE) != O_RDONLY && fails("open", path)) return -1;
  return real<int (*)(const char*, int, ...)>(name)(path, flags, mode);
}

/// The C library's streams do not call `write` through the symbol that this library replaces, so a stream
/// gets a file that cannot be written.
FILE* open_stream(const char* name, const char* path, const char* mode) {
  const auto open_real = real<FILE* (*)(const char*, const char*)>(name);
  const bool writes = std::strpbrk(mode, "wa+") != nullptr;
  if (writes && fails("open", path)) return nullptr;
  return open_real(writes && fails("write", path) ? "/dev/full" : path, mode);
}

mode_t mode_of(int flags, va_list& arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_file("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_file("open64", path, flags, mode);
}

FILE* fopen(const char* path, const char* mode) {
  return open_stream("fopen", path, mode);
}
FILE* fopen64(const char* path, const char* mode) {
  return open_stream("fopen64", path, mode);
}

ssize_t write(int fd, const void* bytes, size_t count) {
  if (fails("write", fd)) return -1;
  return real<ssize_t (*)(int, const void*, size_t)>("write")(fd, bytes, count);
}

ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
  if (fails("write", fd)) return -1;
  return real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite")(fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t offset) {
  if (fails("write", fd)) return -1;
  return real<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64")(fd, bytes, count, offset);
}

int fsync(int fd) {
  if (fails("sync", fd)) return -1;
  return real<int (*)(int)>("fsync")(fd);
}

int fdatasync(int fd) {
  if (fails("sync", fd)) return -1;
  return real<int (*)(int)>("fdatasync")(fd);
}

int close(int fd) {
  const bool failed = fails("close", fd);
  const int error = errno;
  const int result = real<int (*)(int)>("close")(fd);
  if (!failed) return result;
  errno = error;
  return -1;
}

int rename(const char* from, const char* to) noexcept {
  if (fails("rename", to)) return -1;
  return real<int (*)(const char*, const char*)>("rename")(from, to);
}

}  // extern "C"
