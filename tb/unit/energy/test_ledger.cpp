// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <vector>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/energy/energy_ledger.h"
#include "parameters.h"

using namespace irc;
using namespace irc::energy;
using Catch::Matchers::ContainsSubstring;

namespace {

// Ten vectors on a tile of 300 rows and 16 outputs (32 bit lines), with 40 lines driven per vector.
Event burst(std::uint32_t layer = 3) {
  Event event;
  event.kind = EventKind::macro_operation;
  event.layer = layer;
  event.vector_begin = 100;
  event.vector_end = 110;
  event.start_s = 1e-6;
  event.end_s = 1.1e-6;
  event.load_s = 2e-9;
  event.drive_s = 1e-9;
  event.settle_s = 3e-9;
  event.sense_s = 2e-9;
  event.store_s = 1e-9;
  event.active_word_lines = 400;
  event.switched_rows = 3000;
  event.bits_read = 3000;
  event.bits_written = 160;
  event.decisions = 160;
  event.bit_lines = 320;
  event.array_current_a = 8e-3;
  event.bias_current_a = 1e-3;
  return event;
}

Event of_kind(EventKind kind, std::uint32_t layer = 3) {
  Event event;
  event.kind = kind;
  event.layer = layer;
  return event;
}

// Checks the energy of one event by component. Components that are not listed must be exactly zero.
void check_only(const EnergyParameters& parameters, const Event& event,
                const std::vector<std::pair<Component, double>>& expected) {
  EnergyLedger ledger(parameters);
  ledger.on_event(event);
  EnergyLedger::Joules wanted{};
  for (const auto& [component, joules] : expected) wanted[static_cast<std::size_t>(component)] = joules;
  for (const auto component : components()) {
    INFO(name(component));
    const double joules = wanted[static_cast<std::size_t>(component)];
    if (joules == 0) {
      CHECK(ledger.joules(event.layer, component) == 0);
    } else {
      CHECK(ledger.joules(event.layer, component) == Approx(joules).epsilon(1e-12));
    }
  }
}

}  // namespace

TEST_CASE("a macro operation, component by component, worked out by hand", "[energy]") {
  check_only(
      two_macros(), burst(),
      {
          // 400 lines of 128 cells of 1 fF at 0.5 V (32 fJ) and a driver (5 fJ), and 3000 register bits of 2
          // fJ.
          {Component::word_line, 400 * 37e-15 + 6e-12},
          // 0.2 V * 8 mA * (3 + 2) ns.
          {Component::array, 8e-12},
          // 320 bit lines of 1000 cells of 0.25 fF at 0.2 V (10 fJ), plus 3 fJ.
          {Component::precharge, 4.16e-12},
          // 0.8 V * 1 mA * 2 ns.
          {Component::bias, 1.6e-12},
          {Component::sense, 8e-12},
          {Component::macro_control, 16e-12},  // 160 readouts of 100 fJ
                                               // 3000 bits read for the word lines, 160 outputs stored.
          {Component::buffer, 30e-12 + 3.2e-12},
      });
}

TEST_CASE("later row groups add readouts instead of storing outputs", "[energy]") {
  auto event = burst();
  event.row_group = 2;
  event.switched_rows = event.bits_read = event.bits_written = 0;
  event.adds = 160;
  check_only(two_macros(), event,
             {
                 {Component::word_line, 14.8e-12},
                 {Component::array, 8e-12},
                 {Component::precharge, 4.16e-12},
                 {Component::bias, 1.6e-12},
                 {Component::sense, 8e-12},
                 {Component::macro_control, 16e-12},
                 {Component::accumulate, 4.8e-12},  // 160 adds of 30 fJ
             });
}

TEST_CASE("no current, no array energy, nothing done, no energy", "[energy]") {
  auto event = burst();
  event.array_current_a = 0;
  event.bias_current_a = 0;
  EnergyLedger ledger(two_macros());
  ledger.on_event(event);
  CHECK(ledger.joules(3, Component::array) == 0);
  CHECK(ledger.joules(3, Component::bias) == 0);
  CHECK(ledger.joules(3, Component::sense) > 0);
  for (const auto kind :
       {EventKind::macro_operation, EventKind::program, EventKind::digital_mac, EventKind::digital_move,
        EventKind::dma_read, EventKind::dma_write, EventKind::trim, EventKind::layer})
    check_only(two_macros(), of_kind(kind), {});
}

