// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <nlohmann/json.hpp>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/platform/voltage_sweep.h"

using namespace irc;
using namespace irc::platform;
using Catch::Matchers::ContainsSubstring;

namespace {

const ColumnLoad small_column{64, 0.18, 0.3};

VoltageSweep sweep(const std::vector<double>& voltages_v, const std::vector<std::string>& overrides = {},
                   const std::vector<VoltageMark>& marks = {}) {
  return sweep_v_wl("robust.toml", overrides, voltages_v, small_column, marks);
}

const DeviceReport& at(const VoltageSweep& sweep, std::size_t index) {
  REQUIRE(sweep.points.at(index).report);
  return *sweep.points[index].report;
}

}  // namespace

TEST_CASE("a range of voltages has both ends and equal steps, to the microvolt") {
  CHECK(parse_voltage_range("0.35..0.425", 3) == std::vector<double>{0.35, 0.375, 0.4, 0.425});
  CHECK(parse_voltage_range("0..5", 1) == std::vector<double>{0, 5});
  CHECK(parse_voltage_range("0.1..0.2", 3) == std::vector<double>{0.1, 0.133333, 0.166667, 0.2});
}

TEST_CASE("a range that is none is refused with what was expected") {
  for (const auto* text : {"", "0.5", "0.5..", "..0.5", "0.5..0.4", "0.5..0.5", "0.5...0.6", "0.5..0.6V",
                           "-0.1..0.5", "0.5..5.1", "nan..1", "0.5..inf", " 0.5..0.6"})
    CHECK_THROWS_WITH(parse_voltage_range(text, 4),
                      ContainsSubstring("--sweep-v-wl: '" + std::string(text) + "' found") &&
                          ContainsSubstring("FROM..TO"));
  CHECK_THROWS_WITH(parse_voltage_range("0.5..0.6", 0), ContainsSubstring("--sweep-steps: 0 found"));
  CHECK_THROWS_WITH(parse_voltage_range("0.5..0.6", 1001), ContainsSubstring("--sweep-steps: 1001 found"));
  CHECK(parse_voltage_range("0.5..0.6", 1000).size() == 1001);
}

TEST_CASE("each point is what describe_device says at its voltage, marks are points of their own") {
  const auto s = sweep({0.7, 0.5}, {"run.seed=7"}, {{"a", 0.6}, {"b", 0.7}, {"c", 0.6}});
  REQUIRE(s.points.size() == 3);
  CHECK(s.points[0].mark == "");
  CHECK(s.points[1].mark == "a, c");
  CHECK(s.points[2].mark == "b");
  const char* settings[] = {"array.v_wl_v=0.5", "array.v_wl_v=0.6", "array.v_wl_v=0.7"};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto expected =
        describe_device(load_config("robust.toml", {"run.seed=7", settings[i]}), small_column);
    CHECK(at(s, i).lrs_mean_current_a == expected.lrs_mean_current_a);
    CHECK(at(s, i).hrs_sigma == expected.hrs_sigma);
    CHECK(at(s, i).column_current_a == expected.column_current_a);
    CHECK(at(s, i).kept == expected.kept);
  }
  CHECK(at(s, 0).lrs_mean_current_a < at(s, 1).lrs_mean_current_a);
  // Another seed draws other cells, which shows that the comparison above can fail.
  CHECK(at(sweep({0.6}), 0).lrs_sigma != at(s, 1).lrs_sigma);
}

TEST_CASE("far below threshold the current is exponential in V_t: its spread is lognormal") {
  const auto config = load_config("robust.toml");
  const auto transistor = config.card.transistor_at_temperature();
  // I ~ exp(-V_t / (n U_T)) for V_t normal; resistances do not matter.
  const double s = transistor.sigma_v_t_v() / (transistor.n * config.card.u_t_v());
  const auto deep = sweep({0.15});
  const auto& r = at(deep, 0);
  CHECK(r.lrs_sigma_v_t == Approx(std::sqrt(std::expm1(s * s))).epsilon(0.03));
  CHECK(r.lrs_sigma == Approx(r.lrs_sigma_v_t).epsilon(1e-3));
  CHECK(r.lrs_sigma_r < 1e-4);
  CHECK(r.on_off == Approx(1).epsilon(0.01));
  CHECK(r.kept == Approx(1).epsilon(1e-3));
}

