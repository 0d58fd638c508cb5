// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "record.h"

namespace irc::trace {

/// A sum of contributions with begin and end, as steps over time. Contributions are added in the order of
/// their begins. Each step is emitted as soon as it is final; equal steps are left out.
class Steps {
 public:
  using Emit = std::function<void(Picoseconds, double)>;
  explicit Steps(Emit emit) : emit_(std::move(emit)) {}

  /// Adds `value` from `begin_ps` to `end_ps`. A contribution that takes no time gives no step.
  void add(Picoseconds begin_ps, Picoseconds end_ps, double value);
  /// Emits all steps before `time_ps`. No later contribution may begin before that time.
  void advance(Picoseconds time_ps);
  /// Emits all remaining steps.
  void finish();

 private:
  struct Part {
    Picoseconds end_ps;
    double value;
  };
  void change_at(Picoseconds time_ps);
  void flush();

  Emit emit_;
  std::vector<Part> parts_;
  std::optional<Picoseconds> pending_;
  double last_ = 0;
};

}  // namespace irc::trace
