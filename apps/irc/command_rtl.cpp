// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "irc/core/error.h"
#include "irc/platform/rtl_package.h"

namespace irc::app {

namespace {

nlohmann::ordered_json values_of(const std::vector<platform::RtlConstant>& constants) {
  nlohmann::ordered_json values;
  for (const auto& constant : constants) values[constant.name] = constant.value;
  return values;
}

int rtl_command(const std::string& config_file, const CommonOptions& options) {
  if (options.out.empty())
    throw UsageError("irc rtl writes files; name the folder for them with --out DIR (see irc rtl --help)");
  check_out(options);
  const auto config = platform::load_config(config_file, options.overrides());
  nlohmann::ordered_json result;
  for (const auto& file : platform::rtl_files(config)) {
    write_out(options, file.name, file.text);
    const auto path = (std::filesystem::path(options.out) / file.name).string();
    result["files"].push_back(path);
    if (!options.json) std::cout << path << "\n";
  }
  result["config"] = values_of(platform::rtl_config(config));
  result["contract"] = values_of(platform::rtl_contract());
  if (options.json) std::cout << result.dump(2) << "\n";
  return 0;
}

}  // namespace

void add_rtl(CLI::App& app, CommonOptions& options, Action& action) {
  auto* command = app.add_subcommand(
      "rtl", "Write a configuration's constants for RTL (SystemVerilog packages) and firmware (C header)");
  auto config = std::make_shared<std::string>(platform::default_preset);
  command->add_option("config", *config, "Configuration file or preset")->capture_default_str();
  add_common_options(*command, options);
  command->callback(
      [&action, &options, config] { action = [&options, config] { return rtl_command(*config, options); }; });
}

}  // namespace irc::app
