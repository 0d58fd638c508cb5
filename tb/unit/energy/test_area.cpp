// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <set>
#include <string>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/energy/area.h"
#include "parameters.h"

using namespace irc;
using namespace irc::energy;
using Catch::Matchers::ContainsSubstring;

namespace {

AreaParameters area_of_two_macros() {
  AreaParameters p;
  p.card = round_card();
  p.macros = 2;
  p.rows = 1000;
  p.column_pairs = 64;
  p.amplifiers = 16;
  p.comparators_per_amplifier = 15;
  p.accumulators = 16;
  p.buffer_bits = 1'000'000;
  p.digital_macs = 100;
  return p;
}

}  // namespace

TEST_CASE("area of every component, worked out by hand", "[area]") {
  const Area a = area(area_of_two_macros());
  // A cell is 300 nm x 100 nm = 3e-14 m2, and there are 2 * 1000 * 128 of them.
  CHECK(a.area_m2(AreaComponent::array) == Approx(7.68e-9));
  CHECK(a.area_m2(AreaComponent::word_line_driver) == Approx(6e-9));
  CHECK(a.area_m2(AreaComponent::sense) == Approx(14.4e-9));  // 2 * 16 * 15 * 30 um2
  CHECK(a.area_m2(AreaComponent::mux) == Approx(128e-12));    // 2 * 128 * 0.5 um2
  CHECK(a.area_m2(AreaComponent::accumulate) == Approx(640e-12));
  CHECK(a.area_m2(AreaComponent::buffer) == Approx(250e-9));
  CHECK(a.area_m2(AreaComponent::controller) == Approx(5e-9));
  CHECK(a.area_m2(AreaComponent::digital) == Approx(30e-9));
  CHECK(a.area_m2(AreaComponent::dma) == Approx(10e-9));
  CHECK(a.total_m2() == Approx(323.848e-9));
}

TEST_CASE("a mux costs area only where amplifiers are shared", "[area]") {
  auto p = area_of_two_macros();
  p.amplifiers = 64;
  CHECK(area(p).area_m2(AreaComponent::mux) == 0);
  p.single_ended = true;  // 128 bit lines for 64 amplifiers
  CHECK(area(p).area_m2(AreaComponent::mux) == Approx(128e-12));
  p.amplifiers = 128;
  CHECK(area(p).area_m2(AreaComponent::mux) == 0);
}

TEST_CASE("a wider transistor takes more area", "[area]") {
  auto p = area_of_two_macros();
  p.card.transistor.width_m = 500e-9;  // a cell of 600 nm x 100 nm is twice as large
  CHECK(area(p).area_m2(AreaComponent::array) == Approx(15.36e-9));
}

TEST_CASE("area refuses senseless numbers and names them", "[area]") {
  auto p = area_of_two_macros();
  p.rows = 0;
  CHECK_THROWS_WITH(area(p), ContainsSubstring("rows is 0"));
  p = area_of_two_macros();
  p.comparators_per_amplifier = 0;
  CHECK_THROWS_AS(area(p), InputError);
  p = area_of_two_macros();
  p.card.energy.dma_area_m2 = -1;
  CHECK_THROWS_WITH(area(p), ContainsSubstring("card.energy.dma_area_m2 is -1"));
  p = area_of_two_macros();
  p.card.energy.mux_area_m2 = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(area(p), InputError);
  p = area_of_two_macros();
  p.card.transistor.width_m = -1;
  CHECK_THROWS_WITH(area(p), ContainsSubstring("cell area"));
}

TEST_CASE("area components have names of their own", "[area]") {
  std::set<std::string> names;
  for (const auto component : area_components()) names.emplace(name(component));
  CHECK(names.size() == area_component_count);
}
