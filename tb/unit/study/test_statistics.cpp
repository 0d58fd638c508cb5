// SPDX-License-Identifier: Apache-2.0
#include "irc/study/statistics.h"

#include <cmath>
#include <vector>
#include "support/catch.h"

#include "irc/core/error.h"

using namespace irc;
using namespace irc::study;

TEST_CASE("a paired difference of two chips has Cauchy's quantile") {
  // With one degree of freedom, t has Cauchy's distribution; its 97.5 % quantile is tan(0.475 pi).
  const std::vector<double> a{0.9, 0.7}, b{0.5, 0.5};
  const auto mean = paired_difference(a, b);
  CHECK(mean.value == Approx(0.3));
  CHECK(mean.n == 2);
  // The differences are 0.4 and 0.2, so their standard error is half their distance.
  CHECK(*mean.ci95 == Approx(std::tan(0.475 * std::acos(-1.0)) * 0.1));
  CHECK_FALSE(mean.measurable());
}

TEST_CASE("a paired difference of three chips has the closed form of two degrees of freedom") {
  // P(|T| < t) = t / sqrt(2 + t^2) with two degrees of freedom, so t(97.5 %) = 0.95 sqrt(2 / (1 - 0.95^2)).
  const double t = 0.95 * std::sqrt(2 / (1 - 0.95 * 0.95));
  const std::vector<double> a{0.5, 0.6, 0.7}, b{0.1, 0.1, 0.1};
  const auto mean = paired_difference(a, b);
  CHECK(mean.value == Approx(0.5));
  CHECK(*mean.ci95 == Approx(t * 0.1 / std::sqrt(3.0)));
  CHECK(mean.measurable());
  CHECK(paired_difference(b, a).measurable());
}

TEST_CASE("what the chips have in common drops out of a paired difference") {
  const std::vector<double> a{0.2, 0.9, 0.5}, b{0.1, 0.8, 0.4};
  CHECK(*paired_difference(a, b).ci95 == Approx(0).margin(1e-12));
  CHECK(paired_difference(a, b).measurable());
  const std::vector<double> crossed{0.8, 0.4, 0.1};
  CHECK_FALSE(paired_difference(a, crossed).measurable());
}

TEST_CASE("one pair has no interval, and no pairs no difference") {
  const std::vector<double> one{0.5}, other{0.2}, two{0.1, 0.2}, none;
  CHECK_FALSE(paired_difference(one, other).ci95);
  CHECK_FALSE(paired_difference(one, other).measurable());
  CHECK_THROWS_AS(paired_difference(one, two), InternalError);
  CHECK_THROWS_AS(paired_difference(none, none), InternalError);
}
