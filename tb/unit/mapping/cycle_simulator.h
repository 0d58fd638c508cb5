// SPDX-License-Identifier: Apache-2.0
// Simulates a command clock by clock, directly from the description of the pipeline: engines are busy or not,
// registers are full or not. It shares nothing with the closed form except the descriptor and the
// configuration, so the two can be compared.
#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include "irc/mapping/timing.h"

namespace irc::mapping::test {

/// Cycles of the three stages of one vector.
struct Stages {
  std::uint64_t load = 0, compute = 0, store = 0;
};

inline std::uint64_t beats(std::uint64_t amount, std::uint64_t per_cycle) {
  std::uint64_t cycles = 0;
  for (std::uint64_t done = 0; done < amount; done += per_cycle) ++cycles;
  return cycles;
}

/// Beats start at multiples of the bus width. Each beat that holds a byte of the transaction takes one cycle.
inline std::uint64_t transaction(const Timing& t, std::uint64_t address, std::uint64_t bytes) {
  std::uint64_t cycles = t.hop_cycles + t.memory_latency_cycles;
  for (std::uint64_t at = address / t.bus_bytes * t.bus_bytes; at < address + bytes; at += t.bus_bytes)
    ++cycles;
  return cycles;
}

/// Stages of the vector at output column `x`. They are counted row by row from the columns that the window
/// covers.
inline Stages stages_of(const Timing& t, const Geometry& g, const Descriptor& d, const TileRecord& tile,
                        int x) {
  std::set<int> seen;  // input columns of the previous window
  for (int kx = 0; x > 0 && kx < d.kernel_w; ++kx) seen.insert((x - 1) * d.stride_w + kx);
  std::uint64_t loads = 0, row = 0;
  for (int ky = 0; ky < d.kernel_h; ++ky)
    for (int kx = 0; kx < d.kernel_w; ++kx)
      for (int c = 0; c < d.in_channels[0]; ++c, ++row)
        if (row >= tile.row_begin && row < tile.row_begin + tile.rows && seen.count(x * d.stride_w + kx) == 0)
          ++loads;
  Stages s;
  s.load = loads == 0 ? 1 : beats(loads, t.input_bus_bits);
  const std::uint64_t at_once = g.rows_per_operation == 0 ? tile.rows : g.rows_per_operation;
  for (std::uint64_t done = 0; done < tile.rows; done += at_once) {
    s.compute += t.drive_cycles + t.settle_cycles;
    for (std::uint64_t sensed = 0; sensed < tile.outputs; sensed += g.amplifiers)
      s.compute += t.amplifier_cycles;
  }
  s.store =
      beats(std::uint64_t{tile.outputs} * (tile.row_pieces > 1 ? t.partial_sum_bits : 1), t.output_bus_bits);
  return s;
}

/// A unit that works for a number of cycles.
struct Engine {
  bool busy = false;
  std::uint64_t left = 0;
  void start(std::uint64_t cycles) {
    busy = true;
    left = cycles;
  }
  /// True once, when the work has ended.
  bool finished() {
    if (!busy || left > 0) return false;
    busy = false;
    return true;
  }
  void tick() {
    if (busy) --left;
  }
};

/// LOAD, compute and STORE of one macro, with a second word-line register and a second output register.
class MacroSimulator {
 public:
  struct Vector {
    Stages stages;
    int y = 0;
  };
  std::vector<Vector> vectors;

  /// Makes every step that is possible at this instant. Returns whether there was one.
  template <typename Arrived, typename Stored>
  bool step(const Arrived& arrived, const Stored& stored) {
    if (load_.finished()) return shadow_full_ = true;
    if (compute_.finished()) return result_full_ = true;
    if (store_.finished()) {
      stored(vectors[stored_++].y);
      return true;
    }
    if (result_full_ && !store_.busy) {
      result_full_ = false;
      store_.start(vectors[stored_].stages.store);
      return true;
    }
    if (shadow_full_ && !compute_.busy && !result_full_) {
      shadow_full_ = false;
      compute_.start(vectors[computed_++].stages.compute);
      return true;
    }
    if (!load_.busy && !shadow_full_ && loaded_ < vectors.size() && arrived(vectors[loaded_].y)) {
      load_.start(vectors[loaded_++].stages.load);
      return true;
    }
    return false;
  }
  void tick() {
    load_.tick();
    compute_.tick();
    store_.tick();
  }
  bool over() const { return stored_ == vectors.size(); }

 private:
  Engine load_, compute_, store_;
  bool shadow_full_ = false, result_full_ = false;
  std::size_t loaded_ = 0, computed_ = 0, stored_ = 0;
};

/// The body of a layer command: input DMA, macros or digital unit, output DMA.
class BodySimulator {
 public:
  BodySimulator(const Timing& t, const Geometry& g, const CommandInfo& command)
      : t_(t), command_(command), d_(command.descriptor), parts_left_(d_.out_height, 1) {
    if (d_.opcode == Opcode::conv_array) add_macros(g);
    reads_ = (d_.flags & flag_input_from_memory) != 0;
    writes_ = (d_.flags & flag_output_to_memory) != 0;
    rows_in_ = reads_ ? 0 : d_.in_height;
  }

