// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <systemc>
#include <type_traits>

#include "Virc_controller.h"
#include "irc/cosim/axi4_pins.h"
#include "irc/cosim/axi_lite_pins.h"
#include "irc/cosim/pin_digital_unit.h"
#include "irc/cosim/pin_macros.h"
#include "irc_config.h"

namespace irc::tb {

/// The signal type that matches a port of the Verilated controller.
template <typename Port>
using SignalOf = sc_core::sc_signal<typename std::remove_reference_t<Port>::data_type>;

/// The macros that are connected to the controller's pins.
using Macros = cosim::PinMacros<IRC_CONFIG_MACROS, IRC_CONFIG_ROWS, IRC_CONFIG_COLUMN_PAIRS,
                                IRC_CONFIG_AMPLIFIERS, IRC_CONFIG_LEVEL_BITS, IRC_CONFIG_BUS_BYTES>;
using DigitalUnit = cosim::PinDigitalUnit<IRC_CONFIG_BUS_BYTES, IRC_CONFIG_MACS_PER_CYCLE>;

/// All signals between the Verilated controller and its surroundings.
struct ControllerPins {
  using Rtl = Virc_controller;

  sc_core::sc_signal<bool> rst_n{"rst_n"}, irq{"irq"};
  cosim::AxiLitePins axil{"s_axil"};
  cosim::Axi4Pins<IRC_CONFIG_BUS_BYTES> axi{"m_axi"};

  SignalOf<decltype(Rtl::macro_wl)> macro_wl{"macro_wl"};
  SignalOf<decltype(Rtl::macro_row_first)> macro_row_first{"macro_row_first"};
  SignalOf<decltype(Rtl::macro_row_count)> macro_row_count{"macro_row_count"};
  SignalOf<decltype(Rtl::macro_drive)> macro_drive{"macro_drive"};
  SignalOf<decltype(Rtl::macro_settle)> macro_settle{"macro_settle"};
  SignalOf<decltype(Rtl::macro_sense)> macro_sense{"macro_sense"};
  SignalOf<decltype(Rtl::macro_line)> macro_line{"macro_line"};
  SignalOf<decltype(Rtl::macro_lines)> macro_lines{"macro_lines"};
  SignalOf<decltype(Rtl::macro_bias_on)> macro_bias_on{"macro_bias_on"};
  SignalOf<decltype(Rtl::macro_read)> macro_read{"macro_read"};
  SignalOf<decltype(Rtl::macro_group)> macro_group{"macro_group"};
  SignalOf<decltype(Rtl::macro_level)> macro_level{"macro_level"};
  SignalOf<decltype(Rtl::macro_level)> right_level{
      "right_level"};  ///< the macros' own levels, where WrongLevel changes them
  SignalOf<decltype(Rtl::macro_program)> macro_program{"macro_program"};
  SignalOf<decltype(Rtl::macro_program_row)> macro_program_row{"macro_program_row"};
  SignalOf<decltype(Rtl::macro_program_first)> macro_program_first{"macro_program_first"};
  SignalOf<decltype(Rtl::macro_program_columns)> macro_program_columns{"macro_program_columns"};
  SignalOf<decltype(Rtl::macro_program_cells)> macro_program_cells{"macro_program_cells"};
  SignalOf<decltype(Rtl::macro_program_last)> macro_program_last{"macro_program_last"};
  SignalOf<decltype(Rtl::macro_bias_we)> macro_bias_we{"macro_bias_we"};
  SignalOf<decltype(Rtl::macro_bias_line)> macro_bias_line{"macro_bias_line"};
  SignalOf<decltype(Rtl::macro_bias_lanes)> macro_bias_lanes{"macro_bias_lanes"};
  SignalOf<decltype(Rtl::macro_bias_data)> macro_bias_data{"macro_bias_data"};

