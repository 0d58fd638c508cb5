// SPDX-License-Identifier: Apache-2.0
// Damaged and tampered manifests, stores and shards: each mistake is named, and costs no more than its
// record.
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <set>
#include "support/catch.h"

#include "fixture.h"
#include "irc/core/file.h"
#include "irc/explore/campaign.h"
#include "irc/explore/compare.h"
#include "irc/explore/report_data.h"
#include "irc/explore/shards.h"
#include "mutations.h"
#include "support/temporary_folder.h"

using namespace irc;
using namespace irc::explore;
using namespace irc::explore::test;
using Catch::Matchers::ContainsSubstring;

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Three points that work and one whose configuration is wrong, in two shards.
const std::string space = "[[parameter]]\nkey = \"array.amplifiers\"\nvalues = [7, 8, 16, 32]\n";

struct Batch {
  Batch() : experiment(parsed(head + space + metrics + grid)), maker(experiment) {
    whole = plan(experiment, maker, {});
    folder.path = temporary.path();
    write_batch(folder, make_manifest(experiment, whole, 2), {"irc", default_array_limit});
    manifest = json::parse(read_file(folder.manifest()));
  }
  /// The record that a worker would give.
  static Record record(const Point& point) {
    if (!point.config_error.empty()) return failed(point.config_error);
    return done(result(0.1, 1e-6), point.config_toml);
  }
  void fill(Store& store) const {
    for (const auto& point : whole.points) store.put(point.id, record(point));
  }
  void write(const std::string& text) const { std::ofstream(folder.manifest()) << text; }

  irc::tb::TemporaryFolder temporary;
  Folder folder;
  Experiment experiment;
  PointMaker maker;
  Plan whole;
  json manifest;
};

/// Runs SQL on a database. Only tests may do that.
void sql(const std::string& path, const std::string& text) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
  char* words = nullptr;
  const int code = sqlite3_exec(handle, text.c_str(), nullptr, nullptr, &words);
  const std::string problem = words == nullptr ? "" : words;
  sqlite3_free(words);
  sqlite3_close(handle);
  INFO(text << ": " << problem);
  REQUIRE(code == SQLITE_OK);
}

/// A table without any constraint, as a tool that copies a store might make it.
constexpr const char* loosen =
    "CREATE TABLE loose(id PRIMARY KEY, status, error, result, config_toml, wall_s, peak_rss_bytes);"
    "INSERT INTO loose SELECT * FROM points; DROP TABLE points; ALTER TABLE loose RENAME TO points;";

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

