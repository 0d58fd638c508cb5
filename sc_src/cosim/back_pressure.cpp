// SPDX-License-Identifier: Apache-2.0
#include "irc/cosim/back_pressure.h"

#include <algorithm>
#include <string>

#include "irc/core/error.h"

namespace irc::cosim {
namespace {

constexpr unsigned channels = 5;
constexpr unsigned bits_per_draw = 12;
constexpr std::uint64_t steps = 1u << bits_per_draw;

std::uint64_t threshold_of(double probability) {
  if (!(probability >= 0 && probability < 1))
    throw InputError("AXI back-pressure: probability is " + std::to_string(probability) +
                     "; expected 0 to below 1");
  // A probability rounded to 1 would stall for ever and hang the bus.
  return std::min(static_cast<std::uint64_t>(probability * static_cast<double>(steps) + 0.5), steps - 1);
}

}  // namespace

StallSource::StallSource(const BackPressure& back_pressure)
    : random_(back_pressure.seed, Stream::test), threshold_(threshold_of(back_pressure.probability)) {}

void StallSource::next_cycle() {
  if (threshold_ == 0) return;
  std::uint64_t bits = random_.bits(draws_++);
  stalled_ = 0;
  for (unsigned channel = 0; channel < channels; ++channel) {
    if ((bits & (steps - 1)) < threshold_) stalled_ |= 1u << channel;
    bits >>= bits_per_draw;
  }
}

}  // namespace irc::cosim
