// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "irc/array/evaluator.h"
#include "irc/core/error.h"
#include "irc/core/printable.h"
#include "irc/core/toml.h"
#include "irc/mapping/bias_split.h"
#include "irc/platform/chip_workers.h"
#include "irc/platform/run.h"
#include "progress.h"

namespace irc::app {

namespace {

struct RunArguments {
  std::string config = platform::default_preset;
  std::string model, images, split, evaluator, timing;
  std::optional<std::uint64_t> chips, limit, nonideal_images;
  std::optional<double> yield_drop;
  bool write_head = false;
  std::string trace, trace_window, power_profile;
};

void check_length(const std::string& flag, const std::string& text, double time_s) {
  if (time_s > trace::longest_s)
    throw UsageError(flag + ": '" + text + "' found; the longest time is " + toml_real(trace::longest_s) +
                     " s");
}

/// Overrides for the traces that the command line asks for. A mistake in them is a usage error, not one of a
/// file.
std::vector<std::string> trace_overrides(const RunArguments& args) {
  std::vector<std::string> out;
  const auto read = [](const char* flag, const auto& parse, const std::string& text) {
    try {
      return parse(text);
    } catch (const InputError& error) {
      throw UsageError(std::string(flag) + ": " + error.what());
    }
  };
  if (!args.trace.empty()) {
    read("--trace", trace::parse_requests, args.trace);
    out.push_back("trace.formats=" + quoted(args.trace));
  }
  if (!args.trace_window.empty()) {
    const auto window = read("--trace-window", trace::parse_window, args.trace_window);
    check_length("--trace-window", args.trace_window, window.begin_s);
    if (std::isfinite(window.end_s)) check_length("--trace-window", args.trace_window, window.end_s);
    out.push_back("trace.begin_s=" + toml_real(window.begin_s));
    out.push_back("trace.end_s=" + toml_real(std::isfinite(window.end_s) ? window.end_s : 0));
  }
  if (!args.power_profile.empty()) {
    const double window_s = read("--power-profile", trace::parse_time_s, args.power_profile);
    if (window_s < 1e-12)
      throw UsageError("--power-profile: '" + args.power_profile + "' found; the shortest window is 1ps");
    check_length("--power-profile", args.power_profile, window_s);
    out.push_back("trace.power_window_s=" + toml_real(window_s));
  }
  return out;
}

/// Flags are short names of configuration values. --set comes last, so it takes precedence.
std::vector<std::string> overrides_of(const RunArguments& args, const CommonOptions& options) {
  std::vector<std::string> out;
  if (!args.model.empty()) out.push_back("run.model=" + quoted(path_or_name(args.model)));
  if (!args.images.empty()) out.push_back("run.images=" + quoted(absolute(args.images)));
  if (!args.split.empty()) out.push_back("run.split=" + quoted(args.split));
  if (!args.evaluator.empty()) out.push_back("run.evaluator=" + quoted(args.evaluator));
  if (!args.timing.empty()) out.push_back("timing.mode=" + quoted(args.timing));
  if (args.chips) out.push_back("run.chips=" + std::to_string(*args.chips));
  if (args.yield_drop) out.push_back("run.yield_drop=" + toml_real(*args.yield_drop));
  if (args.limit) out.push_back("run.limit=" + std::to_string(*args.limit));
  if (args.nonideal_images) out.push_back("run.nonideal_images=" + std::to_string(*args.nonideal_images));
  if (args.write_head) out.push_back("run.write_head=true");
  for (const auto& set : trace_overrides(args)) out.push_back(set);
  for (const auto& set : options.overrides()) out.push_back(set);
  return out;
}

/// A window alone has no effect: it needs a trace or a power profile.
void check_window(const RunArguments& args, const platform::TraceOptions& trace) {
  if (!trace.requests.empty() || trace.power_window_s > 0) return;
  if (!args.trace_window.empty())
    throw UsageError("--trace-window: there is no trace to limit; add --trace or --power-profile");
  // A file may contain a window for runs whose flags ask for a trace.
  if (trace.window != trace::Window{})
    std::cerr << "irc: note: trace.begin_s and trace.end_s have no effect without trace.formats or "
                 "trace.power_window_s\n";
}

/// Files that a run writes into its folder.
class Outputs {
 public:
  Outputs(const platform::RunConfig& config, const platform::Workload& workload, std::string folder)
      : config_(config),
        workload_(workload),
        folder_(std::move(folder)),
        recorder_(platform::make_recorder(config, workload, folder_)) {}

