// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "irc/platform/run.h"
#include "progress.h"

namespace irc::app {

namespace {

struct RunArguments {
  std::string config = platform::default_preset;
  std::string model, images, evaluator, timing;
  std::optional<std::uint64_t> chips, limit, nonideal_images;
};

std::string absolute(const std::string& path) {
  return std::filesystem::absolute(path).string();
}

bool exists(const std::string& path) {
  std::error_code none;
  return std::filesystem::exists(path, none);
}

/// Flags are short names of configuration values; --set comes last and wins.
std::vector<std::string> overrides_of(const RunArguments& args, const CommonOptions& options) {
  std::vector<std::string> out;
  // A name that is no file may be one of the detectors inside the program.
  if (!args.model.empty())
    out.push_back("run.model=" + quoted(exists(args.model) ? absolute(args.model) : args.model));
  if (!args.images.empty()) out.push_back("run.images=" + quoted(absolute(args.images)));
  if (!args.evaluator.empty()) out.push_back("run.evaluator=" + quoted(args.evaluator));
  if (!args.timing.empty()) out.push_back("timing.mode=" + quoted(args.timing));
  if (args.chips) out.push_back("run.chips=" + std::to_string(*args.chips));
  if (args.limit) out.push_back("run.limit=" + std::to_string(*args.limit));
  if (args.nonideal_images) out.push_back("run.nonideal_images=" + std::to_string(*args.nonideal_images));
  for (const auto& set : options.overrides()) out.push_back(set);
  return out;
}

int run_command(const RunArguments& args, const CommonOptions& options) {
  const auto config = platform::load_config(args.config, overrides_of(args, options));
  const ThreadLimit limit(config.run.threads);
  const std::string out = options.out.empty() ? "out/run" : options.out;
  platform::check_writable(out);
  const platform::Workload workload(config);
  ProgressBar bar;
  const auto result = platform::run(
      config, workload,
      [&](const std::string& what, std::uint64_t done, std::uint64_t total) { bar.show(what, done, total); });
  // The findings first: a full disk must not take them along.
  if (options.json) {
    std::cout << platform::to_json(result, config, workload)
                     .dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
              << std::endl;
  } else {
    std::cout << platform::to_text(result, config, workload) << std::flush;
  }
  const auto paths = platform::write_outputs(result, config, workload, out);
  auto& log = options.json ? std::cerr : std::cout;
  log << "written: " << paths.size() << " files in " << out << " (result.json, detections.json, "
      << paths.size() - 2 << " pictures)\n";
  return 0;
}

}  // namespace

void add_run(CLI::App& app, CommonOptions& options, Action& action) {
  auto* command =
      app.add_subcommand("run", "Run a detector on the accelerator: mAP, latency, energy, pictures");
  auto args = std::make_shared<RunArguments>();
  command
      ->add_option("config", args->config,
                   "Configuration file or preset (ideal.toml, robust.toml, naive.toml)")
      ->capture_default_str();
  command->add_option("--model", args->model, "ONNX file, or a shipped detector such as models/street.onnx")
      ->check(not_empty);
  command
      ->add_option("--images,--dataset", args->images,
                   "COCO .json, YOLO data.yaml or folder, VOC folder, folder of pictures, or one picture")
      ->check(not_empty);
  command->add_option("--evaluator", args->evaluator, "auto | exact | fast | ideal")->check(not_empty);
  command->add_option("--timing", args->timing, "lt | at")->check(CLI::IsMember({"lt", "at"}));
  command->add_option("--chips", args->chips, "Chips to draw and run")->check(whole_number);
  command->add_option("--limit", args->limit, "Use only the first pictures of the data set")
      ->check(whole_number);
  command
      ->add_option("--nonideal-images", args->nonideal_images,
                   "Pictures to run on the accelerator, spread evenly; 0: all")
      ->check(whole_number);
  add_common_options(*command, options);
  command->callback(
      [&action, &options, args] { action = [&options, args] { return run_command(*args, options); }; });
}

}  // namespace irc::app