  SignalOf<decltype(Rtl::du_command)> du_command{"du_command"};
  SignalOf<decltype(Rtl::du_clear)> du_clear{"du_clear"};
  SignalOf<decltype(Rtl::du_param_valid)> du_param_valid{"du_param_valid"};
  SignalOf<decltype(Rtl::du_param_data)> du_param_data{"du_param_data"};
  SignalOf<decltype(Rtl::du_param_bytes)> du_param_bytes{"du_param_bytes"};
  SignalOf<decltype(Rtl::du_param_ok)> du_param_ok{"du_param_ok"};
  SignalOf<decltype(Rtl::du_layer_ok)> du_layer_ok{"du_layer_ok"};
  SignalOf<decltype(Rtl::du_in_valid)> du_in_valid{"du_in_valid"};
  SignalOf<decltype(Rtl::du_in_bits)> du_in_bits{"du_in_bits"};
  SignalOf<decltype(Rtl::du_in_data)> du_in_data{"du_in_data"};
  SignalOf<decltype(Rtl::du_row_start)> du_row_start{"du_row_start"};
  SignalOf<decltype(Rtl::du_row)> du_row{"du_row"};
  SignalOf<decltype(Rtl::du_row_done)> du_row_done{"du_row_done"};
  SignalOf<decltype(Rtl::du_out_row)> du_out_row{"du_out_row"};
  SignalOf<decltype(Rtl::du_out_bit)> du_out_bit{"du_out_bit"};
  SignalOf<decltype(Rtl::du_out_data)> du_out_data{"du_out_data"};
  SignalOf<decltype(Rtl::du_beat_row)> du_beat_row{"du_beat_row"};
  SignalOf<decltype(Rtl::du_beat_byte)> du_beat_byte{"du_beat_byte"};
  SignalOf<decltype(Rtl::du_beat_data)> du_beat_data{"du_beat_data"};

  SignalOf<decltype(Rtl::obs_load)> obs_load{"obs_load"};
  SignalOf<decltype(Rtl::obs_compute)> obs_compute{"obs_compute"};
  SignalOf<decltype(Rtl::obs_store)> obs_store{"obs_store"};
  SignalOf<decltype(Rtl::obs_load_vector)> obs_load_vector{"obs_load_vector"};
  SignalOf<decltype(Rtl::obs_compute_vector)> obs_compute_vector{"obs_compute_vector"};
  SignalOf<decltype(Rtl::obs_store_vector)> obs_store_vector{"obs_store_vector"};
  SignalOf<decltype(Rtl::obs_load_tile)> obs_load_tile{"obs_load_tile"};
  SignalOf<decltype(Rtl::obs_compute_tile)> obs_compute_tile{"obs_compute_tile"};
  SignalOf<decltype(Rtl::obs_store_tile)> obs_store_tile{"obs_store_tile"};
  SignalOf<decltype(Rtl::obs_command)> obs_command{"obs_command"};
  SignalOf<decltype(Rtl::obs_layer)> obs_layer{"obs_layer"};
  SignalOf<decltype(Rtl::obs_fetch)> obs_fetch{"obs_fetch"};
  SignalOf<decltype(Rtl::obs_layer_run)> obs_layer_run{"obs_layer_run"};
  SignalOf<decltype(Rtl::obs_row_start)> obs_row_start{"obs_row_start"};
  SignalOf<decltype(Rtl::obs_row_done)> obs_row_done{"obs_row_done"};
  SignalOf<decltype(Rtl::obs_layer_end)> obs_layer_end{"obs_layer_end"};

