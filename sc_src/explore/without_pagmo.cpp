// SPDX-License-Identifier: Apache-2.0
// Replaces with_pagmo.cpp in a build without pagmo.
#include "planner.h"

namespace irc::explore {

void detail::replay_nsga2(Planner&) {
  throw InternalError("a search without pagmo: the experiment should have been refused");
}

bool has_pagmo() {
  return false;
}

double hypervolume(std::span<const Objectives>, const Objectives&) {
  throw InputError(
      "this build has no pagmo, which computes hypervolumes; install libpagmo-dev and configure again");
}

}  // namespace irc::explore
