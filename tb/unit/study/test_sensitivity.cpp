// SPDX-License-Identifier: Apache-2.0
#include "irc/study/sensitivity.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include "support/catch.h"

#include "fixture.h"
#include "irc/core/error.h"

using namespace irc;
using namespace irc::study;
using namespace irc::study::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string head =
    "[sensitivity]\nname = \"mine\"\nimages = 7\nchips = 2\nagainst = \"naive.toml\"\nagainst_images = 3\n";

std::string curve(const std::string& body) {
  return head + "[[curve]]\nname = \"c\"\nkeys = [\"array.v_wl_v\"]\n" + body;
}

SensitivityStudy parse(const std::string& text, const SensitivityOptions& options = {}) {
  return parse_sensitivity(text, "study.toml", options);
}

bool has(const SensitivityPoint& point, const std::string& setting) {
  const auto& all = point.evaluation.settings;
  return std::find(all.begin(), all.end(), setting) != all.end();
}

}  // namespace

TEST_CASE("the shipped sensitivity study can be read and covers the parameters it promises") {
  const auto study = read_sensitivity("experiments/sensitivity.toml");
  CHECK(study.bases.size() == 2);
  std::vector<std::string> keys;
  for (const auto& one : study.curves) keys.insert(keys.end(), one.keys.begin(), one.keys.end());
  for (const auto* key : {"array.v_wl_v", "card.rram.lrs.ln_sigma_device", "card.transistor.a_vt_v_m",
                          "sense.offset_sigma_a", "array.r_bl_ohm", "array.r_sl_ohm", "sense.i_max_a",
                          "sense.i_min_a", "array.rows_per_operation", "sense.injected_bias_a"})
    CHECK(std::count(keys.begin(), keys.end(), key) == 1);
}

TEST_CASE("a curve has its values in order and each base's own run among them, once") {
  const auto study = parse(curve("values = [0.9, 0.5]"), {{"run.evaluator=ideal"}, 5, {}});
  CHECK(study.seed == 5);
  const auto plan = plan_sensitivity(study);
  REQUIRE(plan.curves.size() == 1);
  REQUIRE(plan.curves[0].size() == 2);
  const auto& robust = plan.curves[0][0].points;
  REQUIRE(robust.size() == 3);
  CHECK(robust[0].x == 0.5);
  CHECK(robust[1].x == 0.6);
  CHECK(robust[2].x == 0.9);
  CHECK(robust[1].working_point);
  CHECK(!robust[0].working_point);
  // The base's own run is the unchanged base, without a setting of the curve.
  CHECK(robust[1].evaluation.settings ==
        std::vector<std::string>{"run.seed=5", "run.limit=7", "run.chips=2", "run.evaluator=ideal"});
  CHECK(has(robust[0], "array.v_wl_v=0.5"));
  // 0.9 is naive's own value, so naive has no extra point.
  const auto& naive = plan.curves[0][1].points;
  REQUIRE(naive.size() == 2);
  CHECK(naive[1].working_point);
  CHECK(has(naive[0], "run.limit=3"));
  CHECK(has(naive[0], "run.chips=1"));
  CHECK(naive[0].evaluation.config == "naive.toml");
}

TEST_CASE("several keys are set to the same value, a curve may be the base's alone") {
  const auto plan =
      plan_sensitivity(parse(
          head + "[[curve]]\nname = \"r\"\nkeys = [\"array.r_bl_ohm\", \"array.r_sl_ohm\"]\nscale = \"log\"\n"
                 "against = false\nvalues = [0.2, 1]"));
  REQUIRE(plan.curves[0].size() == 1);
  const auto& points = plan.curves[0][0].points;
  REQUIRE(points.size() == 3);
  CHECK(points[0].working_point);
  CHECK(points[0].x == 0.1);
  CHECK(has(points[2], "array.r_bl_ohm=1"));
  CHECK(has(points[2], "array.r_sl_ohm=1"));
}

TEST_CASE("categories keep their order and labels, an own value that is none of them comes last") {
  const auto study =
      parse(head +
            "[[curve]]\nname = \"rows\"\nkeys = [\"array.rows_per_operation\"]\nscale = \"category\"\n"
            "values = [64, 16, 0]\nvalue_labels = [\"64\", \"16\", \"all\"]");
  const auto plan = plan_sensitivity(study);
  const auto& robust = plan.curves[0][0].points;
  REQUIRE(robust.size() == 3);
  CHECK(robust[0].label == "64");
  CHECK(robust[2].label == "all");
  CHECK(robust[2].working_point);
  CHECK(robust[2].x == 2);
  const auto& naive = plan.curves[0][1].points;
  REQUIRE(naive.size() == 4);
  CHECK(naive[3].label == "32");
  CHECK(naive[3].working_point);
  CHECK(naive[3].x == 3);
}

