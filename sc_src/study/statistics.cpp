// SPDX-License-Identifier: Apache-2.0
#include "irc/study/statistics.h"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "irc/core/error.h"

namespace irc::study {

bool Mean::measurable() const {
  return ci95 && std::abs(value) > *ci95;
}

Mean paired_difference(std::span<const double> a, std::span<const double> b) {
  if (a.empty() || a.size() != b.size())
    throw InternalError("paired difference: the lists are empty or differ in length");
  const double n = static_cast<double>(a.size());
  Mean out;
  out.n = a.size();
  for (std::size_t i = 0; i < a.size(); ++i) out.value += (a[i] - b[i]) / n;
  if (a.size() < 2) return out;
  double squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i) squares += std::pow(a[i] - b[i] - out.value, 2);
  const boost::math::students_t t(n - 1);
  out.ci95 = boost::math::quantile(t, 0.975) * std::sqrt(squares / (n - 1) / n);
  return out;
}

}  // namespace irc::study
