// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "controller_pins.h"
#include "irc/core/bits.h"
#include "irc/cosim/lock_step.h"
#include "irc/cosim/pin_bits.h"

namespace irc::tb {

/// Adds a readout to the bits of a vector: its word lines come first, then its readouts by row group and
/// amplifier input.
inline void put_readout(std::vector<std::uint64_t>& bits, std::uint64_t group, std::uint64_t line,
                        std::uint64_t level) {
  const std::size_t first =
      64 * words_for(IRC_CONFIG_ROWS) + (group * 2 * IRC_CONFIG_COLUMN_PAIRS + line) * IRC_CONFIG_LEVEL_BITS;
  if (bits.size() * 64 < first + IRC_CONFIG_LEVEL_BITS)
    bits.resize((first + IRC_CONFIG_LEVEL_BITS + 63) / 64, 0);
  for (std::size_t i = 0; i < IRC_CONFIG_LEVEL_BITS; ++i) {
    const std::uint64_t mask = std::uint64_t{1} << ((first + i) % 64);
    auto& word = bits[(first + i) / 64];
    word = (level >> i & 1) != 0 ? word | mask : word & ~mask;
  }
}

/// The edge that ends a command begins the next one, so the end happened in the previous cycle.
inline cosim::Observation command_end(std::uint64_t layer, std::uint64_t edge) {
  cosim::Observation seen;
  seen.fields = {{"layer", layer}, {"end", edge}};
  seen.seen = edge - 1;
  return seen;
}

/// A command as the RTL executed it, up to the begin of the next one. Counted here, not by the RTL.
struct CommandSpan {
  std::uint64_t begin = 0;    ///< cycle in which its descriptor is requested
  std::uint64_t program = 0;  ///< number of doorbells before it
  std::uint64_t index = 0;
  std::optional<std::uint64_t> layer;  ///< empty until its descriptor has arrived
};

/// Watches the controller's pins at every rising edge and reports to a LockStep what the RTL did: vectors on
/// the macros, DMA bursts, rows, ends of commands. Cycle c lies between the edges c and c + 1.
class RtlWatch {
 public:
  static constexpr unsigned macros = IRC_CONFIG_MACROS, rows = IRC_CONFIG_ROWS;
  static constexpr unsigned amplifiers = IRC_CONFIG_AMPLIFIERS, level_bits = IRC_CONFIG_LEVEL_BITS;

  /// Called at the edge that ends a burst of a DMA read or write.
  std::function<void(bool write)> on_burst_over;
  /// Called at the edge that ends a command.
  std::function<void(std::uint64_t cycle)> on_command_end;

  RtlWatch(ControllerPins& pins, cosim::LockStep& lock_step) : pins_(pins), lock_step_(lock_step) {}

  /// Call this at rising edge `edge`, when the pins have the values of cycle edge - 1.
  void at_edge(std::uint64_t edge);
  /// Forgets everything that has begun but not ended, after a fault.
  void forget() {
    macros_ = {};
    read_ = write_ = {};
  }

  /// Call this when a doorbell was accepted: commands count from 0 again.
  void program_begins();
  /// The command that runs in `cycle`; nullptr before the first.
  const CommandSpan* command_at(std::uint64_t cycle) const {
    const CommandSpan* found = nullptr;
    for (const auto& command : commands_)
      if (command.begin <= cycle) found = &command;
    return found;
  }

 private:
  using Side = cosim::LockStep::Side;
  /// A vector in a macro.
  struct Vector {
    std::uint64_t tile = 0, vector = 0, load_start = 0, compute_start = 0;
    std::vector<std::uint64_t> bits;  ///< word lines, then readouts
  };
  struct Macro {
    std::deque<Vector> loaded, computed;
    bool loading = false, driving = false, storing = false;
    std::uint64_t load_tile = 0, load_vector = 0, store_tile = 0, store_vector = 0;
  };
  struct Channel {
    bool open = false;                 ///< whether a request is on offer
    std::uint64_t offered = 0;         ///< cycle since which it is on offer
    std::uint64_t accepted = 0;        ///< the cycle after the last acceptance
    std::deque<std::uint64_t> bursts;  ///< beats left of the bursts that are accepted and not over
  };