TEST_CASE("word lines and precharge go with the square of the swing", "[energy]") {
  auto p = two_macros();
  p.v_wl_v = 1.0;
  p.v_bl_v = 0.4;
  EnergyLedger ledger(p);
  ledger.on_event(burst());
  CHECK(ledger.joules(3, Component::word_line) == Approx(400 * 133e-15 + 6e-12));
  CHECK(ledger.joules(3, Component::precharge) == Approx(320 * 43e-15));
  p.v_wl_v = 0.75;
  p.v_wl_off_v = -0.25;  // the same swing
  EnergyLedger negative_off(p);
  negative_off.on_event(burst());
  CHECK(negative_off.joules(3, Component::word_line) == Approx(400 * 133e-15 + 6e-12));
}

TEST_CASE("bit lines that hang on the core supply cost its voltage", "[energy]") {
  auto p = two_macros();
  p.v_bl_supply_v = 0.8;
  EnergyLedger ledger(p);
  ledger.on_event(burst());
  CHECK(ledger.joules(3, Component::array) == Approx(8e-12));   // 0.2 V * 8 mA * 5 ns
  CHECK(ledger.joules(3, Component::clamp) == Approx(24e-12));  // the 0.6 V from the clamp to the supply
  CHECK(ledger.joules(3, Component::precharge) == Approx(4.16e-12));
}

TEST_CASE("shared amplifiers: a selection per decision, bias current one step long", "[energy]") {
  auto p = two_macros();
  p.amplifiers = 4;  // 16 outputs take 4 steps of 2 ns
  auto event = burst();
  event.sense_s = 8e-9;
  EnergyLedger ledger(p);
  ledger.on_event(event);
  CHECK(ledger.joules(3, Component::mux) == Approx(160 * 7e-15));
  CHECK(ledger.joules(3, Component::bias) == Approx(1.6e-12));
  CHECK(ledger.joules(3, Component::array) == Approx(0.2 * 8e-3 * 11e-9));
  // 64 amplifiers serve 64 pairs without a mux, but not 128 single bit lines.
  p.amplifiers = 64;
  p.single_ended = true;
  EnergyLedger single(p);
  single.on_event(burst());
  CHECK(single.joules(3, Component::mux) == Approx(160 * 7e-15));
}

TEST_CASE("a 4-bit flash readout costs 15 comparisons", "[energy]") {
  auto p = two_macros();
  p.comparisons_per_decision = 15;
  EnergyLedger ledger(p);
  ledger.on_event(burst());
  CHECK(ledger.joules(3, Component::sense) == Approx(120e-12));
}

TEST_CASE("references cost where readouts compare with them", "[energy]") {
  auto p = two_macros();
  EnergyLedger differential(p);
  differential.on_event(burst());
  CHECK(differential.joules(3, Component::reference) == 0);
  p.against_references = true;
  EnergyLedger converter(p);
  converter.on_event(burst());
  CHECK(converter.joules(3, Component::reference) == Approx(16e-12));  // 0.8 V * half of 40 pC
}

TEST_CASE("the cells' energy by state adds up to what the solved current costs", "[energy]") {
  auto event = burst();
  event.hrs_current_a = 1e-3;
  event.off_current_a = 0.25e-3;
  EnergyLedger ledger(two_macros());
  ledger.on_event(event);
  ledger.on_event(burst(7));  // only low-resistance cells conduct
  const auto split = ledger.array_split(3), all = ledger.array_split();
  // 0.2 V for 5 ns: 1 nJ per ampere.
  CHECK(split.hrs_j == Approx(1e-12).epsilon(1e-12));
  CHECK(split.off_j == Approx(0.25e-12).epsilon(1e-12));
  CHECK(split.lrs_j == Approx(6.75e-12).epsilon(1e-12));
  CHECK(split.lrs_j + split.hrs_j + split.off_j == Approx(ledger.joules(3, Component::array)).epsilon(1e-14));
  CHECK(all.lrs_j == Approx(14.75e-12).epsilon(1e-12));
  CHECK(all.lrs_j + all.hrs_j + all.off_j == Approx(ledger.total_j(Component::array)).epsilon(1e-14));
  CHECK(ledger.array_split(99).lrs_j == 0);
}

