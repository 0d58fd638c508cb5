// SPDX-License-Identifier: Apache-2.0
#include "irc/study/ablation.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include "support/catch.h"

#include "fixture.h"
#include "irc/platform/config.h"
#include "study_text.h"

using namespace irc;
using namespace irc::study;
using namespace irc::study::test;
using Catch::Matchers::ContainsSubstring;
using Kind = Rung::Kind;

namespace {

AblationStudy a_study() {
  return parse_ablation(study_text, "s.toml");
}

Outcome outcome(const std::vector<double>& per_chip, double ideal = 0.8) {
  explore::Record record;
  record.result = result(per_chip, ideal).dump();
  return outcome_of(record, false);
}

/// The same outcome in every cell, except for designs without a detector.
std::vector<std::vector<std::optional<Outcome>>> outcomes(const AblationStudy& study) {
  std::vector<std::vector<std::optional<Outcome>>> out;
  for (const auto& rung : rungs_of(study)) {
    out.emplace_back(columns_of(study).size());
    if (!rung.model.empty()) std::fill(out.back().begin(), out.back().end(), outcome({0.5, 0.7}));
  }
  return out;
}

const Rung& rung(const std::vector<Rung>& rungs, const std::string& label) {
  const auto found =
      std::find_if(rungs.begin(), rungs.end(), [&](const Rung& r) { return r.label == label; });
  if (found == rungs.end()) FAIL("no rung " << label);
  return *found;
}

}  // namespace

TEST_CASE("the designs are naive, each added, the ladder, each removed, robust, none twice") {
  const auto rungs = rungs_of(a_study());
  std::vector<std::string> labels;
  for (const auto& r : rungs) labels.push_back(r.label);
  CHECK(labels == std::vector<std::string>{"naive", "naive + low-v", "naive + all rows", "naive + quiet",
                                           "naive + amplifier", "step 2: ... + all rows", "robust - low-v",
                                           "robust - all rows", "robust - quiet", "robust - amplifier",
                                           "robust"});
  CHECK(rungs[5].on == std::vector<bool>{true, true, false, false});
  CHECK(rungs[5].kind == Kind::ladder);
  CHECK(rungs[9].on == std::vector<bool>{true, true, true, false});
  for (std::size_t i = 0; i < rungs.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) CHECK(rungs[i].on != rungs[j].on);
}

TEST_CASE("a design takes the net with exactly its tags, and no other") {
  auto study = a_study();
  CHECK_THAT(rungs_of(study).front().model, ContainsSubstring("traffic-naive.onnx"));
  CHECK_THAT(rung(rungs_of(study), "naive + quiet").model,
             !ContainsSubstring("naive") && ContainsSubstring("traffic.onnx"));
  study.nets.pop_back();
  CHECK(rung(rungs_of(study), "naive + quiet").model.empty());
  CHECK(rungs_of(study).back().model.empty());
  CHECK_FALSE(rung(rungs_of(study), "robust - quiet").model.empty());
}

TEST_CASE("the naive and the robust design are the presets") {
  const auto study = a_study();
  const auto rungs = rungs_of(study);
  const auto columns = columns_of(study);
  const auto in_force = [&](const Rung& r) {
    const auto e = evaluation_of(study, r, columns.back());
    return platform::load_config(e.config, e.settings);
  };
  const std::vector<std::string> same{"run.evaluator=ideal", "run.chips=2", "run.limit=10"};
  for (const auto& [at, preset] :
       {std::pair<std::size_t, const char*>{0, "naive.toml"}, {rungs.size() - 1, "robust.toml"}}) {
    auto wanted = platform::load_config(preset, same);
    auto found = in_force(rungs[at]);
    wanted.run.model = found.run.model = "";  // the same detector, by another path
    CHECK(platform::to_toml(found) == platform::to_toml(wanted));
  }
}

