// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/worker_process.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <cerrno>
#include <cstring>
#include <thread>

#include "irc/core/error.h"

namespace irc::platform {

namespace {

namespace bp = boost::process;

constexpr std::size_t most_error_bytes = 2000;

[[noreturn]] void refuse(const char* what, int reason) {
  throw InputError("a temporary file in " P_tmpdir " cannot be " + std::string(what) + ": " +
                   std::strerror(reason));
}

/// The name of a signal as programmers know it, "SIGKILL".
std::string signal_name(int signal) {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 32)
  if (const char* name = sigabbrev_np(signal)) return std::string("SIG") + name;
#endif
  return strsignal(signal);
}

}  // namespace

ScratchFile::ScratchFile() : file_(std::tmpfile()) {
  if (file_ == nullptr) refuse("made", errno);
}

ScratchFile::~ScratchFile() {
  std::fclose(file_);
}

void ScratchFile::append(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) refuse("written", errno);
}

void ScratchFile::finish() {
  if (std::fflush(file_) != 0) refuse("written", errno);
  std::rewind(file_);
}

std::string ScratchFile::read(std::uint64_t offset) const {
  std::string text;
  char block[65536];
  for (;;) {
    const auto n = pread(fileno(file_), block, sizeof block, static_cast<off_t>(offset + text.size()));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) refuse("read", errno);
    if (n == 0) return text;
    text.append(block, static_cast<std::size_t>(n));
  }
}

struct WorkerProcess::Child {
  bp::child process;
};

WorkerProcess::WorkerProcess(const std::string& program, const std::vector<std::string>& arguments,
                             const ScratchFile& in) {
  // A worker must not outlive the process that wants its result, even if that process ends before this
  // request takes effect.
  const auto parent = getpid();
  const auto die_with_parent = [parent](auto&) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(static_cast<int>(ExitCode::internal));
  };
  try {
    child_ = std::make_unique<Child>(Child{
        bp::child(bp::exe = program, bp::args = arguments, bp::std_in<in.file(), bp::std_out> out_.file(),
                  bp::std_err > err_.file(), bp::extend::on_exec_setup = die_with_parent)});
  } catch (const bp::process_error& error) {
    throw InputError("cannot start a worker, " + program + ": " + error.what());
  }
}

WorkerProcess::~WorkerProcess() {
  std::error_code ignored;
  if (!child_->process.valid() || !child_->process.running(ignored)) return;
  // bp::child::terminate does not wait for the end of the process, so this does.
  kill(child_->process.id(), SIGKILL);
  child_->process.wait(ignored);
}

bool WorkerProcess::running() {
  std::error_code ignored;
  return child_->process.running(ignored);
}

int WorkerProcess::signal() const {
  const int status = child_->process.native_exit_code();
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

int WorkerProcess::exit_code() const {
  return child_->process.exit_code();
}

std::string WorkerProcess::error_text() const {
  auto text = err_.read();
  if (text.size() > most_error_bytes) text = "..." + text.substr(text.size() - most_error_bytes);
  while (text.ends_with('\n')) text.pop_back();
  if (text.starts_with("irc: ")) text.erase(0, 5);
  return text.empty() ? "the worker ended with exit code " + std::to_string(exit_code()) : text;
}

std::string killed_by(int signal) {
  const auto text = "signal " + std::to_string(signal) + " (" + signal_name(signal) + ")";
  switch (signal) {
    case SIGKILL:
      return "killed by " + text + "; the kernel does this when memory runs out";
    case SIGHUP:
    case SIGINT:
    case SIGTERM:
      return "stopped by " + text + ", which somebody sent";
    case SIGXCPU:
      return "stopped by " + text + "; its limit of processor time was reached";
    default:
      return "ended by " + text + ", which is a fault inside ircsim";
  }
}

std::uint64_t or_processors(std::uint64_t count) {
  return count != 0 ? count : std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace irc::platform
