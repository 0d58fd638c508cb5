// SPDX-License-Identifier: Apache-2.0
// Checks the default card's energy section key by key: its unit, its explanation, its use, and whether it
// scales.
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>
#include "support/catch.h"

#include "irc/energy/area.h"
#include "irc/energy/energy_ledger.h"
#include "irc/energy/scaling.h"

using namespace irc;
using namespace irc::energy;

namespace {

struct Line {
  std::string key, comment;
  double value = 0;
};

/// The lines "key = value  # comment" of a section.
std::vector<Line> section(const std::string& name) {
  std::ifstream file(IRC_CARDS_DIR "/default.toml");
  std::vector<Line> lines;
  bool inside = false;
  for (std::string text; std::getline(file, text);) {
    if (text.starts_with("[")) inside = text == "[" + name + "]";
    const auto equals = text.find(" = ");
    if (!inside || text.starts_with("#") || equals == std::string::npos) continue;
    const auto hash = text.find('#');
    lines.push_back({text.substr(0, equals), hash == std::string::npos ? "" : text.substr(hash + 1),
                     std::stod(text.substr(equals + 3))});
  }
  return lines;
}

/// Energy of an accelerator that did some of everything, with shared amplifiers that compare with references.
double everything_j(const device::TechnologyCard& card) {
  EnergyParameters p;
  p.card = card;
  p.v_wl_v = 0.6;
  p.v_bl_v = 0.2;
  p.v_bl_supply_v = card.energy.v_dd_v + 0.3;
  p.macros = p.rows = p.column_pairs = 4;
  p.amplifiers = 1;
  p.against_references = true;
  p.buffer_bits = 1'000'000;
  p.t_clk_s = 1e-9;
  Activity work;
  work.word_lines = work.register_bits = work.bit_lines = work.decisions = work.adds = work.trims = 1000;
  work.cells = work.macs = work.moved_bytes = work.bits_read = work.bits_written = work.descriptors = 1000;
  work.dma_bytes = work.cycles = work.weight_bits_read = work.weight_bits_written = work.pool_bits = 1000;
  work.array_charge.add(1e-9);
  work.bias_charge.add(1e-9);
  double total_j = 0;
  for (const double joules : EnergyLedger(p).price(work)) total_j += joules;
  return total_j;
}

double everything_m2(const device::TechnologyCard& card) {
  AreaParameters p;
  p.card = card;
  p.macros = p.rows = p.column_pairs = p.accumulators = 4;
  p.amplifiers = 1;
  p.buffer_bits = p.digital_macs = 100;
  return area(p).total_m2();
}

bool has_unit(const std::string& key) {
  for (const auto* unit : {"_j", "_w", "_v", "_m", "_m2", "_c", "_s", "_ohm", "_f", "_a", "_ratio"})
    if (key.ends_with(unit) || key.find(std::string(unit) + "_per_") != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("every energy coefficient has a unit in its name and a word on where it comes from") {
  const auto lines = section("energy");
  CHECK(lines.size() == 34);
  for (const auto& line : lines) {
    INFO(line.key);
    CHECK(has_unit(line.key));
    CHECK(line.comment.size() > 5);
  }
  CHECK_FALSE(has_unit("precharge"));
}

TEST_CASE("docs/energy.md repeats the card's coefficients as they are") {
  std::ifstream file(IRC_DOCS_DIR "/energy.md");
  std::map<std::string, double> stated;
  for (std::string text; std::getline(file, text);) {
    if (!text.starts_with("| `") || text.find("` | ") == std::string::npos) continue;
    const auto end = text.find("` | ");
    try {
      stated[text.substr(3, end - 3)] = std::stod(text.substr(end + 4));
    } catch (const std::invalid_argument&) {
    }  // a row of another table
  }
  for (const auto* name : {"energy", "sense", "programming", "wires", "biases"})
    for (const auto& line : section(name)) {
      const auto key = std::string(name) + "." + line.key;
      INFO(key);
      const auto found = stated.find(key);
      if (std::string(name) == "energy") REQUIRE(found != stated.end());
      if (found != stated.end()) CHECK(found->second == line.value);
    }
}

TEST_CASE("every energy coefficient costs energy or area") {
  const auto standard = device::load_card(IRC_CARDS_DIR "/default.toml");
  for (const auto& line : section("energy")) {
    INFO(line.key);
    const double other = line.value == 0 ? 1e-9 : 1.5 * line.value;
    const auto card =
        device::load_card(IRC_CARDS_DIR "/default.toml", {}, {"energy." + line.key + "=" + toml_real(other)});
    CHECK((everything_j(card) != everything_j(standard) || everything_m2(card) != everything_m2(standard)));
  }
}

TEST_CASE("coefficients outside the energy section cost energy, too") {
  const auto standard = device::load_card(IRC_CARDS_DIR "/default.toml");
  for (const auto* change :
       {"sense.e_decision_j=1e-13", "programming.e_pulse_j=2e-11", "programming.e_verify_j=1e-12",
        "programming.pulses_with_verify=5", "wires.c_wl_f=2e-15", "wires.c_bl_f=1e-15"}) {
    INFO(change);
    CHECK(everything_j(device::load_card(IRC_CARDS_DIR "/default.toml", {}, {change})) !=
          everything_j(standard));
  }
}

TEST_CASE("every energy coefficient has a scaling rule, or is one of the few that stay") {
  const auto standard = device::load_card(IRC_CARDS_DIR "/default.toml");
  for (const auto& line : section("energy")) {
    if (line.value == 0) continue;
    INFO(line.key);
    // The same card with one value doubled. After scaling, the two cards differ by that value's own factor.
    const auto doubled = device::load_card(IRC_CARDS_DIR "/default.toml", {},
                                           {"energy." + line.key + "=" + toml_real(2 * line.value)});
    const bool stays =
        line.key == "dram_j_per_byte" || line.key == "reference_current_ratio" || line.key == "v_dd_v";
    const auto at_node = [&](const device::TechnologyCard& card, double node_m) {
      const auto there = scaled(card, node_m, card.energy.v_dd_v);
      return std::pair(everything_j(there), everything_m2(there));
    };
    const auto [j28, m28] = std::pair(everything_j(doubled) - everything_j(standard),
                                      everything_m2(doubled) - everything_m2(standard));
    const auto [j56, m56] = std::pair(at_node(doubled, 56e-9).first - at_node(standard, 56e-9).first,
                                      at_node(doubled, 56e-9).second - at_node(standard, 56e-9).second);
    if (line.key == "v_dd_v") continue;
    if (j28 != 0) CHECK(j56 / j28 == Approx(stays ? 1 : 2).epsilon(1e-3));
    if (m28 != 0) CHECK(m56 / m28 == Approx(4).epsilon(1e-3));
  }
}
