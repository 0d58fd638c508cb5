// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "irc/explore/campaign.h"

namespace irc::explore {

/// Exit code of a shard that was told to stop; it means "run me again" (EX_TEMPFAIL; Slurm: RequeueExit=75).
inline constexpr int requeue_exit_code = 75;
/// Slurm's MaxArraySize is 1,001 unless its administrator changes it, and the largest index is one less.
inline constexpr std::uint64_t default_array_limit = 1000;

/// The files of an exploration.
struct Folder {
  std::filesystem::path path;  ///< the folder
  /// The main store.
  std::string store() const { return (path / "store.sqlite").string(); }
  /// The list of points of a batch.
  std::filesystem::path manifest() const { return path / "manifest.json"; }
  /// The script for sbatch: array.sbatch, then array-2.sbatch and so on where one array cannot hold all
  /// shards.
  std::filesystem::path script(std::size_t array = 0) const {
    return path / (array == 0 ? "array.sbatch" : "array-" + std::to_string(array + 1) + ".sbatch");
  }
  /// The list of shards, one number per line.
  std::filesystem::path list() const { return path / "shards.txt"; }
  /// The stores of the shards.
  std::filesystem::path shards() const { return path / "shards"; }
  /// The store of one shard.
  std::filesystem::path shard_store(std::uint64_t shard) const {
    return shards() / (std::to_string(shard) + ".sqlite");
  }
};

/// The points of one batch, divided among shards.
struct Manifest {
  std::string experiment;                  ///< name of the experiment
  std::string stage;                       ///< stage of the plan, for people
  std::vector<std::vector<Point>> shards;  ///< points of each shard
};

/// Divides the plan's missing points among `shards` shards, one to each in turn.
Manifest make_manifest(const Experiment& experiment, const Plan& plan, std::uint64_t shards);

/// How the scripts for sbatch are written.
struct BatchOptions {
  std::string program;                              ///< path of irc on the nodes
  std::uint64_t array_limit = default_array_limit;  ///< largest number of tasks in one array
};

/// Writes the manifest, the list of its shards (one number per line; empty where nothing is missing) and the
/// scripts for sbatch, each for one array of at most `array_limit` tasks. Removes the scripts of an earlier
/// batch. Returns the paths of the scripts. Throws InputError where a file cannot be written.
std::vector<std::filesystem::path> write_batch(const Folder& folder, const Manifest& manifest,
                                               const BatchOptions& options);
/// Reads a manifest. Throws InputError with file, key and point where there is none, where another version of
/// irc made it, where a key is missing or of the wrong kind, where a point occurs twice, or where there is no
/// shard.
Manifest read_manifest(const std::filesystem::path& file);

/// The points of a shard. Throws InputError where there is no such shard, or where the content address of a
/// point is not that of its configuration.
std::vector<Point> shard_points(const Folder& folder, const Manifest& manifest, std::uint64_t shard);

/// Evaluates those of a shard's points that `store` lacks. Returns false if `stopped` returned true.
bool run_shard(const std::vector<Point>& points, Store& store, const WorkerOptions& workers,
               const std::function<bool()>& stopped);

/// Result of `collect`.
struct Collected {
  std::size_t stores = 0,            ///< shard stores read
      fresh = 0;                     ///< points that were new to the main store
  std::size_t missing = 0;           ///< points of the manifest that no store has
  std::vector<std::uint64_t> waits;  ///< shards with such points
  std::vector<std::string> damaged;  ///< stores and records that were left out, and why
};
/// Merges the shards' stores into the main store. A store that cannot be read and a damaged record are left
/// out, as is a record that is not of the configuration of its content address; with `strict` they throw
/// InputError instead. Throws InputError where the manifest is wrong.
Collected collect(const Folder& folder, bool strict = false);

}  // namespace irc::explore
