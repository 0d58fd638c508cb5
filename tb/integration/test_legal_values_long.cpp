// SPDX-License-Identifier: Apache-2.0
// The long version of test_legal_values.cpp: the shipped detector, whose many cells draw rarer values, and
// more pairs.
#include <cstdlib>

#include "support/catch.h"
#include "value_sweep.h"

using namespace irc::test;

namespace {

std::vector<std::string> shipped(const std::string& evaluator) {
  return {"run.limit=1", "run.draw=0", "run.threads=1", "run.evaluator=" + evaluator};
}

/// IRC_SWEEP_SEED repeats a sweep with other pairs.
std::uint64_t sweep_seed() {
  const char* text = std::getenv("IRC_SWEEP_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : 1;
}

}  // namespace

TEST_CASE("every key at both ends of its range, shipped detector") {
  for (const char* evaluator : {"ideal", "fast"}) {
    const auto base = shipped(evaluator);
    const auto keys = sweep_keys(base);
    check_settings(base, keys, key_ends(keys));
  }
}

TEST_CASE("random pairs of keys, shipped detector, ideal") {
  const auto base = shipped("ideal");
  const auto keys = sweep_keys(base);
  check_settings(base, keys, random_pairs(keys, 600, sweep_seed()));
}

TEST_CASE("random pairs of keys, shipped detector, fast") {
  const auto base = shipped("fast");
  const auto keys = sweep_keys(base);
  check_settings(base, keys, random_pairs(keys, 600, sweep_seed() + 1000));
}
