// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include "support/catch.h"

#include "irc/platform/engine_sweep.h"

using namespace irc::platform;

TEST_CASE("five thousand random settings: none beyond its bound unflagged") {
  const auto cases = sweep_engine(5000, 1);
  std::size_t beyond = 0;
  for (const auto& c : cases) {
    if (c.within_bound()) continue;
    ++beyond;
    WARN("case " << c.number << ": " << c.max_relative_error << " " << c.failure);
  }
  CHECK(beyond == 0);
}
