// SPDX-License-Identifier: Apache-2.0
#include "irc/explore/shards.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "irc/core/file.h"

namespace irc::explore {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Quotes any text as a single word of the shell.
std::string shell_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

json manifest_json(const Manifest& manifest) {
  json shards = json::array();
  for (const auto& points : manifest.shards) {
    json shard = json::array();
    for (const auto& point : points)
      shard.push_back(
          {{"id", point.id}, {"config_toml", point.config_toml}, {"config_error", point.config_error}});
    shards.push_back(std::move(shard));
  }
  return {{"schema", 1},
          {"code_version", code_version},
          {"experiment", manifest.experiment},
          {"stage", manifest.stage},
          {"shards", shards}};
}

/// A shard that is told to stop exits with 75. If it is killed, the script exits with 75 in its place, a few
/// times.
constexpr const char* script_text = R"(#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# {experiment}, {stage}: {points} points in {shards} tasks. Written by irc explore plan.
# Further options (--partition, --time, --cpus-per-task, ...) go on sbatch's command line.
# Exit code 75 means "run me again": have RequeueExit=75 in slurm.conf, or plan and submit again what is missing.
#SBATCH --job-name=irc-{experiment}
#SBATCH --array=0-{last}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:TERM@60
#SBATCH --output={log}/%A_%a.log
{program} explore run-shard {manifest} --shard "$SLURM_ARRAY_TASK_ID" --workers "${{SLURM_CPUS_PER_TASK:-1}}" &
shard=$!
trap 'kill -TERM "$shard"' TERM
# The first wait ends with the signal, the second with the shard.
wait "$shard"
code=$?
while kill -0 "$shard" 2>/dev/null; do
  wait "$shard"
  code=$?
done
if [ "$code" -gt 128 ] && [ "${{SLURM_RESTART_COUNT:-0}}" -lt 3 ]; then code={requeue}; fi
exit "$code"
)";

std::string script(const Folder& folder, const Manifest& manifest, const std::string& program) {
  std::size_t points = 0;
  for (const auto& shard : manifest.shards) points += shard.size();
  return fmt::format(script_text, fmt::arg("experiment", manifest.experiment),
                     fmt::arg("stage", manifest.stage), fmt::arg("points", points),
                     fmt::arg("shards", manifest.shards.size()), fmt::arg("last", manifest.shards.size() - 1),
                     fmt::arg("log", (fs::absolute(folder.path) / "log").string()),
                     fmt::arg("program", shell_quoted(program)),
                     fmt::arg("manifest", shell_quoted(fs::absolute(folder.manifest()).string())),
                     fmt::arg("requeue", requeue_exit_code));
}

}  // namespace

Manifest make_manifest(const Experiment& experiment, const Plan& plan, std::uint64_t shards) {
  Manifest out{experiment.name, plan.stage, {}};
  out.shards.resize(std::min<std::uint64_t>(shards, plan.missing.size()));
  for (std::size_t i = 0; i < plan.missing.size(); ++i)
    out.shards[i % out.shards.size()].push_back(plan.points[plan.missing[i]]);
  return out;
}

void write_batch(const Folder& folder, const Manifest& manifest, const std::string& program) {
  // sbatch's directives do not support quotes.
  if (fs::absolute(folder.path).string().find_first_of(" \t\n\"'") != std::string::npos)
    throw InputError("--out " + folder.path.string() +
                     ": expected a path without blanks and quotes, which sbatch does not support");
  fs::create_directories(folder.path / "log");
  atomic_write(folder.manifest(), manifest_json(manifest).dump() + "\n");
  if (manifest.shards.empty())
    fs::remove(folder.script());
  else
    atomic_write(folder.script(), script(folder, manifest, program));
  std::string list;
  for (std::size_t shard = 0; shard < manifest.shards.size(); ++shard) list += std::to_string(shard) + "\n";
  atomic_write(folder.list(), list);
}

Manifest read_manifest(const fs::path& file) {
  const auto in = json::parse(read_file(file), nullptr, false);
  if (!in.is_object() || in.value("schema", 0) != 1)
    throw InputError(file.string() + ": is no manifest of irc explore plan");
  if (in.at("code_version") != code_version)
    throw InputError(file.string() + ": was planned by irc " + in.at("code_version").get<std::string>() +
                     ", this is " + code_version +
                     "; results of different versions must not be mixed, so plan again");
  Manifest out{in.at("experiment"), in.at("stage"), {}};
  for (const auto& shard : in.at("shards")) {
    out.shards.emplace_back();
    for (const auto& item : shard) {
      Point point;
      point.id = item.at("id");
      point.config_toml = item.at("config_toml");
      point.config_error = item.at("config_error");
      out.shards.back().push_back(std::move(point));
    }
  }
  return out;
}

bool run_shard(const Folder& folder, const Manifest& manifest, std::uint64_t shard,
               const WorkerOptions& workers, const std::function<bool()>& stopped) {
  if (shard >= manifest.shards.size())
    throw InputError("--shard " + std::to_string(shard) + ": expected less than " +
                     std::to_string(manifest.shards.size()) + ", the number of shards in the manifest");
  Store store(folder.shard_store(shard).string(), Store::Mode::create);
  std::vector<const Point*> points;
  for (const auto& point : manifest.shards[shard]) points.push_back(&point);
  return evaluate_into(
      store, points, workers, [] {}, stopped);
}

Collected collect(const Folder& folder) {
  Collected out;
  const auto manifest = read_manifest(folder.manifest());
  Store store(folder.store(), Store::Mode::create);
  std::error_code none_yet;
  for (const auto& entry : fs::directory_iterator(folder.path / "shards", none_yet)) {
    if (entry.path().extension() != ".sqlite") continue;
    const Store shard(entry.path().string(), Store::Mode::read);
    out.fresh += store.merge(shard);
    ++out.stores;
  }
  for (const auto& shard : manifest.shards)
    for (const auto& point : shard) out.missing += store.contains(point.id) ? 0 : 1;
  return out;
}

}  // namespace irc::explore
