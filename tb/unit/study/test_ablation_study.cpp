// SPDX-License-Identifier: Apache-2.0
#include "irc/study/ablation_study.h"

#include "support/catch.h"

#include "study_text.h"

using namespace irc;
using namespace irc::study;
using namespace irc::study::test;
using Catch::Matchers::ContainsSubstring;

namespace {

/// The error message for the text, or "no error".
std::string complaint(const std::string& text, const AblationOptions& options = {}) {
  try {
    parse_ablation(text, "s.toml", options);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

/// The same for the study with a piece replaced.
std::string edited(const std::string& what, const std::string& with) {
  return complaint(replaced(study_text, what, with));
}

}  // namespace

TEST_CASE("a study is read") {
  const auto study = parse_ablation(study_text, "s.toml");
  CHECK(study.name == "t");
  CHECK(study.seed == 1);
  CHECK(study.whole.images == 10);
  CHECK(study.whole.chips == 2);
  CHECK(study.single.images == 4);
  CHECK(study.single.chips == 2);  // not given, so as many as for the whole
  REQUIRE(study.techniques.size() == 4);
  CHECK(study.techniques[1].label == "all rows");
  CHECK(study.techniques[2].net == "trained");
  CHECK(study.naive_values.at("array.v_wl_v") == "0.9");
  CHECK(study.robust_values.at("array.v_wl_v") == "0.6");
  CHECK(study.robust_values.at("array.mapping") == "\"ternary\"");
  CHECK(study.naive_values.at("sense.trim") == "false");
  CHECK(study.switches.size() == 15);
  CHECK(study.nets.size() == 2);
  REQUIRE(study.adjustments.size() == 1);
  CHECK(study.adjustments[0].on == std::vector<std::size_t>{1});
  CHECK(study.adjustments[0].off == std::vector<std::size_t>{2});
}

TEST_CASE("the command line has the last word on seed, chips and pictures") {
  const auto study = parse_ablation(study_text, "s.toml", {{"array.v_bl_v=0.1"}, 7, 3, 5});
  CHECK(study.seed == 7);
  CHECK(study.whole.chips == 3);
  CHECK(study.single.chips == 3);
  CHECK(study.single.images == 5);
  CHECK(study.settings == std::vector<std::string>{"run.evaluator=ideal", "array.v_bl_v=0.1"});
}

TEST_CASE("the shipped study is one") {
  const auto study = read_ablation("experiments/ablation.toml");
  CHECK(study.techniques.size() >= 6);
  CHECK(study.nonidealities.size() == 8);
}

TEST_CASE("a key that differs between the presets must belong to one technique") {
  CHECK_THAT(edited("\"sense.trim\", ", ""),
             ContainsSubstring("s.toml:") &&
                 ContainsSubstring("sense.trim differs between the presets (false in the naive one, "
                                   "true in the robust one) but belongs to no technique"));
  CHECK_THAT(edited("\"sense.trim\", ", "\"sense.trim\", \"array.v_wl_v\", "),
             ContainsSubstring("array.v_wl_v occurs in two"));
  CHECK_THAT(edited("\"array.v_wl_v\"", "\"array.v_wl\""), ContainsSubstring("did you mean array.v_wl_v?"));
  CHECK_THAT(edited("\"array.v_wl_v\"", "\"run.seed\""), ContainsSubstring("run.seed is none"));
}

TEST_CASE("a technique that changes nothing is a mistake") {
  CHECK_THAT(edited("[[nonideality]]\nname = \"rest\"",
                    "[[technique]]\nname = \"idle\"\nkeys = [\"array.rows\"]\n"
                    "[[nonideality]]\nname = \"rest\""),
             ContainsSubstring("idle changes nothing"));
  CHECK_THAT(complaint(study_text, {{"array.v_wl_v=0.7"}, {}, {}, {}}),
             ContainsSubstring("low-v changes nothing"));
}

TEST_CASE("every switch belongs to exactly one nonideality") {
  CHECK_THAT(edited("\"nonidealities.drift\", ", ""),
             ContainsSubstring("s.toml:") && ContainsSubstring("nonidealities.drift belongs to none"));
  CHECK_THAT(edited("\"nonidealities.drift\", ", "\"nonidealities.drift\", \"nonidealities.offset\", "),
             ContainsSubstring("nonidealities.offset occurs in two"));
  CHECK_THAT(edited("\"nonidealities.drift\", ", "\"nonidealities.drif\", "),
             ContainsSubstring("did you mean nonidealities.drift?"));
  CHECK_THAT(edited("name = \"rest\"", "name = \"all\""), ContainsSubstring("always exist"));
}

TEST_CASE("nets name tags and files that are there") {
  CHECK_THAT(edited("techniques = [\"trained\"]", "techniques = [\"traind\"]"),
             ContainsSubstring("did you mean trained?"));
  CHECK_THAT(edited("techniques = [\"trained\"]", "techniques = []"), ContainsSubstring("has one already"));
  CHECK_THAT(edited("models/traffic.onnx", "models/none.onnx"),
             ContainsSubstring("s.toml:3:") && ContainsSubstring("models/none.onnx"));
}

TEST_CASE("what a study sets itself cannot be set beside it") {
  CHECK_THAT(edited("run.evaluator=ideal", "run.chips=4"),
             ContainsSubstring("a study sets run.chips itself"));
  CHECK_THAT(complaint(study_text, {{"run.limit=3"}, {}, {}, {}}),
             ContainsSubstring("--set") && ContainsSubstring("--limit"));
  CHECK_THAT(edited("run.evaluator=ideal", "run.evaluater=ideal"),
             ContainsSubstring("did you mean run.evaluator?"));
}

TEST_CASE("presets, adjustments and unknown keys are checked") {
  CHECK_THAT(edited("\"naive.toml\"", "\"nave.toml\""), ContainsSubstring("study.naive"));
  CHECK_THAT(edited("off = [\"quiet\"]", "off = [\"quite\"]"), ContainsSubstring("did you mean quiet?"));
  CHECK_THAT(edited("off = [\"quiet\"]", "off = []"), ContainsSubstring("under both 'on' and 'off'"));
  CHECK_THAT(edited("array.bias=source", "array.bais=source"), ContainsSubstring("did you mean array.bias?"));
  CHECK_THAT(edited("label = \"all rows\"", "labell = \"all rows\""), ContainsSubstring("labell"));
}
