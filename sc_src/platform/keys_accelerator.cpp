// SPDX-License-Identifier: Apache-2.0
// The keys of the accelerator. docs/configuration.md shows these declarations as tables.
#include "config_parts.h"
#include "key_visitor.h"

namespace irc::platform::detail {
namespace {

constexpr const char* of_card = "card";

void visit_geometry(KeyVisitor& keys, mapping::Geometry& g) {
  keys.integer({"macros", "number of macros in the accelerator"}, g.macros, {1, 4096});
  keys.integer({"rows", "rows of each macro"}, g.rows, {1, 65536});
  keys.integer({"column_pairs", "column pairs of each macro"}, g.column_pairs, {1, 16384});
  keys.integer(
      {"amplifiers",
       "amplifiers per macro; must divide `column_pairs`. With fewer amplifiers than column pairs, a "
       "column mux serves the pairs in turn",
       "`column_pairs`"},
      g.amplifiers, {1, 16384}, std::optional(g.column_pairs));
  keys.integer(
      {"rows_per_operation",
       "rows driven at once; 0: all rows of a tile. With fewer rows a tile is read out several times, "
       "and the readouts are added digitally"},
      g.rows_per_operation, {0, 65536});
  keys.choice({"mapping", "weight scheme"}, g.scheme, mapping_names);
  keys.choice(
      {"bias",
       "where a channel's bias is added: `array` (cells that are always driven), `source` (a current), "
       "`digital` (to the sum of the readouts; a layer that a single one-bit decision settles is "
       "refused)"},
      g.bias, bias_names);
  keys.integer({"bias_rows",
                "largest number of rows that a tile may use for bias cells. If they make a layer taller than "
                "`rows` or `rows_per_operation`, its one-bit decisions become votes, and `irc run` prints a "
                "warning"},
               g.bias_rows, {0, 65536});
}

void visit_conditions(KeyVisitor& keys, array::ArrayConditions& c, const device::TechnologyCard& card) {
  keys.real({"v_wl_v", "word-line voltage of a driven row", of_card}, c.v_wl_v, {0, 5}, card.biases.v_wl_v);
  keys.real({"v_bl_v",
             "bit-line clamp; at most `card.energy.v_dd_v`, from which the clamp regulates it down. With "
             "`clamp_variation`, `card.biases.v_bl_sigma_v` is at most a fifth of it",
             of_card},
            c.v_bl_v, {1e-3, 2}, card.biases.v_bl_v);
  keys.real({"v_wl_off_v", "word-line voltage of a row that is not driven; from -`v_wl_v` to below `v_wl_v`",
             of_card},
            c.v_wl_off_v, {-1, 1}, card.biases.v_wl_off_v);
  keys.real({"r_bl_ohm", "resistance of the bit line per cell", of_card}, c.r_bl_ohm, {0, 1e4},
            card.wires.r_bl_ohm);
  keys.real({"r_sl_ohm", "resistance of the source line per cell", of_card}, c.r_sl_ohm, {0, 1e4},
            card.wires.r_sl_ohm);
  keys.real({"r_clamp_ohm", "output resistance of the clamp", of_card}, c.r_clamp_ohm, {0, 1e6},
            card.wires.r_clamp_ohm);
  keys.choice({"source_line_ground",
               "where the source line is grounded: `bottom` is the end far from the clamp, `top` the end at "
               "the clamp"},
              c.ground, ground_names);
}

void visit_readout(KeyVisitor& keys, RunConfig& config) {
  using Kind = sense::SenseConfig::Kind;
  auto& s = config.sense;
  const bool reference = config.geometry.scheme == mapping::WeightScheme::binary_reference;
  keys.choice({"kind", "readout; `reference` is for `binary_reference` only, and the default there",
               "depends on `mapping`"},
              s.kind, sense_names, std::optional(reference ? Kind::reference : Kind::differential));
  keys.integer({"bits", "resolution of the multi-bit readout"}, s.bits, {1, 8});
  keys.flag({"signed_levels", "whether the levels of the multi-bit readout are signed"}, s.signed_levels);
}

void visit_amplifiers(KeyVisitor& keys, RunConfig& config) {
  auto& s = config.sense;
  const auto& card = config.card.sense;
  keys.real({"i_min_a", "lower end of the sensing range of each input", of_card}, s.i_min_a, {0, 1},
            card.i_min_a);
  keys.real({"i_max_a", "upper end of the sensing range of each input", of_card}, s.i_max_a, {0, 1},
            card.i_max_a);
  keys.real({"offset_sigma_a", "standard deviation of the static offset, per amplifier and chip", of_card},
            s.offset_sigma_a, {0, 1e-2}, card.offset_sigma_a);
  keys.real({"offset_growth_per_a", "offset and noise grow by the factor (1 + growth × common-mode current)"},
            s.offset_growth_per_a, {0, 1e6});
  keys.real({"gm_floor", "smallest share of the gain that remains below `i_min_a`"}, s.gm_floor, {1e-6, 1});
  keys.real({"noise_sigma_a", "standard deviation of the noise, per decision", of_card}, s.noise_sigma_a,
            {0, 1e-2}, card.noise_sigma_a);
  keys.real({"injected_bias_a", "extra bias current into both inputs"}, s.injected_bias_a, {0, 1e-1});
  keys.real({"injected_bias_sigma", "relative spread of that current", of_card}, s.injected_bias_sigma,
            {0, 1}, card.injected_bias_sigma);
  keys.real({"reference_current_a", "fixed part of the reference, for the kind `reference`"},
            s.reference_current_a, {0, 1});
  keys.real(
      {"level_sigma_a", "spread of the threshold of each comparator, multi-bit readout", "`offset_sigma_a`"},
      s.level_sigma_a, {0, 1e-2}, s.offset_sigma_a);
  keys.real({"threshold_units", "decision threshold in unit currents; 0.5 lies between the sums 0 and 1"},
            config.threshold_units, {-1e6, 1e6});
  keys.real({"level_units", "width of one readout level, and its value in a digital sum, in unit currents"},
            config.level_units, {1e-6, 1e6});
  auto& trim = s.trim;
  keys.flag({"trim", "measures and cancels the offset of each amplifier, once per chip"}, trim.enabled);
  keys.real({"trim_step_a", "resolution of the correction", "0.1 × `offset_sigma_a`"}, trim.step_a, {0, 1e-2},
            0.1 * s.offset_sigma_a);
  keys.real({"trim_range_a", "largest correction, in both directions", "4 × `offset_sigma_a`"}, trim.range_a,
            {0, 1e-1}, 4 * s.offset_sigma_a);
  keys.integer({"trim_reads", "decisions per step of the bisection, an odd number; the majority counts"},
               trim.reads, {1, 1001}, std::optional(5));
}

/// One switch per source of error.
struct Switch {
  Key key;
  bool device::Nonidealities::*field;
};
constexpr Switch switches[] = {
    {{"device_variation", "resistance differs from cell to cell"}, &device::Nonidealities::device_variation},
    {{"cycle_to_cycle", "resistance is drawn anew at each programming"},
     &device::Nonidealities::cycle_to_cycle},
    {{"vt_mismatch", "threshold voltages of the access transistors differ"},
     &device::Nonidealities::vt_mismatch},
    {{"read_noise", "each read has noise"}, &device::Nonidealities::read_noise},
    {{"stuck_at", "some cells are stuck in a state"}, &device::Nonidealities::stuck_at},
    {{"drift", "resistances drift with age, and depend on temperature"}, &device::Nonidealities::drift},
    {{"off_leakage", "cells of rows that are not driven conduct"}, &device::Nonidealities::off_leakage},
    {{"wire_resistance", "bit lines and source lines have resistance"},
     &device::Nonidealities::wire_resistance},
    {{"clamp_resistance", "the bit-line clamp has an output resistance"},
     &device::Nonidealities::clamp_resistance},
    {{"clamp_variation", "clamp voltages differ from column to column"},
     &device::Nonidealities::clamp_variation},
    {{"offset", "each amplifier has a static offset"}, &device::Nonidealities::offset},
    {{"sense_noise", "each decision has noise"}, &device::Nonidealities::sense_noise},
    {{"sensing_range", "amplifiers work from `i_min_a` to `i_max_a` only"},
     &device::Nonidealities::sensing_range},
    {{"level_errors", "the levels of the multi-bit readout are not exact"},
     &device::Nonidealities::level_errors},
    {{"bias_variation", "injected bias currents differ"}, &device::Nonidealities::bias_variation},
};
static_assert(sizeof(device::Nonidealities) == std::size(switches), "every switch has a key");

void visit_nonidealities(KeyVisitor& keys, device::Nonidealities& nonidealities) {
  keys.section("nonidealities");
  keys.all_flags(
      {"all", "sets every switch except those that the same file, or a file that overrides it, names"});
  for (const auto& each : switches) keys.flag(each.key, nonidealities.*each.field);
}

void visit_analog_times(KeyVisitor& keys, RunConfig& config) {
  auto& t = config.times;
  keys.real(
      {"t_wl_s", "rise time of the word lines; derived: the card's driver plus the settling of the line's RC",
       "0: derived"},
      t.t_wl_s, {0, 1e-3});
  keys.real(
      {"t_bl_s",
       "settling time of the bit lines; derived: ln(1 / `settle_accuracy`) × (r_clamp + r_settle + R/2)·C "
       "of the whole line (assumed)",
       "0: derived"},
      t.t_bl_s, {0, 1e-3});
  keys.real(
      {"t_sa_s", "time of one decision; derived: the card's `t_sense_s` + `sense_charge_c` / unit current",
       "0: derived"},
      t.t_sa_s, {0, 1e-3});
  keys.real(
      {"settle_accuracy", "share of the final value that is still missing when a line counts as settled"},
      t.settle_accuracy, {1e-6, 0.5});
  keys.integer(
      {"readout_steps",
       "consecutive decisions per readout: 1 for a flash readout, `bits` for successive approximation"},
      t.readout_steps, {1, 256});
  keys.real({"t_program_row_s",
             "programming of one row of cells; derived: pulses with verify × pulse length, from the card",
             "0: derived"},
            config.timing.t_program_row_s, {0, 10}, 0);
}

void visit_timing(KeyVisitor& keys, RunConfig& config) {
  auto& t = config.timing;
  keys.section("timing");
  keys.choice(
      {"mode",
       "`at`: four-phase TLM-2.0; `lt`: blocking transport with a quantum. Both give the same bits and "
       "the same cycles"},
      config.mode, mode_names);
  keys.real({"t_clk_s", "clock period"}, t.t_clk_s, {1e-12, 1e-3});
  visit_analog_times(keys, config);
  keys.integer({"input_bus_bits", "bits per cycle from the activation buffer to the word-line register"},
               t.input_bus_bits, {1, 65536});
  keys.integer({"output_bus_bits", "bits per cycle from the amplifiers to the activation buffer"},
               t.output_bus_bits, {1, 65536});
  keys.integer({"partial_sum_bits", "bits stored per output by tiles that hold only some of its rows"},
               t.partial_sum_bits, {1, 64});
  keys.integer({"interrupt_cycles", "from the end of a layer to the interrupt"}, t.interrupt_cycles,
               {1, 1000000});
  keys.integer(
      {"burst_vectors",
       "largest number of vectors in one macro transaction; where maps stay on chip, a burst may span "
       "output rows. Does not change results"},
      config.burst_vectors, {1, 65536});
  keys.real({"quantum_s", "`lt`: how far an initiator may run ahead of simulated time"}, config.quantum_s,
            {0, 1});
  keys.choice(
      {"activations", "maps between layers: `on_chip` in the activation buffer, `streamed` through memory"},
      config.activations, activation_names);
}

void visit_memory(KeyVisitor& keys, RunConfig& config) {
  auto& t = config.timing;
  keys.section("memory");
  keys.integer({"size_bytes", "size of the system memory"}, config.memory_bytes,
               {4096, std::int64_t{1} << 36});
  keys.integer({"latency_cycles", "latency of the memory"}, t.memory_latency_cycles, {0, 1000000});
  keys.integer({"bus_bytes", "width of the bus: bytes per cycle in each direction"}, t.bus_bytes, {1, 4096});
  keys.integer({"hop_cycles", "latency of the interconnect"}, t.hop_cycles, {0, 1000000});
  keys.section("digital");
  keys.integer({"macs_per_cycle", "multiply-accumulates per cycle of the first convolution and the head"},
               t.macs_per_cycle, {1, 1 << 24});
  keys.integer({"buffer_bits_per_cycle", "bits per cycle of pooling, concatenation and upsampling"},
               t.buffer_bits_per_cycle, {1, 1 << 24});
  keys.section("buffer");
  keys.integer({"size_bits", "size of the activation buffer"}, config.geometry.buffer_bits,
               {64, std::int64_t{1} << 40});
}

}  // namespace

void visit_layer(KeyVisitor& keys, LayerPoint& layer, const RunConfig& config) {
  keys.real({"injected_bias_a", "extra bias current into both inputs while this layer is read",
             "value in `[sense]`"},
            layer.injected_bias_a, {0, 1e-1}, config.sense.injected_bias_a);
  if (config.sense.kind == sense::SenseConfig::Kind::multi_bit) return;
  keys.real(
      {"threshold_units", "the layer's decision threshold; one-bit readouts only", "value in `[sense]`"},
      layer.threshold_units, {-1e6, 1e6}, config.threshold_units);
}

void visit_accelerator(KeyVisitor& keys, RunConfig& config) {
  keys.section("technology");
  keys.card({"card", "a shipped card, the path of a card file, or `inline`: the whole card is in `[card]`"},
            config);
  keys.section("array");
  visit_geometry(keys, config.geometry);
  visit_conditions(keys, config.conditions, config.card);
  keys.section("sense");
  visit_readout(keys, config);
  visit_amplifiers(keys, config);
  keys.layers(config);
  visit_nonidealities(keys, config.nonidealities);
  visit_timing(keys, config);
  visit_memory(keys, config);
}

}  // namespace irc::platform::detail
