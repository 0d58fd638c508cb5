// SPDX-License-Identifier: Apache-2.0
#include "handles.h"

#include <limits>
#include <utility>

#include "irc/core/error.h"

namespace irc::dpi {

int Handles::add(std::shared_ptr<OpenMacro> macro) {
  const std::lock_guard guard(lock_);
  if (next_ == std::numeric_limits<int>::max()) throw InternalError("no handle is left in this process");
  open_.emplace(next_, std::move(macro));
  return next_++;
}

std::shared_ptr<OpenMacro> Handles::find(int handle) {
  const std::lock_guard guard(lock_);
  const auto found = open_.find(handle);
  return found == open_.end() ? nullptr : found->second;
}

bool Handles::remove(int handle) {
  const std::lock_guard guard(lock_);
  return open_.erase(handle) == 1;
}

}  // namespace irc::dpi