TEST_CASE("the other events, worked out by hand", "[energy]") {
  const auto p = two_macros();
  auto event = of_kind(EventKind::program);
  event.pulses = 1000;
  event.bytes = 125;
  // 1000 cells * 4 pulses. Each pulse has 10 pJ and a verify read of 0.5 pJ.
  check_only(p, event, {{Component::programming, 40e-9}, {Component::verify, 2e-9}});

  event = of_kind(EventKind::digital_mac);
  event.macs = 1000;
  event.bytes = 100;
  check_only(p, event, {{Component::digital, 250e-12}, {Component::buffer, 16e-12}});
  event.bits_read = 600;  // 10 fJ each
  check_only(p, event, {{Component::digital, 250e-12}, {Component::buffer, 22e-12}});
  event.weight_bits_read = 300;
  check_only(p, event,
             {{Component::digital, 250e-12}, {Component::buffer, 22e-12}, {Component::weight_buffer, 3e-12}});

  event = of_kind(EventKind::trim);
  event.decisions = 1000;
  check_only(p, event, {{Component::sense, 61e-12}});  // 50 fJ and 11 fJ each
  auto flash = p;
  flash.comparisons_per_decision = 15;  // only one comparator decides during the trim
  check_only(flash, event, {{Component::sense, 61e-12}});

  event = of_kind(EventKind::digital_move);
  event.bytes = 100;
  check_only(p, event, {{Component::buffer, 20e-12}});
  event.pool_bits = 3200;
  check_only(p, event, {{Component::buffer, 20e-12}, {Component::pooling, 3.2e-12}});

  event = of_kind(EventKind::dma_read);
  event.bytes = 100;
  const std::vector<std::pair<Component, double>> moved = {
      {Component::dma, 25e-12}, {Component::interconnect, 75e-12}, {Component::dram, 10e-9}};
  const auto moved_and = [&](std::vector<std::pair<Component, double>> more) {
    more.insert(more.end(), moved.begin(), moved.end());
    return more;
  };
  check_only(p, event, moved_and({{Component::buffer, 16e-12}}));
  event.weight_bits_written = 600;  // of the 800 bits
  check_only(p, event, moved_and({{Component::buffer, 4e-12}, {Component::weight_buffer, 12e-12}}));
  event.weight_bits_written = 0;
  event.kind = EventKind::dma_write;
  check_only(p, event, moved_and({{Component::buffer, 8e-12}}));

  event = of_kind(EventKind::descriptor_fetch);
  event.bytes = 128;
  check_only(p, event,
             {{Component::dma, 32e-12},
              {Component::interconnect, 96e-12},
              {Component::dram, 12.8e-9},
              {Component::controller, 50e-12}});

  event = of_kind(EventKind::layer);
  event.start_s = 1e-3;
  event.end_s = 1.001e-3;
  event.cycles = 1000;
  // 2 * 1000 * 128 cells of 1 nW, 2 * 50 uW, 1 Mbit of 10 pW, 200 uW: 566 uW for 1 us.
  check_only(p, event,
             {{Component::controller, 2e-9}, {Component::clock, 3e-9}, {Component::leakage, 566e-12}});
}

TEST_CASE("the stream's events land on their layers, and everything adds up", "[energy]") {
  EnergyLedger ledger(two_macros());
  EventStream events;
  events.subscribe([&](const Event& event) { ledger.on_event(event); });
  events.publish(burst(3));
  events.publish(burst(7));
  events.publish(burst(7));
  auto read = of_kind(EventKind::dma_read, 7);
  read.bytes = 100;
  events.publish(read);
  auto layer = of_kind(EventKind::layer, 3);
  layer.end_s = 1e-6;
  layer.cycles = 1000;
  events.publish(layer);

  CHECK(ledger.joules(3, Component::array) == Approx(8e-12));
  CHECK(ledger.joules(7, Component::array) == Approx(16e-12));
  CHECK(ledger.joules(3, Component::dma) == 0);
  CHECK(ledger.joules(7, Component::leakage) == 0);
  CHECK(ledger.joules(5, Component::array) == 0);
  CHECK(ledger.total_j(Component::array) == Approx(24e-12));
  CHECK(ledger.activity(7).decisions == 320);

  const auto layers = ledger.by_layer();
  REQUIRE(layers.size() == 2);
  double sum_j = 0, component_sum_j = 0;
  for (const auto& [index, joules] : layers)
    for (const double value : joules) sum_j += value;
  for (const auto component : components()) component_sum_j += ledger.total_j(component);
  // A burst has 20.8 + 8 + 4.16 + 1.6 + 8 + 16 + 33.2 = 91.76 pJ, the read 10.116 nJ, the layer 5.566 nJ.
  CHECK(ledger.total_j() == Approx(3 * 91.76e-12 + 10.116e-9 + 5.566e-9).epsilon(1e-12));
  CHECK(ledger.total_j() == Approx(sum_j).epsilon(1e-14));
  CHECK(ledger.total_j() == component_sum_j);

  ledger.reset();
  CHECK(ledger.total_j() == 0);
  CHECK(ledger.by_layer().empty());
  ledger.on_event(burst(3));
  CHECK(ledger.total_j() == Approx(91.76e-12));
}

TEST_CASE("the order of the events does not change a bit", "[energy]") {
  std::vector<Event> events;
  for (std::uint32_t i = 0; i < 200; ++i) {
    auto event = burst(i % 3);
    event.array_current_a = 1e-3 / (1 + i);  // in floating point the sums of these depend on the order
    event.bias_current_a = 1e-5 / (3 + i);
    events.push_back(event);
  }
  EnergyLedger forward(two_macros()), backward(two_macros());
  for (const auto& event : events) forward.on_event(event);
  std::reverse(events.begin(), events.end());
  for (const auto& event : events) backward.on_event(event);
  CHECK(forward.by_layer() == backward.by_layer());
  CHECK(forward.total_j() == backward.total_j());
}

