// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "irc/explore/campaign.h"

namespace irc::explore {

/// Exit code of a shard that was told to stop: "run me again" (EX_TEMPFAIL; Slurm: RequeueExit=75).
inline constexpr int requeue_exit_code = 75;

/// Where an exploration keeps its things.
struct Folder {
  std::filesystem::path path;
  std::string store() const { return (path / "store.sqlite").string(); }
  std::filesystem::path manifest() const { return path / "manifest.json"; }
  std::filesystem::path script() const { return path / "array.sbatch"; }
  std::filesystem::path list() const { return path / "shards.txt"; }
  std::filesystem::path shard_store(std::uint64_t shard) const {
    return path / "shards" / (std::to_string(shard) + ".sqlite");
  }
};

/// Points of one batch, dealt out to shards.
struct Manifest {
  std::string experiment;  ///< name
  std::string stage;
  std::vector<std::vector<Point>> shards;
};

/// Deals the plan's missing points out, one to each shard in turn.
Manifest make_manifest(const Experiment& experiment, const Plan& plan, std::uint64_t shards);

/// Writes the manifest, the list of its shards (one number a line; empty where nothing is missing) and the
/// script for sbatch.
/// \param program  irc, as the nodes find it
void write_batch(const Folder& folder, const Manifest& manifest, const std::string& program);
/// Throws InputError: no manifest, or one made by another version of irc.
Manifest read_manifest(const std::filesystem::path& file);

/// Evaluates what is missing of a shard, into a store of its own. Returns false if `stopped` said so.
bool run_shard(const Folder& folder, const Manifest& manifest, std::uint64_t shard,
               const WorkerOptions& workers, const std::function<bool()>& stopped);

struct Collected {
  std::size_t stores = 0, fresh = 0;  ///< shard stores read, points new to the main store
  std::size_t missing = 0;            ///< points of the manifest that no store has
};
/// Merges the shards' stores into the main store.
Collected collect(const Folder& folder);

}  // namespace irc::explore
