// SPDX-License-Identifier: Apache-2.0
#include "output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/iostreams/concepts.hpp>
#include <boost/iostreams/filter/zstd.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "irc/core/error.h"

namespace irc::trace {
namespace {

namespace io = boost::iostreams;

/// Returns zero, or the error number.
int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

std::string sentence(const std::filesystem::path& path, int reason) {
  return "cannot write '" + path.string() + "': " + std::strerror(reason);
}

}  // namespace

/// Receives the compressor's bytes. It keeps the reason of a failure, which a stream would lose.
struct OutputFile::Device : io::sink {
  OutputFile* file;
  explicit Device(OutputFile* owner) : file(owner) {}
  std::streamsize write(const char* bytes, std::streamsize count) {
    if (file->error_ == 0) file->error_ = write_all(file->fd_, {bytes, static_cast<std::size_t>(count)});
    return count;
  }
};

OutputFile::OutputFile(std::filesystem::path path, bool zstd)
    : path_(std::move(path)), temporary_(path_.string() + ".tmp-" + std::to_string(::getpid())) {
  std::error_code none;
  if (std::filesystem::is_directory(path_, none)) throw InputError(sentence(path_, EISDIR));
  fd_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd_ < 0) throw InputError(sentence(path_, errno));
  if (!zstd) return;
  auto stream = std::make_unique<io::filtering_ostream>();
  stream->push(io::zstd_compressor());
  stream->push(Device(this));
  compressor_ = std::move(stream);
}

OutputFile::~OutputFile() {
  compressor_.reset();
  discard();
}

void OutputFile::flush() {
  if (!failure_) {
    if (compressor_) {
      compressor_->write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    } else {
      error_ = write_all(fd_, {buffer_.data(), buffer_.size()});
    }
    if (error_ != 0) fail(sentence(path_, error_));
    // The compressor itself sets no errno; only its stream goes bad.
    if (compressor_ && !*compressor_) fail(sentence(path_, EIO));
  }
  buffer_.clear();
}

void OutputFile::fail(const std::string& reason) {
  if (failure_) return;
  failure_ = reason;
  discard();
}

void OutputFile::discard() {
  if (fd_ < 0) return;
  ::close(fd_);
  fd_ = -1;
  ::unlink(temporary_.c_str());
}

std::optional<std::string> OutputFile::finish() {
  flush();
  compressor_.reset();  // writes the end of the frame
  if (!failure_ && error_ != 0) fail(sentence(path_, error_));
  if (failure_) return failure_;
  // As in atomic_write: devices and some mounts cannot sync. A full disk is noticed here at the latest.
  const int synced = ::fsync(fd_) != 0 && errno != EINVAL ? errno : 0;
  const int closed = ::close(fd_) != 0 ? errno : 0;
  fd_ = -1;
  int reason = synced != 0 ? synced : closed;
  if (reason == 0 && ::rename(temporary_.c_str(), path_.c_str()) != 0) reason = errno;
  if (reason == 0) return std::nullopt;
  ::unlink(temporary_.c_str());
  return failure_ = sentence(path_, reason);
}

}  // namespace irc::trace
