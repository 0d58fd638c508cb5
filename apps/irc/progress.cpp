// SPDX-License-Identifier: Apache-2.0
#include "progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "irc/core/printable.h"

namespace irc::app {

ProgressBar::ProgressBar() : terminal_(isatty(STDERR_FILENO) != 0) {}
ProgressBar::~ProgressBar() {
  clear();
}

void ProgressBar::clear() {
  if (shown_) std::cerr << "\r\033[K" << std::flush;
  shown_ = false;
}

void ProgressBar::show(const std::string& what, std::uint64_t done, std::uint64_t total) {
  if (!terminal_ || total == 0) return;
  using namespace std::chrono;
  const auto now = steady_clock::now();
  if (what != what_) {
    what_ = what;
    started_ = now;
    last_ = {};
  }
  if (done < total && now - last_ < milliseconds(100)) return;
  last_ = now;
  const double seconds = duration<double>(now - started_).count();
  const double left = done == 0 ? 0 : seconds / static_cast<double>(done) * static_cast<double>(total - done);
  const std::size_t width = 30, filled = width * done / total;
  std::cerr << "\r\033[K"
            << fmt::format("{:<16} [{}{}] {}/{}  ETA {:.0f} s", printable(what), std::string(filled, '#'),
                           std::string(width - filled, '.'), done, total, left)
            << std::flush;
  shown_ = true;
  if (done == total) clear();
}

}  // namespace irc::app
