// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "evaluation.h"
#include "exporter.h"
#include "hardware.h"
#include "irc/core/error.h"
#include "irc/core/printable.h"
#include "irc/detection/readers.h"
#include "irc/network/onnx.h"
#include "irc/platform/workload.h"
#include "irc/scene/scene.h"
#include "scenes.h"
#include "trainer.h"

namespace {

// Suppresses the kernel's banner, which it prints before sc_main, so that the output is only the program's
// own.
[[gnu::constructor]] void silence_banner() {
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
}

using irc::train::NetOptions;
using irc::train::Norm;
using irc::train::TrainOptions;
using irc::train::Weights;

struct DetectorCommand {
  std::string data = "generated", validation;
  std::uint64_t data_seed = 1001, validation_seed = 2002;
  std::size_t data_count = 4000, validation_count = 200, limit = 0;
  std::string out, name, description, checkpoint, start_from;
  std::string hardware = irc::platform::default_preset;
  std::vector<std::string> settings;
  bool export_only = false;
  int threads = 0;
  NetOptions net;
  TrainOptions train;
};

void add_options(CLI::App& app, DetectorCommand& c) {
  app.add_option(
         "--data", c.data,
         "generated, or a data set: a COCO .json, a YOLO data.yaml, or a VOC folder; of the latter two the "
         "split train is taken")
      ->capture_default_str();
  app.add_option(
      "--val", c.validation,
      "the same for validation; of a YOLO data.yaml or a VOC folder the split val is taken. Default: "
      "--data");
  app.add_option("--data-seed", c.data_seed, "seed of the generated training scenes")->capture_default_str();
  app.add_option("--data-count", c.data_count, "number of generated training scenes")->capture_default_str();
  app.add_option("--val-seed", c.validation_seed, "seed of the generated validation scenes")
      ->capture_default_str();
  app.add_option("--val-count", c.validation_count, "number of generated validation scenes")
      ->capture_default_str();
  const std::map<std::string, Weights> weights{
      {"ternary", Weights::ternary}, {"binary", Weights::binary}, {"float", Weights::real}};
  const std::map<std::string, Norm> norms{{"none", Norm::none}, {"batch", Norm::batch}};
  app.add_option("--weights", c.net.weights, "ternary, binary or float")
      ->transform(CLI::CheckedTransformer(weights));
  app.add_option("--norm", c.net.norm, "none or batch")->transform(CLI::CheckedTransformer(norms));
  app.add_option("--width", c.net.width, "of the network's input, a multiple of the stride")
      ->capture_default_str();
  app.add_option("--height", c.net.height)->capture_default_str();
  app.add_option("--channels", c.net.channels, "of stem and hidden layers")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--strides", c.net.strides)->delimiter(',')->capture_default_str();
  app.add_option("--epochs", c.train.epochs, "without the hardware epochs")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--soft-epochs", c.train.soft_epochs, "first epochs, from clamped to stepped")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--hardware-epochs", c.train.hardware_epochs, "further epochs on drawn hardware")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--hardware", c.hardware,
                 "configuration or preset whose array and amplifiers the hardware epochs draw");
  app.add_option("--set", c.settings, "key=value of that configuration");
  app.add_option("--rate", c.train.learning_rate)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--hardware-rate", c.train.hardware_rate, "learning rate of the hardware epochs")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--adaptive-clip", c.train.adaptive_clip,
                 "largest gradient of an output channel relative to its weights; 0: a fixed length for all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--batch", c.train.batch)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--zoom", c.train.augmentation.zoom)->check(CLI::Range(1.0, 4.0))->capture_default_str();
  app.add_option("--shift", c.train.augmentation.shift)->check(CLI::Range(0.0, 0.5))->capture_default_str();
  app.add_option("--validate-every", c.train.validate_every, "epochs")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", c.train.seed, "of initialisation, order, augmentation and hardware draws")
      ->capture_default_str();
  app.add_option("--out", c.out, "ONNX file to write");
  app.add_option("--name", c.name, "of the graph");
  app.add_option("--description", c.description, "kept in the ONNX file");
  app.add_option("--checkpoint", c.checkpoint, "file written after every epoch");
  app.add_option("--stop-after", c.train.stop_after, "epoch after which to stop, to go on with --resume")
      ->check(CLI::PositiveNumber);
  app.add_flag("--resume", c.train.resume, "go on from --checkpoint if it exists");
  app.add_option("--start-from", c.start_from,
                 "what to start from: a checkpoint, an exported .onnx, or a shipped detector such as "
                 "models/street.onnx");
  app.add_flag("--export-only", c.export_only, "no training: export and evaluate --checkpoint");
  app.add_flag("--split-batch", c.train.split_batch,
               "two threads, half a batch each: faster than --threads 2");
  app.add_option("--threads", c.threads, "0: torch's default")->check(CLI::NonNegativeNumber);
}