  void bind(Rtl& rtl);
  template <typename Macros>
  void bind_macros(Macros& macros, bool wrong_level = false);
  template <typename DigitalUnit>
  void bind_digital_unit(DigitalUnit& unit);
};

inline void ControllerPins::bind(Rtl& rtl) {
  rtl.rst_n(rst_n);
  rtl.irq(irq);
  cosim::bind_s_axil(rtl, axil);
  cosim::bind_m_axi(rtl, axi);
  rtl.macro_wl(macro_wl);
  rtl.macro_row_first(macro_row_first);
  rtl.macro_row_count(macro_row_count);
  rtl.macro_drive(macro_drive);
  rtl.macro_settle(macro_settle);
  rtl.macro_sense(macro_sense);
  rtl.macro_line(macro_line);
  rtl.macro_lines(macro_lines);
  rtl.macro_bias_on(macro_bias_on);
  rtl.macro_read(macro_read);
  rtl.macro_group(macro_group);
  rtl.macro_level(macro_level);
  rtl.macro_program(macro_program);
  rtl.macro_program_row(macro_program_row);
  rtl.macro_program_first(macro_program_first);
  rtl.macro_program_columns(macro_program_columns);
  rtl.macro_program_cells(macro_program_cells);
  rtl.macro_program_last(macro_program_last);
  rtl.macro_bias_we(macro_bias_we);
  rtl.macro_bias_line(macro_bias_line);
  rtl.macro_bias_lanes(macro_bias_lanes);
  rtl.macro_bias_data(macro_bias_data);
  rtl.du_command(du_command);
  rtl.du_clear(du_clear);
  rtl.du_param_valid(du_param_valid);
  rtl.du_param_data(du_param_data);
  rtl.du_param_bytes(du_param_bytes);
  rtl.du_param_ok(du_param_ok);
  rtl.du_layer_ok(du_layer_ok);
  rtl.du_in_valid(du_in_valid);
  rtl.du_in_bits(du_in_bits);
  rtl.du_in_data(du_in_data);
  rtl.du_row_start(du_row_start);
  rtl.du_row(du_row);
  rtl.du_row_done(du_row_done);
  rtl.du_out_row(du_out_row);
  rtl.du_out_bit(du_out_bit);
  rtl.du_out_data(du_out_data);
  rtl.du_beat_row(du_beat_row);
  rtl.du_beat_byte(du_beat_byte);
  rtl.du_beat_data(du_beat_data);
  rtl.obs_load(obs_load);
  rtl.obs_compute(obs_compute);
  rtl.obs_store(obs_store);
  rtl.obs_load_vector(obs_load_vector);
  rtl.obs_compute_vector(obs_compute_vector);
  rtl.obs_store_vector(obs_store_vector);
  rtl.obs_load_tile(obs_load_tile);
  rtl.obs_compute_tile(obs_compute_tile);
  rtl.obs_store_tile(obs_store_tile);
  rtl.obs_command(obs_command);
  rtl.obs_layer(obs_layer);
  rtl.obs_fetch(obs_fetch);
  rtl.obs_layer_run(obs_layer_run);
  rtl.obs_row_start(obs_row_start);
  rtl.obs_row_done(obs_row_done);
  rtl.obs_layer_end(obs_layer_end);
}

template <typename Macros>
void ControllerPins::bind_macros(Macros& macros, bool wrong_level) {
  macros.rst_n(rst_n);
  macros.wl(macro_wl);
  macros.row_first(macro_row_first);
  macros.row_count(macro_row_count);
  macros.drive(macro_drive);
  macros.settle(macro_settle);
  macros.sense(macro_sense);
  macros.line(macro_line);
  macros.lines(macro_lines);
  macros.bias_on(macro_bias_on);
  macros.read(macro_read);
  macros.group(macro_group);
  macros.level(wrong_level ? right_level : macro_level);
  macros.program(macro_program);
  macros.program_row(macro_program_row);
  macros.program_first(macro_program_first);
  macros.program_columns(macro_program_columns);
  macros.program_cells(macro_program_cells);
  macros.program_last(macro_program_last);
  macros.bias_we(macro_bias_we);
  macros.bias_line(macro_bias_line);
  macros.bias_lanes(macro_bias_lanes);
  macros.bias_data(macro_bias_data);
}

template <typename DigitalUnit>
void ControllerPins::bind_digital_unit(DigitalUnit& unit) {
  unit.rst_n(rst_n);
  unit.du_command(du_command);
  unit.du_clear(du_clear);
  unit.du_param_valid(du_param_valid);
  unit.du_param_data(du_param_data);
  unit.du_param_bytes(du_param_bytes);
  unit.du_param_ok(du_param_ok);
  unit.du_layer_ok(du_layer_ok);
  unit.du_in_valid(du_in_valid);
  unit.du_in_bits(du_in_bits);
  unit.du_in_data(du_in_data);
  unit.du_row_start(du_row_start);
  unit.du_row(du_row);
  unit.du_row_done(du_row_done);
  unit.du_out_row(du_out_row);
  unit.du_out_bit(du_out_bit);
  unit.du_out_data(du_out_data);
  unit.du_beat_row(du_beat_row);
  unit.du_beat_byte(du_beat_byte);
  unit.du_beat_data(du_beat_data);
}

}  // namespace irc::tb
