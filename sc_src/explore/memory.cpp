// SPDX-License-Identifier: Apache-2.0
// Determines how much memory is free for workers.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "irc/explore/workers.h"

namespace irc::explore {

namespace {

constexpr auto unlimited = std::numeric_limits<std::uint64_t>::max();

std::uint64_t number_in(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::uint64_t value = 0;
  return in >> value ? value : unlimited;  // the file may be missing or contain "max"
}

std::uint64_t free_on_machine() {
  std::ifstream in("/proc/meminfo");
  std::string key, unit;
  std::uint64_t kib = 0;
  while (in >> key >> kib && std::getline(in, unit))
    if (key == "MemAvailable:") return kib * 1024;
  return unlimited;
}

/// Memory that the control groups (version 2) of this process leave. Batch systems and containers set such
/// limits.
std::uint64_t free_in_groups() {
  std::ifstream in("/proc/self/cgroup");
  std::string line;
  std::uint64_t left = unlimited;
  while (std::getline(in, line)) {
    if (!line.starts_with("0::/")) continue;
    for (std::filesystem::path group = line.substr(4);; group = group.parent_path()) {
      const auto folder = std::filesystem::path("/sys/fs/cgroup") / group;
      const auto most = number_in(folder / "memory.max"), used = number_in(folder / "memory.current");
      if (most != unlimited && used != unlimited) left = std::min(left, most - std::min(most, used));
      if (group.empty()) break;
    }
  }
  return left;
}

}  // namespace

std::uint64_t available_memory() {
  return std::min(free_on_machine(), free_in_groups());
}

std::uint64_t worker_limit(std::uint64_t wanted, std::uint64_t budget_bytes, std::uint64_t each_bytes) {
  return std::clamp<std::uint64_t>(budget_bytes / std::max<std::uint64_t>(each_bytes, 1), 1,
                                   std::max<std::uint64_t>(wanted, 1));
}

}  // namespace irc::explore
