// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace irc::app {

/// A progress bar with ETA on a terminal's standard error; silent in a pipe.
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
