// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/platform/config_keys.h"
#include "irc/platform/resources.h"
#include "irc/platform/workload.h"

namespace irc::app {

namespace {

struct ConfigArguments {
  std::string config = platform::default_preset;
  bool resolved = false, keys = false;
};

/// One paragraph per key, under its section.
void print_keys() {
  std::string section;
  for (const auto& key : platform::config_keys()) {
    if (key.section != section) fmt::print("{}[{}]\n", section.empty() ? "" : "\n", key.section);
    section = key.section;
    fmt::print("{}\n  {}.\n  Default: {}. Values: {}\n", key.name, key.meaning, key.fallback, key.values);
  }
}

int keys_command(const CommonOptions& options) {
  check_out(options);
  note_unused_sets(options, "config --keys");
  if (options.json) {
    std::cout << to_json(platform::config_keys()).dump(2) << "\n";
  } else {
    print_keys();
  }
  write_out(options, "keys.json", to_json(platform::config_keys()).dump(2) + "\n");
  return 0;
}

int config_command(const ConfigArguments& args, const CommonOptions& options) {
  check_out(options);
  // The file is resolved to check it, even where only its text is wanted.
  const auto config = platform::load_run_config(args.config, options.overrides());
  if (options.json) {
    std::cout << platform::to_json(config).dump(2) << "\n";
  } else if (args.resolved) {
    std::cout << platform::to_toml(config);
  } else {
    const auto text = platform::embedded(args.config);
    std::cout << (text ? std::string(*text) : read_file(args.config));
    if (!options.overrides().empty()) std::cout << "\n# These settings override the file (see --resolved):\n";
    for (const auto& set : options.overrides()) std::cout << "# " << set << "\n";
  }
  write_out(options, "config.toml", platform::to_toml(config));
  return 0;
}

}  // namespace

void add_config(CLI::App& app, CommonOptions& options, Action& action) {
  auto* command = app.add_subcommand("config", "Check and show a configuration");
  auto args = std::make_shared<ConfigArguments>();
  auto* config =
      command->add_option("config", args->config, "Configuration file or preset")->capture_default_str();
  auto* resolved =
      command->add_flag("--resolved", args->resolved,
                        "Print every value in force, in SI, as one file that depends on no other");
  command->add_flag("--keys", args->keys, "Print every key with its default, its values and its meaning")
      ->excludes(resolved)
      ->excludes(config);
  add_common_options(*command, options);
  command->callback([&action, &options, args] {
    action = [&options, args] { return args->keys ? keys_command(options) : config_command(*args, options); };
  });
}

}  // namespace irc::app
