// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace irc::explore {

/// What evaluating a point gave.
struct Record {
  enum class Status { done, failed };
  Status status = Status::done;
  std::string error;   ///< of a failed point
  std::string result;  ///< of a finished one: result.json without `config` and `wall_s`
  std::string config_toml;
  double wall_s = 0;  ///< of the evaluation; with peak_rss_bytes all in which two equal records differ
  std::uint64_t peak_rss_bytes = 0;
};

/// Records by content address.
using Records = std::map<std::string, Record>;

/// Evaluated points in one SQLite file.
///
/// Each record is written in one transaction: after a crash or a kill it is there as a whole or not at all.
/// Any number of processes may use a store at the same time; they wait for each other's transactions up to a
/// minute. Of two records of a point the first stays, but a finished one takes the place of a failed one.
/// Every function throws InputError where the file cannot be read or written or is no store.
class Store {
 public:
  enum class Mode { create, read };
  /// \param mode  create: makes file and folder where they are missing; read: never writes
  Store(const std::string& path, Mode mode);
  ~Store();
  Store(Store&&) noexcept;

  std::optional<Record> find(const std::string& id) const;
  bool contains(const std::string& id) const;
  void put(const std::string& id, const Record& record);
  /// Forgets failed records, so that they are evaluated again. Returns how many there were.
  std::size_t forget_failed();
  Records all() const;
  /// Takes over all records of another store. Returns how many were new.
  std::size_t merge(const Store& other);

  /// The experiment the store was last used for, as JSON text; empty at first.
  std::string experiment() const;
  void set_experiment(const std::string& json);

  const std::string& path() const { return path_; }

 private:
  class Database;
  std::string path_;
  std::unique_ptr<Database> database_;
};

}  // namespace irc::explore
