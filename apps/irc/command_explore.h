// SPDX-License-Identifier: Apache-2.0
// Shared by the source files of `irc explore`.
#pragma once
#include <cstdint>
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
  bool strict = false;  ///< damaged records are errors
};

/// Reads the experiment and applies the command line's options.
explore::Experiment read_experiment(const std::string& path, const CommonOptions& options);
/// The folder --out, or out/explore/NAME.
explore::Folder folder_of(const explore::Experiment& experiment, const CommonOptions& options);
explore::WorkerOptions worker_options(const ExploreOptions& explore, const CommonOptions& options);
/// Adds --strict.
void add_strict(CLI::App& command, bool& strict);
/// Says on standard error which records of a store were left out, up to ten of them. Nothing where there are
/// none.
void say_left_out(const explore::Store& store);
void say_left_out(const std::vector<std::string>& records);
/// Adds --workers and --memory.
void add_worker_options(CLI::App& command, ExploreOptions& explore);

/// A store, and the experiment that belongs to it.
struct Source {
  explore::Store store;
  explore::Experiment experiment;
};
/// `name` is a store, a folder with one, or an experiment whose default folder has one.
Source open_source(const std::string& name, const CommonOptions& options, bool strict);

void add_explore_batch(CLI::App& explore, CommonOptions& options,
                       Action& action);  ///< plan, run-shard, collect
void add_explore_look(CLI::App& explore, CommonOptions& options,
                      Action& action);  ///< export, report, compare

}  // namespace irc::app
