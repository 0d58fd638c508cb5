// SPDX-License-Identifier: Apache-2.0
// Every value that a key accepts either runs or is refused with a message that names a key.
#include <cmath>
#include <cstdlib>

#include "irc/core/random.h"
#include "irc/core/toml.h"
#include "support/catch.h"
#include "value_sweep.h"

using namespace irc;
using namespace irc::test;

namespace {

/// One image of 16 x 16 pixels and one layer in the array.
const std::vector<std::string> tiny = {"run.model=" IRC_SOURCE_DIR "/traces/golden/golden.onnx",
                                       "run.images=" IRC_SOURCE_DIR "/models/traffic-samples/scenes.json",
                                       "run.limit=1", "run.draw=0", "run.threads=1"};

std::vector<std::string> with(std::vector<std::string> sets, const std::string& more) {
  sets.push_back(more);
  return sets;
}

/// The smallest, the largest, or a value between them. Ranges over several decades are drawn by decade.
std::string draw_value(const SweepKey& key, CounterRandom& random, std::uint64_t& counter) {
  const auto next = [&] { return random.bits(counter++); };
  const auto share = [&] { return static_cast<double>(next() >> 11) * 0x1p-53; };
  if (!key.number || next() % 3 != 0) return key.values[next() % key.values.size()];
  const double low = key.low > 0 ? key.low : key.high * 1e-9;
  const bool decades = key.low >= 0 && key.high > 1000 * key.low;
  const double value =
      decades ? low * std::pow(key.high / low, share()) : key.low + share() * (key.high - key.low);
  return key.whole ? std::to_string(static_cast<long long>(std::max(key.low, std::floor(value))))
                   : toml_real(value);
}

std::vector<std::vector<std::string>> pairs(const std::vector<SweepKey>& keys, std::uint64_t count,
                                            std::uint64_t seed) {
  CounterRandom random(seed, Stream::test);
  std::uint64_t counter = 0;
  std::vector<std::vector<std::string>> settings;
  while (settings.size() < count) {
    const auto& a = keys[random.bits(counter++) % keys.size()];
    const auto& b = keys[random.bits(counter++) % keys.size()];
    if (a.name == b.name) continue;
    settings.push_back(
        {a.name + "=" + draw_value(a, random, counter), b.name + "=" + draw_value(b, random, counter)});
  }
  return settings;
}

void check(const std::string& evaluator, const std::vector<std::vector<std::string>>& settings,
           const std::vector<SweepKey>& keys) {
  std::size_t ran = 0, refused = 0;
  for (const auto& outcome : run_settings(with(tiny, "run.evaluator=" + evaluator), settings)) {
    ran += outcome.code == 0;
    refused += outcome.code == 3;
    const auto fault = fault_of(outcome, keys);
    if (!fault.empty()) FAIL_CHECK(fault);
  }
  WARN(evaluator << ": " << settings.size() << " settings, " << ran << " ran, " << refused
                 << " were refused");
  CHECK(ran > refused);
}

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

}  // namespace

TEST_CASE("every key at both ends of its range runs or is refused by name") {
  const auto keys = sweep_keys(tiny);
  CHECK(keys.size() > 150);
  std::vector<std::vector<std::string>> settings;
  for (const auto& key : keys)
    for (const auto& value : key.values) settings.push_back({key.name + "=" + value});
  check("ideal", settings, keys);
}

TEST_CASE("the keys of the physics run at both ends with the exact evaluator") {
  const auto keys = sweep_keys(tiny);
  std::vector<std::vector<std::string>> settings;
  for (const auto& key : keys)
    if (key.name.starts_with("card.") || key.name.starts_with("array.") || key.name.starts_with("sense."))
      if (!key.name.starts_with("card.energy"))
        for (const auto& value : key.values) settings.push_back({key.name + "=" + value});
  check("exact", settings, keys);
}

TEST_CASE("random pairs of keys run or are refused by name") {
  const auto keys = sweep_keys(tiny);
  const auto count = setting("IRC_SWEEP_PAIRS", 60), seed = setting("IRC_SWEEP_SEED", 1);
  check("ideal", pairs(keys, count, seed), keys);
  check("exact", pairs(keys, count, seed + 1000), keys);
}
