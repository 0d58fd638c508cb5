// SPDX-License-Identifier: Apache-2.0
#include "support/catch.h"

#include "irc/platform/engine_sweep.h"

using namespace irc::platform;

namespace {

// Every thousand is a test of its own, so that the parts of the long target stay short.
void check_thousand(std::uint64_t seed) {
  std::size_t beyond = 0;
  for (const auto& c : sweep_engine(1000, seed)) {
    if (c.within_bound()) continue;
    ++beyond;
    WARN("seed " << seed << ", case " << c.number << ": " << c.max_relative_error << " " << c.failure);
  }
  CHECK(beyond == 0);
}

}  // namespace

TEST_CASE("a first thousand random settings: none beyond its bound unflagged") {
  check_thousand(1);
}

TEST_CASE("a second thousand random settings: none beyond its bound unflagged") {
  check_thousand(2);
}

TEST_CASE("a third thousand random settings: none beyond its bound unflagged") {
  check_thousand(3);
}

TEST_CASE("a fourth thousand random settings: none beyond its bound unflagged") {
  check_thousand(4);
}

TEST_CASE("a fifth thousand random settings: none beyond its bound unflagged") {
  check_thousand(5);
}
