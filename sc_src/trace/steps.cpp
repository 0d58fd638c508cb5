// SPDX-License-Identifier: Apache-2.0
#include "steps.h"

#include <algorithm>
#include <limits>

namespace irc::trace {

void Steps::add(Picoseconds begin_ps, Picoseconds end_ps, double value) {
  advance(begin_ps);
  if (end_ps == begin_ps) return;
  change_at(begin_ps);
  parts_.push_back({end_ps, value});
}

void Steps::advance(Picoseconds time_ps) {
  const auto by_end = [](const Part& a, const Part& b) { return a.end_ps < b.end_ps; };
  while (!parts_.empty()) {
    const auto end_ps = std::min_element(parts_.begin(), parts_.end(), by_end)->end_ps;
    if (end_ps > time_ps) break;
    change_at(end_ps);
    std::erase_if(parts_, [&](const Part& part) { return part.end_ps == end_ps; });
  }
  if (pending_ && *pending_ < time_ps) flush();
}

void Steps::finish() {
  advance(std::numeric_limits<Picoseconds>::max());
}

void Steps::change_at(Picoseconds time_ps) {
  if (pending_ && *pending_ < time_ps) flush();
  pending_ = time_ps;
}

// The sum is computed anew each time, so that no rounding error remains when all parts are over.
void Steps::flush() {
  double sum = 0;
  for (const auto& part : parts_) sum += part.value;
  if (sum != last_) emit_(*pending_, sum);
  last_ = sum;
  pending_.reset();
}

}  // namespace irc::trace
