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

/// Options every command takes.
struct CommonOptions {
  bool json = false;
  std::optional<std::uint64_t> seed;
  std::optional<std::uint64_t> threads;
  std::string out;
  std::vector<std::string> sets;

  /// "section.key=value" for RunConfig: --seed and --threads, then --set, which wins.
  std::vector<std::string> overrides() const;
};

/// What a command line asks for; filled by CLI11's callbacks, run after parsing. Returns the exit code.
using Action = std::function<int()>;

void add_common_options(CLI::App& command, CommonOptions& options);

/// For commands without a configuration: --set is checked all the same, and said to have no effect.
void note_unused_sets(const CommonOptions& options, const std::string& command);

/// Makes the folder --out, where given. Before anything runs: a result that cannot be written is no result.
void check_out(const CommonOptions& options);
/// Writes `text` as a file of that folder, where given.
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

/// A TOML string literal.
std::string quoted(const std::string& text);

/// Path of this program.
std::string own_path();
/// The path from the working directory, made absolute.
std::string absolute(const std::string& path);
/// The same for a file that exists; a name that is none may be one of the files inside the program.
std::string path_or_name(const std::string& given);

/// Check of an option: an empty value (a variable that is not set, say) is a mistake, not a default.
std::string not_empty(const std::string& text);

/// Check of an option: digits only. CLI11 reads -1 as a large number where none is negative.
std::string whole_number(const std::string& text);

/// Holds TBB to so many threads while it lives; 0: all processors.
class ThreadLimit {
 public:
  explicit ThreadLimit(std::uint64_t threads);

 private:
  std::optional<oneapi::tbb::global_control> limit_;
};

}  // namespace irc::app
