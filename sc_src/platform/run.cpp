// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/run.h"

#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>

#include "irc/network/reference.h"
#include "irc/platform/chip_run.h"
#include "irc/platform/chip_statistics.h"

namespace irc::platform {

double RunResult::map_mean() const {
  double sum = 0;
  for (const auto& chip : chips) sum += chip.map;
  return chips.empty() ? detection::no_truth : sum / static_cast<double>(chips.size());
}

double RunResult::map_std() const {
  if (chips.size() < 2) return 0;
  const double mean = map_mean();
  double square = 0;
  for (const auto& chip : chips) square += (chip.map - mean) * (chip.map - mean);
  return std::sqrt(square / static_cast<double>(chips.size() - 1));
}

double RunResult::map_ci95() const {
  return mean_ci95(map_std(), chips.size());
}

std::uint64_t RunResult::good_chips(double drop) const {
  std::vector<double> maps;
  for (const auto& chip : chips) maps.push_back(chip.map);
  return chips_within(maps, map_ideal, drop);
}

double RunResult::map_worst() const {
  double worst = chips.empty() ? detection::no_truth : chips.front().map;
  for (const auto& chip : chips) worst = std::min(worst, chip.map);
  return worst;
}

double RunResult::class_mean(std::size_t category) const {
  double sum = 0;
  for (const auto& chip : chips) {
    if (chip.per_class.size() <= category || chip.per_class[category] == detection::no_truth)
      return detection::no_truth;
    sum += chip.per_class[category];
  }
  return chips.empty() ? detection::no_truth : sum / static_cast<double>(chips.size());
}

namespace {

// Size up to which the reference's maps are kept for the comparison. Maps beyond it are computed again.
constexpr std::size_t kept_map_bytes = std::size_t{64} << 20;

std::size_t bytes_of(const network::Reference::Maps& maps) {
  std::size_t bytes = maps.head.values.size() * sizeof(float);
  for (const auto& map : maps.binary) bytes += map.bits.words().size_bytes();
  return bytes;
}

void run_reference(const Workload& workload, bool keep_heads, const Progress& progress, Preparation& out) {
  out.reference = std::make_shared<network::Reference>(workload.graph());
  out.ideal.resize(workload.size());
  out.maps.resize(workload.size());
  if (keep_heads) out.ideal_heads.resize(workload.size());
  std::vector<bool> wanted(workload.size(), false);
  for (const auto index : out.indices) wanted[index] = true;
  std::atomic<std::size_t> done = 0, kept = 0;
  std::mutex reporting;
  oneapi::tbb::parallel_for(std::size_t{0}, workload.size(), [&](std::size_t i) {
    detection::Letterbox letterbox;
    auto maps = out.reference->run(workload.network_input(i, letterbox));
    out.ideal[i] = workload.detections(maps.head, i);
    if (wanted[i] && keep_heads) out.ideal_heads[i] = maps.head;
    if (wanted[i] && (kept += bytes_of(maps)) <= kept_map_bytes)
      out.maps[i] = std::make_shared<network::Reference::Maps>(std::move(maps));
    const auto count = ++done;
    const std::lock_guard lock(reporting);
    progress("ideal reference", count, workload.size());
  });
}

}  // namespace

std::unique_ptr<trace::Recorder> make_recorder(const RunConfig& config, const Workload& workload,
                                               const std::string& folder) {
  if (config.trace.requests.empty() && config.trace.power_window_s == 0) return nullptr;
  trace::RecorderOptions options;
  options.energy = energy_parameters(config);
  for (const auto& node : workload.graph().nodes) options.layers.push_back(node.name);
  options.requests = config.trace.requests;
  options.window = config.trace.window;
  options.power_window_s = config.trace.power_window_s;
  return std::make_unique<trace::Recorder>(std::move(options), folder);
}

std::unique_ptr<const Preparation> prepare(const RunConfig& config, const Workload& workload,
                                           const Progress& progress) {
  auto out = std::make_unique<Preparation>();
  // Compiled first, so that a network that does not fit is reported at once.
  out->program = mapping::compile(workload.graph(), config.geometry, config.activations);
  out->indices = workload.sample(config.run.nonideal_images);
  run_reference(workload, config.run.write_head, progress, *out);
  return out;
}

RunResult run(const RunConfig& config, const Workload& workload, const Progress& progress,
              trace::Recorder* recorder) {
  const auto started = std::chrono::steady_clock::now();
  const auto preparation = prepare(config, workload, progress);
  const auto chips = std::max<std::uint64_t>(config.run.chips, 1);
  std::uint64_t done = 0;
  std::vector<ChipRun> finished;
  const ChipObserver observer{[&] { progress("accelerator", ++done, chips * preparation->indices.size()); },
                              [&](ChipRun chip) { finished.push_back(std::move(chip)); }};
  run_chips(config, workload, *preparation, {0, chips}, observer, recorder);
  auto result = summarize(config, workload, *preparation, std::move(finished));
  result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return result;
}

}  // namespace irc::platform
