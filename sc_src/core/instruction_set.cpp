// SPDX-License-Identifier: Apache-2.0
#include "irc/core/instruction_set.h"

// Kernels of some rooms use this target, so the list would be incomplete without it.
#define HWY_WANT_AVX3_DL
#include <hwy/targets.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdint>
#include <utility>

#include "irc/core/error.h"

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace irc {
namespace {

constexpr std::string_view tiles_name = "amx";
std::atomic<bool> tiles_allowed{true};

#if defined(__x86_64__) && defined(__linux__)

/// Linux keeps the state of the matrix tiles for a process only after the process has asked for it.
bool tiles_there() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
  constexpr unsigned avx512f = 1u << 16, avx512bw = 1u << 30, avx512vl = 1u << 31;
  constexpr unsigned amx_tile = 1u << 24, amx_int8 = 1u << 25;
  const auto has = [](unsigned flags, unsigned wanted) { return (flags & wanted) == wanted; };
  if (!has(b, avx512f | avx512bw | avx512vl) || !has(d, amx_tile | amx_int8)) return false;
  constexpr int request_permission = 0x1023, tile_data = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}

#else

bool tiles_there() {
  return false;
}

#endif

bool has_tiles() {
  static const bool there = tiles_there();
  return there;
}

std::string target_name(std::int64_t target) {
  std::string name = hwy::TargetName(target);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

std::vector<std::pair<std::string, std::int64_t>> named_targets() {
  std::vector<std::pair<std::string, std::int64_t>> named;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets())
    named.emplace_back(target_name(target), target);
  return named;
}

}  // namespace

std::vector<std::string> instruction_sets() {
  std::vector<std::string> names;
  if (has_tiles()) names.emplace_back(tiles_name);
  for (auto& [name, target] : named_targets()) names.push_back(std::move(name));
  return names;
}

std::vector<std::string> compiled_instruction_sets() {
  std::vector<std::string> names;
#if defined(__x86_64__) && defined(__linux__)
  names.emplace_back(tiles_name);
#endif
  // Better sets have lower bits.
  for (auto left = static_cast<std::uint64_t>(HWY_TARGETS); left != 0; left &= left - 1)
    names.push_back(target_name(static_cast<std::int64_t>(left & (~left + 1))));
  return names;
}

void limit_instruction_set(std::string_view name) {
  hwy::SetSupportedTargetsForTest(0);
  tiles_allowed = true;
  if (name.empty() || (name == tiles_name && has_tiles())) return;
  for (const auto& [known, target] : named_targets()) {
    if (known != name) continue;
    tiles_allowed = false;
    // Better instruction sets have lower bits.
    hwy::SetSupportedTargetsForTest(hwy::SupportedTargets() & ~(target - 1));
    return;
  }
  std::string known;
  for (const auto& one : instruction_sets()) known += (known.empty() ? "" : ", ") + one;
  throw InputError("instruction set '" + std::string(name) + "': expected one of " + known);
}

bool matrix_tiles() {
  return tiles_allowed && has_tiles();
}

}  // namespace irc
