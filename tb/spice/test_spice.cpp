// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include "support/catch.h"
#include "support/skip.h"

#include "array_setup.h"
#include "irc/core/error.h"
#include "irc/platform/spice.h"
#include "irc/platform/validate.h"

using namespace irc;
using namespace irc::array;
using namespace irc::platform;

namespace {

void skip_without_ngspice() {
  if (find_ngspice().empty()) tb::skip_test("ngspice is not installed (scripts/setup.sh installs it)");
}

ArrayConditions conditions(const device::TechnologyCard& card, double v_wl_v) {
  auto out = ArrayConditions::nominal(card);
  out.v_wl_v = v_wl_v;
  return out;
}

ProgrammedTile make_tile(const device::TechnologyCard& card, double v_wl_v, TileGeometry geometry) {
  return {geometry, random_states(geometry), card, conditions(card, v_wl_v), without_read_noise(), {}};
}

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("a netlist has the circuit of docs/physics.md") {
  auto card = default_card();
  auto c = conditions(card, 0.5);
  const std::vector<CellState> states(5, CellState::lrs);
  const std::uint64_t vector[] = {0b01010};
  const auto netlist = [&] {
    return spice_netlist(ProgrammedTile({5, 1}, states, card, c, without_read_noise(), {}), 0, vector, card);
  };
  const auto bottom = netlist();
  CHECK(count(bottom, "\nhb") == 4);  // one segment between neighbours on each wire
  CHECK(count(bottom, "\nhs") == 4);
  CHECK(count(bottom, "\nrresistor") == 5);
  CHECK(count(bottom, "\nbtransistor") == 5);
  CHECK(count(bottom, "\nbwireg s4 mg v=0\nhg mg 0 bwireg 2\n") == 1);
  CHECK(count(bottom, "\nbwirec clamp mc v=0\nhc mc b0 bwirec 100\n") == 1);
  c.ground = SourceLineGround::top;
  CHECK(count(netlist(), "\nbwireg s0 mg v=0\nhg mg 0 bwireg 2\n") == 1);
  c.r_bl_ohm = c.r_sl_ohm = 0;
  card.rram.conduction = device::Conduction::sinh;
  card.rram.alpha_per_v = 3;
  const auto sinh = netlist();
  CHECK(count(sinh, "\nhb") + count(sinh, "\nhs") + count(sinh, "\nrresistor") == 0);
  CHECK(count(sinh, "*sinh(3*v(b0,x") == 5);
  const std::uint64_t* none = nullptr;
  const ProgrammedTile tile({5, 1}, states, card, c, without_read_noise(), {});
  CHECK_THROWS_AS(spice_netlist(tile, 1, vector, card), InputError);
  CHECK_THROWS_AS(spice_netlist(tile, 0, {none, 0}, card), InputError);
}

TEST_CASE("several columns, all vectors: the right model agrees, one wrong parameter does not") {
  skip_without_ngspice();
  auto card = default_card();
  const TileGeometry geometry{60, 2};
  const Vectors vectors(60, 3, 0.4);
  for (const auto conduction : {device::Conduction::ohmic, device::Conduction::sinh}) {
    card.rram.conduction = conduction;
    card.rram.alpha_per_v = 3;
    const auto tile = make_tile(card, 0.5, geometry);
    const auto right = compare_with_spice(tile, vectors.batch(), card);
    CHECK(right.currents == 6);
    CHECK(right.rows == 60);
    CHECK(right.max_current_a > right.min_current_a);
    CHECK(right.passed());

    const auto caught = [&](const device::TechnologyCard& wrong) {
      return !compare_with_spice(tile, vectors.batch(), wrong).passed();
    };
    auto wrong = card;
    wrong.transistor.n *= 1 + 1e-6;
    CHECK(caught(wrong));
    wrong = card;
    wrong.transistor.i_s_square_a *= 1 + 1e-6;
    CHECK(caught(wrong));
    wrong = card;
    wrong.temperature_k += 1e-3;
    CHECK(caught(wrong));
    wrong = card;
    wrong.rram.conduction =
        conduction == device::Conduction::ohmic ? device::Conduction::sinh : device::Conduction::ohmic;
    CHECK(caught(wrong));
  }
}

TEST_CASE("a wrong wire and a wrong bit of the vector are caught") {
  skip_without_ngspice();
  const auto card = default_card();
  const auto tile = make_tile(card, 0.6, {50, 1});
  const Vectors vectors(50, 1, 0.4);
  const double current_a = evaluate(*make_exact_evaluator(), tile, vectors.batch())[0];
  const auto ngspice = require_ngspice();
  const auto spice_a = [&](const ProgrammedTile& of, std::vector<std::uint64_t> bits) {
    return ngspice_current_a(ngspice, spice_netlist(of, 0, bits, card));
  };
  CHECK(spice_a(tile, vectors.bits) == Approx(current_a).epsilon(SpiceCase::bound));
  auto c = tile.conditions();
  c.r_sl_ohm *= 1 + 1e-5;
  const ProgrammedTile other({50, 1}, random_states({50, 1}), card, c, without_read_noise(), {});
  CHECK(spice_a(other, vectors.bits) != Approx(current_a).epsilon(SpiceCase::bound));
  auto bits = vectors.bits;
  bits[0] ^= 4;
  CHECK(spice_a(tile, bits) != Approx(current_a).epsilon(SpiceCase::bound));
}

TEST_CASE("a netlist that ngspice cannot solve is reported with its log") {
  skip_without_ngspice();
  CHECK_THROWS_AS(ngspice_current_a(require_ngspice(), "* nothing\n.end\n"), InternalError);
  CHECK_THROWS_WITH(ngspice_current_a(require_ngspice(), "* odd\nqq 1 2 3\n.control\nop\n.endc\n.end\n"),
                    Catch::Matchers::ContainsSubstring("qq"));
}

TEST_CASE("without ngspice the user is told what to install") {
  setenv("PATH", "/nonexistent::/dev/null", 1);
  CHECK(find_ngspice().empty());
  CHECK_THROWS_AS(require_ngspice(), InputError);
  CHECK_THROWS_WITH(validate_spice(false, 1), Catch::Matchers::ContainsSubstring("apt-get install ngspice"));
}

TEST_CASE("a case without currents, or with one that is no number, has not passed") {
  SpiceCase c;
  CHECK_FALSE(c.passed());
  c.currents = 1;
  CHECK(c.passed());
  c.max_relative_error = std::nan("");
  CHECK_FALSE(c.passed());
}
