// SPDX-License-Identifier: Apache-2.0
// Finds every key of the configuration with the ends of its accepted range, and runs settings in processes of
// their own.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace irc::test {

/// One key of the configuration.
struct SweepKey {
  std::string name;                 ///< "array.v_wl_v"
  bool whole = false;               ///< an integer
  bool number = false;              ///< an integer or a real number
  double low = 0, high = 0;         ///< the range of a number
  std::vector<std::string> values;  ///< TOML: both ends of a number, or every word
};

/// What became of one setting.
struct SweepOutcome {
  std::vector<std::string> sets;
  /// 0 and 3 as of the program; 70 for every other exception; 128 + n for a signal, where 142 means that the
  /// time limit was reached; 1 for a result with a number that is not finite.
  int code = 0;
  std::string message;  ///< of the error, or the place of the number
};

/// All keys that the robust preset has in force. The ranges are those that the messages state.
std::vector<SweepKey> sweep_keys(const std::vector<std::string>& base);

/// Runs the robust preset with `base` and each of `settings`, every one in a process of its own with a limit
/// of time and memory.
std::vector<SweepOutcome> run_settings(const std::vector<std::string>& base,
                                       const std::vector<std::vector<std::string>>& settings);

/// Every key of `sections` (all if there are none) alone, at both ends of its range.
std::vector<std::vector<std::string>> key_ends(const std::vector<SweepKey>& keys,
                                               const std::vector<std::string>& sections = {});

/// Two different keys each, at an end or anywhere in their ranges.
std::vector<std::vector<std::string>> random_pairs(const std::vector<SweepKey>& keys, std::uint64_t count,
                                                   std::uint64_t seed);

/// Runs all settings and fails the test case for every fault. With sanitizers it takes one setting of eight.
void check_settings(const std::vector<std::string>& base, const std::vector<SweepKey>& keys,
                    std::vector<std::vector<std::string>> settings);

/// Why an outcome is a fault of ours; empty if it is not.
std::string fault_of(const SweepOutcome& outcome, const std::vector<SweepKey>& keys);

}  // namespace irc::test
