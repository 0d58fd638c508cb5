// SPDX-License-Identifier: Apache-2.0
// Records of a store. The parts of an input are id, status, error, result, configuration, wall time, memory
// and the experiment. They are put into the file with SQLite itself, so every value and type can occur.
#include <sqlite3.h>

#include <nlohmann/json.hpp>

#include "fuzz.h"
#include "irc/core/error.h"
#include "irc/explore/campaign.h"
#include "irc/explore/report.h"
#include "irc/explore/report_data.h"
#include "irc/explore/table.h"

namespace irc::fuzz {
namespace {

constexpr std::size_t columns = 7;

/// A part that begins with a number sign is that number, `NULL` is no value, and everything else is text.
void bind(sqlite3_stmt* statement, int column, const std::string& part) {
  if (part == "NULL")
    sqlite3_bind_null(statement, column);
  else if (part.starts_with('#'))
    sqlite3_bind_double(statement, column, std::strtod(part.c_str() + 1, nullptr));
  else
    sqlite3_bind_text(statement, column, part.data(), static_cast<int>(part.size()), SQLITE_TRANSIENT);
}

/// An empty store without the checks and types of the tables.
std::string loose_store(const Scratch& scratch) {
  const auto path = (scratch.path() / "store.sqlite").string();
  { const explore::Store made(path, explore::Store::Mode::create); }
  sqlite3* file = nullptr;
  sqlite3_open(path.c_str(), &file);
  sqlite3_exec(
      file,
      "DROP TABLE points; DROP TABLE meta;"
      "CREATE TABLE points(id PRIMARY KEY, status, error, result, config_toml, wall_s, peak_rss_bytes);"
      "CREATE TABLE meta(key PRIMARY KEY, value)",
      nullptr, nullptr, nullptr);
  sqlite3_close(file);
  return path;
}

void fill(const std::string& path, const std::vector<std::string>& parts) {
  sqlite3* file = nullptr;
  sqlite3_open(path.c_str(), &file);
  sqlite3_exec(file,
               "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; DELETE FROM points; DELETE FROM meta",
               nullptr, nullptr, nullptr);
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(file, "INSERT INTO points VALUES(?, ?, ?, ?, ?, ?, ?)", -1, &insert, nullptr);
  for (std::size_t i = 0; i < columns; ++i) bind(insert, static_cast<int>(i) + 1, parts[i]);
  sqlite3_step(insert);
  sqlite3_finalize(insert);
  sqlite3_prepare_v2(file, "INSERT INTO meta VALUES('experiment', ?)", -1, &insert, nullptr);
  bind(insert, 1, parts[columns]);
  sqlite3_step(insert);
  sqlite3_finalize(insert);
  sqlite3_close(file);
}

const explore::Experiment& fixed_experiment() {
  static const auto experiment = explore::parse_experiment(
      "[experiment]\nname = \"t\"\n[metrics]\nmap_drop = \"min\"\nenergy_j_per_image = \"min\"\nyield = "
      "\"max\"\n"
      "bit_error_rate = \"none\"\nenergy_macro_j_per_image = \"none\"\nmap_nonideal = \"none\"\n"
      "[strategy]\nkind = \"grid\"\n[[parameter]]\nkey = \"array.v_wl_v\"\nvalues = [0.5]\n",
      "e.toml");
  return experiment;
}

}  // namespace

void run(Input input) {
  static const Scratch scratch;
  static const auto path = loose_store(scratch);
  static explore::PointMaker maker(fixed_experiment());
  static const auto point = maker.make({explore::Value(0.5)}, 0);
  auto parts = parts_of(input, columns + 1);
  if (parts[0] == "POINT") parts[0] = point.id;
  if (parts[4] == "CONFIGURATION") parts[4] = point.config_toml;
  fill(path, parts);
  const explore::Store store(path, explore::Store::Mode::read);
  refused([&] { explore::read_stored_experiment(store); });
  const auto records = store.all();
  for (const auto& [id, record] : records) explore::outcome_of(fixed_experiment(), record);
  const auto plan = explore::plan(fixed_experiment(), maker, records);
  explore::front_text(fixed_experiment(), explore::rows_of(fixed_experiment(), plan, records), 10);
  // A report describes the device, which takes a hundred times as long as the rest: only some inputs ask for
  // it.
  if (!parts[5].starts_with("#1")) return;
  const auto data = explore::report_data(fixed_experiment(), plan, records);
  refused([&] { explore::report_csv(data); });
}

void seeds(const AddSeed& add) {
  const std::string result =
      R"({"map":{"ideal":0.8,"nonideal":0.7,"per_chip":[0.7,0.7],"std":0.01,"ci95":0.02,"worst":0.7,"coco":0.3},)"
      R"("latency_s_per_image":1e-5,"cycles_per_image":100,"energy_j_per_image":1e-6,"energy_j":{"array":1e-6},)"
      R"("area_m2":1e-6,"tops_per_w":1.0,"setup_s":1.0,"setup_j":1.0,"model":"m","images":1,"chips":2,)"
      R"("layers":[{"name":"l","bit_errors":1,"bits":10,"cycles":9,"energy_j":{"array":1e-7}}]})";
  const std::string experiment =
      R"({"file":"e.toml","settings":[],"text":"[experiment]\nname = \"t\"\n[metrics]\nmap_drop = \"min\"\n)"
      R"([strategy]\nkind = \"grid\"\n[[parameter]]\nkey = \"array.v_wl_v\"\nvalues = [0.5]\n"})";
  add("done.txt",
      joined_parts({"POINT", "done", "", result, "CONFIGURATION", "#1.5", "#1000000", experiment}));
  add("failed.txt",
      joined_parts({"POINT", "failed", "signal 9", "", "CONFIGURATION", "#0", "#0", experiment}));
}

}  // namespace irc::fuzz