TEST_CASE("a technique brings its keys alone, and an adjustment what the combination needs") {
  const auto study = a_study();
  const auto rungs = rungs_of(study);
  const auto all = columns_of(study).back();
  const auto config = [&](const char* label) {
    const auto e = evaluation_of(study, rung(rungs, label), all);
    return platform::load_config(e.config, e.settings);
  };
  const auto low = config("naive + low-v");
  CHECK(low.conditions.v_wl_v == 0.6);
  CHECK(low.geometry.rows_per_operation == 32);
  CHECK(low.geometry.bias == mapping::BiasPlacement::digital);
  const auto rows = config("naive + all rows");
  CHECK(rows.geometry.rows_per_operation == 0);
  CHECK(rows.geometry.bias == mapping::BiasPlacement::source);
  CHECK(rung(rungs, "naive + all rows").notes == std::vector<std::string>{"nothing to add to"});
  CHECK(config("robust - quiet").geometry.bias == mapping::BiasPlacement::source);
  CHECK(config("robust - all rows").geometry.bias == mapping::BiasPlacement::array);
  CHECK(rung(rungs, "robust - all rows").notes.empty());
}

TEST_CASE("a column has its switches on and all others off") {
  const auto study = a_study();
  const auto columns = columns_of(study);
  REQUIRE(columns.size() == 4);
  const auto switches = [&](const Column& column) {
    const auto e = evaluation_of(study, rungs_of(study).front(), column);
    return platform::load_config(e.config, e.settings).nonidealities;
  };
  CHECK(switches(columns[0]) == device::Nonidealities::none());
  auto cells = device::Nonidealities::none();
  cells.device_variation = cells.cycle_to_cycle = cells.vt_mismatch = true;
  CHECK(switches(columns[1]) == cells);
  CHECK(switches(columns[3]) == device::Nonidealities{});
  CHECK(columns[0].amount.chips == 1);
  CHECK(columns[0].amount.images == 10);
  CHECK(columns[1].amount.images == 4);
  CHECK(columns[3].amount.chips == 2);
}

TEST_CASE("a switch that a preset has off stays off in every column") {
  const auto study = parse_ablation(study_text, "s.toml", {{"nonidealities.drift=false"}, {}, {}, {}});
  const auto e = evaluation_of(study, rungs_of(study).front(), columns_of(study).back());
  auto wanted = device::Nonidealities{};
  wanted.drift = false;
  CHECK(platform::load_config(e.config, e.settings).nonidealities == wanted);
}

TEST_CASE("effects are differences of chips under all nonidealities") {
  const auto study = a_study();
  auto cells = outcomes(study);
  cells[1].back() = outcome({0.6, 0.8}, 0.85);     // naive + low-v: 10 points more on each chip
  cells.back().back() = outcome({0.4, 0.9}, 0.8);  // robust; without low-v it is 0.5, 0.7
  const auto a = assemble(study, cells);
  REQUIRE(a.effects.size() == 4);
  REQUIRE(a.effects[0].added);
  CHECK(a.effects[0].added->value == Approx(0.1));
  CHECK(a.effects[0].added->measurable());
  CHECK(*a.effects[0].added_ideal == Approx(0.05));
  REQUIRE(a.effects[0].removed);
  CHECK(a.effects[0].removed->value == Approx(0.05));
  CHECK_FALSE(a.effects[0].removed->measurable());
  CHECK(a.effects[1].added->value == Approx(0).margin(1e-12));
  CHECK(a.failed == 0);
}

TEST_CASE("what is not done has no effect, and only failures count as such") {
  const auto study = a_study();
  auto cells = outcomes(study);
  cells[1].back()->status = Outcome::Status::refused;
  cells[2].back()->status = Outcome::Status::failed;
  cells[2].back()->error = "broke | off";
  cells[3].assign(4, std::nullopt);
  const auto a = assemble(study, cells);
  CHECK(a.failed == 1);
  CHECK_FALSE(a.effects[0].added);
  CHECK(a.effects[0].removed);
  CHECK_FALSE(a.effects[1].added);
  CHECK_FALSE(a.effects[2].added);
  const auto text = to_markdown(a);
  CHECK_THAT(text, ContainsSubstring("refused ["));
  CHECK_THAT(text, ContainsSubstring("failed ["));
  CHECK_THAT(text, ContainsSubstring("no such net ["));
  CHECK_THAT(text, ContainsSubstring("broke \\| off"));
}

