// SPDX-License-Identifier: Apache-2.0
// Splits macro operations into the phases of every vector. A layer may have millions of phases, so they are
// generated one vector at a time, in order.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "command.h"

namespace irc::trace {

/// Energy and counts of a burst's phases, per vector.
struct PhaseShares {
  Record load, store;
  std::vector<Record> drive, settle, sense;  ///< per row group

  /// Of the energy of an event, LOAD takes the word-line register and the reading of its bits, DRIVE the word
  /// lines and the precharge, STORE the adds, partial sums and written outputs. SETTLE and SENSE share the
  /// energy of the cells' current by their lengths. SENSE takes all the rest. Vectors of a burst have equal
  /// shares. The parts add up to the whole.
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
  std::size_t burst_ = 0;            // the current burst
  std::uint32_t vector_ = 0;         // its next vector
  std::vector<PhaseShares> shares_;  // of the current burst: one entry or none
  mapping::Pipeline pipeline_;
  std::vector<Record> ready_;  // in order from next_ on; later vectors start no earlier than earliest_to_come
  std::size_t next_ = 0;
};

/// Calls `write` with all entries of a command. Macro operations are given as phases, without spans.
void deliver_phases(const Command& command, std::size_t macros, const Context& context,
                    const energy::EnergyLedger& prices, const Window& window,
                    const std::function<void(const Record&)>& write);

}  // namespace irc::trace
