// SPDX-License-Identifier: Apache-2.0
// Macros with pins, which the test drives as RTL would.
#pragma once
#include <cstdint>
#include <memory>
#include <systemc>
#include <vector>

#include "irc/cosim/pin_macros.h"
#include "support/macro_case.h"

namespace irc::tb {

/// The pins of two small macros (macro_config) and a clock. In each cycle a test sets the pins and calls
/// `next`.
template <unsigned Amplifiers, unsigned LevelBits>
class PinBench : public sc_core::sc_module {
 public:
  static constexpr unsigned macros = 2, rows = 96, pairs = 12, bus_bytes = 16;

  explicit PinBench(const model::AcceleratorConfig& accelerator)
      : sc_module(sc_core::sc_module_name("bench")), config(accelerator), dut("macros", accelerator) {
    dut.clk(clk);
    dut.rst_n(rst_n);
    dut.wl(wl), dut.row_first(row_first), dut.row_count(row_count);
    dut.drive(drive), dut.settle(settle), dut.sense(sense);
    dut.line(line), dut.lines(lines), dut.bias_on(bias_on), dut.read(read), dut.group(group),
        dut.level(level);
    dut.program(program), dut.program_row(program_row), dut.program_first(program_first);
    dut.program_columns(program_columns), dut.program_cells(program_cells), dut.program_last(program_last);
    dut.bias_we(bias_we), dut.bias_line(bias_line), dut.bias_lanes(bias_lanes), dut.bias_data(bias_data);
  }

  /// Runs one clock cycle. Pins written before are sampled at its rising edge.
  void next() {
    sc_core::wait(period * 0.5);
    clk.write(true);
    sc_core::wait(period * 0.5);
    clk.write(false);
    sc_core::wait(sc_core::SC_ZERO_TIME);
  }
  void cycles(std::uint64_t count) {
    while (count-- > 0) next();
  }
  void reset() {
    rst_n.write(false);
    next();
    rst_n.write(true);
  }

  void set_row(unsigned m, const MacroTile& tile, std::size_t row) {
    program.write(1u << m);
    program_row.write(static_cast<std::uint32_t>(row));
    program_first.write(static_cast<std::uint32_t>(tile.extent.first_column));
    program_columns.write(static_cast<std::uint32_t>(tile.extent.columns));
    std::uint32_t cells = 0;
    for (std::size_t c = 0; c < tile.extent.columns; ++c) cells |= std::uint32_t{tile.cell(row, c)} << c;
    program_cells.write(cells);
    program_last.write(row + 1 == tile.extent.rows);
  }
  void program_tile(unsigned m, const MacroTile& tile) {
    for (std::size_t r = 0; r < tile.extent.rows; ++r) {
      set_row(m, tile, r);
      next();
      program.write(0);
      cycles(program_row_cycles - 1);
    }
  }
  void load_bias(unsigned m, std::size_t first_line, const std::vector<std::int32_t>& bias) {
    for (std::size_t i = 0; i < bias.size(); i += 4) {
      sc_dt::sc_bv<bus_bytes * 8> beat;
      std::uint32_t lanes = 0;
      for (std::size_t k = 0; k < 4 && i + k < bias.size(); ++k) {
        beat.set_word(static_cast<int>(k), static_cast<sc_dt::sc_digit>(bias[i + k]));
        lanes |= 1u << k;
      }
      bias_we.write(1u << m), bias_line.write(static_cast<std::uint32_t>(first_line + i));
      bias_lanes.write(lanes), bias_data.write(beat);
      next();
    }
    bias_we.write(0);
  }

  void set_operation(unsigned m, const std::vector<std::uint64_t>& words, array::RowRange range,
                     std::uint64_t read_name, std::uint64_t group_name) {
    auto value = wl.read();
    for (unsigned r = 0; r < rows; ++r)
      value[static_cast<int>(m * rows + r)] = r / 64 < words.size() && ((words[r / 64] >> (r % 64)) & 1) != 0;
    wl.write(value);
    write16(row_first, m, range.begin), write16(row_count, m, range.end - range.begin);
    auto names = read.read();
    names.set_word(static_cast<int>(2 * m), static_cast<sc_dt::sc_digit>(read_name));
    names.set_word(static_cast<int>(2 * m + 1), static_cast<sc_dt::sc_digit>(read_name >> 32));
    read.write(names), write16(group, m, group_name);
  }
  void write16(sc_core::sc_signal<std::uint32_t>& pins, unsigned m, std::size_t value) {
    const unsigned shift = 16 * m;
    pins.write((pins.read() & ~(0xffffu << shift)) | static_cast<std::uint32_t>(value) << shift);
  }
  void drive_and_settle(unsigned m) {
    const auto& t = config.timing;
    drive.write(1u << m);
    cycles(t.drive_cycles);
    drive.write(0), settle.write(1u << m);
    cycles(t.settle_cycles);
    settle.write(0);
  }
  /// Readouts of one multiplexer step by amplifier, as the next stage would sample them at the end of the
  /// step.
  std::vector<std::int32_t> sense_step(unsigned m, std::size_t first, std::size_t count, bool bias) {
    sense.write(1u << m), write16(line, m, first), write16(lines, m, count);
    bias_on.write(bias ? 1u << m : 0);
    cycles(config.timing.amplifier_cycles - 1);
    sc_core::wait(period * 0.25);
    std::vector<std::int32_t> out;
    for (unsigned a = 0; a < Amplifiers; ++a) {
      const auto bits = cosim::get_bits(level.read(), (m * Amplifiers + a) * LevelBits, LevelBits);
      out.push_back(LevelBits == 1
                        ? static_cast<std::int32_t>(bits)
                        : static_cast<std::int32_t>(bits << (64 - LevelBits) >> 32) >> (32 - LevelBits));
    }
    next();
    return out;
  }
  void stop(unsigned m) {
    sense.write(0), bias_on.write(0);
    set_operation(m, {}, {0, 0}, 0, 0);
  }

  const model::AcceleratorConfig config;
  const sc_core::sc_time period{1, sc_core::SC_NS};
  static constexpr std::uint64_t program_row_cycles = 5;

  template <int Width>
  using Signal = sc_core::sc_signal<cosim::PinVector<Width>>;
  Signal<1> clk, rst_n, program_last;
  Signal<macros * rows> wl;
  Signal<macros * 16> row_first, row_count, line, lines, group;
  Signal<macros> drive, settle, sense, bias_on, program, bias_we;
  Signal<macros * 64> read;
  Signal<macros * Amplifiers * LevelBits> level;
  Signal<32> program_row, program_first, program_columns, bias_line;
  Signal<2 * pairs> program_cells;
  Signal<bus_bytes / 4> bias_lanes;
  Signal<bus_bytes * 8> bias_data;
  cosim::PinMacros<macros, rows, pairs, Amplifiers, LevelBits, bus_bytes> dut;
};

}  // namespace irc::tb