TEST_CASE("events that cannot be are refused and leave no trace", "[energy]") {
  EnergyLedger ledger(two_macros());
  auto event = burst();
  event.array_current_a = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(ledger.on_event(event), InternalError);
  event = burst();
  event.settle_s = -1e-9;
  CHECK_THROWS_AS(ledger.on_event(event), InternalError);
  event = burst();
  event.off_current_a = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(ledger.on_event(event), InternalError);
  event = of_kind(EventKind::dma_read);
  event.bytes = 1;
  event.weight_bits_written = 9;
  CHECK_THROWS_AS(ledger.on_event(event), InternalError);
  event = of_kind(EventKind::layer);
  event.start_s = 1;
  CHECK_THROWS_AS(ledger.on_event(event), InternalError);
  CHECK(ledger.by_layer().empty());
}

TEST_CASE("the ledger refuses senseless parameters and names them", "[energy]") {
  const auto refused = [](auto change, const std::string& what) {
    auto p = two_macros();
    change(p);
    INFO(what);
    CHECK_THROWS_WITH(EnergyLedger(p), ContainsSubstring(what));
    CHECK_THROWS_AS(EnergyLedger(p), InputError);
  };
  CHECK_NOTHROW(EnergyLedger(two_macros()));
  refused([](auto& p) { p.macros = 0; }, "macros is 0");
  refused([](auto& p) { p.amplifiers = 0; }, "amplifiers is 0");
  refused([](auto& p) { p.t_clk_s = 0; }, "t_clk_s is 0");
  refused([](auto& p) { p.v_bl_v = -0.2; }, "v_bl_v is -0.2");
  refused([](auto& p) { p.v_wl_off_v = 0.6; }, "v_wl_off_v is 0.6");
  refused([](auto& p) { p.v_bl_supply_v = 0.1; }, "v_bl_supply_v is 0.1");
  refused([](auto& p) { p.comparisons_per_decision = 0; }, "comparisons_per_decision");
  refused([](auto& p) { p.card.energy.dram_j_per_byte = -1e-12; }, "card.energy.dram_j_per_byte");
  refused([](auto& p) { p.card.energy.trim_store_j = -1e-15; }, "card.energy.trim_store_j");
  refused([](auto& p) { p.card.sense.e_decision_j = std::numeric_limits<double>::infinity(); },
          "card.sense.e_decision_j");
}

TEST_CASE("energy components have names of their own", "[energy]") {
  std::set<std::string> names;
  for (const auto component : components()) names.emplace(name(component));
  CHECK(names.size() == component_count);
  CHECK(name(Component::word_line) == "word_line");
  CHECK(name(Component::macro_control) == "macro_control");
  CHECK(name(Component::leakage) == "leakage");
}

TEST_CASE("the ledger refuses a charge that the supply cannot deliver, and names layer and evaluator",
          "[energy]") {
  auto p = two_macros();
  p.v_bl_supply_v = 0.8;
  p.r_clamp_ohm = 100;  // 0.8 V / 100 ohm = 8 mA for each of the 320 bit lines
  p.evaluator = "fast";
  p.layers = {"stem", "conv1", "pool", "conv2"};
  auto event = burst();
  event.array_current_a = 320 * 7.9e-3;
  CHECK_NOTHROW(EnergyLedger(p).on_event(event));
  event.array_current_a = 320 * 8.1e-3;
  CHECK_THROWS_AS(EnergyLedger(p).on_event(event), InternalError);
  CHECK_THROWS_WITH(EnergyLedger(p).on_event(event), ContainsSubstring("conv2") &&
                                                         ContainsSubstring("'fast'") &&
                                                         ContainsSubstring("320 bit lines"));
  event.array_current_a = -320 * 8.1e-3;
  CHECK_THROWS_AS(EnergyLedger(p).on_event(event), InternalError);
  p.r_clamp_ohm = 0;  // neither clamp nor transistor is known, so there is no limit
  CHECK_NOTHROW(EnergyLedger(p).on_event(event));
  p.card.transistor.v_t_v = 0.4;
  p.card.transistor.n = 1.3;
  p.card.transistor.i_s_square_a = 1e-6;
  p.card.temperature_k = p.card.reference_temperature_k = 300;
  event.array_current_a = 320 * 1000.0;  // an ampere through each of 1000 cells
  CHECK_THROWS_AS(EnergyLedger(p).on_event(event), InternalError);
}
