// SPDX-License-Identifier: Apache-2.0
// What the files of a trace are written from: one entry, in one order, with its energy.
#pragma once
#include <cmath>
#include <cstdint>
#include <limits>
#include <tuple>

#include "irc/core/event.h"
#include "irc/energy/energy_ledger.h"
#include "irc/trace/options.h"

namespace irc::trace {

/// Simulated time in SystemC's resolution. Whole numbers: neighbours that meet in the model meet in the
/// trace.
using Picoseconds = std::int64_t;

inline Picoseconds picoseconds(double time_s) {
  return std::llround(time_s * 1e12);
}

/// The end of a window; the latest time there is where it is open.
inline Picoseconds end_of(const Window& window) {
  constexpr auto latest = std::numeric_limits<Picoseconds>::max();
  return window.end_s * 1e12 < static_cast<double>(latest) ? picoseconds(window.end_s) : latest;
}

enum class Phase : std::uint8_t { none, load, drive, settle, sense, store };

/// Whose work it is: the chip, and one of its pictures or its setting up.
struct Context {
  static constexpr std::int64_t setup = -1;
  std::uint64_t chip = 0;
  std::int64_t picture = setup;

  bool operator==(const Context&) const = default;
};

/// What was done, as in Event. In a phase these are one vector's share, hence no whole numbers.
struct Counts {
  double active_word_lines = 0, bit_lines = 0, decisions = 0, adds = 0;
  double array_current_a = 0, bias_current_a = 0;
  double macs = 0, bytes = 0, cycles = 0, cells = 0, fallback_vectors = 0;
};

struct Record {
  /// Each kind lies within those before it. Commands, operations and phases carry energy; spans hold others
  /// together for drawing, and theirs is that of what they hold.
  enum class Kind : std::uint8_t { command, layer_span, burst_span, operation, phase };
  Kind kind{};
  EventKind event{};
  Phase phase = Phase::none;
  Context context;
  std::uint32_t layer = 0, tile = 0, macro = 0, row_group = 0, row_groups = 0;
  std::uint32_t vector_begin = 0, vector_end = 0;
  Picoseconds start_ps = 0, end_ps = 0;
  Counts counts;
  energy::EnergyLedger::Joules joules{};

  bool is_span() const { return kind == Kind::layer_span || kind == Kind::burst_span; }
  Picoseconds duration_ps() const { return end_ps - start_ps; }
  double energy_j() const {
    double sum_j = 0;
    for (const double joule : joules) sum_j += joule;
    return sum_j;
  }
  /// Mean over the record's time; 0 for one that takes none.
  double power_w() const {
    return duration_ps() == 0 ? 0 : energy_j() / (static_cast<double>(duration_ps()) * 1e-12);
  }
};

/// The order of a trace: by start, what holds others first. It is total, so a trace has the same bytes
/// whatever order the events came in.
inline bool before(const Record& a, const Record& b) {
  const auto key = [](const Record& r) {
    return std::tuple(r.start_ps, -r.end_ps, r.kind, r.event, r.macro, r.tile, r.vector_begin, r.row_group,
                      r.phase, r.layer);
  };
  return key(a) < key(b);
}

/// Writes one file. Gets the records of its level in the order of `before`.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void write(const Record& record) = 0;
  /// What is still to be written when the last record has come.
  virtual void finish() = 0;
};

}  // namespace irc::trace