  std::uint64_t run() {
    std::uint64_t cycle = 0;
    while (true) {
      while (step()) {
      }
      if (over()) return cycle;
      reader_.tick();
      writer_.tick();
      digital_.tick();
      for (auto& [id, macro] : macros_) macro.tick();
      if (++cycle > 100'000'000) throw std::logic_error("the pipeline hangs");
    }
  }

 private:
  void add_macros(const Geometry& g) {
    for (const auto& tile : command_.tiles) {
      std::vector<Stages> stages;
      for (int x = 0; x < d_.out_width; ++x) stages.push_back(stages_of(t_, g, d_, tile, x));
      for (int y = 0; y < d_.out_height; ++y)
        for (const auto& s : stages) macros_[tile.macro].vectors.push_back({s, y});
    }
    std::fill(parts_left_.begin(), parts_left_.end(), command_.tiles.size() * d_.out_width);
  }

  bool arrived(int y) const {
    int last = 0;  // last input row that output row y reads
    if (d_.opcode == Opcode::upsample) {
      last = y / d_.kernel_h;
    } else if (d_.opcode == Opcode::concat) {
      last = y;
    } else {
      for (int ky = 0; ky < d_.kernel_h; ++ky) {
        const int row = y * d_.stride_h + ky - d_.pad_top;
        if (row >= 0 && row < d_.in_height) last = std::max(last, row);
      }
      // A window that is entirely in the bottom padding waits for the whole map.
      if (y * d_.stride_h - d_.pad_top >= d_.in_height) last = d_.in_height - 1;
    }
    return rows_in_ > last;
  }

  bool step() {
    if (reader_.finished()) return ++rows_in_ > 0;
    if (writer_.finished()) return ++rows_out_ > 0;
    if (reads_ && !reader_.busy && rows_in_ < d_.in_height) {
      reader_.start(transaction(t_, d_.in_memory + static_cast<std::uint64_t>(rows_in_) * input_row_bytes(),
                                input_row_bytes()));
      return true;
    }
    if (writes_ && !writer_.busy && rows_out_ < d_.out_height &&
        parts_left_[static_cast<std::size_t>(rows_out_)] == 0) {
      writer_.start(transaction(t_,
                                d_.out_memory + static_cast<std::uint64_t>(rows_out_) * output_row_bytes(),
                                output_row_bytes()));
      return true;
    }
    for (auto& [id, macro] : macros_)
      if (macro.step([&](int y) { return arrived(y); },
                     [&](int y) { --parts_left_[static_cast<std::size_t>(y)]; }))
        return true;
    return d_.opcode != Opcode::conv_array && digital_step();
  }

  bool digital_step() {
    if (digital_.finished()) {
      parts_left_[static_cast<std::size_t>(digital_row_++)] = 0;
      return true;
    }
    if (digital_.busy || digital_row_ == d_.out_height || !arrived(digital_row_)) return false;
    digital_.start(digital_cycles());
    return true;
  }

  std::uint64_t digital_cycles() const {
    std::uint64_t work = std::uint64_t{d_.out_width} * d_.out_channels, per_cycle = t_.buffer_bits_per_cycle;
    if (d_.opcode == Opcode::max_pool) work *= std::uint64_t{d_.kernel_h} * d_.kernel_w;
    if (d_.opcode == Opcode::conv_digital || d_.opcode == Opcode::head) {
      work *= std::uint64_t{d_.kernel_h} * d_.kernel_w * d_.in_channels[0];
      per_cycle = t_.macs_per_cycle;
    }
    return beats(work, per_cycle);
  }

  std::uint64_t input_row_bytes() const {
    const std::uint64_t pixel =
        (d_.flags & flag_picture_input) != 0 ? d_.in_channels[0] : (d_.in_channels[0] + 7u) / 8u;
    return pixel * d_.in_width;
  }
  std::uint64_t output_row_bytes() const {
    const std::uint64_t pixel =
        d_.opcode == Opcode::head ? d_.out_channels * 4u : (d_.out_channels + 7u) / 8u;
    return pixel * d_.out_width;
  }

  bool over() const {
    if (reads_ && rows_in_ < d_.in_height) return false;
    if (writes_ && rows_out_ < d_.out_height) return false;
    return std::all_of(parts_left_.begin(), parts_left_.end(), [](std::uint64_t left) { return left == 0; });
  }

  const Timing& t_;
  const CommandInfo& command_;
  const Descriptor& d_;
  std::vector<std::uint64_t> parts_left_;  ///< per output row: vectors not stored yet, over all tiles
  std::map<std::uint16_t, MacroSimulator> macros_;
  Engine reader_, writer_, digital_;
  bool reads_ = false, writes_ = false;
  int rows_in_ = 0, rows_out_ = 0, digital_row_ = 0;
};

/// Cycles of a layer command from the start of its descriptor fetch to the interrupt.
inline std::uint64_t simulate(const Timing& t, const Geometry& g, const CommandInfo& command) {
  std::uint64_t cycles = transaction(t, command.address, descriptor_bytes);
  if (command.descriptor.opcode == Opcode::conv_array)
    cycles += transaction(t, command.descriptor.table_memory, command.tiles.size() * tile_record_bytes);
  return cycles + BodySimulator(t, g, command).run() + t.interrupt_cycles;
}

}  // namespace irc::mapping::test
