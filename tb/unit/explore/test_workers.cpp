// SPDX-License-Identifier: Apache-2.0
#include "support/catch.h"

#include "fixture.h"
#include "irc/explore/workers.h"
#include "support/stand_in.h"

using namespace irc;
using namespace irc::explore;
using Catch::Matchers::ContainsSubstring;

namespace {

using Script = irc::test::StandIn;

/// A shell command that prints a worker's answer with a whole result. `said` becomes a key of it.
std::string answer(const std::string& said = "") {
  auto document = explore::test::result(0.1, 1e-6);
  document["said"] = "SAID";
  auto text = nlohmann::json{{"result", document}, {"peak_rss_bytes", 7}}.dump();
  std::string out = "sed \"s/SAID/" + said + "/\" <<'EOF'\n" + text + "\nEOF\n";
  return out;
}

Records evaluated(const Script& script, const std::vector<Point>& points, std::uint64_t workers = 2) {
  std::vector<const Point*> list;
  for (const auto& point : points) list.push_back(&point);
  Records records;
  CHECK(evaluate(
      list, {script.path(), workers, 0, 0}, [&](const Point& p, const Record& r) { records[p.id] = r; },
      [](const Point&) { return false; }, [] { return false; }));
  return records;
}

Point point(const std::string& id, const std::string& config) {
  Point out;
  out.id = id;
  out.config_toml = config;
  return out;
}

}  // namespace

TEST_CASE("a worker gets the configuration and gives the result") {
  const Script script("read line\n" + answer("$line"));
  const auto records = evaluated(script, {point("a", "one\n"), point("b", "two\n"), point("c", "three\n")});
  REQUIRE(records.size() == 3);
  CHECK_THAT(records.at("b").result, ContainsSubstring("\"said\":\"two\""));
  CHECK(records.at("b").peak_rss_bytes == 7);
  CHECK(records.at("b").status == Record::Status::done);
}

TEST_CASE("a failing worker fails its point only") {
  const Script script(
      "read line\nif [ $line = bad ]; then echo 'irc: no good' >&2; exit 3; fi\n"
      "if [ $line = mute ]; then exit 0; fi\nif [ $line = half ]; then echo '{\"result\": {}}'; exit 0; "
      "fi\n" +
      answer());
  auto wrong = point("wrong", "");
  wrong.config_error = "not valid";
  const auto records = evaluated(
      script, {point("1", "bad\n"), point("2", "good\n"), point("3", "mute\n"), point("4", "half\n"), wrong});
  CHECK(records.at("1").error == "no good");
  CHECK(records.at("2").status == Record::Status::done);
  CHECK_THAT(records.at("3").error, ContainsSubstring("answer cannot be used"));
  CHECK_THAT(records.at("4").error, ContainsSubstring("chips is missing"));
  CHECK(records.at("wrong").error == "not valid");
}

TEST_CASE("a killed worker has a second try") {
  const Script script(
      "read line\nif [ $line = always ] || [ ! -e \"$line\" ]; then : >\"$line\"; "
      "kill -9 $$; fi\n" +
      answer());
  const auto records = evaluated(script, {point("1", "once\n"), point("2", "always\n")});
  CHECK(records.at("1").status == Record::Status::done);
  CHECK_THAT(records.at("2").error,
             ContainsSubstring("killed by signal 9 (SIGKILL)") && ContainsSubstring("twice"));
}

TEST_CASE("a worker that cannot hand over its result does not fail its point") {
  const Script once(
      "read line\nif [ ! -e \"$line\" ]; then : >\"$line\"; echo 'irc: disk full' >&2; exit 74; fi\n" +
      answer());
  CHECK(evaluated(once, {point("1", "one\n")}).at("1").status == Record::Status::done);
  const Script always("echo 'irc: disk full' >&2; exit 74\n");
  const auto p = point("1", "one\n");
  CHECK_THROWS_WITH(
      evaluate(
          {&p}, {always.path(), 1, 0, 0}, {}, [](const Point&) { return false; }, [] { return false; }),
      ContainsSubstring("disk full"));
}

TEST_CASE("a program that is not there is said at once") {
  const auto p = point("1", "x\n");
  CHECK_THROWS_AS(
      evaluate(
          {&p}, {"/nowhere/irc", 1, 0, 0}, {}, [](const Point&) { return false; }, [] { return false; }),
      InputError);
}

TEST_CASE("memory limits the workers") {
  CHECK(worker_limit(8, 1000, 100) == 8);
  CHECK(worker_limit(8, 350, 100) == 3);
  CHECK(worker_limit(8, 50, 100) == 1);
  CHECK(worker_limit(0, 350, 100) == 1);
  CHECK(available_memory() > 0);
}