TEST_CASE("what is wrong with a study is said where it stands") {
  const auto wrong = [](const std::string& text, const std::string& where, const std::string& what) {
    CHECK_THROWS_WITH(parse(text), ContainsSubstring("study.toml:" + where) && ContainsSubstring(what));
  };
  wrong(head, "", "'curve' is missing");
  wrong(head + "chip = 1\n[[curve]]\nname=\"c\"\nkeys=[\"array.v_wl_v\"]\nvalues=[0.5,0.6]", "7",
        "did you mean 'chips'");
  wrong(curve("values = [0.5]"), "10", "at least two numbers");
  wrong(curve("values = [0.5, 0.5]"), "10", "0.5 occurs twice");
  wrong(curve("values = [0.5, \"high\"]"), "10", "at least two numbers");
  wrong(curve("values = 0.5"), "10", "at least two numbers");
  wrong(curve("colour = 1\nvalues = [0.5, 0.6]"), "10", "colour");
  wrong(curve("scale = \"log\"\nvalues = [0, 0.6]"), "11", "above zero");
  wrong(curve("scale = \"cubic\"\nvalues = [0.5, 0.6]"), "10", "category");
  wrong(curve("value_labels = [\"a\", \"b\"]\nvalues = [0.5, 0.6]"), "10", "scale = \"category\"");
  wrong(curve("scale = \"category\"\nvalue_labels = [\"a\"]\nvalues = [0.5, 0.6]"), "11",
        "each of the 2 values");
  wrong(curve("values = [-1, 9]"), "10", "robust.toml accepts none of the values");
  wrong(
      curve(
          "values = [0.5, 0.6]\n[[curve]]\nname = \"c\"\nkeys = [\"sense.i_max_a\"]\nvalues = [1e-4, 1e-3]"),
      "12", "a name that no other curve has");
  wrong(head + "[[curve]]\nname = \"c d\"\nkeys = [\"array.v_wl_v\"]\nvalues = [0.5, 0.6]", "8", "letters");
  wrong(head + "[[curve]]\nname = \"c\"\nkeys = [\"array.v_wl\"]\nvalues = [0.5, 0.6]", "9",
        "did you mean array.v_wl_v?");
  wrong(head + "[[curve]]\nname = \"c\"\nkeys = []\nvalues = [0.5, 0.6]", "9", "at least one key");
  wrong(head + "[[curve]]\nname = \"c\"\nkeys = [\"array.v_wl_v\", \"array.v_wl_v\"]\nvalues = [0.5, 0.6]",
        "9", "occurs twice");
  wrong("[sensitivity]\nname = \"n\"\nagainst_chips = 2\n[[curve]]", "3", "no value without 'against'");
  wrong("[sensitivity]\nname = \"n\"\nconfig = \"missing.toml\"\n[[curve]]", "3", "missing.toml");
  wrong("[sensitivity]\nname = \"n\"\nset = [\"array.v_wl_w=1\"]\n[[curve]]", "", "v_wl_w");
  CHECK_THROWS_WITH(parse(curve("values = [0.5, 0.6]"), {{}, {}, {"d"}}),
                    ContainsSubstring("--curve: 'd' found"));
  CHECK_THROWS_WITH(parse(curve("values = [0.5, 0.6]"), {{"array.rows=x"}, {}, {}}),
                    ContainsSubstring("--set array.rows"));
}

TEST_CASE("only the curves asked for are left") {
  const auto study = read_sensitivity("experiments/sensitivity.toml", {{}, {}, {"wires", "v_wl"}});
  REQUIRE(study.curves.size() == 2);
  CHECK(study.curves[0].name == "v_wl");
}

TEST_CASE("results stand in the tables, what the configuration refuses stands there with its reason") {
  const Program program("cat >/dev/null\necho '{\"result\": '\"$(cat \"$(dirname \"$0\")/answer\")\"'}'\n");
  std::ofstream(program.folder / "answer") << result({0.5, 0.75}).dump();
  explore::Store store((program.folder / "s.sqlite").string(), explore::Store::Mode::create);
  // -1 V is out of range and refused. Because 0.7 V is accepted, that is a result and no mistake.
  const auto out =
      run_sensitivity(parse(curve("label = \"V_WL (V)\"\nvalues = [-1, 0.7]")), store, program.workers(), {});
  const auto& points = out.curves[0][0].points;
  REQUIRE(points.size() == 3);
  CHECK(points[0].outcome.status == Outcome::Status::refused);
  CHECK(points[1].outcome.map == 0.625);
  CHECK(out.base_outcome(0).map_ideal == 0.8);
  const auto csv = to_csv(out);
  CHECK_THAT(csv, ContainsSubstring("c,\"robust.toml\",-1,0,refused,,,,,,,,,,,\"") &&
                      ContainsSubstring("array.v_wl_v"));
  CHECK_THAT(csv, ContainsSubstring(
                      "c,\"robust.toml\",0.6,1,done,0.625,0.125,0.0625,0.5,0.8,0.25,2e-06,1e-05,5,2,\"\""));
  const auto markdown = to_markdown(out);
  CHECK_THAT(markdown, ContainsSubstring("| 0.6 (working point of robust.toml) | 62.50 | 12.50 | 50.00 |"));
  CHECK_THAT(markdown, ContainsSubstring("refused: "));
  const auto document = to_json(out);
  const auto& json_points = document["curves"][0]["series"][0]["points"];
  CHECK(json_points[0]["status"] == "refused");
  CHECK(!json_points[0].contains("map"));
  CHECK(json_points[1]["map_worst"] == 0.5);
  CHECK(json_points[1]["working_point"] == true);
}