  void watch_fetch(std::uint64_t cycle);
  void watch_macro(unsigned m, std::uint64_t cycle);
  void watch_load(Macro& macro, unsigned m, std::uint64_t cycle);
  void watch_compute(Macro& macro, unsigned m, std::uint64_t cycle);
  void watch_store(Macro& macro, unsigned m, std::uint64_t cycle);
  void store_over(Macro& macro, unsigned m, std::uint64_t end);
  void watch_dma(std::uint64_t cycle);
  void watch_address(Channel& channel, bool write, bool valid, bool ready, const cosim::AxiBurst& burst,
                     std::uint64_t cycle);

  static bool bit(const auto& signal, unsigned m) { return cosim::get_bits(signal.read(), m, 1) != 0; }
  static std::uint64_t word(const auto& signal, unsigned m, unsigned width) {
    return cosim::get_bits(signal.read(), std::size_t{m} * width, width);
  }

  ControllerPins& pins_;
  cosim::LockStep& lock_step_;
  std::array<Macro, macros> macros_;
  Channel read_, write_;
  std::uint64_t row_start_ = 0;
  std::vector<CommandSpan> commands_;
  std::uint64_t programs_ = 0, next_command_ = 0;
  bool fetching_ = false;
  std::vector<std::uint64_t> words_ = std::vector<std::uint64_t>(words_for(rows));
};

inline void RtlWatch::at_edge(std::uint64_t edge) {
  if (edge == 0 || !pins_.rst_n.read()) return;
  const std::uint64_t cycle = edge - 1;
  watch_fetch(cycle);
  for (unsigned m = 0; m < macros; ++m) watch_macro(m, cycle);
  watch_dma(cycle);
  if (pins_.obs_row_start.read()) row_start_ = cycle;
  if (pins_.obs_row_done.read())
    lock_step_.observe(
        "rows", Side::rtl,
        {{{"layer", pins_.obs_layer.read()}, {"start", row_start_, true}, {"end", edge, true}}, {}});
  if (pins_.obs_layer_end.read()) {
    lock_step_.observe("commands", Side::rtl, command_end(pins_.obs_layer.read(), edge));
    on_command_end(edge);
  }
}

inline void RtlWatch::program_begins() {
  ++programs_;
  next_command_ = 0;
}

inline void RtlWatch::watch_fetch(std::uint64_t cycle) {
  const bool fetches = pins_.obs_fetch.read();
  if (fetches && !fetching_) commands_.push_back({cycle, programs_, next_command_++, {}});
  if (!fetches && fetching_) commands_.back().layer = pins_.obs_layer.read();
  fetching_ = fetches;
}

inline void RtlWatch::watch_macro(unsigned m, std::uint64_t cycle) {
  auto& macro = macros_[m];
  watch_load(macro, m, cycle);
  watch_compute(macro, m, cycle);
  watch_store(macro, m, cycle);
}

inline void RtlWatch::watch_load(Macro& macro, unsigned m, std::uint64_t cycle) {
  const bool loads = bit(pins_.obs_load, m);
  if (loads) {
    const auto tile = word(pins_.obs_load_tile, m, 32), vector = word(pins_.obs_load_vector, m, 32);
    if (!macro.loading || tile != macro.load_tile || vector != macro.load_vector) {
      Vector next;
      next.tile = macro.load_tile = tile;
      next.vector = macro.load_vector = vector;
      next.load_start = cycle;
      macro.loaded.push_back(std::move(next));
    }
  }
  macro.loading = loads;
}

inline void RtlWatch::watch_compute(Macro& macro, unsigned m, std::uint64_t cycle) {
  const bool drives = bit(pins_.macro_drive, m);
  if (drives && !macro.driving) {
    if (word(pins_.macro_group, m, 16) == 0) {
      if (macro.loaded.empty()) {
        lock_step_.differ("macro " + std::to_string(m), cycle, "DRIVE without a LOAD before it in the RTL");
        return;
      }
      macro.computed.push_back(std::move(macro.loaded.front()));
      macro.loaded.pop_front();
      macro.computed.back().compute_start = cycle;
      macro.computed.back().bits.assign(words_.size(), 0);
    }
    cosim::get_words(pins_.macro_wl.read(), std::size_t{m} * rows, rows, words_);
    if (!macro.computed.empty())
      for (std::size_t i = 0; i < words_.size(); ++i) macro.computed.back().bits[i] |= words_[i];
  }
  macro.driving = drives;
  if (!bit(pins_.macro_sense, m) || macro.computed.empty()) return;
  // The last cycle of a multiplexer step overwrites the values of its earlier cycles.
  auto& vector = macro.computed.back();
  const auto line = word(pins_.macro_line, m, 16), lines = word(pins_.macro_lines, m, 16);
  const auto group = word(pins_.macro_group, m, 16);
  for (std::uint64_t l = line; l < line + lines; ++l) {
    const auto level = cosim::get_bits(
        pins_.macro_level.read(), (std::size_t{m} * amplifiers + l % amplifiers) * level_bits, level_bits);
    put_readout(vector.bits, group, l, level);
  }
}

inline void RtlWatch::watch_store(Macro& macro, unsigned m, std::uint64_t cycle) {
  const bool stores = bit(pins_.obs_store, m);
  const auto tile = word(pins_.obs_store_tile, m, 32), vector = word(pins_.obs_store_vector, m, 32);
  if (macro.storing && (!stores || tile != macro.store_tile || vector != macro.store_vector))
    store_over(macro, m, cycle);
  macro.storing = stores;
  macro.store_tile = tile;
  macro.store_vector = vector;
}

inline void RtlWatch::store_over(Macro& macro, unsigned m, std::uint64_t end) {
  if (macro.computed.empty()) return;
  auto vector = std::move(macro.computed.front());
  macro.computed.pop_front();
  cosim::Observation seen;
  seen.fields = {{"tile", vector.tile},
                 {"vector", vector.vector},
                 {"LOAD starts", vector.load_start, true},
                 {"DRIVE starts", vector.compute_start, true},
                 {"STORE ends", end, true}};
  seen.bits = std::move(vector.bits);
  seen.bits_name = "word lines and readouts";
  lock_step_.observe("macro " + std::to_string(m), Side::rtl, std::move(seen));
}

inline void RtlWatch::watch_dma(std::uint64_t cycle) {
  auto& axi = pins_.axi;
  watch_address(read_, false, axi.arvalid.read(), axi.arready.read(), axi.read_ar(), cycle);
  watch_address(write_, true, axi.awvalid.read(), axi.awready.read(), axi.read_aw(), cycle);
  if (axi.rvalid.read() && axi.rready.read() && !read_.bursts.empty() && --read_.bursts.front() == 0) {
    read_.bursts.pop_front();
    on_burst_over(false);
  }
  if (axi.bvalid.read() && axi.bready.read() && !write_.bursts.empty()) {
    write_.bursts.pop_front();
    on_burst_over(true);
  }
}

inline void RtlWatch::watch_address(Channel& channel, bool write, bool valid, bool ready,
                                    const cosim::AxiBurst& burst, std::uint64_t cycle) {
  if (!valid) return;
  if (!channel.open) channel.offered = cycle;
  channel.open = !ready;
  if (!ready) return;
  // The first burst of a transaction determines when it was requested. Its other bursts follow back to back,
  // as far as the bus allows. A new transaction needs the data of the previous one, so it comes at least a
  // cycle later.
  const std::uint64_t since = channel.offered == channel.accepted ? 0 : channel.offered;
  channel.accepted = cycle + 1;
  channel.bursts.push_back(burst.beats());
  cosim::Observation seen;
  seen.fields = {{"asked", since, since != 0}, {"address", burst.address}, {"beats", burst.beats()}};
  seen.seen = cycle;
  lock_step_.observe(write ? "DMA write" : "DMA read", Side::rtl, std::move(seen));
}

}  // namespace irc::tb
