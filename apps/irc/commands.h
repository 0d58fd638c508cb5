// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <oneapi/tbb/global_control.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace irc::app {

/// Options of every command.
struct CommonOptions {
  bool json = false;
  std::optional<std::uint64_t> seed;
  std::optional<std::uint64_t> threads;
  std::string out;
  std::vector<std::string> sets;

  /// "section.key=value" for RunConfig: --seed and --threads, then --set, which takes precedence.
  std::vector<std::string> overrides() const;
};

/// The action that a command line asks for. CLI11's callbacks set it; it runs after parsing and returns the
/// exit code.
using Action = std::function<int()>;

void add_common_options(CLI::App& command, CommonOptions& options);

/// For commands without a configuration: checks --set as usual and notes that it has no effect.
void note_unused_sets(const CommonOptions& options, const std::string& command);

/// Creates the folder --out, if it is given. Called before anything runs, because a result that cannot be
/// written is lost.
void check_out(const CommonOptions& options);
/// Writes `text` to a file in that folder, if it is given.
void write_out(const CommonOptions& options, const std::string& file, const std::string& text);

void add_run(CLI::App& app, CommonOptions& options, Action& action);
void add_run_chips(CLI::App& app, CommonOptions& options, Action& action);
void add_calibrate(CLI::App& app, CommonOptions& options, Action& action);
void add_config(CLI::App& app, CommonOptions& options, Action& action);
void add_device(CLI::App& app, CommonOptions& options, Action& action);
void add_model(CLI::App& app, CommonOptions& options, Action& action);
void add_rtl(CLI::App& app, CommonOptions& options, Action& action);
void add_validate(CLI::App& app, CommonOptions& options, Action& action);
void add_explore(CLI::App& app, CommonOptions& options, Action& action);
void add_ablate(CLI::App& app, CommonOptions& options, Action& action);
void add_sensitivity(CLI::App& app, CommonOptions& options, Action& action);
/// irc help and irc completion; these take no common options.
void add_help(CLI::App& app, Action& action);

/// `text` as a TOML string literal.
std::string quoted(const std::string& text);

/// Path of this program.
std::string own_path();
/// An absolute path for a path relative to the working directory.
std::string absolute(const std::string& path);
/// The same for a file that exists. Otherwise `given` is returned, because it may name an embedded file.
std::string path_or_name(const std::string& given);

/// Check of an option: rejects an empty value, which is a mistake (for instance an unset variable) and not a
/// default.
std::string not_empty(const std::string& text);

/// Check of an option: accepts digits only. CLI11 would read -1 as a large number for an unsigned option.
std::string whole_number(const std::string& text);

/// Limits TBB to this many threads while the object exists; 0: all processors.
class ThreadLimit {
 public:
  explicit ThreadLimit(std::uint64_t threads);

 private:
  std::optional<oneapi::tbb::global_control> limit_;
};

}  // namespace irc::app
