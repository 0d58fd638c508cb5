// SPDX-License-Identifier: Apache-2.0
#include "irc/energy/charge_sum.h"

#include <cmath>
#include <sstream>

#include "irc/core/error.h"

namespace irc::energy {
namespace {
constexpr int step_exponent = 90;
constexpr double limit_c = 1 << 20;
}  // namespace

void ChargeSum::add(double charge_c) {
  if (!(std::abs(charge_c) < limit_c)) {
    std::ostringstream message;
    message << "energy: a charge of " << charge_c << " C, expected less than " << limit_c << " C";
    throw InternalError(message.str());
  }
  steps_ += static_cast<Steps>(std::rint(std::ldexp(charge_c, step_exponent)));
}

double ChargeSum::value_c() const {
  return std::ldexp(static_cast<double>(steps_), -step_exponent);
}

}  // namespace irc::energy
