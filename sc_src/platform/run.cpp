// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/run.h"

#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>

#include "irc/core/error.h"
#include "irc/network/reference.h"
#include "irc/platform/bit_comparison.h"
#include "irc/platform/chip_statistics.h"
#include "irc/platform/metering.h"
#include "irc/platform/platform.h"

namespace irc::platform {

using network::NodeId;

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

namespace {

// Maps of the reference are kept for the comparison as far as this goes; the others are made again.
constexpr std::size_t kept_map_bytes = std::size_t{512} << 20;

std::size_t bytes_of(const network::Reference::Maps& maps) {
  std::size_t bytes = maps.head.values.size() * sizeof(float);
  for (const auto& map : maps.binary) bytes += map.bits.words().size_bytes();
  return bytes;
}

/// What the ideal network finds in all pictures.
struct IdealRun {
  std::shared_ptr<const network::Reference> reference;
  std::vector<std::vector<detection::Detection>> detections;
  std::vector<BitComparison::Maps> maps;  ///< of the pictures to be compared, as far as kept
};

IdealRun run_reference(const Workload& workload, std::span<const std::size_t> compared,
                       const Progress& progress) {
  IdealRun out;
  out.reference = std::make_shared<network::Reference>(workload.graph());
  out.detections.resize(workload.size());
  out.maps.resize(workload.size());
  std::vector<bool> wanted(workload.size(), false);
  for (const auto index : compared) wanted[index] = true;
  std::atomic<std::size_t> done = 0, kept = 0;
  std::mutex reporting;
  oneapi::tbb::parallel_for(std::size_t{0}, workload.size(), [&](std::size_t i) {
    detection::Letterbox letterbox;
    auto maps = out.reference->run(workload.network_input(i, letterbox));
    out.detections[i] = workload.detections(maps.head, i);
    if (wanted[i] && (kept += bytes_of(maps)) <= kept_map_bytes)
      out.maps[i] = std::make_shared<network::Reference::Maps>(std::move(maps));
    const auto count = ++done;
    const std::lock_guard lock(reporting);
    progress("ideal reference", count, workload.size());
  });
  return out;
}

void add_placement(const mapping::Program& program, std::vector<LayerReport>& layers) {
  for (const auto& tile : program.placement.tiles) {
    auto& layer = layers[tile.node];
    layer.rows = std::max<std::uint64_t>(layer.rows, tile.row_begin + tile.rows);
    layer.columns += tile.columns;
  }
}

std::string unit_of(const network::Node& node, std::uint64_t rows) {
  if (rows > 0) return "array";
  return std::holds_alternative<network::Conv>(node.op) ? "digital" : "buffer";
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

RunResult run(const RunConfig& config, const Workload& workload, const Progress& progress,
              trace::Recorder* recorder) {
  const auto started = std::chrono::steady_clock::now();
  RunResult result;
  // First, as a network that does not fit is known at once.
  const auto program = mapping::compile(workload.graph(), config.geometry, config.activations);
  result.indices = workload.sample(config.run.nonideal_images);
  const auto ideal_run = run_reference(workload, result.indices, progress);
  const auto& ideal = ideal_run.detections;
  result.reference_pictures = workload.size();
  result.pictures = result.indices.size();
  std::vector<std::size_t> all = workload.sample(0);
  std::vector<std::vector<detection::Detection>> ideal_sample;
  for (const auto index : result.indices) ideal_sample.push_back(ideal[index]);
  const auto ideal_score = workload.score(result.indices, ideal_sample);
  result.map_ideal = ideal_score.map;
  result.coco_ideal = ideal_score.coco;
  result.map_ideal_all = workload.score(all, ideal).map;

  const std::uint64_t chips = std::max<std::uint64_t>(config.run.chips, 1);
  const std::uint64_t total = chips * result.pictures;
  Meter meter(config, workload.graph());
  BitComparison* comparison = nullptr;

  const auto job = [&](Platform& platform, model::HostDriver& driver) {
    for (std::uint64_t chip = 0; chip < chips; ++chip) {
      platform.accelerator().change_chip(chip_seed(config.run.seed, chip));
      meter.begin_setup(sc_core::sc_time_stamp().to_seconds());
      if (recorder != nullptr) recorder->begin_setup(chip);
      if (chip == 0) {
        driver.setup();
      } else {
        driver.program_weights();
      }
      if (config.sense.trim.enabled) {
        const auto report =
            platform.accelerator().calibrate(macro::trim_common_units * config.unit_current_a);
        result.trim = report;
      }
      meter.end_setup(sc_core::sc_time_stamp().to_seconds());
      std::vector<std::vector<detection::Detection>> found;
      for (const auto index : result.indices) {
        detection::Letterbox letterbox;
        const auto picture = workload.network_input(index, letterbox);
        ideal_run.maps[index] ? comparison->begin(ideal_run.maps[index]) : comparison->begin(picture);
        if (recorder != nullptr) recorder->begin_picture(chip, index);
        const double begin_s = sc_core::sc_time_stamp().to_seconds();
        const auto head = driver.detect(picture, static_cast<std::uint32_t>(index));
        comparison->end();
        if (chip == 0 && found.empty())
          result.first_picture = {begin_s, sc_core::sc_time_stamp().to_seconds()};
        meter.add_picture(driver.last_cycles());
        found.push_back(workload.detections(head, index));
        progress("accelerator", chip * result.pictures + found.size(), total);
      }
      const auto score = workload.score(result.indices, found);
      result.chips.push_back({score.map, score.coco});
      if (chip == 0) result.detections = std::move(found);
    }
  };

  std::vector<std::unique_ptr<Platform>> platforms;
  platforms.push_back(
      std::make_unique<Platform>("platform", config, program, chip_seed(config.run.seed, 0), job));
  BitComparison bits(ideal_run.reference, program, *platforms.front());
  comparison = &bits;
  platforms.front()->accelerator().events.subscribe([&](const Event& event) { meter.on_event(event); });
  if (recorder != nullptr)
    platforms.front()->accelerator().events.subscribe([&](const Event& event) { recorder->on_event(event); });
  simulate(platforms);

  result.layers.resize(workload.graph().nodes.size());
  add_placement(program, result.layers);
  for (NodeId id = 0; id < result.layers.size(); ++id) {
    auto& layer = result.layers[id];
    layer.name = workload.graph().nodes[id].name;
    layer.unit = unit_of(workload.graph().nodes[id], layer.rows);
    layer.bit_errors = bits.errors(id);
    layer.bits = bits.bits(id);
    meter.fill(id, layer);
  }
  result.layers.erase(result.layers.begin());  // the picture
  meter.fill(result);
  result.simulated_s = sc_core::sc_time_stamp().to_seconds();
  result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return result;
}

}  // namespace irc::platform
