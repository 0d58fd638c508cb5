// SPDX-License-Identifier: Apache-2.0
// What this project uses of TBB, made of std::thread, for the preset `tsan`. The distribution's TBB is not
// compiled for the thread sanitizer, which therefore does not see how its threads wait for each other and
// reports every loop.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace tbb {

/// A half-open range that is split into pieces of at most `grain`.
template <typename Value>
class blocked_range {
 public:
  blocked_range(Value begin, Value end, std::size_t grain = 1) : begin_(begin), end_(end), grain_(grain) {}
  Value begin() const { return begin_; }
  Value end() const { return end_; }
  std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }
  bool empty() const { return !(begin_ < end_); }
  std::size_t grainsize() const { return grain_; }

 private:
  Value begin_, end_;
  std::size_t grain_;
};

namespace stand_in {

inline constexpr std::size_t most_threads = 4;

inline std::atomic<std::size_t>& limit() {
  static std::atomic<std::size_t> threads{most_threads};
  return threads;
}
inline bool& inside() {
  static thread_local bool in_a_loop = false;
  return in_a_loop;
}

/// Calls body(0) to body(count - 1) on several threads. A loop inside a loop runs in the thread that meets
/// it. Rethrows what a call throws first.
template <typename Body>
void run(std::size_t count, const Body& body) {
  const std::size_t threads = inside() ? 1 : std::min(count, limit().load());
  if (threads <= 1) {
    for (std::size_t i = 0; i < count; ++i) body(i);
    return;
  }
  std::atomic<std::size_t> next{0};
  std::exception_ptr thrown;
  std::mutex mutex;
  const auto work = [&] {
    inside() = true;
    try {
      for (std::size_t i = next++; i < count; i = next++) body(i);
    } catch (...) {
      const std::lock_guard guard(mutex);
      if (!thrown) thrown = std::current_exception();
    }
    inside() = false;
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  for (auto& other : others) other.join();
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace stand_in

template <typename Index, typename Body>
void parallel_for(Index first, Index last, const Body& body) {
  if (first < last)
    stand_in::run(static_cast<std::size_t>(last - first),
                  [&](std::size_t i) { body(static_cast<Index>(first + static_cast<Index>(i))); });
}

template <typename Value, typename Body>
void parallel_for(const blocked_range<Value>& range, const Body& body) {
  if (range.empty()) return;
  const std::size_t grain = std::max<std::size_t>(1, range.grainsize());
  stand_in::run((range.size() + grain - 1) / grain, [&](std::size_t i) {
    const auto from = static_cast<Value>(range.begin() + static_cast<Value>(i * grain));
    const auto to =
        i * grain + grain < range.size() ? static_cast<Value>(from + static_cast<Value>(grain)) : range.end();
    body(blocked_range<Value>(from, to, grain));
  });
}

class global_control {
 public:
  enum parameter { max_allowed_parallelism };
  global_control(parameter, std::size_t value)
      : before_(stand_in::limit().exchange(std::min(value, stand_in::most_threads))) {}
  ~global_control() { stand_in::limit() = before_; }
  global_control(const global_control&) = delete;
  global_control& operator=(const global_control&) = delete;
  static std::size_t active_value(parameter) { return stand_in::limit(); }

 private:
  std::size_t before_;
};

namespace this_task_arena {
template <typename Body>
auto isolate(const Body& body) {
  return body();
}
}  // namespace this_task_arena

}  // namespace tbb

namespace oneapi {
namespace tbb = ::tbb;
}  // namespace oneapi
