// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "irc/platform/device_report.h"

namespace irc::app {

namespace {

struct DeviceArguments {
  std::string config = platform::default_preset;
  platform::ColumnLoad load;
  std::optional<std::uint64_t> rows;
};

int device_command(const DeviceArguments& args, const CommonOptions& options) {
  check_out(options);
  const auto config = platform::load_config(args.config, options.overrides());
  const ThreadLimit limit(config.run.threads);
  auto load = args.load;
  load.rows = args.rows.value_or(config.geometry.rows);
  const auto report = platform::describe_device(config, load);
  const auto document = platform::to_json(report, config).dump(2) + "\n";
  std::cout << (options.json ? document : platform::to_text(report, config));
  write_out(options, "device.json", document);
  return 0;
}

}  // namespace

void add_device(CLI::App& app, CommonOptions& options, Action& action) {
  auto* command =
      app.add_subcommand("device", "What a configuration's cells and columns do at its working point");
  auto args = std::make_shared<DeviceArguments>();
  command->add_option("config", args->config, "Configuration file or preset")->capture_default_str();
  command->add_option("--rows", args->rows, "Rows of the column; default: array.rows")->check(whole_number);
  command->add_option("--driven", args->load.driven_share, "Share of the rows that are driven")
      ->capture_default_str();
  command->add_option("--lrs", args->load.lrs_share, "Share of the cells in the low-resistance state")
      ->capture_default_str();
  add_common_options(*command, options);
  command->callback(
      [&action, &options, args] { action = [&options, args] { return device_command(*args, options); }; });
}

}  // namespace irc::app
