// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/platform/resources.h"
#include "irc/platform/validate.h"

using namespace irc;
using namespace irc::platform;
using Catch::Matchers::ContainsSubstring;

namespace {

/// A small macro. `more` is added to its published values, `assumed` to the others.
std::string macro_text(const std::string& more = "", const std::string& assumed = "",
                       const std::string& name = "Paper 1") {
  return "[[macro]]\nname = \"" + name + "\"\npublication = \"" + name +
         "\"\nboundary = \"core\"\nfitted = true\n[macro.published]\nnode_m = 28e-9\nv_dd_v = 0.9\nrows = "
         "64\n"
         "bit_line_cells = 1000\nword_line_cells = 100\nreadouts = 10\nbits = 1\nsummed = 64\ninput_bits = "
         "1.0\n"
         "weight_bits = 1.0\nt_access_s = 10e-9\nenergy_j = 5e-12\nlrs_current_a = 10e-6\nhrs_current_a = "
         "0.0\n" +
         more + "[macro.assumed]\n" + assumed;
}

std::vector<SiliconMacro> read(const std::string& text) {
  return read_silicon_macros(TomlDocument::parse(text, "test.toml"), shipped_card("silicon_28nm"));
}

/// A card with round numbers where they matter.
device::TechnologyCard round_card() {
  auto card = shipped_card("silicon_28nm");
  card.biases.t_word_line_s = 2e-9;
  card.wires.r_wl_ohm = card.wires.r_bl_ohm = 0;
  card.wires.r_clamp_ohm = 0;
  card.wires.r_settle_ohm = 10e3;
  card.wires.c_bl_f = 0.1e-15;
  card.sense.sense_charge_c = 20e-15;
  card.sense.e_decision_j = 50e-15;
  card.energy.macro_control_j_per_readout = 1e-12;
  return card;
}

}  // namespace

TEST_CASE("silicon: time and energy of an access, worked out by hand", "[silicon]") {
  const auto macro = read(macro_text()).at(0);
  const auto p = predict(macro, round_card());
  // 10 kohm * 1000 * 0.1 fF = 1 ns; settling to 1 % takes ln 100 times that. 20 fC at 10 uA take 2 ns.
  CHECK(p.t_word_line_s == Approx(2e-9));
  CHECK(p.t_bit_line_s == Approx(4.605e-9).epsilon(1e-3));
  CHECK(p.t_sense_s == Approx(2e-9));
  CHECK(p.latency_s == Approx(8.605e-9).epsilon(1e-3));
  // 32 driven rows with half their cells low, 10 bit lines of 10 uA: 1.6 mA during 6.605/8.605 of the
  // published 10 ns.
  const double charge_c = 1.6e-3 * 10e-9 * 6.605 / 8.605;
  CHECK(p.energy_j.at("array") == Approx(0.2 * charge_c).epsilon(2e-3));
  CHECK(p.energy_j.at("clamp") == Approx(0.7 * charge_c).epsilon(2e-3));
  CHECK(p.energy_j.at("sense") == Approx(0.5e-12));
  CHECK(p.energy_j.count("macro_control") == 0);  // outside the core
  CHECK(macro.operations == 2 * 64 * 10);
  double sum_j = 0;
  for (const auto& [name, joules] : p.energy_j) sum_j += joules;
  CHECK(p.total_j == Approx(sum_j).epsilon(1e-14));
}

TEST_CASE("silicon: node, supply and converter show where they should", "[silicon]") {
  const auto base = predict(read(macro_text()).at(0), round_card());
  auto other = read(macro_text()).at(0);
  other.node_m = 56e-9;
  other.v_dd_v = other.v_supply_v = 1.8;
  const auto scaled = predict(other, round_card());
  CHECK(scaled.energy_j.at("sense") == Approx(8 * base.energy_j.at("sense")));  // C V^2
  CHECK(scaled.t_bit_line_s == Approx(2 * base.t_bit_line_s));                  // C
  CHECK(scaled.t_word_line_s == Approx(base.t_word_line_s));
  const auto flash = predict(read(macro_text("conversion = \"flash\"\n", "")).at(0), round_card());
  CHECK(flash.energy_j.at("sense") == base.energy_j.at("sense"));  // one bit needs one comparator
  auto converter = read(macro_text()).at(0);
  converter.conversion = Conversion::flash;
  converter.bits = 3;
  converter.references = converter.whole_macro = true;
  const auto whole = predict(converter, round_card());
  CHECK(whole.energy_j.at("sense") == Approx(7 * base.energy_j.at("sense")));
  CHECK(whole.energy_j.at("macro_control") == Approx(10e-12));
  // 0.63 of the bit lines' charge from V_DD; array and clamp together make up all of it.
  CHECK(whole.energy_j.at("reference") ==
        Approx(0.63 * (whole.energy_j.at("array") + whole.energy_j.at("clamp"))));
}