TEST_CASE("the tables say mean, spread, drop and verdict in points") {
  const auto study = a_study();
  auto cells = outcomes(study);
  cells[1].back() = outcome({0.6, 0.8});
  cells[2].back() = outcome({0.3, 0.5});
  const auto text = to_markdown(assemble(study, cells));
  CHECK_THAT(text, ContainsSubstring("| design | ideal | none | cells | rest | all |"));
  // 0.125 is the fixture's standard deviation.
  CHECK_THAT(text,
             ContainsSubstring("| naive | 80.0 | 60.0 ± 12.5 | 60.0 ± 12.5 | 60.0 ± 12.5 | 60.0 ± 12.5 |"));
  CHECK_THAT(text, ContainsSubstring("| naive | 80.0 | 20.0 | 20.0 | 20.0 | 20.0 |"));
  CHECK_THAT(text, ContainsSubstring(
                       "| low-v | +10.0 ± 0.0 | 0.0 | gains | 0.0 ± 0.0 | 0.0 | no measurable effect |"));
  CHECK_THAT(text, ContainsSubstring("| all rows | -20.0 ± 0.0 | 0.0 | costs |"));
  CHECK_THAT(text, ContainsSubstring("naive + all rows [1]"));
  CHECK_THAT(text, ContainsSubstring("1. nothing to add to"));
  CHECK_THAT(text, !ContainsSubstring("-0.0"));
}

TEST_CASE("the table of one chip has no interval and no verdict") {
  const auto study = a_study();
  std::vector<std::vector<std::optional<Outcome>>> cells = outcomes(study);
  for (auto& row : cells)
    for (auto& cell : row)
      if (cell) cell = outcome({0.5});
  const auto text = to_markdown(assemble(study, cells));
  CHECK_THAT(text, ContainsSubstring("one chip: not known"));
  CHECK_THAT(text, ContainsSubstring("| naive | 80.0 | 50.0 | 50.0 | 50.0 | 50.0 |"));
}

TEST_CASE("every line of the CSV has the columns of its head") {
  const auto study = a_study();
  auto cells = outcomes(study);
  cells[1][1]->status = Outcome::Status::failed;
  cells[1][1]->error = "no \"good\", at all";
  cells[3].assign(4, std::nullopt);
  const auto text = to_csv(assemble(study, cells));
  std::istringstream lines(text);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    bool inside = false;
    std::size_t commas = 0;
    for (const char c : line) {
      if (c == '"') inside = !inside;
      if (c == ',' && !inside) ++commas;
    }
    CHECK(commas == 18);
  }
  CHECK(count == 1 + 11 * 4);
  CHECK_THAT(text, ContainsSubstring("\"no \"\"good\"\", at all\""));
  CHECK_THAT(text, ContainsSubstring("\"naive\",naive,\"\",\"traffic-naive.onnx\",\"none\",done,5,2,0.8,"));
  CHECK_THAT(text, ContainsSubstring("no_net"));
}

TEST_CASE("the document has every design, condition and effect") {
  const auto study = a_study();
  auto cells = outcomes(study);
  cells.back().back() = outcome({0.9, 0.9});
  cells[3].assign(4, std::nullopt);
  const auto j = to_json(assemble(study, cells));
  CHECK(j.at("schema") == 1);
  CHECK(j.at("designs").size() == 11);
  CHECK(j.at("designs")[0].at("outcomes").size() == 4);
  CHECK(j.at("designs")[0].at("outcomes")[3].at("map_per_chip") == nlohmann::json{0.5, 0.7});
  CHECK(j.at("designs")[3].at("outcomes")[0].at("status") == "no_net");
  CHECK(j.at("effects")[2].at("added").is_null());
  // Removing costs 30 points.
  CHECK(j.at("effects")[0].at("removed").at("change").get<double>() == Approx(-0.3));
}
