// SPDX-License-Identifier: Apache-2.0
// irc explore EXPERIMENT: runs an experiment on this machine.
#include "command_explore.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "irc/core/error.h"
#include "irc/core/printable.h"
#include "progress.h"

namespace irc::app {

namespace {

using nlohmann::json;

constexpr std::size_t front_lines = 20;

std::uint64_t bytes_of(const std::string& text) {
  if (text.empty()) return 0;
  const std::string units = "KMGT";
  std::size_t end = 0;
  double value = -1;
  try {
    value = std::stod(text, &end);
  } catch (const std::exception&) {
  }
  const auto unit = end < text.size() ? units.find(text[end]) : std::string::npos;
  const bool whole = end == text.size() || (unit != std::string::npos && end + 1 == text.size());
  if (!(value > 0) || !whole)
    throw UsageError("--memory is '" + text + "'; expected a number of bytes, such as 8G or 500M");
  return static_cast<std::uint64_t>(
      value * (unit == std::string::npos ? 1 : std::pow(1024.0, static_cast<double>(unit) + 1)));
}

json row_json(const explore::Experiment& experiment, const explore::Row& row) {
  json parameters = json::object(), metrics = json::object();
  for (std::size_t p = 0; p < row.point->assignment.size(); ++p)
    if (const auto& value = row.point->assignment[p])
      parameters[experiment.space.parameters[p].name] = explore::value_json(*value);
  for (std::size_t m = 0; m < row.outcome.values.size(); ++m)
    metrics[std::string(experiment.metrics[m].metric.name)] = row.outcome.values[m];
  return {{"id", row.point->id}, {"parameters", parameters}, {"metrics", metrics}};
}

std::size_t count(const std::vector<explore::Row>& rows, explore::Outcome::Status status) {
  return static_cast<std::size_t>(std::count_if(
      rows.begin(), rows.end(), [&](const explore::Row& row) { return row.outcome.status == status; }));
}

int show(const explore::Experiment& experiment, const explore::Store& store, const explore::Plan& plan,
         const CommonOptions& options) {
  using Status = explore::Outcome::Status;
  const auto rows = explore::rows_of(experiment, plan, store.all());
  const auto done = count(rows, Status::done), failed = count(rows, Status::failed);
  const auto infeasible = count(rows, Status::infeasible);
  if (options.json) {
    json front = json::array();
    for (const auto& row : rows)
      if (row.on_front) front.push_back(row_json(experiment, row));
    std::cout << json{{"schema", 1},
                      {"experiment", experiment.name},
                      {"seed", experiment.seed},
                      {"store", store.path()},
                      {"evaluated", rows.size()},
                      {"done", done},
                      {"infeasible", infeasible},
                      {"failed", failed},
                      {"damaged", store.bad().size()},
                      {"front", front}}
                     .dump(2)
              << "\n";
  } else {
    if (!experiment.objectives().empty())
      std::cout << "front:\n" << printable_lines(explore::front_text(experiment, rows, front_lines));
    std::cout << fmt::format("{} points: {} done, {} infeasible, {} failed; store {}\n", rows.size(), done,
                             infeasible, failed, store.path());
  }
  for (const auto& row : rows)
    if (row.outcome.status == Status::failed) {
      std::cerr << "irc: note: " << failed
                << " points failed (irc explore export --csv lists them). The first failure: "
                << printable_lines(row.outcome.error) << "\n";
      break;
    }
  return static_cast<int>(done > 0 ? ExitCode::success : ExitCode::failed_check);
}

int explore_command(const ExploreOptions& args, const CommonOptions& options) {
  if (args.experiment.empty())
    throw UsageError("irc explore: name an experiment file or a subcommand (see irc explore --help)");
  const auto experiment = read_experiment(args.experiment, options);
  const auto workers = worker_options(args, options);
  explore::PointMaker maker(experiment);
  explore::check_values(experiment, maker);
  explore::Store store(folder_of(experiment, options).store(), explore::Store::Mode::create);
  if (args.strict) store.refuse_bad();
  if (args.retry_failed) store.forget_failed();
  ProgressBar bar;
  explore::Observer observer;
  observer.progress = [&](const std::string& stage, std::uint64_t done, std::uint64_t total) {
    bar.show(stage, done, total);
  };
  observer.stage_done = [&](const explore::Plan& plan, const explore::Records& records) {
    const auto rows = explore::rows_of(experiment, plan, records);
    if (plan.complete() || experiment.objectives().empty()) return;
    std::cerr << fmt::format("{} points are known. Next: {} ({} to evaluate). Front so far:\n", rows.size(),
                             plan.stage, plan.missing.size())
              << printable_lines(explore::front_text(experiment, rows, front_lines / 2));
  };
  const auto plan = explore::explore(experiment, store, workers, observer);
  say_left_out(store);
  return show(experiment, store, plan, options);
}

int worker_command(const CommonOptions& options) {
  const std::string config((std::istreambuf_iterator<char>(std::cin)), {});
  const auto threads = options.threads.value_or(0);
  const ThreadLimit limit(threads);
  std::cout << explore::work(config, threads) << "\n" << std::flush;
  if (std::cout) return 0;
  std::cerr << "irc: the result cannot be written to the temporary file (is the disk full?)\n";
  return explore::mute_exit_code;
}

}  // namespace

explore::Experiment read_experiment(const std::string& path, const CommonOptions& options) {
  explore::ExperimentOptions extra;
  extra.seed = options.seed;
  extra.settings = options.sets;
  return explore::read_experiment(path, extra);
}

explore::Folder folder_of(const explore::Experiment& experiment, const CommonOptions& options) {
  return {options.out.empty() ? std::filesystem::path("out/explore") / experiment.name
                              : std::filesystem::path(options.out)};
}

explore::WorkerOptions worker_options(const ExploreOptions& explore, const CommonOptions& options) {
  return {own_path(), explore.workers, options.threads.value_or(0), bytes_of(explore.memory)};
}

void add_strict(CLI::App& command, bool& strict) {
  command.add_flag("--strict", strict, "Refuse a store with a damaged record, instead of leaving it out");
}

void say_left_out(const std::vector<std::string>& records) {
  constexpr std::size_t most = 10;
  if (records.empty()) return;
  std::cerr << "irc: note: damaged records or stores, which are left out (--strict refuses them): "
            << records.size() << "\n";
  for (std::size_t i = 0; i < std::min(most, records.size()); ++i)
    std::cerr << "  " << printable(records[i]) << "\n";
  if (records.size() > most) std::cerr << "  and " << records.size() - most << " more\n";
}

void say_left_out(const explore::Store& store) {
  std::vector<std::string> records;
  for (const auto& bad : store.bad())
    records.push_back(store.path() + ": point " + bad.id + ": " + bad.problem);
  say_left_out(records);
}

void add_worker_options(CLI::App& command, ExploreOptions& explore) {
  command
      .add_option("--workers", explore.workers, "Number of points evaluated at once; 0: one per processor")
      ->check(whole_number);
  command
      .add_option("--memory", explore.memory,
                  "Memory for all workers together, such as 8G; default: nine tenths of what is free")
      ->check(not_empty);
}

Source open_source(const std::string& name, const CommonOptions& options, bool strict) {
  namespace fs = std::filesystem;
  const auto open = [strict](const std::string& path) {
    explore::Store store(path, explore::Store::Mode::read);
    if (strict) store.refuse_bad();
    return store;
  };
  const auto stored = [&](const std::string& path) {
    auto store = open(path);
    auto experiment = explore::read_stored_experiment(store);
    return Source{std::move(store), std::move(experiment)};
  };
  std::error_code ignored;
  if (fs::is_directory(name, ignored)) return stored((fs::path(name) / "store.sqlite").string());
  if (fs::path(name).extension() != ".toml") return stored(name);
  auto experiment = read_experiment(name, options);
  auto store = open(explore::Folder{fs::path("out/explore") / experiment.name}.store());
  return {std::move(store), std::move(experiment)};
}

void add_explore(CLI::App& app, CommonOptions& options, Action& action) {
  auto* command = app.add_subcommand(
      "explore", "Sweep or search configurations for several objectives; resumable, in parallel");
  auto args = std::make_shared<ExploreOptions>();
  command->add_option(
      "experiment", args->experiment,
      "Experiment file, or the name of a shipped one such as experiments/vwl-rhrs-sigma.toml");
  add_worker_options(*command, *args);
  command->add_flag("--retry-failed", args->retry_failed, "Repeat the evaluations that failed");
  add_strict(*command, args->strict);
  add_common_options(*command, options);
  command->require_subcommand(0, 1);
  command->callback([&action, &options, args, command] {
    // The callback of the subcommand has run already.
    if (!command->get_subcommands().empty()) return;
    action = [&options, args] { return explore_command(*args, options); };
  });
  add_explore_batch(*command, options, action);
  add_explore_look(*command, options, action);
  auto* worker = command->add_subcommand("worker", "")->group("");  // internal, so not in the help
  add_common_options(*worker, options);
  worker->callback([&action, &options] { action = [&options] { return worker_command(options); }; });
}

}  // namespace irc::app