TEST_CASE("silicon: the fit finds the coefficients that made the figures", "[silicon]") {
  const auto truth = round_card();
  auto macros = read(macro_text("", "", "a") + macro_text("", "", "b") + macro_text("", "", "c") +
                     macro_text("", "", "d"));
  macros[1].bit_line_cells = 100;
  macros[1].lrs_current_a = 1e-6;
  macros[2].bit_line_cells = 4000;
  macros[2].whole_macro = true;
  macros[3].lrs_current_a = 50e-6;
  macros[3].node_m = 90e-9;
  for (auto& m : macros) {
    m.t_access_s = predict(m, truth).latency_s;
    m.energy_j = predict(m, truth).total_j;
  }
  // The start is wrong in every coefficient.
  const SiliconCoefficients start{5e-9, 2e3, 50e-15, 5e-15, 0.1e-12};
  const auto found = fit_silicon(macros, start.in(truth));
  CHECK(found.t_word_line_s == Approx(2e-9).epsilon(0.01));
  CHECK(found.r_settle_ohm == Approx(10e3).epsilon(0.01));
  CHECK(found.sense_charge_c == Approx(20e-15).epsilon(0.01));
  CHECK(found.e_decision_j == Approx(50e-15).epsilon(0.01));
  CHECK(found.macro_control_j == Approx(1e-12).epsilon(0.01));

  // A value that nothing explains fails the validation. Without it, the same values pass.
  auto validation = validate_silicon(macros, truth);
  CHECK(validation.passed());
  CHECK(validation.energy.mean == Approx(1).epsilon(1e-9));
  macros[3].energy_j = 20 * *macros[3].energy_j;
  validation = validate_silicon(macros, truth);
  CHECK_FALSE(validation.passed());
  CHECK(*validation.cases[3].energy_ratio == Approx(0.05));
  CHECK(validation.energy.worst == Approx(20));
  CHECK(validation.energy.mean == Approx(std::exp(std::log(20.0) / 4)));
  // A macro outside the fit is shown but not judged.
  macros[3].fitted = false;
  validation = validate_silicon(macros, truth);
  CHECK(validation.passed());
  CHECK(validation.unseen_energy.worst == Approx(20));
  CHECK_FALSE(validation.cases[3].loo_energy_ratio);
}

TEST_CASE("silicon: a macro left out does not help to predict itself", "[silicon]") {
  const auto truth = round_card();
  auto macros = read(macro_text("", "", "a") + macro_text("", "", "b") + macro_text("", "", "c"));
  macros[1].bit_line_cells = 100;
  macros[2].lrs_current_a = 1e-6;  // the only macro that determines the charge
  for (auto& m : macros) m.t_access_s = predict(m, truth).latency_s;
  *macros[2].t_access_s *= 3;
  const auto with = fit_silicon(macros, truth), without = fit_silicon(macros, truth, "c");
  const auto ratio = [&](const SiliconCoefficients& c) {
    return predict(macros[2], c.in(truth)).latency_s / *macros[2].t_access_s;
  };
  CHECK(ratio(with) > 0.6);  // pulled towards it as far as the others allow
  CHECK(ratio(without) == Approx(1.0 / 3).epsilon(0.02));
}

TEST_CASE("silicon: a share that went into the models is not called a prediction", "[silicon]") {
  const std::string block =
      "[[macro.block]]\nname = \"references\"\nshare = 0.2\ncomponents = [\"reference\"]\n";
  const auto macros = read(macro_text("", "", "a") + macro_text() + block + "input = true\n" +
                           macro_text("", "", "c") + block);
  const auto v = validate_silicon(macros, round_card());
  CHECK(v.cases[0].loo_energy_ratio);
  CHECK_FALSE(v.cases[1].loo_energy_ratio);  // leaving out its publication would not remove its own share
  CHECK(v.cases[1].loo_latency_ratio);
  CHECK(v.cases[2].loo_energy_ratio);
  CHECK(v.energy.count == 3);
  CHECK(v.loo_energy.count == 2);
  CHECK_THAT(to_text(v, false), ContainsSubstring("20.0 %  input\n"));
}

TEST_CASE("silicon: sub-arrays share the leakage of their periphery", "[silicon]") {
  auto macro = read(macro_text()).at(0);
  macro.whole_macro = true;
  const double alone_j = predict(macro, round_card()).energy_j.at("leakage");
  CHECK(alone_j == Approx(50e-6 * 10e-9));  // at the card's own node and supply
  macro.sub_arrays = 8;
  CHECK(predict(macro, round_card()).energy_j.at("leakage") == Approx(alone_j / 8));
  CHECK(read(macro_text("sub_arrays = 4\n")).at(0).sub_arrays == 4);
}

