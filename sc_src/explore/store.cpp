// SPDX-License-Identifier: Apache-2.0
// The only file that uses SQLite.
#include "irc/explore/store.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/core/printable.h"
#include "irc/explore/record_check.h"

namespace irc::explore {

namespace {

constexpr int busy_timeout_ms = 60'000;
constexpr int application_id = 0x69726378;  // "ircx": identifies a store to file(1) and to this program
constexpr int schema_version = 1;

// Uses the rollback journal instead of WAL, because WAL does not work on network file systems.
constexpr const char* schema = R"(
  CREATE TABLE IF NOT EXISTS points(
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL CHECK(status IN ('done', 'failed')),
    error TEXT NOT NULL,
    result TEXT NOT NULL,
    config_toml TEXT NOT NULL,
    wall_s REAL NOT NULL,
    peak_rss_bytes INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
)";
constexpr const char* columns = "id, status, error, result, config_toml, wall_s, peak_rss_bytes";
constexpr std::array column_names{"id",          "status", "error",         "result",
                                  "config_toml", "wall_s", "peak_rss_bytes"};

std::string shortened(const std::string& text) {
  constexpr std::size_t longest = 80;
  return printable(text, longest);
}

/// What the user can do about an error of SQLite.
std::string advice(int code) {
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
      return "; the file is damaged: take a copy of it, and let sqlite3's command .recover save what it can";
    case SQLITE_NOTADB:
      return "; the file is no result store of irc explore, or is damaged";
    case SQLITE_BUSY:
      return "; another process has kept the store locked for a minute";
    case SQLITE_FULL:
    case SQLITE_IOERR:
      return "; is the disk full? Every record stored before is kept";
    default:
      return "";
  }
}

}  // namespace

