// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <systemc>
#include <utility>
#include <vector>

#include "irc/core/bits.h"
#include "irc/core/error.h"
#include "irc/cosim/pin_bits.h"
#include "irc/cosim/pin_macro.h"
#include "irc/cosim/pins.h"

namespace irc::cosim {

/// The macros of an accelerator with the pins that RTL drives. Ports are packed: macro m's slice of a port
/// with W bits per macro is at bits [m * W, (m + 1) * W). Inputs are sampled at the rising edge of `clk`;
/// `level` follows the sense pins within the cycle. PinMacro reports protocol errors.
template <unsigned Macros, unsigned Rows, unsigned Pairs, unsigned Amplifiers, unsigned LevelBits,
          unsigned BusBytes>
class PinMacros : public sc_core::sc_module {
 public:
  /// Throws InputError where the configuration has other sizes than the ports.
  PinMacros(sc_core::sc_module_name name, const model::AcceleratorConfig& config) : sc_module(name) {
    check(config);
    for (unsigned m = 0; m < Macros; ++m) macros_.push_back(std::make_unique<PinMacro>(config, m));
    SC_HAS_PROCESS(PinMacros);
    SC_METHOD(on_clock);
    sensitive << clk.pos();
    dont_initialize();
    SC_METHOD(show_levels);
    sensitive << sense << line << lines << bias_on << latched_changed_;
  }

  sc_core::sc_in<bool> clk{"clk"},                                ///< clock
      rst_n{"rst_n"};                                             ///< reset, active low
  sc_core::sc_in<PinVector<Macros * Rows>> wl{"wl"};              ///< word lines
  sc_core::sc_in<PinVector<Macros * 16>> row_first{"row_first"},  ///< first row of the row group
      row_count{"row_count"};                                     ///< rows of the row group
  sc_core::sc_in<PinVector<Macros>> drive{"drive"},               ///< phase DRIVE
      settle{"settle"},                                           ///< phase SETTLE
      sense{"sense"};                                             ///< phase SENSE
  sc_core::sc_in<PinVector<Macros * 16>> line{"line"},            ///< first line that is read
      lines{"lines"};                                             ///< number of lines that are read
  sc_core::sc_in<PinVector<Macros>> bias_on{"bias_on"};           ///< bias sources inject
  sc_core::sc_in<PinVector<Macros * 64>> read{"read"};            ///< names the random draws
  sc_core::sc_in<PinVector<Macros * 16>> group{"group"};          ///< number of the row group
  sc_core::sc_out<PinVector<Macros * Amplifiers * LevelBits>> level{
      "level"};                                                         ///< readouts, one per amplifier
  sc_core::sc_in<PinVector<Macros>> program{"program"};                 ///< a row is programmed
  sc_core::sc_in<std::uint32_t> program_row{"program_row"},             ///< its number, from 0
      program_first{"program_first"},                                   ///< first bit line
      program_columns{"program_columns"};                               ///< number of bit lines
  sc_core::sc_in<PinVector<2 * Pairs>> program_cells{"program_cells"};  ///< its cells
  sc_core::sc_in<bool> program_last{"program_last"};                    ///< it is the tile's last row
  sc_core::sc_in<PinVector<Macros>> bias_we{"bias_we"};                 ///< biases are written
  sc_core::sc_in<std::uint32_t> bias_line{"bias_line"};                 ///< first line of the biases
  sc_core::sc_in<PinVector<BusBytes / 4>> bias_lanes{"bias_lanes"};  ///< which of bias_data's words are valid
  sc_core::sc_in<PinVector<BusBytes * 8>> bias_data{"bias_data"};  ///< biases in unit currents, 32 bits each

  /// Macro `m`, counted from 0.
  PinMacro& macro(std::size_t m) { return *macros_.at(m); }
  /// Trims all amplifiers as `irc run` does where the configuration asks for it.
  void trim() {
    for (auto& macro : macros_) macro->trim();
  }

