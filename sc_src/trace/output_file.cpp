// SPDX-License-Identifier: Apache-2.0
#include "output_file.h"

#include <boost/iostreams/concepts.hpp>
#include <boost/iostreams/filter/zstd.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <cerrno>
#include <cstring>

namespace irc::trace {
namespace {

namespace io = boost::iostreams;

std::string sentence(const std::filesystem::path& path, int reason) {
  return "cannot write '" + path.string() + "': " + std::strerror(reason);
}

}  // namespace

/// Receives the compressor's bytes. It keeps the reason of a failure, which a stream would lose.
struct OutputFile::Device : io::sink {
  OutputFile* file;
  explicit Device(OutputFile* owner) : file(owner) {}
  std::streamsize write(const char* bytes, std::streamsize count) {
    if (file->error_ == 0) file->error_ = file->file_.write({bytes, static_cast<std::size_t>(count)});
    return count;
  }
};

OutputFile::OutputFile(std::filesystem::path path, bool zstd) : path_(std::move(path)), file_(path_) {
  if (!zstd) return;
  auto stream = std::make_unique<io::filtering_ostream>();
  stream->push(io::zstd_compressor());
  stream->push(Device(this));
  compressor_ = std::move(stream);
}

OutputFile::~OutputFile() {
  compressor_.reset();
}

void OutputFile::flush() {
  if (!failure_) {
    if (compressor_) {
      compressor_->write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    } else {
      error_ = file_.write({buffer_.data(), buffer_.size()});
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
  file_.discard();
}

std::optional<std::string> OutputFile::finish() {
  flush();
  compressor_.reset();  // writes the end of the frame
  if (!failure_ && error_ != 0) fail(sentence(path_, error_));
  if (failure_) return failure_;
  if (const int reason = file_.keep(); reason != 0) failure_ = sentence(path_, reason);
  return failure_;
}

}  // namespace irc::trace
