// SPDX-License-Identifier: Apache-2.0
// Every value that a key accepts either runs or is refused with a message that names a key.
#include "support/catch.h"
#include "value_sweep.h"

using namespace irc::test;

namespace {

/// One image and one small layer in the array.
std::vector<std::string> tiny(const std::string& evaluator) {
  const std::string source = IRC_SOURCE_DIR;
  return {"run.model=" + source + "/traces/golden/golden.onnx",
          "run.images=" + source + "/models/traffic-samples/scenes.json",
          "run.limit=1",
          "run.draw=0",
          "run.threads=1",
          "run.evaluator=" + evaluator};
}

}  // namespace

TEST_CASE("every key at both ends of its range runs or is refused by name") {
  const auto base = tiny("ideal");
  const auto keys = sweep_keys(base);
  CHECK(keys.size() > 150);
  check_settings(base, keys, key_ends(keys));
}

TEST_CASE("the keys of the physics run at both ends with the exact evaluator") {
  const auto base = tiny("exact");
  const auto keys = sweep_keys(base);
  check_settings(
      base, keys,
      key_ends(keys, {"card.rram", "card.transistor", "card.wires", "card.biases", "array", "sense"}));
}

TEST_CASE("random pairs of keys run or are refused by name") {
  for (const std::uint64_t seed : {1, 2}) {
    const auto base = tiny(seed == 1 ? "ideal" : "exact");
    const auto keys = sweep_keys(base);
    check_settings(base, keys, random_pairs(keys, 60, seed));
  }
}
