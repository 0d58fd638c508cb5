// SPDX-License-Identifier: Apache-2.0
// Shared by the source files of `irc explore`.
#pragma once
#include <string>

#include "commands.h"
#include "irc/explore/campaign.h"
#include "irc/explore/shards.h"
#include "irc/explore/table.h"

namespace irc::app {

/// Options of `irc explore` besides the common options.
struct ExploreOptions {
  std::string experiment;  ///< file, or name of a shipped experiment: "experiments/vwl-rhrs-sigma.toml"
  std::uint64_t workers = 0;
  std::string memory;  ///< as on the command line: "8G"
  bool retry_failed = false;
};

/// Reads the experiment and applies the command line's options.
explore::Experiment read_experiment(const std::string& path, const CommonOptions& options);
/// The folder --out, or out/explore/NAME.
explore::Folder folder_of(const explore::Experiment& experiment, const CommonOptions& options);
explore::WorkerOptions worker_options(const ExploreOptions& explore, const CommonOptions& options);
/// Adds --workers and --memory.
void add_worker_options(CLI::App& command, ExploreOptions& explore);

/// A store, and the experiment that belongs to it.
struct Source {
  explore::Store store;
  explore::Experiment experiment;
};
/// `name` is a store, a folder with one, or an experiment whose default folder has one.
Source open_source(const std::string& name, const CommonOptions& options);

void add_explore_batch(CLI::App& explore, CommonOptions& options,
                       Action& action);  ///< plan, run-shard, collect
void add_explore_look(CLI::App& explore, CommonOptions& options,
                      Action& action);  ///< export, report, compare

}  // namespace irc::app
