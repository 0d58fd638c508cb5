// SPDX-License-Identifier: Apache-2.0
// The events of one command. They arrive in the order in which the controller learnt about finished work.
// Commands do not overlap, so at the end of a command its events are complete and can be sorted.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "irc/mapping/pipeline.h"
#include "record.h"

namespace irc::trace {

/// One burst of vectors through all row groups of a tile.
struct Burst {
  std::size_t first_event = 0;  ///< the events of its row groups are consecutive
  std::size_t groups = 0;
  mapping::Pipeline before;  ///< state of the macro's pipeline when the burst arrived
  /// When the array worked on the burst, from the first DRIVE to the last SENSE. These times of one macro's
  /// bursts do not overlap.
  Picoseconds active_start_ps = 0, active_end_ps = 0;
};

/// Clock cycles of the phases that a burst's vectors pass through.
struct BurstCycles {
  std::uint64_t start = 0, load_full = 0, load_slide = 0, drive = 0, settle = 0, sense = 0, store = 0;
  std::uint64_t groups = 0;

  BurstCycles(const Event& event, double t_clk_s);
  std::uint64_t group() const { return drive + settle + sense; }
  std::uint64_t load(const Event& event, std::uint32_t vector) const {
    const bool starts_row = event.row_vectors != 0 && (event.vector_begin + vector) % event.row_vectors == 0;
    return starts_row ? load_full : load_slide;
  }
};

class Command {
 public:
  /// `keep_events`: pass false if only the sums are wanted.
  Command(const energy::EnergyLedger& prices, std::size_t macros, bool keep_events);

  void add(const Event& event);
  void clear();
  bool empty() const { return count_ == 0; }

  /// The whole command as one entry, with the times of its `layer` event.
  Record total(const Context& context) const;
  /// Each event as one entry; with `spans` also one span per macro and one per burst.
  std::vector<Record> operations(const Context& context, bool spans) const;

  std::span<const Event> events() const { return events_; }
  std::span<const Burst> bursts() const { return bursts_; }

 private:
  void add_burst(const Event& event);
  void add_spans(const Context& context, std::vector<Record>& records) const;

  const energy::EnergyLedger& prices_;
  bool keep_events_;
  std::vector<mapping::Pipeline> pipelines_;
  std::size_t count_ = 0;
  std::vector<Event> events_;
  std::vector<Burst> bursts_;
  Event last_;
  Counts sums_;
  energy::Activity work_;
};

/// The trace entry of one event.
Record record_of(const Event& event, const Context& context, const energy::EnergyLedger& prices);

}  // namespace irc::trace
