// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "irc/explore/store.h"

namespace irc::explore {

/// Two stores side by side.
struct Comparison {
  struct Side {
    std::string store, experiment;
    std::size_t evaluated = 0;  ///< points of the experiment that are in the store
    std::size_t front = 0;
    double hypervolume = 0;  ///< of its front; see `compare`
  };
  Side a, b;
  bool has_volume = false;                         ///< both have at least two common objectives and points
  std::size_t common = 0, only_a = 0, only_b = 0;  ///< records by content address
  std::size_t different = 0;                       ///< common ones whose status, error or result differ

  bool identical() const { return only_a == 0 && only_b == 0 && different == 0; }
};

/// Compares records, and the fronts where both stores' experiments have the same objectives. Hypervolumes are
/// in units of the box between the best and the worst value of each objective on the front of both together,
/// with the reference point a tenth of the box beyond the worst. Throws InputError.
Comparison compare(const Store& a, const Store& b);

std::string to_text(const Comparison& comparison);
nlohmann::json to_json(const Comparison& comparison);

}  // namespace irc::explore