/// Message of the InputError that `work` throws, or an empty string. Any other exception fails the test.
template <typename Work>
std::string complaint_of(const Work& work) {
  try {
    work();
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a manifest with any key missing or wrong is refused with file and key, or means the same") {
  const Batch batch;
  std::size_t refused = 0;
  const auto count = for_each_mutation(
      batch.manifest, [&](const std::string& name, const std::string& key, const std::string& text) {
        INFO(name);
        batch.write(text);
        const auto words = complaint_of([&] {
          const auto manifest = read_manifest(batch.folder.manifest());
          for (std::size_t s = 0; s < manifest.shards.size(); ++s) shard_points(batch.folder, manifest, s);
        });
        const auto of_collect = complaint_of([&] {
          // With every key legal, points are missing, because no shard has run.
          if (collect(batch.folder).missing == 0) throw InputError("collected as complete");
        });
        CHECK(words == of_collect);
        if (words.empty()) return;
        ++refused;
        CHECK_THAT(words, ContainsSubstring("manifest.json"));
        const bool named = words.find(key) != std::string::npos ||
                           words.find("not valid JSON") != std::string::npos ||
                           words.find("levels deep") != std::string::npos;
        INFO(words);
        CHECK(named);
      });
  CHECK(count > 300);
  // Experiment and stage are texts for people. A point that is left out is missing and planned again.
  CHECK(refused > count * 9 / 10);
}

TEST_CASE("a point of a manifest that was changed is refused by name") {
  const Batch batch;
  auto changed = batch.manifest;
  std::size_t s = 0, p = 0;
  // The first point with a configuration.
  while (changed["shards"][s][p]["config_toml"] == "")
    s = ++p == changed["shards"][s].size() ? (p = 0, s + 1) : s;
  auto& point = changed["shards"][s][p];
  auto text = point["config_toml"].get<std::string>();
  const auto at = text.find("v_wl_v = ");
  REQUIRE(at != std::string::npos);
  text.replace(at, text.find('\n', at) - at, "v_wl_v = 0.71");
  point["config_toml"] = text;
  batch.write(changed.dump());
  const auto manifest = read_manifest(batch.folder.manifest());
  CHECK_THROWS_WITH(
      shard_points(batch.folder, manifest, s),
      ContainsSubstring(point["id"].get<std::string>()) && ContainsSubstring("content address"));
  CHECK_THROWS_WITH(collect(batch.folder), ContainsSubstring("content address"));

  // A point that works, made to look wrong.
  changed = batch.manifest;
  auto& other = changed["shards"][s][p];
  other["config_toml"] = "";
  other["config_error"] = "made up";
  other["config"] = "robust.toml";
  other["settings"] = json::array();
  batch.write(changed.dump());
  CHECK_THROWS_WITH(collect(batch.folder), ContainsSubstring("content address"));

  // The same point in two shards.
  changed = batch.manifest;
  changed["shards"][1].push_back(changed["shards"][0][0]);
  batch.write(changed.dump());
  CHECK_THROWS_WITH(read_manifest(batch.folder.manifest()), ContainsSubstring("no other point has"));
}

TEST_CASE("a store with one bad value loses that record only, says which, and takes a new one") {
  const Batch batch;
  const auto path = batch.folder.store();
  const auto original = batch.temporary / "original.sqlite";
  std::string id, text;
  {
    Store store(original, Store::Mode::create);
    batch.fill(store);
    remember_experiment(store, batch.experiment);
    for (const auto& point : batch.whole.points)
      if (point.config_error.empty()) id = point.id;
    text = store.find(id)->result;
  }
  sql(original, loosen);
  std::size_t count = 0, damaged = 0;
  const auto check = [&](const std::string& name, const std::string& key, const std::string& assignment) {
    INFO(name);
    fs::copy_file(original, path, fs::copy_options::overwrite_existing);
    sql(path, "UPDATE points SET " + assignment + " WHERE id = '" + id + "'");
    ++count;
    {
      const Store store(path, Store::Mode::read);
      const auto document = report_data(store, batch.experiment);
      const auto left_out = store.bad().size();
      REQUIRE(left_out <= 1);
      CHECK(document.at("points").size() + left_out == batch.whole.points.size());
      CHECK(compare(store, store).identical() == (left_out == 0));
      if (left_out == 0) return;
      ++damaged;
      CHECK(document.at("left_out").size() == 1);
      CHECK_THAT(document.at("experiment").at("description").get<std::string>(),
                 ContainsSubstring("left out: 1"));
      INFO(store.bad().front().problem);
      CHECK((store.bad().front().problem.find(key) != std::string::npos ||
             store.bad().front().problem.find("result:1:") == 0));
    }
    Store store(path, Store::Mode::create);
    store.refuse_bad();
    CHECK_THAT(complaint_of([&] { report_data(store, batch.experiment); }),
               ContainsSubstring("store.sqlite: point"));
    Store again(path, Store::Mode::create);
    for (const auto& point : batch.whole.points)
      if (!is_known(again, point)) keep(again, point, Batch::record(point));
    const Store healed(path, Store::Mode::read);
    CHECK(report_data(healed, batch.experiment).at("points").size() == batch.whole.points.size());
  };
  const std::vector<std::string> values{"NULL",  "'x'",     "7",  "-5",   "1e300",
                                        "9e999", "x'00ff'", "''", "'{}'", "'[]'"};
  for (const auto* column : {"id", "status", "error", "result", "config_toml", "wall_s", "peak_rss_bytes"})
    for (const auto& value : values)
      check(std::string(column) + " = " + value, column, std::string(column) + " = " + value);
  for_each_mutation(json::parse(text),
                    [&](const std::string& name, const std::string& key, const std::string& to) {
                      check("result" + name, key, "result = " + quoted(to));
                    });
  CHECK(count > 500);
  CHECK(damaged > count * 3 / 4);
}

TEST_CASE("records under each other's content address are left out") {
  const Batch batch;
  const auto path = batch.folder.store();
  std::vector<std::string> ids;
  {
    Store store(path, Store::Mode::create);
    batch.fill(store);
    for (const auto& point : batch.whole.points)
      if (point.config_error.empty()) ids.push_back(point.id);
  }
  sql(path, "UPDATE points SET id = 'swap' WHERE id = '" + ids[0] + "'; UPDATE points SET id = '" + ids[0] +
                "' WHERE id = '" + ids[1] + "'; UPDATE points SET id = '" + ids[1] + "' WHERE id = 'swap'");
  Store store(path, Store::Mode::create);
  CHECK(report_data(store, batch.experiment).at("points").size() == batch.whole.points.size() - 2);
  REQUIRE(store.bad().size() == 2);
  CHECK_THAT(store.bad().front().problem, ContainsSubstring("not the configuration"));
  for (const auto& point : batch.whole.points) keep(store, point, Batch::record(point));
  const Store healed(path, Store::Mode::read);
  CHECK(report_data(healed, batch.experiment).at("points").size() == batch.whole.points.size());
  CHECK(healed.bad().empty());
}

TEST_CASE("the stored experiment with any key wrong is refused with file and key") {
  const Batch batch;
  const auto path = batch.folder.store();
  json stored;
  {
    Store store(path, Store::Mode::create);
    remember_experiment(store, parsed(head + space + metrics + grid, {{"array.macros=4"}, 9}));
    stored = json::parse(store.experiment());
  }
  for_each_mutation(stored, [&](const std::string& name, const std::string& key, const std::string& to) {
    INFO(name);
    Store store(path, Store::Mode::create);
    store.set_experiment(to);
    const auto words = complaint_of([&] { read_stored_experiment(store); });
    if (words.empty()) return;
    INFO(words);
    // Text and settings are read as an experiment file and a command line, which name themselves.
    CHECK((words.find("store.sqlite: meta.experiment") != std::string::npos || key == "text" ||
           key == "settings"));
  });
}

TEST_CASE("collect merges what is sound, and names shards and records that are not") {
  const Batch batch;
  const auto manifest = read_manifest(batch.folder.manifest());
  for (std::size_t s = 0; s < 2; ++s) {
    Store store(batch.folder.shard_store(s).string(), Store::Mode::create);
    for (const auto& point : manifest.shards[s]) store.put(point.id, Batch::record(point));
  }
  const auto& victim = manifest.shards[1].back();
  REQUIRE(victim.config_error.empty());
  // A shard that was killed when it had just made its store, and a file that is no store at all.
  std::ofstream(batch.folder.shard_store(7)).flush();
  std::ofstream(batch.folder.shard_store(8)) << std::string(5000, 'x');
  sql(batch.folder.shard_store(1).string(),
      "UPDATE points SET config_toml = replace(config_toml, 'v_wl_v = 0.6', 'v_wl_v = 0.7') WHERE id = '" +
          victim.id + "'");
  CHECK_THROWS_WITH(collect(batch.folder, true), ContainsSubstring("1.sqlite: point " + victim.id));
  const auto first = collect(batch.folder);
  CHECK(first.fresh == 1);  // the strict attempt merged the first shard
  CHECK(first.missing == 1);
  CHECK(first.waits == std::vector<std::uint64_t>{1});
  CHECK(first.stores == 3);
  REQUIRE(first.damaged.size() == 2);
  CHECK_THAT(first.damaged[0], ContainsSubstring("config_toml is not the configuration"));
  CHECK_THAT(first.damaged[1], ContainsSubstring("8.sqlite"));
  // The shard evaluates that point again, and only that one.
  Store store(batch.folder.shard_store(1).string(), Store::Mode::create);
  for (const auto& point : shard_points(batch.folder, manifest, 1)) {
    CHECK(is_known(store, point) == (point.id != victim.id));
    keep(store, point, Batch::record(point));
  }
  const auto second = collect(batch.folder);
  CHECK(second.fresh == 1);
  CHECK(second.missing == 0);
}

TEST_CASE("a shard's store with one bad value costs that point only, and the shard evaluates it again") {
  const Batch batch;
  const auto manifest = read_manifest(batch.folder.manifest());
  const auto file = batch.folder.shard_store(0).string(), original = batch.temporary / "original.sqlite";
  const auto& points = manifest.shards[0];
  {
    Store store(original, Store::Mode::create);
    for (const auto& point : points) store.put(point.id, Batch::record(point));
  }
  sql(original, loosen);
  fs::create_directories(batch.folder.shards());
  const auto& victim = points.back();
  REQUIRE(victim.config_error.empty());
  for (const auto* column : {"id", "status", "error", "result", "config_toml", "wall_s", "peak_rss_bytes"})
    for (const auto* value : {"NULL", "'x'", "7", "-5", "9e999", "x'00ff'", "''", "'{}'"}) {
      INFO(column << " = " << value);
      fs::remove(batch.folder.store());
      fs::copy_file(original, file, fs::copy_options::overwrite_existing);
      sql(file,
          std::string("UPDATE points SET ") + column + " = " + value + " WHERE id = '" + victim.id + "'");
      const auto collected = collect(batch.folder);
      REQUIRE(collected.damaged.size() <= 1);
      CHECK(collected.fresh + collected.damaged.size() == points.size());
      if (collected.damaged.empty()) continue;
      CHECK_THAT(collected.damaged.front(),
                 ContainsSubstring("0.sqlite: point") && ContainsSubstring(column));
      CHECK(collected.waits == std::vector<std::uint64_t>{0, 1});
      Store store(file, Store::Mode::create);
      CHECK_FALSE(is_known(store, victim));
      keep(store, victim, Batch::record(victim));
      CHECK(collect(batch.folder).fresh == 1);
    }
}

TEST_CASE("a manifest without shards is no success") {
  const Batch batch;
  for (const auto& shards : {json(nullptr), json::array(), json::object(), json::array({json::array()})}) {
    auto changed = batch.manifest;
    changed["shards"] = shards;
    batch.write(changed.dump());
    CHECK_THROWS_WITH(collect(batch.folder), ContainsSubstring("manifest.json: shards"));
  }
}

TEST_CASE("what only looks like a store is refused with its name") {
  const Batch batch;
  const auto path = batch.folder.store();
  {
    Store store(path, Store::Mode::create);
    batch.fill(store);
  }
  const auto bytes = read_file(path);
  const auto refused = [&](const std::string& because) {
    CHECK_THROWS_WITH(Store(path, Store::Mode::read).all(),
                      ContainsSubstring("store.sqlite") && ContainsSubstring(because));
  };
  for (const std::size_t size : {std::size_t{1}, std::size_t{50}, std::size_t{5000}, bytes.size() - 4096}) {
    std::ofstream(path, std::ios::binary) << bytes.substr(0, size);
    INFO(size);
    refused("");
  }
  std::ofstream(path, std::ios::binary) << bytes;
  sql(path, "PRAGMA user_version = 2");
  refused("schema is 2, expected 1");
  sql(path, "PRAGMA user_version = 1; PRAGMA application_id = 5");
  refused("no result store");
  sql(path, "PRAGMA application_id = 1769104248; ALTER TABLE points DROP COLUMN wall_s");
  refused("wall_s");
}

TEST_CASE("arrays of a batch keep below Slurm's largest index") {
  Batch batch;
  const auto many = parsed(head + "[[parameter]]\nkey = \"array.v_wl_v\"\nrange = [0.5, 0.6]\nsteps = 7\n" +
                           metrics + grid);
  PointMaker maker(many);
  const auto manifest = make_manifest(many, plan(many, maker, {}), 7);
  auto scripts = write_batch(batch.folder, manifest, {"irc", 3});
  REQUIRE(scripts.size() == 3);
  CHECK_THAT(read_file(scripts[0]),
             ContainsSubstring("--array=0-2\n") && ContainsSubstring("--shard \"$SLURM_ARRAY_TASK_ID\""));
  CHECK_THAT(read_file(scripts[1]), ContainsSubstring("--array=0-2\n") &&
                                        ContainsSubstring("--shard \"$((SLURM_ARRAY_TASK_ID + 3))\""));
  CHECK_THAT(read_file(scripts[2]), ContainsSubstring("--array=0-0\n") &&
                                        ContainsSubstring("--shard \"$((SLURM_ARRAY_TASK_ID + 6))\""));
  // A smaller batch leaves no script of the larger one.
  scripts = write_batch(batch.folder, manifest, {"irc", 7});
  CHECK(scripts.size() == 1);
  CHECK_FALSE(fs::exists(batch.folder.script(1)));
  CHECK_FALSE(fs::exists(batch.folder.script(2)));
}
