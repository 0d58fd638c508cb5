// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "record.h"

namespace irc::trace {

/// A sum of contributions that come and go, as steps over time. Contributions are added in the order of their
/// begins; each step is handed on as soon as nothing can change it, equal steps are left out.
class Steps {
 public:
  using Emit = std::function<void(Picoseconds, double)>;
  explicit Steps(Emit emit) : emit_(std::move(emit)) {}

  /// `value` from `begin_ps` to `end_ps`; one that takes no time is no step.
  void add(Picoseconds begin_ps, Picoseconds end_ps, double value);
  /// Hands on all steps before `time_ps`, where nothing begins any more.
  void advance(Picoseconds time_ps);
  /// Hands on all steps there are.
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