class Store::Database {
 public:
  Database(const std::string& path, int flags) : path_(path) {
    std::error_code none;
    if (std::filesystem::exists(path, none)) check_regular_file(path);
    const int code = sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr);
    if (code != SQLITE_OK) {
      const std::string words = sqlite3_errstr(code);
      sqlite3_close(handle_);
      throw InputError(path + ": cannot be opened as a result store: " + words);
    }
    sqlite3_busy_timeout(handle_, busy_timeout_ms);
  }
  ~Database() { sqlite3_close(handle_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void run(const char* sql) {
    if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
  }
  int changes() const { return sqlite3_changes(handle_); }
  [[noreturn]] void fail() const {
    throw InputError(path_ + ": result store: " + sqlite3_errmsg(handle_) + advice(sqlite3_errcode(handle_)));
  }

  /// A prepared statement with its parameters bound in order.
  class Statement {
   public:
    template <typename... Parameters>
    Statement(const Database& database, const std::string& sql, const Parameters&... parameters)
        : database_(database) {
      if (sqlite3_prepare_v2(database.handle_, sql.c_str(), -1, &handle_, nullptr) != SQLITE_OK)
        database.fail();
      (bind(parameters), ...);
    }
    ~Statement() { sqlite3_finalize(handle_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    /// Returns true while there is a row.
    bool step() {
      const int code = sqlite3_step(handle_);
      if (code == SQLITE_ROW) return true;
      if (code != SQLITE_DONE) database_.fail();
      return false;
    }
    /// The stored type, such as SQLITE_TEXT. Ask before a value, because reading a value may convert it.
    int type(int column) const { return sqlite3_column_type(handle_, column); }
    std::string text(int column) const {
      const auto* bytes = sqlite3_column_text(handle_, column);
      if (bytes == nullptr) return {};
      return {reinterpret_cast<const char*>(bytes),
              static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
    }
    double real(int column) const { return sqlite3_column_double(handle_, column); }
    std::int64_t integer(int column) const { return sqlite3_column_int64(handle_, column); }

   private:
    void bind(const std::string& text) {
      sqlite3_bind_text(handle_, ++bound_, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    }
    void bind(double value) { sqlite3_bind_double(handle_, ++bound_, value); }
    void bind(std::uint64_t value) {
      sqlite3_bind_int64(handle_, ++bound_, static_cast<std::int64_t>(value));
    }

    const Database& database_;
    sqlite3_stmt* handle_ = nullptr;
    int bound_ = 0;
  };

  /// Takes the write lock at the beginning, because a transaction that starts by reading may be unable to
  /// write later.
  template <typename Work>
  void transaction(const Work& work) {
    run("BEGIN IMMEDIATE");
    try {
      work();
    } catch (...) {
      sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
      throw;
    }
    run("COMMIT");
  }

 private:
  std::string path_;
  sqlite3* handle_ = nullptr;
};

namespace {

/// A stored row, and the first of its columns that holds no value of its kind.
struct StoredRow {
  std::string id;
  Record record;
  std::string problem;
};

/// Reads a row column by column. SQLite stores any kind of value in any column.
template <typename Statement>
class RowReader {
 public:
  explicit RowReader(const Statement& row) : row_(row) {}

  StoredRow read() {
    out_.id = text(0);
    const auto status = text(1);
    if (status != "done" && status != "failed") complain(1, "\"done\" or \"failed\"");
    auto& record = out_.record;
    record.status = status == "done" ? Record::Status::done : Record::Status::failed;
    record.error = text(2);
    record.result = text(3);
    record.config_toml = text(4);
    const bool has_time = is_number(5);
    record.wall_s = row_.real(5);
    if (!has_time || !std::isfinite(record.wall_s) || record.wall_s < 0) complain(5, "seconds, at least 0");
    const bool has_peak = row_.type(6) == SQLITE_INTEGER;
    const auto peak = row_.integer(6);
    if (!has_peak || peak < 0) complain(6, "a number of bytes, at least 0");
    record.peak_rss_bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(peak, 0));
    return std::move(out_);
  }

 private:
  bool is_number(int column) const {
    return row_.type(column) == SQLITE_FLOAT || row_.type(column) == SQLITE_INTEGER;
  }
  std::string text(int column) {
    if (row_.type(column) != SQLITE_TEXT) complain(column, "a text");
    return row_.text(column);
  }
  void complain(int column, const std::string& expected) {
    if (!out_.problem.empty()) return;
    const int type = row_.type(column);
    const auto found = type == SQLITE_NULL   ? "null"
                       : type == SQLITE_BLOB ? "a blob"
                                             : "\"" + shortened(row_.text(column)) + "\"";
    out_.problem = std::string(column_names[static_cast<std::size_t>(column)]) + " is " + found +
                   "; expected " + expected;
  }

  const Statement& row_;
  StoredRow out_;
};

/// Returns true for a new file. Throws unless the file is a store of this version.
template <typename Database>
bool is_fresh(const Database& database, const std::string& path) {
  const auto pragma = [&](const char* sql) {
    typename Database::Statement statement(database, sql);
    statement.step();
    return statement.integer(0);
  };
  const auto id = pragma("PRAGMA application_id");
  if (id == 0 && pragma("SELECT count(*) FROM sqlite_master") == 0) return true;
  if (id != application_id) throw InputError(path + ": is a database, but no result store of irc explore");
  if (const auto version = pragma("PRAGMA user_version"); version != schema_version)
    throw InputError(path + ": is a result store of another version of irc: its schema is " +
                     std::to_string(version) + ", expected " + std::to_string(schema_version));
  return false;
}

}  // namespace

Store::Store(const std::string& path, Mode mode) : path_(path) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (mode == Mode::read && !fs::is_regular_file(path, ignored))
    throw InputError(path + ": there is no result store of this name");
  if (mode == Mode::create && fs::path(path).has_parent_path())
    fs::create_directories(fs::path(path).parent_path());
  // The next reader rolls back a journal that a killed process left, and must be able to write for that.
  database_ = std::make_unique<Database>(
      path, SQLITE_OPEN_READWRITE | (mode == Mode::create ? SQLITE_OPEN_CREATE : 0));
  if (mode == Mode::read) {
    if (is_fresh(*database_, path)) throw InputError(path + ": is no result store of irc explore");
    return;
  }
  database_->transaction([&] {
    if (!is_fresh(*database_, path)) return;
    database_->run(("PRAGMA application_id=" + std::to_string(application_id)).c_str());
    database_->run(("PRAGMA user_version=" + std::to_string(schema_version)).c_str());
    database_->run(schema);
  });
}

Store::~Store() = default;
Store::Store(Store&&) noexcept = default;

bool Store::sound(const std::string& id, const Record& record, std::string problem) const {
  if (problem.empty()) problem = record_problem(id, record).value_or("");
  if (problem.empty()) return true;
  report_bad(id, problem);
  return false;
}

void Store::report_bad(const std::string& id, const std::string& problem) const {
  if (strict_) throw InputError(path_ + ": point " + shortened(id) + ": " + problem);
  const auto same = [&](const BadRecord& known) { return known.id == id; };
  if (std::none_of(bad_.begin(), bad_.end(), same)) bad_.push_back({id, problem});
}

std::optional<Record> Store::find(const std::string& id) const {
  Database::Statement statement(*database_, std::string("SELECT ") + columns + " FROM points WHERE id = ?",
                                id);
  if (!statement.step()) return std::nullopt;
  auto row = RowReader(statement).read();
  if (!sound(row.id, row.record, row.problem)) return std::nullopt;
  return std::move(row.record);
}

bool Store::contains(const std::string& id) const {
  return find(id).has_value();
}

void Store::put(const std::string& id, const Record& record) {
  const bool finished = record.status == Record::Status::done;
  database_->transaction([&] {
    const auto known = find(id);
    if (known && (known->status == Record::Status::done || !finished)) return;
    forget(id);  // a failed or a damaged record
    Database::Statement(*database_,
                        std::string("INSERT INTO points(") + columns + ") VALUES(?, ?, ?, ?, ?, ?, ?)", id,
                        std::string(finished ? "done" : "failed"), record.error, record.result,
                        record.config_toml, record.wall_s, record.peak_rss_bytes)
        .step();
  });
}

void Store::forget(const std::string& id) {
  Database::Statement(*database_, "DELETE FROM points WHERE id = ?", id).step();
}

std::size_t Store::forget_failed() {
  database_->run("DELETE FROM points WHERE status = 'failed'");
  return static_cast<std::size_t>(database_->changes());
}

Records Store::all() const {
  Records records;
  Database::Statement statement(*database_, std::string("SELECT ") + columns + " FROM points");
  while (statement.step()) {
    auto row = RowReader(statement).read();
    if (!sound(row.id, row.record, row.problem)) continue;
    // Only a file that something else than irc wrote can have a point twice.
    const auto fresh = records.emplace(row.id, std::move(row.record)).second;
    if (!fresh) report_bad(row.id, "id occurs twice in the store; expected once");
  }
  return records;
}

std::size_t Store::merge(const Store& other) {
  std::size_t fresh = 0;
  for (const auto& [id, record] : other.all()) {
    if (!contains(id)) ++fresh;
    put(id, record);
  }
  return fresh;
}

std::string Store::experiment() const {
  Database::Statement row(*database_, "SELECT value FROM meta WHERE key = 'experiment'");
  return row.step() ? row.text(0) : "";
}

void Store::set_experiment(const std::string& text) {
  database_->transaction([&] {
    Database::Statement(*database_, "INSERT OR REPLACE INTO meta(key, value) VALUES('experiment', ?)", text)
        .step();
  });
}

}  // namespace irc::explore
