// SPDX-License-Identifier: Apache-2.0
#pragma once
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

  /// "section.key=value" for RunConfig: --set, then --seed and --threads.
  std::vector<std::string> overrides() const;
};

/// What a command line asks for; filled by CLI11's callbacks, run after parsing. Returns the exit code.
using Action = std::function<int()>;

void add_common_options(CLI::App& command, CommonOptions& options);

void add_run(CLI::App& app, CommonOptions& options, Action& action);
void add_config(CLI::App& app, CommonOptions& options, Action& action);
void add_model(CLI::App& app, CommonOptions& options, Action& action);
void add_validate(CLI::App& app, CommonOptions& options, Action& action);

/// A TOML string literal.
std::string quoted(const std::string& text);

}  // namespace irc::app