 private:
  static void check(const model::AcceleratorConfig& config) {
    const auto& g = config.geometry;
    if (g.macros == Macros && g.rows == Rows && g.column_pairs == Pairs && g.amplifiers == Amplifiers &&
        config.level_bits() == LevelBits)
      return;
    const auto sizes = [](auto... values) { return ((std::to_string(values) + " ") + ...); };
    throw InputError("macros, rows, column pairs, amplifiers and level bits of the configuration are " +
                     sizes(g.macros, g.rows, g.column_pairs, g.amplifiers, config.level_bits()) +
                     ", expected those of the ports: " + sizes(Macros, Rows, Pairs, Amplifiers, LevelBits));
  }

  static bool bit(const auto& pins, unsigned m) { return get_bits(pins, m, 1) != 0; }
  static std::uint32_t word16(const auto& pins, unsigned m) {
    return static_cast<std::uint32_t>(get_bits(pins, std::size_t{m} * 16, 16));
  }

  /// The sense pins: which lines are sensed, as far as the levels depend on it.
  OperationPins sense_pins(unsigned m) const {
    OperationPins pins;
    pins.sense = bit(sense.read(), m);
    if (!pins.sense) return pins;
    pins.bias_on = bit(bias_on.read(), m);
    pins.line = word16(line.read(), m);
    pins.lines = word16(lines.read(), m);
    return pins;
  }

  OperationPins operation_pins(unsigned m) {
    OperationPins pins = sense_pins(m);
    pins.drive = bit(drive.read(), m);
    pins.settle = bit(settle.read(), m);
    if (!pins.drive && !pins.settle && !pins.sense) return pins;
    get_words(wl.read(), std::size_t{m} * Rows, Rows, word_lines_);
    pins.word_lines = word_lines_;
    pins.row_first = word16(row_first.read(), m);
    pins.row_count = word16(row_count.read(), m);
    pins.read = get_bits(read.read(), std::size_t{m} * 64, 64);
    pins.group = word16(group.read(), m);
    return pins;
  }

  void on_clock() {
    bool levels_change = !rst_n.read();
    for (unsigned m = 0; m < Macros; ++m) {
      if (!rst_n.read()) {
        macros_[m]->reset();
        continue;
      }
      const auto pins = operation_pins(m);
      levels_change = levels_change || pins.drive || pins.sense;
      macros_[m]->clock(pins);
      if (bit(bias_we.read(), m)) write_bias(m);
      if (bit(program.read(), m)) write_row(m);
    }
    if (levels_change) latched_changed_.notify(sc_core::SC_ZERO_TIME);
  }

  void write_row(unsigned m) {
    get_words(program_cells.read(), 0, 2 * Pairs, cells_);
    macros_[m]->program_row(
        {program_row.read(), program_first.read(), program_columns.read(), cells_, program_last.read()});
  }

  void write_bias(unsigned m) {
    std::int32_t units[BusBytes / 4];
    for (std::size_t i = 0; i < BusBytes / 4; ++i)
      units[i] =
          static_cast<std::int32_t>(static_cast<std::uint32_t>(get_bits(bias_data.read(), 32 * i, 32)));
    macros_[m]->write_bias(bias_line.read(), get_bits(bias_lanes.read(), 0, BusBytes / 4), units);
  }

  void show_levels() {
    for (unsigned m = 0; m < Macros; ++m) {
      const auto levels = macros_[m]->levels(sense_pins(m));
      if (std::exchange(shown_version_[m], macros_[m]->levels_version()) == macros_[m]->levels_version())
        continue;
      for (unsigned a = 0; a < Amplifiers; ++a)
        set_bits(levels_, (std::size_t{m} * Amplifiers + a) * LevelBits, LevelBits,
                 static_cast<std::uint32_t>(levels[a]));
    }
    level.write(levels_);
  }

  void end_of_simulation() override {
    for (auto& macro : macros_) macro->finish();
  }

  std::vector<std::unique_ptr<PinMacro>> macros_;
  std::vector<std::uint64_t> word_lines_ = std::vector<std::uint64_t>(words_for(Rows));
  std::vector<std::uint64_t> cells_ = std::vector<std::uint64_t>(words_for(2 * Pairs));
  PinVector<Macros * Amplifiers * LevelBits> levels_{};
  std::vector<std::uint64_t> shown_version_ = std::vector<std::uint64_t>(Macros);
  sc_core::sc_event latched_changed_;
};

}  // namespace irc::cosim
