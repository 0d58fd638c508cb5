// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <tbb/task_arena.h>

#include <mutex>

namespace irc::array {

/// Prepares something of a tile once, whoever asks first. While a thread waits inside for parallel work it
/// may not take an outer task: that could ask for the same thing, and wait for itself.
template <typename Prepare>
void prepare_once(std::once_flag& once, const Prepare& prepare) {
  std::call_once(once, [&] { tbb::this_task_arena::isolate(prepare); });
}

}  // namespace irc::array