/// Whether the data set has splits. A VOC folder counts as having some even without lists, because training
/// on all its images is not what the user meant.
bool has_splits(const std::string& what) {
  return std::filesystem::is_directory(std::filesystem::path(what) / "Annotations") ||
         !irc::detection::split_names(what).empty();
}

irc::detection::Dataset open(const std::string& what, std::uint64_t seed, std::size_t count,
                             const std::string& split, const NetOptions& net) {
  if (what != "generated") {
    auto data = irc::detection::open_dataset(what, has_splits(what) ? split : "");
    irc::detection::inspect_pictures(data);
    fmt::print(stderr, "irc-train: {} {}\n", split, irc::detection::reading_line(data));
    return data;
  }
  irc::scene::SceneOptions options;
  options.width = net.width;
  options.height = net.height;
  return irc::scene::generate_dataset(seed, 0, count, options);
}

void print_ap(const char* what, const irc::detection::ApResult& ap, const std::vector<std::string>& classes) {
  fmt::print("{}: mAP@0.5 {:.4f}", what, ap.mean);
  for (std::size_t i = 0; i < classes.size(); ++i)
    fmt::print(", {} {:.4f}", irc::printable(classes[i]), ap.per_class[i]);
  fmt::print("\n");
}

void export_detector(irc::train::DetectorNet& net, const DetectorCommand& c,
                     const std::vector<irc::train::Example>& validation) {
  const irc::network::Graph graph = irc::train::to_graph(net, c.name, c.description);
  irc::network::write_onnx(graph, c.out);
  const irc::network::Graph read_back = irc::network::read_onnx(c.out);
  if (validation.empty()) return;
  print_ap("exported", irc::train::evaluate(read_back, validation), net->options.classes);
  fmt::print("largest difference between net and exported graph at the head: {:.3g}\n",
             irc::train::largest_difference(net, read_back, validation, c.train.device));
}

/// The hardware that the hardware epochs draw from. Prints how well the droop's formula fits each layer's
/// columns.
std::unique_ptr<irc::train::Hardware> hardware_of(const DetectorCommand& c,
                                                  const irc::train::DetectorNet& net) {
  if (c.train.hardware_epochs == 0) return nullptr;
  if (c.net.weights == Weights::real) throw irc::UsageError("--hardware-epochs: real weights have no cells");
  auto hardware = std::make_unique<irc::train::Hardware>(irc::platform::load_config(c.hardware, c.settings));
  for (std::size_t i = 1; i < net->layers.size(); ++i) {
    const auto& layer = net->layers[i];
    const auto rows = static_cast<std::size_t>(layer->inputs) * layer->kernel * layer->kernel;
    const auto& droop = hardware->droop(rows);
    fmt::print(
        "layer {}, {} rows: current = {:.4f} sum {:+.4f} moment - {:.3g} sum^2, residual {:.2f} % rms\n", i,
        rows, droop.scale, droop.slope, droop.bend, 100 * droop.residual_rms);
  }
  return hardware;
}

/// Checks --start-from, which names a file or a shipped detector, as for `irc run`. Throws InputError where
/// there is neither. Called before any image is read.
std::string start_of(const std::string& given) {
  std::error_code none;
  if (given.empty() || std::filesystem::exists(given, none)) return given;
  if (!given.ends_with(".onnx"))
    throw irc::InputError("--start-from: there is no checkpoint '" + given + "'");
  irc::platform::load_detector(given);
  return given;
}

