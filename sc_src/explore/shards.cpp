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

/// A point whose configuration is wrong is checked by what it was made of.
json point_json(const Point& point) {
  json out = {{"id", point.id}, {"config_toml", point.config_toml}, {"config_error", point.config_error}};
  if (point.config_toml.empty()) out.update({{"config", point.config}, {"settings", point.settings}});
  return out;
}

json manifest_json(const Manifest& manifest) {
  json shards = json::array();
  for (const auto& points : manifest.shards) {
    json shard = json::array();
    for (const auto& point : points) shard.push_back(point_json(point));
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
constexpr const char* script_text = R"sh(#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# {experiment}, {stage}: shards {first} to {end} of {shards}. Written by irc explore plan.
# Further options (--partition, --time, --cpus-per-task, ...) go on sbatch's command line.
# Exit code 75 means "run me again": have RequeueExit=75 in slurm.conf, or plan and submit again what is missing.
#SBATCH --job-name=irc-{experiment}
#SBATCH --array=0-{last}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:TERM@60
#SBATCH --output={log}/%A_%a.log
{program} explore run-shard {manifest} --shard "{shard}" --workers "${{SLURM_CPUS_PER_TASK:-1}}" &
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
)sh";

/// The script of the array that begins with shard `first`. Its indices begin with 0, because Slurm limits the
/// index and not only the number of tasks.
std::string script(const Folder& folder, const Manifest& manifest, const BatchOptions& options,
                   std::uint64_t first) {
  const auto count = std::min<std::uint64_t>(options.array_limit, manifest.shards.size() - first);
  return fmt::format(script_text, fmt::arg("experiment", manifest.experiment),
                     fmt::arg("stage", manifest.stage), fmt::arg("first", first),
                     fmt::arg("end", first + count - 1), fmt::arg("shards", manifest.shards.size()),
                     fmt::arg("last", count - 1),
                     fmt::arg("shard", first == 0 ? "$SLURM_ARRAY_TASK_ID"
                                                  : fmt::format("$((SLURM_ARRAY_TASK_ID + {}))", first)),
                     fmt::arg("log", (fs::absolute(folder.path) / "log").string()),
                     fmt::arg("program", shell_quoted(options.program)),
                     fmt::arg("manifest", shell_quoted(fs::absolute(folder.manifest()).string())),
                     fmt::arg("requeue", requeue_exit_code));
}

/// Writes a script for each array, and removes those that an earlier, larger batch left.
std::vector<fs::path> write_scripts(const Folder& folder, const Manifest& manifest,
                                    const BatchOptions& options) {
  std::vector<fs::path> scripts;
  const auto limit = std::max<std::uint64_t>(options.array_limit, 1);
  for (std::uint64_t first = 0; first < manifest.shards.size(); first += limit) {
    scripts.push_back(folder.script(scripts.size()));
    atomic_write(scripts.back(), script(folder, manifest, {options.program, limit}, first));
  }
  for (auto array = scripts.size(); fs::remove(folder.script(array)); ++array) {
  }
  return scripts;
}

}  // namespace

Manifest make_manifest(const Experiment& experiment, const Plan& plan, std::uint64_t shards) {
  Manifest out{experiment.name, plan.stage, {}};
  out.shards.resize(std::min<std::uint64_t>(shards, plan.missing.size()));
  for (std::size_t i = 0; i < plan.missing.size(); ++i)
    out.shards[i % out.shards.size()].push_back(plan.points[plan.missing[i]]);
  return out;
}

std::vector<fs::path> write_batch(const Folder& folder, const Manifest& manifest,
                                  const BatchOptions& options) {
  // sbatch's directives do not support quotes.
  if (fs::absolute(folder.path).string().find_first_of(" \t\n\"'") != std::string::npos)
    throw InputError("--out " + folder.path.string() +
                     ": expected a path without blanks and quotes, which sbatch does not support");
  fs::create_directories(folder.path / "log");
  atomic_write(folder.manifest(), manifest_json(manifest).dump() + "\n");
  auto scripts = write_scripts(folder, manifest, options);
  std::string list;
  for (std::size_t shard = 0; shard < manifest.shards.size(); ++shard) list += std::to_string(shard) + "\n";
  atomic_write(folder.list(), list);
  return scripts;
}

}  // namespace irc::explore
