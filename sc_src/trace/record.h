// SPDX-License-Identifier: Apache-2.0
// The entries from which the files of a trace are written, with their order and their energy.
#pragma once
#include <cmath>
#include <cstdint>
#include <limits>
#include <tuple>

#include "irc/core/event.h"
#include "irc/energy/energy_ledger.h"
#include "irc/trace/options.h"

namespace irc::trace {

/// Simulated time in SystemC's resolution. It is a whole number, so that entries that are adjacent in the
/// model are adjacent in the trace.
using Picoseconds = std::int64_t;

inline Picoseconds picoseconds(double time_s) {
  return std::llround(time_s * 1e12);
}

/// The end of a window, or the latest possible time where it is open.
inline Picoseconds end_of(const Window& window) {
  constexpr auto latest = std::numeric_limits<Picoseconds>::max();
  return window.end_s * 1e12 < static_cast<double>(latest) ? picoseconds(window.end_s) : latest;
}

enum class Phase : std::uint8_t { none, load, drive, settle, sense, store };

/// What the work belongs to: a chip, and one of its images or its setup.
struct Context {
  static constexpr std::int64_t setup = -1;
  std::uint64_t chip = 0;
  std::int64_t picture = setup;

  bool operator==(const Context&) const = default;
};

/// Counts as in Event. In a phase they are one vector's share and therefore not whole.
struct Counts {
  double active_word_lines = 0, bit_lines = 0, decisions = 0, adds = 0;
  double array_current_a = 0, bias_current_a = 0;
  double macs = 0, bytes = 0, cycles = 0, cells = 0, fallback_vectors = 0;
};

struct Record {
  /// Each kind lies within the kinds before it. Commands, operations and phases carry energy. Spans group
  /// others for drawing, and their energy is the sum of those.
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
  /// Mean power over the record's time; 0 for a record that takes no time.
  double power_w() const {
    return duration_ps() == 0 ? 0 : energy_j() / (static_cast<double>(duration_ps()) * 1e-12);
  }
};

/// The order of a trace: by start, containers first. The order is total, so a trace has the same bytes
/// whatever order the events came in.
inline bool before(const Record& a, const Record& b) {
  const auto key = [](const Record& r) {
    return std::tuple(r.start_ps, -r.end_ps, r.kind, r.event, r.macro, r.tile, r.vector_begin, r.row_group,
                      r.phase, r.layer);
  };
  return key(a) < key(b);
}

/// Writes one file. It receives the records of its level in the order of `before`.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void write(const Record& record) = 0;
  /// Writes what remains after the last record.
  virtual void finish() = 0;
};

}  // namespace irc::trace