/// Training data with its classes in the order of the validation data, which is the order of the net.
irc::detection::Dataset training_data(const DetectorCommand& c) {
  auto data = open(c.data, c.data_seed, c.data_count, "train", c.net);
  if (irc::detection::same_names_reordered(data.categories, c.net.classes))
    fmt::print(
        "training and validation data list the same classes in a different order; they are matched by "
        "name\n");
  irc::detection::reorder_categories(data, c.net.classes);
  return data;
}

void run(DetectorCommand& c) {
  if (c.threads > 0) torch::set_num_threads(c.threads);
  if (torch::cuda::is_available()) c.train.device = torch::kCUDA;
  if ((c.train.resume || c.export_only) && c.checkpoint.empty())
    throw irc::UsageError("--resume and --export-only need --checkpoint");
  c.train.start_from = start_of(c.start_from);
  if (c.validation.empty()) {
    c.validation = c.data;
    if (c.data != "generated" && !has_splits(c.data))
      fmt::print(stderr,
                 "irc-train: note: {} has no splits, so the training images are also the validation images; "
                 "name others with --val\n",
                 c.data);
  }
  c.net.seed = c.train.seed;
  const auto validation_data = open(c.validation, c.validation_seed, c.validation_count, "val", c.net);
  c.net.classes = validation_data.categories;
  const int stride = c.net.stride();
  if (stride < 1 || c.net.width % stride || c.net.height % stride)
    throw irc::UsageError(
        fmt::format("an input of {} x {} pixels is not a multiple of the stride {} in both "
                    "directions",
                    c.net.width, c.net.height, stride));
  const auto validation = irc::train::load_examples(validation_data, c.net.width, c.net.height);
  irc::train::DetectorNet net(c.net);
  c.train.checkpoint = c.checkpoint;
  if (c.export_only) {
    irc::train::load_weights(net, c.checkpoint);
    net->to(c.train.device);
  } else {
    const auto training = irc::train::load_examples(training_data(c), c.net.width, c.net.height);
    fmt::print("{} training and {} validation images\n", training.size(), validation.size());
    std::fflush(stdout);
    const auto hardware = hardware_of(c, net);
    c.train.hardware = hardware.get();
    irc::train::train(net, training, validation, c.train);
  }
  print_ap("net", irc::train::evaluate(net, validation, c.train.device), c.net.classes);
  if (!c.out.empty()) export_detector(net, c, validation);
}

int fail(const char* what, irc::ExitCode code) {
  fmt::print(stderr, "irc-train: {}\n", irc::printable_lines(what));
  return static_cast<int>(code);
}

}  // namespace

// The platform needs libsystemc, which provides main().
extern "C" int sc_main(int argc, char* argv[]) {
  CLI::App app{"irc-train: detectors for in-RRAM computing"};
  app.require_subcommand(1);
  std::uint64_t seed = 1, first = 0;
  std::size_t count = 10;
  std::string folder;
  CLI::App& scenes = *app.add_subcommand("scenes", "write generated traffic scenes as PNG and COCO JSON");
  scenes.add_option("--seed", seed)->capture_default_str();
  scenes.add_option("--first", first, "index of the first scene")->capture_default_str();
  scenes.add_option("--count", count)->capture_default_str();
  scenes.add_option("--out", folder, "folder")->required();
  DetectorCommand command;
  CLI::App& detector = *app.add_subcommand("detector", "train a detector and export it as ONNX");
  add_options(detector, command);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(irc::ExitCode::usage);
  }
  try {
    if (scenes.parsed()) irc::train::write_scenes(seed, first, count, folder);
    if (detector.parsed()) run(command);
  } catch (const irc::UsageError& error) {
    return fail(error.what(), irc::ExitCode::usage);
  } catch (const irc::InputError& error) {
    return fail(error.what(), irc::ExitCode::bad_input);
  } catch (const std::exception& error) {
    return fail(error.what(), irc::ExitCode::internal);
  }
  return 0;
}