  trace::Recorder* recorder() { return recorder_.get(); }

  /// Throws InputError where something could not be written. Results come first: traces are dropped to make
  /// room for them.
  void write(const platform::RunResult& result, std::ostream& log) {
    write_results(result);
    write_traces();
    if (config_.trace.power_window_s > 0 && failures_.empty()) draw(result);
    log << "written: " << paths_.size() << " files in " << folder_ << " (" << listing() << ")\n";
    if (failures_.empty()) return;
    std::string message;
    for (const auto& failure : failures_) message += (message.empty() ? "" : "; ") + failure;
    throw InputError(message + "; the results are complete: " + folder_ + "/result.json");
  }

 private:
  void write_results(const platform::RunResult& result) {
    try {
      paths_ = platform::write_outputs(result, config_, workload_, folder_);
    } catch (const InputError& error) {
      if (!recorder_) throw;
      // Unfinished traces may be what fills the disk.
      recorder_.reset();
      paths_ = platform::write_outputs(result, config_, workload_, folder_);
      failures_.push_back(std::string("traces were dropped to make room for the results: ") + error.what());
    }
    results_ = paths_.size();
  }

  void write_traces() {
    if (!recorder_) return;
    const auto outcome = recorder_->finish();
    paths_.insert(paths_.end(), outcome.paths.begin(), outcome.paths.end());
    failures_ = outcome.failures;
    shows_nothing_ = outcome.shows_nothing;
    if (shows_nothing_)
      std::cerr << "irc: note: nothing happened in the trace's window; the run ended at " << outcome.end_s
                << " s\n";
  }

  void draw(const platform::RunResult& result) {
    try {
      const auto figures = platform::write_figures(result, config_, folder_, !shows_nothing_);
      paths_.insert(paths_.end(), figures.paths.begin(), figures.paths.end());
      if (!figures.skipped.empty())
        std::cerr << "irc: note: the tables were written, but their figures were not drawn: "
                  << figures.skipped << "\n";
    } catch (const InputError& error) {
      failures_.emplace_back(error.what());
    }
  }

  std::string listing() const {
    std::vector<std::string> others;
    std::size_t images = 0;
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      const std::filesystem::path path(paths_[i]);
      const auto name = path.filename().string();
      const bool drawn = i < results_ && path.extension() == ".png";
      images += drawn;
      if (!drawn && name != "result.json" && name != "detections.json") others.push_back(name);
    }
    std::string text = "result.json, detections.json, " + std::to_string(images) + " images";
    for (const auto& name : others) text += ", " + name;
    return text;
  }

  const platform::RunConfig& config_;
  const platform::Workload& workload_;
  std::string folder_;
  std::unique_ptr<trace::Recorder> recorder_;
  std::vector<std::string> paths_, failures_;
  std::size_t results_ = 0;
  bool shows_nothing_ = false;
};

/// Runs chips side by side where threads allow it. With traces there is one simulation, because a trace shows
/// one.
platform::RunResult run(const platform::RunConfig& config, const platform::Workload& workload,
                        trace::Recorder* recorder) {
  ProgressBar bar;
  const auto progress = [&](const std::string& what, std::uint64_t done, std::uint64_t total) {
    bar.show(what, done, total);
  };
  if (recorder == nullptr && platform::chip_workers(config.run.chips, config.run.threads) > 1)
    return platform::run_in_workers(config, workload, progress, {own_path(), config.run.threads});
  return platform::run(config, workload, progress, recorder);
}

int run_command(const RunArguments& args, const CommonOptions& options) {
  const auto config = platform::load_config(args.config, overrides_of(args, options));
  if (!args.split.empty() && platform::generated(config.run))
    throw UsageError("--split: generated scenes have no splits; name a data set with --images");
  check_window(args, config.trace);
  const ThreadLimit limit(config.run.threads);
  const std::string out = options.out.empty() ? "out/run" : options.out;
  platform::check_writable(out);
  const platform::Workload workload(config);
  if (!workload.reading().empty()) std::cerr << "irc: " << workload.reading() << "\n";
  if (!workload.note().empty()) std::cerr << "irc: note: " << printable_lines(workload.note()) << "\n";
  for (const auto& layer : mapping::layers_split_by_bias(workload.graph(), config.geometry))
    std::cerr << "irc: warning: " << layer.text() << "\n";
  Outputs outputs(config, workload, out);
  const auto result = run(config, workload, outputs.recorder());
  // Results are printed first, so that a full disk cannot lose them.
  if (options.json) {
    std::cout << platform::to_json(result, config, workload)
                     .dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
              << std::endl;
  } else {
    std::cout << printable_lines(platform::to_text(result, config, workload)) << std::flush;
  }
  outputs.write(result, options.json ? std::cerr : std::cout);
  return 0;
}

std::string evaluator_names(const std::string& separator) {
  std::string names;
  for (const auto& kind : array::evaluators())
    names += (names.empty() ? "" : separator) + std::string(kind.name);
  return names;
}

}  // namespace

