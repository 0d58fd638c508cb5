// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cmath>
#include <span>
#include <string>

#include "irc/core/error.h"
#include "irc/detection/average_precision.h"

namespace irc::detection {

/// Throws InputError for results that no evaluator could interpret.
inline void check_results(std::span<const PictureResult> results, int categories) {
  const auto check_category = [&](std::size_t picture, const char* what, int category) {
    if (category >= 0 && category < categories) return;
    throw InputError("image " + std::to_string(picture) + ": " + what + " of category " +
                     std::to_string(category) + "; expected 0 to " + std::to_string(categories - 1));
  };
  for (std::size_t i = 0; i < results.size(); ++i) {
    for (const auto& truth : results[i].truth) check_category(i, "truth", truth.category);
    for (const auto& detection : results[i].detections) {
      check_category(i, "detection", detection.category);
      if (std::isnan(detection.score))
        throw InputError("image " + std::to_string(i) + ": a detection's score is not a number");
    }
  }
}

}  // namespace irc::detection
