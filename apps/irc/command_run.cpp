// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "irc/core/error.h"
#include "irc/core/toml.h"
#include "irc/platform/chip_workers.h"
#include "irc/platform/run.h"
#include "progress.h"

namespace irc::app {

namespace {

struct RunArguments {
  std::string config = platform::default_preset;
  std::string model, images, evaluator, timing;
  std::optional<std::uint64_t> chips, limit, nonideal_images;
  std::optional<double> yield_drop;
  std::string trace, trace_window, power_profile;
};

void check_length(const std::string& flag, const std::string& text, double time_s) {
  if (time_s > trace::longest_s)
    throw UsageError(flag + ": '" + text + "', expected no time above " + toml_real(trace::longest_s) + " s");
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
      throw UsageError("--power-profile: '" + args.power_profile + "', expected 1ps or more");
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
  if (!args.evaluator.empty()) out.push_back("run.evaluator=" + quoted(args.evaluator));
  if (!args.timing.empty()) out.push_back("timing.mode=" + quoted(args.timing));
  if (args.chips) out.push_back("run.chips=" + std::to_string(*args.chips));
  if (args.yield_drop) out.push_back("run.yield_drop=" + toml_real(*args.yield_drop));
  if (args.limit) out.push_back("run.limit=" + std::to_string(*args.limit));
  if (args.nonideal_images) out.push_back("run.nonideal_images=" + std::to_string(*args.nonideal_images));
  for (const auto& set : trace_overrides(args)) out.push_back(set);
  for (const auto& set : options.overrides()) out.push_back(set);
  return out;
}

/// A window alone has no effect: it needs a trace or a power profile.
void check_window(const RunArguments& args, const platform::TraceOptions& trace) {
  if (!trace.requests.empty() || trace.power_window_s > 0) return;
  if (!args.trace_window.empty())
    throw UsageError("--trace-window: there is no trace to show; add --trace or --power-profile");
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
    throw InputError(message + " (the results are complete: " + folder_ + "/result.json)");
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
      std::cerr << "irc: note: the window of the trace shows nothing; the run ended at " << outcome.end_s
                << " s\n";
  }

  void draw(const platform::RunResult& result) {
    const auto figures = platform::write_figures(result, config_, folder_, !shows_nothing_);
    paths_.insert(paths_.end(), figures.paths.begin(), figures.paths.end());
    if (!figures.skipped.empty())
      std::cerr << "irc: note: no figures, only their tables: " << figures.skipped << "\n";
  }

  std::string listing() const {
    std::string text = "result.json, detections.json, " + std::to_string(results_ - 2) + " pictures";
    for (auto path = paths_.begin() + static_cast<std::ptrdiff_t>(results_); path != paths_.end(); ++path)
      text += ", " + std::filesystem::path(*path).filename().string();
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
  check_window(args, config.trace);
  const ThreadLimit limit(config.run.threads);
  const std::string out = options.out.empty() ? "out/run" : options.out;
  platform::check_writable(out);
  const platform::Workload workload(config);
  Outputs outputs(config, workload, out);
  const auto result = run(config, workload, outputs.recorder());
  // Results are printed first, so that a full disk cannot lose them.
  if (options.json) {
    std::cout << platform::to_json(result, config, workload)
                     .dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
              << std::endl;
  } else {
    std::cout << platform::to_text(result, config, workload) << std::flush;
  }
  outputs.write(result, options.json ? std::cerr : std::cout);
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
  command
      ->add_option("--yield-drop", args->yield_drop,
                   "Largest loss of mAP, as a fraction, with which a chip counts for the yield")
      ->check(CLI::Range(0.0, 1.0));
  command->add_option("--limit", args->limit, "Use only the first pictures of the data set")
      ->check(whole_number);
  command
      ->add_option("--nonideal-images", args->nonideal_images,
                   "Pictures to run on the accelerator, spread evenly; 0: all")
      ->check(whole_number);
  command
      ->add_option("--trace", args->trace,
                   "Trace files: FORMAT[:LEVEL],... of vcd, perfetto, csv, csv.zst; levels layer, operation "
                   "(default), phase")
      ->check(not_empty);
  command
      ->add_option(
          "--trace-window", args->trace_window,
          "Simulated time that traces and power profile show: BEGIN..END, such as 10us..20us or 1ms..")
      ->check(not_empty);
  command
      ->add_option("--power-profile", args->power_profile,
                   "Power in windows of this length, such as 1us: power.csv and figures")
      ->check(not_empty);
  add_common_options(*command, options);
  command->callback(
      [&action, &options, args] { action = [&options, args] { return run_command(*args, options); }; });
}

}  // namespace irc::app
