// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include "support/catch.h"

#include "fixture.h"
#include "irc/explore/campaign.h"
#include "support/temporary_folder.h"

using namespace irc;
using namespace irc::explore;
using namespace irc::explore::test;
using Catch::Matchers::ContainsSubstring;

namespace {

namespace fs = std::filesystem;

Record numbered(int i) {
  // The record is longer than a page of the database, so that half a record would be noticed.
  auto document = result(0.1, 1e-6);
  document["number"] = i;
  document["filler"] = std::string(20000, static_cast<char>('a' + i % 26));
  return done(document);
}

std::string numbered_address(int writer, int i) {
  return address(std::to_string(writer) + "-" + std::to_string(i));
}

}  // namespace

TEST_CASE("a store keeps what is put into it") {
  irc::tb::TemporaryFolder folder;
  Record record = done(result(0.1, 1e-6));
  record.config_toml = "a = 1\n";
  record.wall_s = 1.5;
  record.peak_rss_bytes = 1u << 30;
  {
    Store store(folder / "new/s.sqlite", Store::Mode::create);
    store.put(address("x"), record);
    store.put(address("y"), failed("it's broken"));
    CHECK(store.contains(address("x")));
    CHECK_FALSE(store.find(address("z")));
  }
  const Store store(folder / "new/s.sqlite", Store::Mode::read);
  const auto all = store.all();
  REQUIRE(all.size() == 2);
  CHECK(all.at(address("x")).result == record.result);
  CHECK(all.at(address("x")).config_toml == "a = 1\n");
  CHECK(all.at(address("x")).wall_s == 1.5);
  CHECK(all.at(address("x")).peak_rss_bytes == (1u << 30));
  CHECK(all.at(address("y")).status == Record::Status::failed);
  CHECK(all.at(address("y")).error == "it's broken");
}

TEST_CASE("the first record stays, but a finished one replaces a failed one") {
  irc::tb::TemporaryFolder folder;
  Store store(folder / "s.sqlite", Store::Mode::create);
  store.put(address("a"), numbered(1));
  store.put(address("a"), numbered(2));
  store.put(address("a"), failed("late"));
  CHECK(store.find(address("a"))->result == numbered(1).result);
  store.put(address("b"), failed("early"));
  store.put(address("b"), numbered(3));
  CHECK(store.find(address("b"))->status == Record::Status::done);
  store.put(address("c"), failed("stays"));
  CHECK(store.forget_failed() == 1);
  CHECK_FALSE(store.contains(address("c")));
}

TEST_CASE("what is no store is refused, and left alone") {
  irc::tb::TemporaryFolder folder;
  CHECK_THROWS_WITH(Store(folder / "none.sqlite", Store::Mode::read), ContainsSubstring("none.sqlite"));
  std::ofstream(folder / "text") << std::string(5000, 'x');
  CHECK_THROWS_AS(Store(folder / "text", Store::Mode::create), InputError);
  CHECK(fs::file_size(folder / "text") == 5000);
  std::ofstream empty(folder / "empty");
  CHECK_THROWS_AS(Store(folder / "empty", Store::Mode::read), InputError);
}

TEST_CASE("merging takes what is new") {
  irc::tb::TemporaryFolder folder;
  Store a(folder / "a.sqlite", Store::Mode::create), b(folder / "b.sqlite", Store::Mode::create);
  a.put(address("1"), numbered(1));
  b.put(address("1"), numbered(1));
  b.put(address("2"), numbered(2));
  CHECK(a.merge(b) == 1);
  CHECK(a.merge(b) == 0);
  CHECK(a.all().size() == 2);
}

TEST_CASE("an experiment travels with its store") {
  irc::tb::TemporaryFolder folder;
  Store store(folder / "s.sqlite", Store::Mode::create);
  CHECK_THROWS_AS(read_stored_experiment(store), InputError);
  const auto e = parsed(head + voltage + metrics + grid, {{"array.macros=4"}, 9});
  remember_experiment(store, e);
  const auto again = read_stored_experiment(store);
  CHECK(again.name == e.name);
  CHECK(again.settings == e.settings);
  CHECK(again.seed == 9);
  PointMaker one(e), two(again);
  CHECK(plan(e, one, {}).points[0].id == plan(again, two, {}).points[0].id);
}

TEST_CASE("several processes write to one store, one is killed at work, every record is whole") {
  irc::tb::TemporaryFolder folder;
  const auto path = folder / "s.sqlite";
  { Store create(path, Store::Mode::create); }
  constexpr int writers = 3, each = 40;
  std::vector<pid_t> children;
  for (int w = 0; w <= writers; ++w) {
    const pid_t child = fork();
    if (child == 0) {
      try {
        Store store(path, Store::Mode::create);
        // The last writer writes until it is killed.
        for (int i = 0; w == writers || i < each; ++i) store.put(numbered_address(w, i), numbered(i));
      } catch (const std::exception&) {
        _exit(1);
      }
      _exit(0);
    }
    children.push_back(child);
  }
  usleep(100'000);
  kill(children.back(), SIGKILL);
  int failures = 0;
  for (const auto child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    if (child != children.back() && !(WIFEXITED(status) && WEXITSTATUS(status) == 0)) ++failures;
  }
  CHECK(failures == 0);
  auto all = Store(path, Store::Mode::read).all();
  for (int w = 0; w < writers; ++w)
    for (int i = 0; i < each; ++i) {
      REQUIRE(all.at(numbered_address(w, i)).result == numbered(i).result);
      all.erase(numbered_address(w, i));
    }
  // What remains is of the writer that was killed.
  for (int i = 0; i < static_cast<int>(all.size()); ++i)
    REQUIRE(all.at(numbered_address(writers, i)).result == numbered(i).result);
}
