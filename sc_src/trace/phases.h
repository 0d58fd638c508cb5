// SPDX-License-Identifier: Apache-2.0
// Macro operations taken apart into the phases of every vector. A layer may have millions of these, so they
// are made one vector at a time, in order.
#pragma once
#include <functional>
#include <vector>

#include "command.h"

namespace irc::trace {

/// What a burst's phases cost and count, per vector.
struct PhaseShares {
  Record load, store;
  std::vector<Record> drive, settle, sense;  ///< per row group

  /// Of the energy of an event, LOAD takes the word-line register and its bits' reading, DRIVE the word lines
  /// and the precharge, SETTLE and SENSE what the cells' current costs by their lengths, STORE the adds,
  /// partial sums and written outputs, SENSE all the rest. Vectors of a burst share alike. The parts add up
  /// to the whole.
  PhaseShares(std::span<const Event> groups, const Context& context, const energy::EnergyLedger& prices);
};

/// The phases of one macro in one command, in order.
class MacroPhases {
 public:
  MacroPhases(const Command& command, std::uint32_t macro, const Context& context,
              const energy::EnergyLedger& prices, const Window& window);

  /// The next phase; nullptr at the end.
  const Record* peek();
  void pop() { ++next_; }

 private:
  void begin_burst();
  void add_vector();
  void add(const Record& share, std::uint64_t begin_cycle, std::uint64_t end_cycle);
  Picoseconds earliest_to_come() const;

  const Command& command_;
  Context context_;
  const energy::EnergyLedger& prices_;
  double t_clk_s_;
  std::vector<const Burst*> bursts_;
  std::size_t burst_ = 0;            // the one at work
  std::uint32_t vector_ = 0;         // the next of it
  std::vector<PhaseShares> shares_;  // of the burst at work: one entry or none
  mapping::Pipeline pipeline_;
  std::vector<Record>
      ready_;  // in order from next_ on; vectors to come start no earlier than earliest_to_come
  std::size_t next_ = 0;
};

/// Calls `write` with everything of a command but macro operations, which come as phases, and spans.
void deliver_phases(const Command& command, std::size_t macros, const Context& context,
                    const energy::EnergyLedger& prices, const Window& window,
                    const std::function<void(const Record&)>& write);

}  // namespace irc::trace
