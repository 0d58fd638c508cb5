// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace irc::explore {

/// Result of evaluating a point.
struct Record {
  /// Whether there is a result.
  enum class Status {
    done,   ///< finished
    failed  ///< no result
  };
  Status status = Status::done;  ///< whether there is a result
  std::string error;             ///< why the point failed
  std::string result;            ///< of a finished point: result.json without `config` and `wall_s`
  std::string config_toml;       ///< the configuration in force
  double wall_s = 0;  ///< of the evaluation; equal records may differ in this and in peak_rss_bytes only
  std::uint64_t peak_rss_bytes = 0;  ///< peak memory of the evaluation
};

/// Records by content address.
using Records = std::map<std::string, Record>;

/// A stored record that cannot be used.
struct BadRecord {
  std::string id;       ///< content address under which it is stored
  std::string problem;  ///< which key, its value, and what was expected
};

/// Evaluated points in one SQLite file.
///
/// Each record is written in one transaction, so after a crash or a kill it is either complete or absent. Any
/// number of processes may use a store at the same time; they wait up to a minute for each other's
/// transactions. Of two records of a point the first stays, except that a finished record replaces a failed
/// one, and that any record replaces a damaged one. Every function throws InputError where the file cannot be
/// read or written or is no store.
///
/// A damaged record (see record_problem) counts as absent, and `bad` lists it. The other records remain
/// usable.
class Store {
 public:
  /// How a store is opened.
  enum class Mode {
    create,  ///< for writing; creates file and folder where they are missing
    read     ///< for reading; never writes
  };
  /// Opens the store at `path`.
  Store(const std::string& path, Mode mode);
  ~Store();
  /// Moves the open store.
  Store(Store&&) noexcept;

  /// The record of a point, or nothing.
  std::optional<Record> find(const std::string& id) const;
  /// Whether the store has a sound record of a point.
  bool contains(const std::string& id) const;
  /// Adds a record, by the rule above.
  void put(const std::string& id, const Record& record);
  /// Deletes failed records, so that they are evaluated again. Returns how many there were.
  std::size_t forget_failed();
  /// Deletes the record of a point, if there is one.
  void forget(const std::string& id);
  /// All sound records.
  Records all() const;
  /// Copies all records of another store, by the rule above. Returns how many were new.
  std::size_t merge(const Store& other);

  /// The experiment that the store was last used for, as JSON text; empty at first.
  std::string experiment() const;
  /// Replaces the experiment.
  void set_experiment(const std::string& text);

  /// The damaged records that were met so far, each once.
  const std::vector<BadRecord>& bad() const { return bad_; }
  /// Adds a record to `bad`, for a caller who finds that it does not belong to its content address.
  void report_bad(const std::string& id, const std::string& problem) const;
  /// From now on, a damaged record throws InputError with the path, the point and the problem.
  void refuse_bad() { strict_ = true; }

  /// Path of the file.
  const std::string& path() const { return path_; }

 private:
  class Database;
  bool sound(const std::string& id, const Record& record, std::string problem) const;

  std::string path_;
  bool strict_ = false;
  mutable std::vector<BadRecord> bad_;
  std::unique_ptr<Database> database_;
};

}  // namespace irc::explore
