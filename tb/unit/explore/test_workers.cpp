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
  const Script script(
      "read line\necho \"{\\\"result\\\": {\\\"said\\\": \\\"$line\\\"}, \\\"peak_rss_bytes\\\": 7}\"\n");
  const auto records = evaluated(script, {point("a", "one\n"), point("b", "two\n"), point("c", "three\n")});
  REQUIRE(records.size() == 3);
  CHECK(records.at("b").result == "{\"said\":\"two\"}");
  CHECK(records.at("b").peak_rss_bytes == 7);
  CHECK(records.at("b").status == Record::Status::done);
}

TEST_CASE("a failing worker fails its point only") {
  const Script script(
      "read line\nif [ $line = bad ]; then echo 'irc: no good' >&2; exit 3; fi\n"
      "if [ $line = mute ]; then exit 0; fi\necho '{\"result\": {}}'\n");
  auto wrong = point("wrong", "");
  wrong.config_error = "not valid";
  const auto records =
      evaluated(script, {point("1", "bad\n"), point("2", "good\n"), point("3", "mute\n"), wrong});
  CHECK(records.at("1").error == "no good");
  CHECK(records.at("2").status == Record::Status::done);
  CHECK_THAT(records.at("3").error, ContainsSubstring("cannot be read"));
  CHECK(records.at("wrong").error == "not valid");
}

TEST_CASE("a killed worker has a second try") {
  const Script script(
      "read line\nif [ $line = always ] || [ ! -e \"$line\" ]; then : >\"$line\"; "
      "kill -9 $$; fi\n"
      "echo '{\"result\": {}}'\n");
  const auto records = evaluated(script, {point("1", "once\n"), point("2", "always\n")});
  CHECK(records.at("1").status == Record::Status::done);
  CHECK_THAT(records.at("2").error, ContainsSubstring("signal 9"));
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
