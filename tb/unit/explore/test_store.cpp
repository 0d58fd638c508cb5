// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include "support/catch.h"

#include "fixture.h"
#include "irc/explore/campaign.h"

using namespace irc;
using namespace irc::explore;
using namespace irc::explore::test;
using Catch::Matchers::ContainsSubstring;

namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string form = (fs::temp_directory_path() / "irc-store-XXXXXX").string();
    REQUIRE(mkdtemp(form.data()) != nullptr);
    path_ = form;
  }
  ~Folder() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

Record numbered(int i) {
  // The record is longer than a page of the database, so that half a record would be noticed.
  return done({{"number", i}, {"filler", std::string(20000, static_cast<char>('a' + i % 26))}});
}

}  // namespace

TEST_CASE("a store keeps what is put into it") {
  Folder folder;
  Record record = done(result(0.1, 1e-6));
  record.config_toml = "a = 1\n";
  record.wall_s = 1.5;
  record.peak_rss_bytes = 1u << 30;
  {
    Store store(folder / "new/s.sqlite", Store::Mode::create);
    store.put("x", record);
    store.put("y", failed("it's broken"));
    CHECK(store.contains("x"));
    CHECK_FALSE(store.find("z"));
  }
  const Store store(folder / "new/s.sqlite", Store::Mode::read);
  const auto all = store.all();
  REQUIRE(all.size() == 2);
  CHECK(all.at("x").result == record.result);
  CHECK(all.at("x").config_toml == "a = 1\n");
  CHECK(all.at("x").wall_s == 1.5);
  CHECK(all.at("x").peak_rss_bytes == (1u << 30));
  CHECK(all.at("y").status == Record::Status::failed);
  CHECK(all.at("y").error == "it's broken");
}

TEST_CASE("the first record stays, but a finished one replaces a failed one") {
  Folder folder;
  Store store(folder / "s.sqlite", Store::Mode::create);
  store.put("a", numbered(1));
  store.put("a", numbered(2));
  store.put("a", failed("late"));
  CHECK(store.find("a")->result == numbered(1).result);
  store.put("b", failed("early"));
  store.put("b", numbered(3));
  CHECK(store.find("b")->status == Record::Status::done);
  store.put("c", failed("stays"));
  CHECK(store.forget_failed() == 1);
  CHECK_FALSE(store.contains("c"));
}

TEST_CASE("what is no store is refused, and left alone") {
  Folder folder;
  CHECK_THROWS_WITH(Store(folder / "none.sqlite", Store::Mode::read), ContainsSubstring("none.sqlite"));
  std::ofstream(folder / "text") << std::string(5000, 'x');
  CHECK_THROWS_AS(Store(folder / "text", Store::Mode::create), InputError);
  CHECK(fs::file_size(folder / "text") == 5000);
  std::ofstream empty(folder / "empty");
  CHECK_THROWS_AS(Store(folder / "empty", Store::Mode::read), InputError);
}

TEST_CASE("merging takes what is new") {
  Folder folder;
  Store a(folder / "a.sqlite", Store::Mode::create), b(folder / "b.sqlite", Store::Mode::create);
  a.put("1", numbered(1));
  b.put("1", numbered(1));
  b.put("2", numbered(2));
  CHECK(a.merge(b) == 1);
  CHECK(a.merge(b) == 0);
  CHECK(a.all().size() == 2);
}

TEST_CASE("an experiment travels with its store") {
  Folder folder;
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
  Folder folder;
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
        for (int i = 0; w == writers || i < each; ++i)
          store.put(std::to_string(w) + "-" + std::to_string(i), numbered(i));
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
  std::size_t of_writers = 0;
  for (const auto& [id, record] : Store(path, Store::Mode::read).all()) {
    const int i = std::stoi(id.substr(id.find('-') + 1));
    REQUIRE(record.result == numbered(i).result);
    if (id[0] != '0' + writers) ++of_writers;
  }
  CHECK(of_writers == writers * each);
}
