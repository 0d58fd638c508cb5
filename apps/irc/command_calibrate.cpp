// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "irc/core/error.h"
#include "irc/core/printable.h"
#include "irc/core/toml.h"
#include "irc/platform/calibrate.h"
#include "irc/platform/calibration_split.h"
#include "progress.h"

namespace irc::app {

namespace {

struct CalibrateArguments {
  std::string config = platform::default_preset;
  std::string model, images, split;
  std::optional<std::uint64_t> pictures, chips, chip_seed, scene_seed;
  bool per_chip = false, measure_only = false;
};

// Default seed of the scenes and the chips of a calibration.
constexpr std::uint64_t default_seed = 4004;

/// Values of the command line that the calibrated configuration keeps. --threads depends on the machine and
/// is left out.
std::vector<std::string> overrides_of(const CalibrateArguments& args, const CommonOptions& options) {
  std::vector<std::string> out;
  if (!args.model.empty()) out.push_back("run.model=" + quoted(path_or_name(args.model)));
  if (options.seed) out.push_back("run.seed=" + std::to_string(*options.seed));
  out.insert(out.end(), options.sets.begin(), options.sets.end());
  return out;
}

/// The same accelerator and detector with the images of the calibration.
platform::RunConfig split_of(const platform::RunConfig& config, const CalibrateArguments& args,
                             const platform::CalibrationOptions& calibration) {
  auto out = config;
  out.calibration = {};  // belongs to an earlier calibration; this one may use the same images
  auto& run = out.run;
  run.limit = 0;
  if (args.images.empty()) {
    if (!platform::generated(run))
      throw UsageError("irc calibrate: the run takes its images from " + run.images +
                       "; name other images for the calibration with --images and --split");
    if (!args.split.empty())
      throw UsageError("--split: generated scenes have no splits; name a data set with --images");
    run.scene_seed = args.scene_seed.value_or(default_seed);
    run.scenes = calibration.pictures;
    return out;
  }
  if (args.scene_seed)
    throw UsageError("--scene-seed selects generated scenes; it cannot be combined with --images");
  run.dataset = "auto";
  run.images = absolute(args.images);
  run.image_root.clear();
  run.split = args.split;
  return out;
}

platform::CalibrationOptions options_of(const CalibrateArguments& args, const platform::RunConfig& config) {
  platform::CalibrationOptions out;
  out.pictures = args.pictures.value_or(out.pictures);
  out.chips = args.chips.value_or(args.per_chip ? 1 : out.chips);
  out.chip_seed = args.per_chip ? config.run.seed : args.chip_seed.value_or(default_seed);
  out.measure_only = args.measure_only;
  if (out.pictures == 0) throw UsageError("--pictures is 0; expected at least 1");
  if (out.chips == 0) throw UsageError("--chips is 0; expected at least 1");
  if (args.per_chip && (args.chip_seed || out.chips != 1))
    throw UsageError(
        "--per-chip calibrates the run's first chip, so it cannot be combined with --chip-seed or --chips");
  if (!args.per_chip && out.chip_seed == config.run.seed)
    throw UsageError("--chip-seed is " + std::to_string(out.chip_seed) +
                     ", the same as run.seed, which names the chips of the run. Choose another seed, or give "
                     "--per-chip to calibrate the run's own chip");
  return out;
}

int calibrate_command(const CalibrateArguments& args, const CommonOptions& options) {
  const auto overrides = overrides_of(args, options);
  const auto config = platform::load_config(args.config, overrides);
  const ThreadLimit limit(options.threads.value_or(config.run.threads));
  const auto calibration = options_of(args, config);
  const auto split_config = split_of(config, args, calibration);
  check_out(options);
  const platform::Workload split(split_config);
  if (!split.reading().empty()) std::cerr << "irc: calibration " << split.reading() << "\n";
  platform::check_split(config, split_config, split);
  ProgressBar bar;
  const auto result = platform::calibrate(
      split_config, split, calibration,
      [&](const std::string& what, std::uint64_t done, std::uint64_t total) { bar.show(what, done, total); });
  const auto toml =
      platform::calibrated_toml(result, config, split_config, path_or_name(args.config), overrides);
  const auto json =
      platform::to_json(result, split_config).dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
  std::cout << (options.json ? json + "\n" : printable_lines(platform::to_text(result))) << std::flush;
  write_out(options, "calibration.json", json + "\n");
  if (!args.measure_only) write_out(options, "calibrated.toml", toml);
  if (options.json) return 0;
  if (!options.out.empty()) {
    std::cout << "written: " << options.out << "/calibration.json"
              << (args.measure_only ? "" : ", calibrated.toml") << "\n";
  } else if (!args.measure_only) {
    std::cout << "\n" << toml;
  }
  return 0;
}

}  // namespace

void add_calibrate(CLI::App& app, CommonOptions& options, Action& action) {
  auto* command = app.add_subcommand(
      "calibrate", "Search each layer's injected bias and threshold, on images that no run is measured on");
  auto args = std::make_shared<CalibrateArguments>();
  command->add_option("config", args->config, "Configuration file or preset")->capture_default_str();
  command
      ->add_option("--network,--model", args->model,
                   "Network file (ONNX), or a shipped detector such as models/street.onnx")
      ->check(not_empty);
  command
      ->add_option("--images,--dataset", args->images,
                   "Data set to calibrate on, of any kind that irc run takes; default: generated scenes")
      ->check(not_empty);
  command->add_option("--split", args->split, "Split of --images (YOLO, VOC), such as train")
      ->check(not_empty);
  command->add_option("--scene-seed", args->scene_seed, "Seed of the generated scenes; default: 4004")
      ->check(whole_number);
  command
      ->add_option("--pictures", args->pictures,
                   "Number of images, spread evenly over the split; default: 16")
      ->check(whole_number);
  command->add_option("--chips", args->chips, "Number of chips to draw; default: 2")->check(whole_number);
  command->add_option("--chip-seed", args->chip_seed, "Seed of these chips; default: 4004")
      ->check(whole_number);
  command->add_flag("--per-chip", args->per_chip,
                    "Calibrate the run's own first chip (run.seed) instead of drawing others");
  command->add_flag("--measure-only", args->measure_only,
                    "Only count each layer's bit errors at its present working point; search nothing");
  add_common_options(*command, options);
  command->callback(
      [&action, &options, args] { action = [&options, args] { return calibrate_command(*args, options); }; });
}

}  // namespace irc::app
