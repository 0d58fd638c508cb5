// SPDX-License-Identifier: Apache-2.0
// irc ablate: compares designs from naive to robust, one technique at a time.
#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "command_explore.h"
#include "irc/core/error.h"
#include "irc/core/printable.h"
#include "irc/study/ablation.h"
#include "progress.h"

namespace irc::app {

namespace {

constexpr const char* default_study = "experiments/ablation.toml";
constexpr const char* default_folder = "out/ablate";

struct AblateOptions {
  std::string study = default_study;
  std::optional<std::uint64_t> chips, images;
  ExploreOptions workers;
};

/// Writes tables and figure. Returns the reason why there is no figure, or an empty string.
std::string write_files(const study::Ablation& ablation, const CommonOptions& folder) {
  write_out(folder, "ablation.md", printable_lines(study::to_markdown(ablation)));
  write_out(folder, "ablation.csv", study::to_csv(ablation));
  return study::draw_ablation(ablation, folder.out);
}

void say_failures(const study::Ablation& ablation) {
  if (ablation.failed == 0) return;
  std::cerr << "irc: " << ablation.failed << " evaluations failed; --retry-failed repeats them:\n";
  for (std::size_t r = 0; r < ablation.rungs.size(); ++r)
    for (std::size_t c = 0; c < ablation.columns.size(); ++c) {
      const auto& outcome = ablation.outcomes[r][c];
      if (outcome && outcome->status == study::Outcome::Status::failed)
        std::cerr << "  " << printable(ablation.rungs[r].label) << ", "
                  << printable(ablation.columns[c].label) << ": " << printable_lines(outcome->error) << "\n";
    }
}

int ablate_command(const AblateOptions& args, const CommonOptions& options) {
  const auto study = study::read_ablation(args.study, {options.sets, options.seed, args.chips, args.images});
  const auto workers = worker_options(args.workers, options);
  auto folder = options;
  if (folder.out.empty()) folder.out = default_folder;
  check_out(folder);
  explore::Store store((std::filesystem::path(folder.out) / "store.sqlite").string(),
                       explore::Store::Mode::create);
  if (args.workers.strict) store.refuse_bad();
  if (args.workers.retry_failed) store.forget_failed();
  ProgressBar bar;
  const auto ablation = study::run_ablation(study, store, workers, [&](std::size_t done, std::size_t total) {
    bar.show("evaluations", done, total);
  });
  // Results are printed first, so that a full disk cannot lose them.
  std::cout << (options.json ? study::to_json(ablation).dump(2) + "\n" : study::to_markdown(ablation))
            << std::flush;
  say_left_out(store);
  const auto no_figure = write_files(ablation, folder);
  if (!no_figure.empty()) std::cerr << "irc: note: the figure was not drawn: " << no_figure << "\n";
  say_failures(ablation);
  std::cerr << "written: ablation.md, ablation.csv"
            << (no_figure.empty() ? ", ablation.svg, ablation.png" : "") << " in " << folder.out << "\n";
  return static_cast<int>(ablation.failed == 0 ? ExitCode::success : ExitCode::failed_check);
}

}  // namespace

void add_ablate(CLI::App& app, CommonOptions& options, Action& action) {
  auto* command = app.add_subcommand("ablate",
                                     "Measure what each technique between the naive and the robust design is "
                                     "worth, against each nonideality");
  auto args = std::make_shared<AblateOptions>();
  command
      ->add_option("study", args->study,
                   std::string("Study file, or the name of a shipped one; default: ") + default_study)
      ->check(not_empty);
  command->add_option("--chips", args->chips, "Number of chips per evaluation, in place of the study's")
      ->check(CLI::Range(1, 100000));
  command
      ->add_option("--limit", args->images,
                   "Number of images per evaluation, in place of the study's; 0: all")
      ->check(whole_number);
  add_worker_options(*command, args->workers);
  command->add_flag("--retry-failed", args->workers.retry_failed, "Repeat the evaluations that failed");
  add_strict(*command, args->workers.strict);
  add_common_options(*command, options);
  command->callback(
      [&action, &options, args] { action = [&options, args] { return ablate_command(*args, options); }; });
}

}  // namespace irc::app
