// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace irc::app {

/// A progress bar with remaining time on standard error. It prints nothing if that is no terminal.
class ProgressBar {
 public:
  ProgressBar();
  ~ProgressBar();
  void show(const std::string& what, std::uint64_t done, std::uint64_t total);

 private:
  void clear();

  bool terminal_;
  bool shown_ = false;
  std::string what_;
  std::chrono::steady_clock::time_point started_, last_;
};

}  // namespace irc::app
