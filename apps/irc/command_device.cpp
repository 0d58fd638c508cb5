// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "irc/core/error.h"
#include "irc/core/printable.h"
#include "irc/platform/device_report.h"
#include "irc/platform/voltage_sweep.h"

namespace irc::app {

namespace {

struct DeviceArguments {
  std::string config = platform::default_preset;
  platform::ColumnLoad load;
  std::optional<std::uint64_t> rows;
  std::string range;  ///< of the sweep; empty: only the working point
  std::optional<std::uint64_t> steps;
  std::vector<std::string> against;  ///< configurations whose voltages are marked
};

constexpr std::uint64_t default_steps = 30;

int sweep_command(const DeviceArguments& args, const CommonOptions& options,
                  const platform::RunConfig& config, const platform::ColumnLoad& load) {
  const auto voltages_v = platform::parse_voltage_range(args.range, args.steps.value_or(default_steps));
  std::vector<platform::VoltageMark> marks{{args.config, config.conditions.v_wl_v}};
  for (const auto& other : args.against)
    marks.push_back({other, platform::load_config(other).conditions.v_wl_v});
  const auto sweep = platform::sweep_v_wl(args.config, options.overrides(), voltages_v, load, marks);
  const auto document = platform::to_json(sweep).dump(2) + "\n";
  std::cout << (options.json ? document : printable_lines(platform::to_text(sweep))) << std::flush;
  if (options.out.empty()) return 0;
  // Removes figures of an earlier sweep, which must not lie beside this one's table.
  for (const auto& file : platform::sweep_files())
    std::filesystem::remove(std::filesystem::path(options.out) / file);
  write_out(options, "v_wl_sweep.json", document);
  const auto skipped = platform::write_sweep(sweep, options.out);
  if (!skipped.empty())
    std::cerr << "irc: note: the table was written, but its figure was not drawn: " << skipped << "\n";
  return 0;
}

int device_command(const DeviceArguments& args, const CommonOptions& options) {
  if (args.range.empty() && (args.steps || !args.against.empty()))
    throw UsageError("irc device: --sweep-steps and --against need --sweep-v-wl");
  check_out(options);
  const auto config = platform::load_config(args.config, options.overrides());
  const ThreadLimit limit(config.run.threads);
  auto load = args.load;
  load.rows = args.rows.value_or(config.geometry.rows);
  if (!args.range.empty()) return sweep_command(args, options, config, load);
  const auto report = platform::describe_device(config, load);
  const auto document = platform::to_json(report, config).dump(2) + "\n";
  std::cout << (options.json ? document : printable_lines(platform::to_text(report, config)));
  write_out(options, "device.json", document);
  return 0;
}

}  // namespace

void add_device(CLI::App& app, CommonOptions& options, Action& action) {
  auto* command =
      app.add_subcommand("device", "Show what a configuration's cells and columns do at its working point");
  auto args = std::make_shared<DeviceArguments>();
  command->add_option("config", args->config, "Configuration file or preset")->capture_default_str();
  command->add_option("--rows", args->rows, "Number of rows of the column; default: array.rows")
      ->check(whole_number);
  command->add_option("--driven", args->load.driven_share, "Share of the rows that are driven")
      ->capture_default_str();
  command->add_option("--lrs", args->load.lrs_share, "Share of the cells in the low-resistance state")
      ->capture_default_str();
  command
      ->add_option("--sweep-v-wl", args->range,
                   "FROM..TO in volts: show a table over the word-line voltage instead; --out adds a CSV "
                   "file and a figure")
      ->check(not_empty);
  command->add_option("--sweep-steps", args->steps, "Number of steps of the sweep; default: 30")
      ->check(whole_number);
  command
      ->add_option("--against", args->against,
                   "Another configuration whose word-line voltage is marked in the sweep; may be repeated")
      ->check(not_empty)
      ->take_all()
      ->allow_extra_args(false);
  add_common_options(*command, options);
  command->callback(
      [&action, &options, args] { action = [&options, args] { return device_command(*args, options); }; });
}

}  // namespace irc::app
