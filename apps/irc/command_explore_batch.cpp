// SPDX-License-Identifier: Apache-2.0
// irc explore plan, run-shard, collect: the same evaluations, distributed over many machines.
#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <iostream>
#include <nlohmann/json.hpp>

#include "command_explore.h"
#include "irc/core/error.h"

namespace irc::app {

namespace {

using nlohmann::json;

std::atomic<bool> told_to_stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

struct PlanArguments : ExploreOptions {
  std::uint64_t shards = 0, points_per_shard = 32;
};

std::uint64_t shard_count(const PlanArguments& args, std::size_t missing) {
  if (args.shards != 0) return args.shards;
  return (missing + args.points_per_shard - 1) / std::max<std::uint64_t>(args.points_per_shard, 1);
}

int plan_command(const PlanArguments& args, const CommonOptions& options) {
  const auto experiment = read_experiment(args.experiment, options);
  explore::PointMaker maker(experiment);
  explore::check_values(experiment, maker);
  const auto folder = folder_of(experiment, options);
  explore::Store store(folder.store(), explore::Store::Mode::create);
  explore::remember_experiment(store, experiment);
  if (args.retry_failed) store.forget_failed();
  const auto plan = explore::plan(experiment, maker, store.all());
  const auto manifest = explore::make_manifest(experiment, plan, shard_count(args, plan.missing.size()));
  explore::write_batch(folder, manifest, own_path());
  if (options.json) {
    std::cout << json{{"experiment", experiment.name},    {"stage", plan.stage},
                      {"planned", plan.points.size()},    {"missing", plan.missing.size()},
                      {"shards", manifest.shards.size()}, {"folder", folder.path.string()}}
                     .dump(2)
              << "\n";
  } else if (plan.complete()) {
    std::cout << fmt::format("{}: complete, {} points\n", experiment.name, plan.points.size());
  } else {
    std::cout << fmt::format("{}, {}: {} points to evaluate in {} shards\n", experiment.name, plan.stage,
                             plan.missing.size(), manifest.shards.size())
              << "submit:  sbatch --wait " << folder.script().string() << "\nor:      parallel --joblog "
              << (folder.path / "joblog").string() << " --resume --retries 3 " << own_path()
              << " explore run-shard " << folder.manifest().string()
              << " --shard {} :::: " << folder.list().string() << "\nthen:    irc explore collect "
              << folder.path.string() << "\n";
  }
  return 0;
}

struct ShardArguments : ExploreOptions {
  std::string manifest;
  std::uint64_t shard = 0;
};

int shard_command(const ShardArguments& args, const CommonOptions& options) {
  std::signal(SIGTERM, [](int) { told_to_stop = true; });
  const auto manifest = explore::read_manifest(args.manifest);
  const explore::Folder folder{std::filesystem::path(args.manifest).parent_path()};
  const bool whole = explore::run_shard(folder, manifest, args.shard, worker_options(args, options),
                                        [] { return told_to_stop.load(); });
  std::cerr << "irc: shard " << args.shard
            << (whole ? ": complete\n" : ": stopped before the end; run it again to continue\n");
  return whole ? 0 : explore::requeue_exit_code;
}

int collect_command(const std::string& path, const CommonOptions& options) {
  const auto collected = explore::collect(explore::Folder{path});
  if (options.json)
    std::cout << json{{"stores", collected.stores}, {"new", collected.fresh}, {"missing", collected.missing}}
                     .dump(2)
              << "\n";
  else
    std::cout << fmt::format("{} new points from {} shards; {} points of the batch are missing{}\n",
                             collected.fresh, collected.stores, collected.missing,
                             collected.missing == 0 ? "" : " (run irc explore plan again for those)");
  return static_cast<int>(collected.missing == 0 ? ExitCode::success : ExitCode::failed_check);
}

}  // namespace

void add_explore_batch(CLI::App& explore, CommonOptions& options, Action& action) {
  auto* plan = explore.add_subcommand(
      "plan", "Deal out what to evaluate next to shards: writes a manifest and an sbatch script");
  auto plan_args = std::make_shared<PlanArguments>();
  plan->add_option("experiment", plan_args->experiment, "Experiment file")->required();
  plan->add_option("--shards", plan_args->shards, "Number of shards; 0: as --points-per-shard asks")
      ->check(whole_number);
  plan->add_option("--points-per-shard", plan_args->points_per_shard, "Largest number of points per shard")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  plan->add_flag("--retry-failed", plan_args->retry_failed, "Repeat the evaluations that failed");
  add_common_options(*plan, options);
  plan->callback([&action, &options, plan_args] {
    action = [&options, plan_args] { return plan_command(*plan_args, options); };
  });

  auto* shard = explore.add_subcommand(
      "run-shard", "Evaluate one shard; exit code 75 means that it stopped early and must run again");
  auto shard_args = std::make_shared<ShardArguments>();
  shard->add_option("manifest", shard_args->manifest, "The manifest.json that plan wrote")->required();
  shard->add_option("--shard", shard_args->shard, "Number of the shard")->required()->check(whole_number);
  add_worker_options(*shard, *shard_args);
  add_common_options(*shard, options);
  shard->callback([&action, &options, shard_args] {
    action = [&options, shard_args] { return shard_command(*shard_args, options); };
  });

  auto* collect =
      explore.add_subcommand("collect", "Merge the shards' stores; exit code 1 if points are missing");
  auto folder = std::make_shared<std::string>();
  collect->add_option("folder", *folder, "The folder that plan wrote")->required()->check(not_empty);
  add_common_options(*collect, options);
  collect->callback([&action, &options, folder] {
    action = [&options, folder] { return collect_command(*folder, options); };
  });
}

}  // namespace irc::app
