// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <tbb/task_arena.h>

#include <mutex>

namespace irc::array {

/// Prepares something of a tile once, for the first thread that needs it. While that thread waits inside for
/// parallel work, it must not take an outer task, because the task could need the same thing and wait for
/// itself.
template <typename Prepare>
void prepare_once(std::once_flag& once, const Prepare& prepare) {
  std::call_once(once, [&] { tbb::this_task_arena::isolate(prepare); });
}

}  // namespace irc::array
