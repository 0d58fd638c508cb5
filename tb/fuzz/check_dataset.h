// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cmath>

#include "fuzz.h"
#include "irc/detection/types.h"

namespace irc::fuzz {

/// What holds for every data set that a reader accepts.
inline void check_dataset(const detection::Dataset& dataset) {
  demand(dataset.categories.size() == dataset.category_ids.size(), "every category has a number");
  for (const auto& sample : dataset.samples)
    for (const auto& annotation : sample.annotations) {
      const auto& box = annotation.box;
      demand(annotation.category >= 0 &&
                 static_cast<std::size_t>(annotation.category) < dataset.categories.size(),
             "the category exists");
      demand(std::isfinite(box.x) && std::isfinite(box.y) && std::isfinite(annotation.area),
             "boxes are finite");
      demand(box.width > 0 && box.height > 0, "boxes are not empty");
      if (sample.width > 0 && sample.height > 0)
        demand(box.x >= 0 && box.y >= 0 && box.x + box.width <= sample.width * (1 + 1e-9) &&
                   box.y + box.height <= sample.height * (1 + 1e-9),
               "boxes lie in their image");
    }
}

}  // namespace irc::fuzz
