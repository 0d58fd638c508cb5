// SPDX-License-Identifier: Apache-2.0
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/platform/device_report.h"

using namespace irc;
using namespace irc::platform;

namespace {

DeviceReport report(const std::vector<std::string>& overrides, const ColumnLoad& load = {200, 0.18, 0.3}) {
  return describe_device(load_config("robust.toml", overrides), load);
}

}  // namespace

TEST_CASE("without spread and wires every cell is the median cell and a column keeps all") {
  const auto r = report({"nonidealities.all=false"});
  const auto config = load_config("robust.toml", {"nonidealities.all=false"});
  CHECK(r.lrs_sigma == Approx(0).margin(1e-7));
  CHECK(r.hrs_sigma == Approx(0).margin(1e-7));
  CHECK(r.lrs_mean_current_a == Approx(config.lrs_current_a));
  CHECK(r.on_off == Approx(config.lrs_current_a / config.hrs_current_a));
  CHECK(r.kept == Approx(1).epsilon(1e-6));
  // 200 rows, 18 % driven, 30 % of them low; three standard deviations of the draws.
  const double expected_a = 200 * 0.18 * (0.3 * config.lrs_current_a + 0.7 * config.hrs_current_a);
  CHECK(r.column_current_a == Approx(expected_a).epsilon(0.15));
}

TEST_CASE("spread follows threshold mismatch where the transistor decides, resistance where it does not") {
  // sigma(I)/I of the default device, as measured before the project: about 8 % at 1.1 V, 44 % at 0.50 V.
  const auto at = [](const char* v_wl) {
    return report({"technology.card=\"default\"", std::string("array.v_wl_v=") + v_wl}).lrs_sigma;
  };
  CHECK(at("1.1") == Approx(0.08).epsilon(0.1));
  CHECK(at("0.50") == Approx(0.44).epsilon(0.05));
  // ln R has a sigma of 0.10, and the word line hardly limits the current, so its variation is the
  // resistance's.
  const auto open =
      report({"technology.card=\"default\"", "array.v_wl_v=5", "nonidealities.vt_mismatch=false"});
  CHECK(open.lrs_sigma == Approx(0.10).epsilon(0.1));
}

TEST_CASE("longer lines and more driven rows leave less of the current") {
  const auto base = report({});
  CHECK(base.kept < 1);
  CHECK(report({}, {400, 0.18, 0.3}).kept < base.kept);
  CHECK(report({}, {200, 0.36, 0.3}).kept < base.kept);
  CHECK(report({"array.r_bl_ohm=0.3", "array.r_sl_ohm=0.3"}).kept < base.kept);
}

TEST_CASE("a column without rows or with impossible shares is refused") {
  for (const ColumnLoad& load : {ColumnLoad{0, 0.2, 0.3}, ColumnLoad{70000, 0.2, 0.3}, ColumnLoad{10, 0, 0.3},
                                 ColumnLoad{10, 1.1, 0.3}, ColumnLoad{10, 0.2, 0}, ColumnLoad{10, 0.2, -1}})
    CHECK_THROWS_AS(report({}, load), InputError);
}
