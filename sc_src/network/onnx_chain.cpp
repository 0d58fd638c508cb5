// SPDX-License-Identifier: Apache-2.0
#include "onnx_chain.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace irc::network {
namespace {

using Kind = Operation::Kind;

bool power_of_two(double m) {
  int exponent = 0;
  return std::abs(std::frexp(m, &exponent)) == 0.5;
}

bool step_holds(double x, double threshold, bool strict) {
  return strict ? x > threshold : x >= threshold;
}

/// The outcome of a comparison with a clipped value, where one of the limits decides it.
std::optional<bool> decided_by_clip(double low, double high, double q, bool flipped, bool strict) {
  // Seen from the side on which the step is 1, `near` is the last value that the clip lets through.
  const double near = flipped ? -low : high, far = flipped ? -high : low, at = flipped ? -q : q;
  if (!step_holds(near, at, strict)) return false;
  if (step_holds(far, at, strict)) return true;
  return std::nullopt;
}

double product(double x, double by) {
  return by == 0 ? 0 : x * by;  // also where x is infinite
}

}  // namespace

double Operation::apply(double x, std::size_t channel) const {
  const double v = by[channel];
  switch (kind) {
    case Kind::add:
      return x + v;
    case Kind::multiply:
      return product(x, v);
    case Kind::clip:
      return std::min(std::max(x, v), high[channel]);
    case Kind::slope:
      return x >= 0 ? x : x * v;
  }
  return x;
}

Cut cut_at(const Chain& chain, std::size_t channel, double threshold, bool strict, bool integer_sums) {
  Cut cut{threshold};
  bool rounded = false;
  for (std::size_t i = chain.size(); i-- > 0;) {
    const Operation& operation = chain[i];
    const double by = operation.by[channel];
    if (operation.kind == Kind::add) {
      cut.q -= by;
    } else if (operation.kind == Kind::clip) {
      cut.decided = decided_by_clip(by, operation.high[channel], cut.q, cut.flipped, strict);
      if (cut.decided) return cut;
    } else if (operation.kind == Kind::slope) {
      if (cut.q >= 0) continue;
      cut.q /= by;
      rounded |= !power_of_two(by);
    } else if (by == 0) {
      double x = 0;
      for (std::size_t k = i + 1; k < chain.size(); ++k) x = chain[k].apply(x, channel);
      cut.decided = step_holds(x, threshold, strict);
      return cut;
    } else {
      cut.q /= by;
      cut.flipped ^= by < 0;
      rounded |= !power_of_two(by);
    }
  }
  // Scales are rounded floats, so a threshold that was meant to be an integer is off by a few ulp. A float
  // runtime is undecided there; this reader takes the integer.
  const double nearest = std::nearbyint(cut.q);
  if (integer_sums && rounded && std::abs(cut.q - nearest) <= 1e-6 * std::max(1.0, std::abs(nearest)))
    cut.q = nearest;
  return cut;
}

Range range_of(const Chain& chain, std::size_t channel) {
  Range range{-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  for (const Operation& operation : chain) {
    range = {operation.apply(range.low, channel), operation.apply(range.high, channel)};
    if (range.low > range.high) std::swap(range.low, range.high);
  }
  return range;
}

bool is_affine(const Chain& chain) {
  return std::all_of(chain.begin(), chain.end(),
                     [](const Operation& o) { return o.kind == Kind::add || o.kind == Kind::multiply; });
}

Flat flatten(const Chain& chain, std::size_t channel) {
  Flat flat;
  std::size_t i = 0;
  for (; i < chain.size() && chain[i].kind == Kind::add; ++i) flat.pre += chain[i].by[channel];
  for (; i < chain.size(); ++i) {
    const double by = chain[i].by[channel];
    if (chain[i].kind == Kind::add) {
      flat.post += by;
      continue;
    }
    flat.scale *= by;
    flat.post *= by;
  }
  return flat;
}

}  // namespace irc::network
