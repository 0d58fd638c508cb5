// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "exporter.h"

namespace irc::train {

FoldedNorm fold_norm(double gamma, double beta, double mean, double deviation, std::int32_t limit) {
  const std::int32_t most = limit + 1;
  if (gamma == 0) return {beta > 0 ? most : -most, false};
  const bool negate = gamma < 0;
  // The condition is sum > t for gamma > 0 and -sum > -t for gamma < 0. For integers, s > t means s -
  // floor(t) > 0.
  const double t = mean - beta * deviation / gamma, edge = std::floor(negate ? -t : t);
  return {static_cast<std::int32_t>(std::clamp(-edge, static_cast<double>(-most), static_cast<double>(most))),
          negate};
}

}  // namespace irc::train
