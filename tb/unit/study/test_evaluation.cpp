// SPDX-License-Identifier: Apache-2.0
#include "irc/study/evaluation.h"

#include <nlohmann/json.hpp>
#include "support/catch.h"

#include "fixture.h"
#include "irc/core/error.h"

using namespace irc;
using namespace irc::study;
using namespace irc::study::test;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Replaces irc: counts its calls and gives the answer that is stored beside it.
const char* const counting =
    "cd \"$(dirname \"$0\")\"\ncat >config.$$\necho x >>calls\n"
    "echo '{\"peak_rss_bytes\": 1, \"result\": '\"$(cat answer)\"'}'\n";

std::size_t calls(const Program& program) {
  std::ifstream in(program.folder / "calls");
  std::string line;
  std::size_t count = 0;
  while (std::getline(in, line)) ++count;
  return count;
}

}  // namespace

TEST_CASE("evaluations come back in their order, equal ones are run once, and never again") {
  const Program program(counting);
  std::ofstream(program.folder / "answer") << result({0.5, 0.7}).dump();
  const std::vector<Evaluation> asked = {{"robust.toml", {"run.limit=2"}},
                                         {"robust.toml", {"run.limit=3"}},
                                         {"robust.toml", {"run.limit=2", "run.threads=1"}},
                                         {"robust.toml", {"array.amplifiers=7"}}};
  explore::Store store((program.folder / "s.sqlite").string(), explore::Store::Mode::create);
  std::vector<std::size_t> totals;
  const auto once = evaluate(asked, store, program.workers(),
                             [&](std::size_t, std::size_t total) { totals.push_back(total); });
  CHECK(calls(program) == 2);
  CHECK(totals.front() == 3);
  REQUIRE(once.size() == 4);
  CHECK(once[0].done());
  CHECK(once[2].done());
  CHECK(once[3].status == Outcome::Status::refused);
  CHECK_THAT(once[3].error, ContainsSubstring("array.amplifiers"));
  const auto again = evaluate(asked, store, program.workers(), {});
  CHECK(calls(program) == 2);
  CHECK(again[1].map == once[1].map);
}

TEST_CASE("an outcome is what result.json says") {
  explore::Record record;
  record.result = result({0.5, 0.7}).dump();
  const auto out = outcome_of(record, false);
  REQUIRE(out.done());
  CHECK(out.map_ideal == 0.8);
  CHECK(out.map == 0.6);
  CHECK(out.map_per_chip == std::vector<double>{0.5, 0.7});
  CHECK(out.map_worst == 0.5);
  CHECK(out.energy_j == 2e-6);
  CHECK(out.latency_s == 1e-5);
  CHECK(out.bit_error_rate == 0.25);
  CHECK(out.images == 5);
}

TEST_CASE("an evaluation without mAP, with a broken record or a failed run is failed, and says why") {
  explore::Record record;
  auto document = result({0.5});
  for (const auto* key : {"ideal", "nonideal", "worst", "std", "ci95", "coco"})
    document["map"][key] = nullptr;
  document["map"]["per_chip"][0] = nullptr;
  record.result = document.dump();
  CHECK(outcome_of(record, false).status == Outcome::Status::failed);
  CHECK_THAT(outcome_of(record, false).error, ContainsSubstring("map.ideal has no value"));
  record.result = "{";
  CHECK_THAT(outcome_of(record, false).error, ContainsSubstring("is not valid JSON"));
  document["map"]["ideal"] = 0.8;
  record.result = document.dump();
  CHECK_THAT(outcome_of(record, false).error, ContainsSubstring("result.map.nonideal is null"));
  record.status = explore::Record::Status::failed;
  record.error = "layer 'x' needs 80 bias rows";
  CHECK(outcome_of(record, false).status == Outcome::Status::failed);
  CHECK(outcome_of(record, false).error == record.error);
  CHECK(outcome_of(record, true).status == Outcome::Status::refused);
}
