// SPDX-License-Identifier: Apache-2.0
// irc sensitivity: measures accuracy over one parameter at a time.
#include "irc/study/sensitivity.h"

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "command_explore.h"
#include "irc/core/error.h"
#include "irc/core/printable.h"
#include "irc/platform/run.h"
#include "progress.h"

namespace irc::app {

namespace {

struct SensitivityArguments {
  ExploreOptions explore;
  std::vector<std::string> curves;
};

/// Whether the base has at least one result.
bool any_result(const study::SensitivityResult& result) {
  for (const auto& curve : result.curves)
    for (const auto& point : curve.front().points)
      if (point.outcome.done()) return true;
  return false;
}

int sensitivity_command(const SensitivityArguments& args, const CommonOptions& options) {
  const auto study =
      study::read_sensitivity(args.explore.experiment, {options.sets, options.seed, args.curves});
  const auto workers = worker_options(args.explore, options);
  const auto folder =
      options.out.empty() ? (std::filesystem::path("out/sensitivity") / study.name).string() : options.out;
  platform::check_writable(folder);
  explore::Store store(explore::Folder{folder}.store(), explore::Store::Mode::create);
  if (args.explore.strict) store.refuse_bad();
  if (args.explore.retry_failed) store.forget_failed();
  study::SensitivityResult result;
  {
    ProgressBar bar;
    result = study::run_sensitivity(
        study, store, workers, [&](std::size_t done, std::size_t total) { bar.show("runs", done, total); });
  }
  say_left_out(store);
  std::cout << (options.json ? study::to_json(result).dump(2) + "\n"
                             : printable_lines(study::to_markdown(result)))
            << std::flush;
  const auto missing = study::write_sensitivity(result, folder);
  if (!missing.empty())
    std::cerr << "irc: note: the tables were written, but their figures were not drawn: " << missing << "\n";
  std::cerr << "written: sensitivity.csv, .md, .json" << (missing.empty() ? ", figures" : "") << " in "
            << folder << "\n";
  return static_cast<int>(any_result(result) ? ExitCode::success : ExitCode::failed_check);
}

}  // namespace

void add_sensitivity(CLI::App& app, CommonOptions& options, Action& action) {
  auto* command = app.add_subcommand(
      "sensitivity", "Measure accuracy against one parameter at a time, as curves; resumable");
  auto args = std::make_shared<SensitivityArguments>();
  args->explore.experiment = "experiments/sensitivity.toml";
  command->add_option("study", args->explore.experiment, "Study file, or the name of the shipped one")
      ->check(not_empty)
      ->capture_default_str();
  command->add_option("--curve", args->curves, "Measure only this curve of the study; may be repeated")
      ->check(not_empty)
      ->take_all()
      ->allow_extra_args(false);
  add_worker_options(*command, args->explore);
  command->add_flag("--retry-failed", args->explore.retry_failed, "Repeat the evaluations that failed");
  add_strict(*command, args->explore.strict);
  add_common_options(*command, options);
  command->callback([&action, &options, args] {
    action = [&options, args] { return sensitivity_command(*args, options); };
  });
}

}  // namespace irc::app
