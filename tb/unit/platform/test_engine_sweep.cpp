// SPDX-License-Identifier: Apache-2.0
#include <tbb/global_control.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include "support/catch.h"

#include "irc/platform/engine_sweep.h"

using namespace irc;
using namespace irc::platform;

namespace {

// Sanitizers take several times as long, and look for other faults than the bound.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t settings = 30;
#else
constexpr std::uint64_t settings = 120;
#endif

void check_within_bound(const std::vector<EngineSweepCase>& cases) {
  for (const auto& c : cases) {
    INFO("case " << c.number << ": " << c.card << ", " << c.mapping << ", rows " << c.rows << ", BL "
                 << c.r_bl_ohm << ", SL " << c.r_sl_ohm << " ohm, error " << c.max_relative_error << " "
                 << c.failure);
    CHECK(c.within_bound());
    CHECK(c.currents > 0);
  }
}

}  // namespace

TEST_CASE("no current of the fast engine is off by more than the bound without being flagged") {
  const auto cases = sweep_engine(settings, 1);
  check_within_bound(cases);
  // The sweep meets both sides: tiles that stay with the fast engine and tiles that leave it.
  CHECK(std::any_of(cases.begin(), cases.end(), [](const auto& c) { return c.flagged == 0; }));
  CHECK(std::any_of(cases.begin(), cases.end(), [](const auto& c) { return c.flagged == c.currents; }));
  CHECK(std::any_of(cases.begin(), cases.end(), [](const auto& c) { return c.max_relative_error > 1e-4; }));
  for (const char* mapping : {"ternary", "binary_differential", "binary_reference"})
    CHECK(std::any_of(cases.begin(), cases.end(), [&](const auto& c) { return c.mapping == mapping; }));
}

TEST_CASE("settings that were beyond the bound: the engine trusted what no held-out vector had proved") {
  // The model had handed all held-out vectors of some numbers of driven rows over, and these counted as
  // right.
  check_within_bound({sweep_case(1265, 3), sweep_case(4711, 3)});
  // Some numbers of driven rows were right by chance, with wrong ones on both sides.
  check_within_bound({sweep_case(2865, 4)});
  // Terms of the shape cancelled for a few vectors, which then passed the limit of the shape's share.
  check_within_bound({sweep_case(3703, 4), sweep_case(1734, 6)});
}

TEST_CASE("a setting of the sweep depends on seed and number only") {
  const auto all = sweep_engine(6, 3);
  const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
  CHECK(to_json(sweep_engine(6, 3)) == to_json(all));
  CHECK(to_json(sweep_engine(4, 3)).at("cases").size() == 4);
  CHECK(to_json({sweep_case(3, 3)}).at("cases")[0] == to_json(all).at("cases")[3]);
  CHECK(to_json(sweep_engine(6, 4)) != to_json(all));
}

TEST_CASE("a deviation beyond the bound, or a failed evaluator, is counted and printed") {
  EngineSweepCase good, far, failed;
  good.currents = far.currents = failed.currents = 10;
  far.max_relative_error = 0.051;
  failed.failure = "column 3 did not converge";
  CHECK(good.within_bound());
  CHECK_FALSE(far.within_bound());
  CHECK_FALSE(failed.within_bound());
  const auto document = to_json(std::vector{good, far, failed});
  CHECK(document.at("beyond_bound") == 2);
  CHECK(document.at("worst_unflagged_error") == 0.051);
  const auto text = to_text(std::vector{good, far, failed});
  CHECK(text.find("FAILED: column 3 did not converge") != std::string::npos);
  CHECK(text.find("2 cases beyond the bound") != std::string::npos);
}

TEST_CASE("the engine is compared under the conditions of a configuration") {
  const auto cases =
      validate_engine_for(load_config("robust.toml", {"array.r_bl_ohm=20", "array.rows=600"}), 1);
  REQUIRE_FALSE(cases.empty());
  check_within_bound(cases);
  for (const auto& c : cases) {
    CHECK(c.r_bl_ohm == 20);
    CHECK(c.rows <= 600);
  }
  CHECK(std::any_of(cases.begin(), cases.end(), [](const auto& c) { return c.flagged > 0; }));
}
