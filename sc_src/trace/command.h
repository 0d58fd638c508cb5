// SPDX-License-Identifier: Apache-2.0
// The events of one command. They come in the order in which the controller learnt of work done; commands do
// not overlap, so what is here at a command's end is complete and can be put in order.
#pragma once
#include <span>
#include <vector>

#include "irc/mapping/pipeline.h"
#include "record.h"

namespace irc::trace {

/// A burst of vectors through all row groups of a tile.
struct Burst {
  std::size_t first_event = 0;  ///< its row groups' events follow each other
  std::size_t groups = 0;
  mapping::Pipeline before;  ///< the macro's pipeline when the burst came
  /// When the array worked for it, first DRIVE to last SENSE. Bursts of one macro do not overlap in this.
  Picoseconds active_start_ps = 0, active_end_ps = 0;
};

/// Lengths in clock cycles of what a burst's vectors go through.
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
  /// \param keep_events  false: only the sums are wanted
  Command(const energy::EnergyLedger& prices, std::size_t macros, bool keep_events);

  void add(const Event& event);
  void clear();
  bool empty() const { return count_ == 0; }

  /// All of it as one entry; times are those of its `layer` event.
  Record total(const Context& context) const;
  /// Each event as one entry, and, where wanted, what each macro does for the layer and each burst as spans.
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

/// The entry of one event.
Record record_of(const Event& event, const Context& context, const energy::EnergyLedger& prices);

}  // namespace irc::trace
