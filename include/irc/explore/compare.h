// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "irc/explore/store.h"

namespace irc::explore {

/// Comparison of two stores.
struct Comparison {
  /// One of the two stores.
  struct Side {
    std::string store,          ///< path of the store
        experiment;             ///< name of its experiment
    std::size_t evaluated = 0;  ///< points of the experiment that are in the store
    std::size_t damaged = 0;    ///< records of the store that cannot be used and are left out
    std::size_t front = 0;      ///< number of points on the front
    double hypervolume = 0;     ///< of its front, in the unit that `compare` describes
  };
  Side a,                     ///< first store
      b;                      ///< second store
  bool has_volume = false;    ///< both fronts have points and at least two objectives in common
  std::size_t common = 0,     ///< records with a content address that both stores have
      only_a = 0,             ///< records that only the first store has
      only_b = 0;             ///< records that only the second store has
  std::size_t different = 0;  ///< common records whose status, error or result differs

  /// Whether both stores have the same records with the same content, and none that is damaged.
  bool identical() const {
    return only_a == 0 && only_b == 0 && different == 0 && a.damaged == 0 && b.damaged == 0;
  }
};

/// Compares records, and the fronts where both stores' experiments have the same objectives. The unit of the
/// hypervolumes is the box between the best and the worst value of each objective on the front of both stores
/// together; the reference point lies a tenth of the box beyond the worst values. Throws InputError.
Comparison compare(const Store& a, const Store& b);

/// The comparison as text for people.
std::string to_text(const Comparison& comparison);
/// The comparison as JSON.
nlohmann::json to_json(const Comparison& comparison);

}  // namespace irc::explore