void add_run(CLI::App& app, CommonOptions& options, Action& action) {
  auto* command = app.add_subcommand(
      "run", "Run a detector on the accelerator: mAP, latency, energy, and images with boxes");
  auto args = std::make_shared<RunArguments>();
  command
      ->add_option("config", args->config,
                   "Configuration file or preset (ideal.toml, robust.toml, naive.toml)")
      ->capture_default_str();
  command
      ->add_option("--network,--model", args->model,
                   "Network file (ONNX), or a shipped detector such as models/street.onnx")
      ->check(not_empty);
  command
      ->add_option(
          "--images,--dataset", args->images,
          "Data set: COCO .json, YOLO data.yaml or folder, VOC folder, folder of images, or one image")
      ->check(not_empty);
  command
      ->add_option(
          "--split", args->split,
          "Split of --images: a key of a YOLO data.yaml such as test (default: val), or a list in a VOC "
          "folder's ImageSets/Main (default: all images)")
      ->check(not_empty);
  command
      ->add_option("--evaluator", args->evaluator,
                   "How bit-line currents are computed: " + evaluator_names(", ") + " (default: fast)")
      ->type_name("TEXT:{" + evaluator_names(",") + "}")  // for the completion scripts
      ->check(not_empty);
  command->add_option("--timing", args->timing, "TLM-2.0 coding style: at (default) or lt")
      ->check(CLI::IsMember({"lt", "at"}));
  command->add_option("--chips", args->chips, "Number of chips to draw and run")->check(whole_number);
  command
      ->add_option("--yield-drop", args->yield_drop,
                   "Largest loss of mAP, as a fraction, with which a chip counts as good for the yield")
      ->check(CLI::Range(0.0, 1.0));
  command->add_option("--limit", args->limit, "Use only so many images, from the data set's first")
      ->check(whole_number);
  command
      ->add_option("--nonideal-images", args->nonideal_images,
                   "Number of images to run on the accelerator, spread evenly over the data set; 0: all")
      ->check(whole_number);
  command->add_flag("--write-head", args->write_head,
                    "Also write the detector's raw output of every image: head.npy and head_ideal.npy");
  command
      ->add_option("--trace", args->trace,
                   "Trace files to write: FORMAT[:LEVEL],... The formats are vcd, perfetto, csv and csv.zst; "
                   "the levels "
                   "are layer, operation (default) and phase")
      ->check(not_empty);
  command
      ->add_option("--trace-window", args->trace_window,
                   "Simulated time that the traces and the power profile show: BEGIN..END, such as "
                   "10us..20us or 1ms..")
      ->check(not_empty);
  command
      ->add_option("--power-profile", args->power_profile,
                   "Write power.csv and figures: mean and peak power in windows of this length, such as 1us")
      ->check(not_empty);
  add_common_options(*command, options);
  command->callback(
      [&action, &options, args] { action = [&options, args] { return run_command(*args, options); }; });
}

}  // namespace irc::app