TEST_CASE("silicon: without macros there is no mean, and nothing is met", "[silicon]") {
  const auto v = validate_silicon(std::vector<SiliconMacro>{}, shipped_card("silicon_28nm"));
  CHECK_FALSE(v.passed());
  const auto text = to_text(v, true);
  CHECK_THAT(text, ContainsSubstring("geometric mean -, worst -, no macros"));
  CHECK_THAT(text, !ContainsSubstring("met)") && !ContainsSubstring("1.00"));
  const auto document = to_json(v);
  CHECK(document.at("fitted").at("energy").at("geometric_mean").is_null());
  CHECK(document.at("fitted").at("energy").at("worst").is_null());
  CHECK(document.at("fitted").at("energy").at("count") == 0);
}

TEST_CASE("silicon: what the list must not say", "[silicon]") {
  const auto refused = [](const std::string& text, const std::string& what) {
    INFO(what);
    CHECK_THROWS_WITH(read(text), ContainsSubstring(what));
    CHECK_THROWS_AS(read(text), InputError);
  };
  CHECK(read(macro_text()).size() == 1);
  CHECK(read(macro_text("", "activity = 0.3\n")).at(0).assumed == std::vector<std::string>{"activity"});
  refused(macro_text("", "rows = 32\n"), "rows");  // published as well
  refused(macro_text("activty = 0.3\n"), "activity");
  refused(macro_text("", "activity = 1.5\n"), "activity");
  refused(macro_text("conversion = \"magic\"\n"), "successive");
  refused(macro_text("", "r_hrs_ohm = 0.0\n"), "r_hrs_ohm");
  refused(macro_text() + "[[macro.block]]\nname = \"x\"\nshare = 0.5\ncomponents = [\"aray\"]\n",
          "components");
}

TEST_CASE("silicon: the shipped list names origin and assumptions, and the card carries the fit",
          "[silicon]") {
  const auto card = shipped_card("silicon_28nm");
  const auto macros = read_silicon_macros(TomlDocument::read("silicon/macros.toml", embedded), card);
  CHECK(macros.size() == 12);
  double shares = 0;
  for (const auto& macro : macros) {
    INFO(macro.name);
    CHECK(macro.publication.size() > 20);
    CHECK((macro.energy_j || macro.t_access_s));
    for (const auto& block : macro.blocks) shares += block.share;
  }
  CHECK(shares == Approx(2).margin(0.005));  // two breakdowns
  // The dataset's TOPS/W (one-bit operations, 2 per multiply-accumulate) express the same energies.
  const auto tops_per_w = [&](const char* name) {
    for (const auto& m : macros)
      if (m.name == name) return m.operations / *m.energy_j * 1e-12;
    return 0.0;
  };
  CHECK(tops_per_w("Liu ISSCC'20") == Approx(117.6).epsilon(2e-3));
  CHECK(tops_per_w("Mochida VLSI'18 40nm") == Approx(532).epsilon(2e-3));
  CHECK(tops_per_w("XNOR-RRAM TED'20") == Approx(24.1).epsilon(2e-3));
  CHECK(tops_per_w("Xue JSSC'19 core") == Approx(159.51).epsilon(5e-3));
  CHECK(tops_per_w("Yoon JSSC'21") == Approx(56.67).epsilon(2e-3));
  CHECK(tops_per_w("Spetalnick ISSCC'22") == Approx(26.56).epsilon(2e-3));
  CHECK(tops_per_w("Spetalnick VLSI'23") == Approx(63.3).epsilon(2e-3));
  CHECK(tops_per_w("Ye JSSC'23") == Approx(30.34).epsilon(2e-3));

  const auto fit = fit_silicon(macros, card), shipped = SiliconCoefficients::of(card);
  CHECK(shipped.t_word_line_s == Approx(fit.t_word_line_s).epsilon(0.02));
  CHECK(shipped.r_settle_ohm == Approx(fit.r_settle_ohm).epsilon(0.02));
  CHECK(shipped.sense_charge_c == Approx(fit.sense_charge_c).epsilon(0.02));
  CHECK(shipped.e_decision_j == Approx(fit.e_decision_j).epsilon(0.02));
  CHECK(shipped.macro_control_j == Approx(fit.macro_control_j).epsilon(0.02));
  // The default card uses this value, because it had none of its own.
  CHECK(shipped_card("default").energy.macro_control_j_per_readout == shipped.macro_control_j);
}
