// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdint>

namespace irc::mapping {

/// The times at which one input vector passes through the stages of a macro, in clock cycles.
struct VectorSchedule {
  std::uint64_t load_start = 0,     ///< start of LOAD
      load_end = 0;                 ///< end of LOAD
  std::uint64_t compute_start = 0,  ///< start of DRIVE, SETTLE and SENSE of all row groups
      compute_end = 0;              ///< end of the last SENSE
  std::uint64_t store_start = 0,    ///< start of STORE
      store_end = 0;                ///< end of STORE
};

/// The stages LOAD, DRIVE..SENSE and STORE of one macro, whose word-line and output registers are
/// double-buffered:
/// - LOAD(v) starts when compute(v-1) starts, or when it is requested, if that is later.
/// - compute(v) starts when LOAD(v) has ended and STORE(v-1) has begun.
/// - STORE(v) starts when compute(v) and STORE(v-1) have ended.
///
/// Both the simulation's schedule and the phases of a trace use this recursion.
class Pipeline {
 public:
  /// Schedules the next vector of this macro, which is requested at cycle `now`. All lengths are in cycles.
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
  /// The earliest cycle at which the next vector can start its LOAD.
  std::uint64_t earliest_load() const { return compute_start_; }

 private:
  std::uint64_t compute_start_ = 0, store_start_ = 0, store_end_ = 0;  // of the last vector
};

}  // namespace irc::mapping