TEST_CASE("with the transistor wide open the resistance is all: V/R, ratio and spread of R") {
  const auto config = load_config("robust.toml");
  const auto& rram = config.card.rram;
  // The transistor has almost no resistance; the RRAM's own nonlinearity and ageing are left out.
  const auto open = sweep({5}, {"card.transistor.i_s_square_a=1e-4", "card.rram.conduction=\"ohmic\"",
                                "nonidealities.drift=false", "card.rram.lrs.ln_sigma_device=0.1",
                                "card.rram.hrs.ln_sigma_device=0.1", "card.rram.lrs.ln_sigma_cycle=0",
                                "card.rram.hrs.ln_sigma_cycle=0"});
  const auto& r = at(open, 0);
  const double mean_of_inverse = std::exp(0.5 * 0.1 * 0.1);  // of a lognormal resistance
  CHECK(r.lrs_mean_current_a ==
        Approx(config.conditions.v_bl_v / rram.lrs.r_ohm * mean_of_inverse).epsilon(0.01));
  CHECK(r.on_off == Approx(rram.hrs.r_ohm / rram.lrs.r_ohm).epsilon(0.02));
  CHECK(r.lrs_sigma_r == Approx(std::sqrt(std::expm1(0.1 * 0.1))).epsilon(0.03));
  CHECK(r.lrs_sigma_v_t < 1e-3);
}

TEST_CASE("independent spreads add as squares where both count") {
  const auto s = sweep({0.9});
  const auto& r = at(s, 0);
  CHECK(std::min(r.lrs_sigma_v_t, r.lrs_sigma_r) > 0.3 * std::max(r.lrs_sigma_v_t, r.lrs_sigma_r));
  CHECK(r.lrs_sigma == Approx(std::hypot(r.lrs_sigma_v_t, r.lrs_sigma_r)).epsilon(0.03));
}

TEST_CASE("a voltage that the configuration refuses is a point with its reason") {
  const auto s = sweep({0.1, 0.3, 0.5}, {"array.v_wl_off_v=0.2"});
  REQUIRE(s.points.size() == 3);
  CHECK(!s.points[0].report);
  CHECK_THAT(s.points[0].refused,
             ContainsSubstring("array.v_wl_off_v") && ContainsSubstring("less than array.v_wl_v"));
  CHECK(s.points[1].refused.empty());
  CHECK(at(s, 1).lrs_mean_current_a < at(s, 2).lrs_mean_current_a);
  const auto csv = to_csv(s);
  CHECK_THAT(csv, ContainsSubstring("\n0.1,,,,,,,,,,\"\",\""));
  CHECK_THAT(to_text(s), ContainsSubstring("refused: "));
  const auto json = to_json(s);
  CHECK(json["points"][0].contains("refused"));
  CHECK(!json["points"][0].contains("kept"));
  CHECK(json["points"][1]["kept"] == at(s, 1).kept);
}

TEST_CASE("a mistake in the configuration is an error, not a sweep of refused points") {
  CHECK_THROWS_WITH(sweep({0.5}, {"array.v_wl_w=1"}), ContainsSubstring("v_wl_w"));
  CHECK_THROWS_AS(sweep_v_wl("missing.toml", {}, {0.5}, small_column), InputError);
  CHECK_THROWS_WITH(sweep_v_wl("robust.toml", {}, {0.5}, {0, 0.2, 0.3}), ContainsSubstring("--rows"));
}
