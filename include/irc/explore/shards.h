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

/// The files of an exploration.
struct Folder {
  std::filesystem::path path;  ///< the folder
  /// The main store.
  std::string store() const { return (path / "store.sqlite").string(); }
  /// The list of points of a batch.
  std::filesystem::path manifest() const { return path / "manifest.json"; }
  /// The script for sbatch.
  std::filesystem::path script() const { return path / "array.sbatch"; }
  /// The list of shards, one number per line.
  std::filesystem::path list() const { return path / "shards.txt"; }
  /// The store of one shard.
  std::filesystem::path shard_store(std::uint64_t shard) const {
    return path / "shards" / (std::to_string(shard) + ".sqlite");
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

/// Writes the manifest, the list of its shards (one number per line; empty where nothing is missing) and the
/// script for sbatch. `program` is the path of irc on the nodes. Throws InputError where a file cannot be
/// written.
void write_batch(const Folder& folder, const Manifest& manifest, const std::string& program);
/// Reads a manifest. Throws InputError where there is none, or where another version of irc made it.
Manifest read_manifest(const std::filesystem::path& file);

/// Evaluates the missing points of a shard into a store of its own. Returns false if `stopped` returned true.
bool run_shard(const Folder& folder, const Manifest& manifest, std::uint64_t shard,
               const WorkerOptions& workers, const std::function<bool()>& stopped);

/// Result of `collect`.
struct Collected {
  std::size_t stores = 0,   ///< shard stores read
      fresh = 0;            ///< points that were new to the main store
  std::size_t missing = 0;  ///< points of the manifest that no store has
};
/// Merges the shards' stores into the main store. Throws InputError.
Collected collect(const Folder& folder);

}  // namespace irc::explore
