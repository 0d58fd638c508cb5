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
  std::uint64_t shards = 0, points_per_shard = 32, array_limit = explore::default_array_limit;
};

std::uint64_t shard_count(const PlanArguments& args, std::size_t missing) {
  if (args.shards != 0) return args.shards;
  return (missing + args.points_per_shard - 1) / std::max<std::uint64_t>(args.points_per_shard, 1);
}

/// The commands that evaluate a batch, one for each Slurm array.
void print_commands(const explore::Folder& folder, const std::vector<std::filesystem::path>& scripts) {
  const char* before = "submit:  ";
  for (const auto& script : scripts) {
    std::cout << before << "sbatch --wait " << script.string() << "\n";
    before = "         ";
  }
  std::cout << "or:      parallel --joblog " << (folder.path / "joblog").string() << " --resume --retries 3 "
            << own_path() << " explore run-shard " << folder.manifest().string()
            << " --shard {} :::: " << folder.list().string() << "\nthen:    irc explore collect "
            << folder.path.string() << "\n";
}

int plan_command(const PlanArguments& args, const CommonOptions& options) {
  const auto experiment = read_experiment(args.experiment, options);
  explore::PointMaker maker(experiment);
  explore::check_values(experiment, maker);
  const auto folder = folder_of(experiment, options);
  explore::Store store(folder.store(), explore::Store::Mode::create);
  if (args.strict) store.refuse_bad();
  explore::remember_experiment(store, experiment);
  if (args.retry_failed) store.forget_failed();
  const auto plan = explore::plan_for(store, experiment, maker).plan;
  say_left_out(store);
  const auto manifest = explore::make_manifest(experiment, plan, shard_count(args, plan.missing.size()));
  const auto scripts = explore::write_batch(folder, manifest, {own_path(), args.array_limit});
  if (options.json) {
    json names = json::array();
    for (const auto& script : scripts) names.push_back(script.string());
    std::cout << json{{"experiment", experiment.name},
                      {"stage", plan.stage},
                      {"planned", plan.points.size()},
                      {"missing", plan.missing.size()},
                      {"shards", manifest.shards.size()},
                      {"folder", folder.path.string()},
                      {"scripts", names},
                      {"damaged", store.bad().size()}}
                     .dump(2)
              << "\n";
  } else if (plan.complete()) {
    std::cout << fmt::format("{}: complete, {} points\n", experiment.name, plan.points.size());
  } else {
    std::cout << fmt::format("{}, {}: {} points to evaluate in {} shards\n", experiment.name, plan.stage,
                             plan.missing.size(), manifest.shards.size());
    print_commands(folder, scripts);
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
  const auto points = explore::shard_points(folder, manifest, args.shard);
  explore::Store store(folder.shard_store(args.shard).string(), explore::Store::Mode::create);
  if (args.strict) store.refuse_bad();
  const bool whole =
      explore::run_shard(points, store, worker_options(args, options), [] { return told_to_stop.load(); });
  say_left_out(store);
  std::cerr << "irc: shard " << args.shard
            << (whole ? ": complete\n" : ": stopped before the end; run it again to continue\n");
  return whole ? 0 : explore::requeue_exit_code;
}

struct CollectArguments {
  std::string folder;
  bool strict = false, require_new = false;
};

/// "shards 0, 3, 4 and 7 more".
std::string shard_list(const std::vector<std::uint64_t>& shards) {
  constexpr std::size_t most = 10;
  std::string out = shards.size() == 1 ? "shard " : "shards ";
  for (std::size_t i = 0; i < std::min(most, shards.size()); ++i)
    out += (i == 0 ? "" : ", ") + std::to_string(shards[i]);
  return shards.size() > most ? out + " and " + std::to_string(shards.size() - most) + " more" : out;
}

/// Bad input where points are missing because what was stored is damaged. With --require-new a loop may go on
/// as long as it gets further.
ExitCode collect_code(const CollectArguments& args, const explore::Collected& collected) {
  if (collected.missing == 0) return ExitCode::success;
  if (args.require_new && collected.fresh > 0) return ExitCode::success;
  return collected.damaged.empty() ? ExitCode::failed_check : ExitCode::bad_input;
}

int collect_command(const CollectArguments& args, const CommonOptions& options) {
  const auto collected = explore::collect(explore::Folder{args.folder}, args.strict);
  if (options.json)
    std::cout << json{{"stores", collected.stores},
                      {"new", collected.fresh},
                      {"missing", collected.missing},
                      {"damaged", collected.damaged.size()}}
                     .dump(2)
              << "\n";
  else
    std::cout << fmt::format("{} new points from {} shards; {} points of the batch are missing{}\n",
                             collected.fresh, collected.stores, collected.missing,
                             collected.missing == 0 ? ""
                                                    : " in " + shard_list(collected.waits) +
                                                          " (run irc explore plan again for those)");
  say_left_out(collected.damaged);
  if (args.require_new && collected.missing > 0 && collected.fresh == 0)
    std::cerr << "irc: no shard has brought a new point. Were the tasks accepted and run? Their logs are in "
              << (std::filesystem::path(args.folder) / "log").string() << "\n";
  return static_cast<int>(collect_code(args, collected));
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
  plan->add_option("--array-limit", plan_args->array_limit,
                   "Largest number of tasks in one Slurm array (less than Slurm's MaxArraySize)")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{4'000'000}))
      ->capture_default_str();
  plan->add_flag("--retry-failed", plan_args->retry_failed, "Repeat the evaluations that failed");
  add_strict(*plan, plan_args->strict);
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
  add_strict(*shard, shard_args->strict);
  add_common_options(*shard, options);
  shard->callback([&action, &options, shard_args] {
    action = [&options, shard_args] { return shard_command(*shard_args, options); };
  });

  auto* collect =
      explore.add_subcommand("collect", "Merge the shards' stores; exit code 1 if points are missing");
  auto collect_args = std::make_shared<CollectArguments>();
  collect->add_option("folder", collect_args->folder, "The folder that plan wrote")
      ->required()
      ->check(not_empty);
  collect->add_flag("--require-new", collect_args->require_new,
                    "With points missing, exit code 0 as long as at least one point is new: for loops");
  add_strict(*collect, collect_args->strict);
  add_common_options(*collect, options);
  collect->callback([&action, &options, collect_args] {
    action = [&options, collect_args] { return collect_command(*collect_args, options); };
  });
}

}  // namespace irc::app
