// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdint>

namespace irc::mapping {

/// When one input vector passes the stages of a macro, in clock cycles.
struct VectorSchedule {
  std::uint64_t load_start = 0, load_end = 0;
  std::uint64_t compute_start = 0, compute_end = 0;  ///< DRIVE, SETTLE, SENSE of every row group
  std::uint64_t store_start = 0, store_end = 0;
};

/// The stages LOAD | DRIVE..SENSE | STORE of one macro, whose word-line and output registers are
/// double-buffered:
///   LOAD(v) starts with compute(v-1), or when asked for; compute(v) starts when LOAD(v) is over and
///   STORE(v-1) has begun; STORE(v) starts when compute(v) and STORE(v-1) are over.
/// The simulation's schedule and the phases of a trace are both this recursion.
class Pipeline {
 public:
  /// The next vector of this macro, asked for at cycle `now`; lengths in cycles.
  VectorSchedule advance(std::uint64_t now, std::uint64_t load, std::uint64_t compute, std::uint64_t store) {
    VectorSchedule v;
    v.load_start = std::max(now, compute_start_);
    v.load_end = v.load_start + load;
    v.compute_start = std::max(v.load_end, store_start_);
    v.compute_end = v.compute_start + compute;
    v.store_start = std::max(v.compute_end, store_end_);
    v.store_end = v.store_start + store;
    compute_start_ = v.compute_start;
    store_start_ = v.store_start;
    store_end_ = v.store_end;
    return v;
  }
  /// No vector to come starts its LOAD before this cycle.
  std::uint64_t earliest_load() const { return compute_start_; }

 private:
  std::uint64_t compute_start_ = 0, store_start_ = 0, store_end_ = 0;  // of the last vector
};

}  // namespace irc::mapping
