// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <vector>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/energy/charge_sum.h"

using irc::energy::ChargeSum;

TEST_CASE("a charge sum does not depend on the order of its terms", "[charge]") {
  // In floating point the order decides whether the small terms survive.
  const std::vector<double> terms{1.0, 1e-17, 3e-17, -1.0, 2e-17, 7e-17};
  auto order = terms;
  std::sort(order.begin(), order.end());
  do {
    ChargeSum sum;
    for (const double term : order) sum.add(term);
    CHECK(sum.value_c() == Approx(13e-17).epsilon(1e-9));
    ChargeSum forward;
    for (const double term : terms) forward.add(term);
    REQUIRE(sum.value_c() == forward.value_c());
  } while (std::next_permutation(order.begin(), order.end()) && order.front() < 0);
}

TEST_CASE("sums of sums are the sum", "[charge]") {
  ChargeSum left, right;
  left.add(0.25);
  right.add(1e-15);
  left += right;
  CHECK(left.value_c() == Approx(0.25 + 1e-15).epsilon(1e-15));
}

TEST_CASE("a charge sum refuses what it cannot hold", "[charge]") {
  ChargeSum sum;
  CHECK_NOTHROW(sum.add(-1e6));
  CHECK_THROWS_AS(sum.add(2e6), irc::InternalError);
  CHECK_THROWS_AS(sum.add(std::numeric_limits<double>::infinity()), irc::InternalError);
  CHECK_THROWS_AS(sum.add(std::numeric_limits<double>::quiet_NaN()), irc::InternalError);
  CHECK(sum.value_c() == -1e6);
}
