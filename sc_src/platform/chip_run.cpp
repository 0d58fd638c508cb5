// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/chip_run.h"

#include <algorithm>
#include <utility>

#include "irc/core/bytes.h"
#include "irc/core/error.h"
#include "irc/platform/platform.h"

namespace irc::platform {

namespace {

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

/// Runs chips on a platform, in its host's thread.
class ChipRunner {
 public:
  ChipRunner(const RunConfig& config, const Workload& workload, const Preparation& preparation,
             const ChipObserver& observer, trace::Recorder* recorder)
      : config_(config),
        workload_(workload),
        preparation_(preparation),
        observer_(observer),
        recorder_(recorder),
        meter_(config, workload.graph()) {}

  /// Subscribes to events. Call it before the simulation starts.
  void watch(Platform& platform) {
    comparison_ = std::make_unique<BitComparison>(preparation_.reference, preparation_.program, platform);
    auto& events = platform.accelerator().events;
    events.subscribe([this](const Event& event) { meter_.on_event(event); });
    if (recorder_ != nullptr) events.subscribe([this](const Event& event) { recorder_->on_event(event); });
  }

  void run(Platform& platform, model::HostDriver& driver, ChipRange range) {
    // Chip 0 loads the program as part of its setup. A later chip finds it loaded and pays no time for it.
    if (range.first != 0) driver.load();
    for (auto chip = range.first; chip < range.first + range.count; ++chip) run(platform, driver, chip);
  }

 private:
  void run(Platform& platform, model::HostDriver& driver, std::uint64_t chip) {
    ChipRun out;
    out.chip = chip;
    comparison_->reset_counts();
    set_up(platform, driver, out);
    std::vector<std::vector<detection::Detection>> found;
    for (const auto index : preparation_.indices) {
      trace::Window window;
      auto head = detect(driver, chip, index, window);
      found.push_back(workload_.detections(head, index));
      if (chip == 0 && config_.run.write_head) out.heads.push_back(std::move(head));
      if (chip == 0 && found.size() == 1) out.first_picture = window;
      observer_.picture_done();
    }
    auto score = workload_.score(preparation_.indices, found);
    out.report = {score.map, score.coco, std::move(score.per_class)};
    out.tally = meter_.take(platform.host().now());
    for (network::NodeId node = 0; node < out.tally.layers.size(); ++node) {
      out.tally.layers[node].bit_errors = comparison_->errors(node);
      out.tally.layers[node].bits = comparison_->bits(node);
    }
    if (chip == 0) out.detections = std::move(found);
    observer_.chip_done(std::move(out));
  }

  void set_up(Platform& platform, model::HostDriver& driver, ChipRun& out) {
    platform.accelerator().change_chip(chip_seed(config_.run.seed, out.chip));
    meter_.begin_setup(platform.host().now());
    if (recorder_ != nullptr) recorder_->begin_setup(out.chip);
    if (out.chip == 0) {
      driver.setup();
    } else {
      driver.program_weights();
    }
    if (config_.sense.trim.enabled)
      out.trim = platform.accelerator().calibrate(macro::trim_common_units * config_.unit_current_a);
    meter_.end_setup(platform.host().now());
  }

  DenseMap<float> detect(model::HostDriver& driver, std::uint64_t chip, std::size_t index,
                         trace::Window& window) {
    detection::Letterbox letterbox;
    const auto picture = workload_.network_input(index, letterbox);
    const auto maps = preparation_.maps_of(index);
    maps ? comparison_->begin(maps) : comparison_->begin(picture);
    if (recorder_ != nullptr) recorder_->begin_picture(chip, index);
    window.begin_s = sc_core::sc_time_stamp().to_seconds();
    auto head = driver.detect(picture, static_cast<std::uint32_t>(index));
    window.end_s = sc_core::sc_time_stamp().to_seconds();
    comparison_->end();
    meter_.add_picture(driver.last_cycles());
    return head;
  }

  const RunConfig& config_;
  const Workload& workload_;
  const Preparation& preparation_;
  const ChipObserver& observer_;
  trace::Recorder* recorder_;
  Meter meter_;
  std::unique_ptr<BitComparison> comparison_;
};

void put(ByteWriter& out, const Tally::Activities& activities) {
  out.put(std::uint64_t{activities.size()});
  for (const auto& [layer, work] : activities) {
    out.put(layer);
    out.put(work);
  }
}

void get(ByteReader& in, Tally::Activities& activities) {
  for (auto left = in.get<std::uint64_t>(); left > 0; --left) {
    const auto layer = in.get<std::uint32_t>();
    in.get(activities[layer]);
  }
}

void put(ByteWriter& out, const std::vector<DenseMap<float>>& heads) {
  out.put(std::uint64_t{heads.size()});
  for (const auto& head : heads) {
    out.put(head.shape);
    out.put(head.values);
  }
}

void get(ByteReader& in, std::vector<DenseMap<float>>& heads) {
  heads.clear();
  for (auto left = in.get<std::uint64_t>(); left > 0; --left) {
    auto& head = heads.emplace_back();
    in.get(head.shape);
    in.get(head.values);
  }
}

}  // namespace

std::string to_bytes(const ChipRun& run) {
  ByteWriter out;
  out.put(run.chip);
  const auto& tally = run.tally;
  out.put(tally.layers);
  put(out, tally.picture_work);
  put(out, tally.setup_work);
  for (const auto number : {tally.setups, tally.pictures, tally.cycles, tally.setup_time, tally.total_time})
    out.put(number);
  out.put(run.report.map);
  out.put(run.report.coco);
  out.put(run.report.per_class);
  out.put(run.trim);
  out.put(run.first_picture);
  out.put(run.detections);
  put(out, run.heads);
  return out.bytes();
}

ChipRun chip_run_of(std::string_view bytes) {
  ByteReader in(bytes);
  ChipRun run;
  in.get(run.chip);
  auto& tally = run.tally;
  in.get(tally.layers);
  get(in, tally.picture_work);
  get(in, tally.setup_work);
  for (auto* number : {&tally.setups, &tally.pictures, &tally.cycles, &tally.setup_time, &tally.total_time})
    in.get(*number);
  in.get(run.report.map);
  in.get(run.report.coco);
  in.get(run.report.per_class);
  in.get(run.trim);
  in.get(run.first_picture);
  in.get(run.detections);
  get(in, run.heads);
  if (in.left() != 0) throw InternalError(std::to_string(in.left()) + " bytes too many for a chip's run");
  return run;
}

void run_chips(const RunConfig& config, const Workload& workload, const Preparation& preparation,
               ChipRange range, const ChipObserver& observer, trace::Recorder* recorder) {
  ChipRunner runner(config, workload, preparation, observer, recorder);
  std::vector<std::unique_ptr<Platform>> platforms;
  platforms.push_back(std::make_unique<Platform>(
      "platform", config, preparation.program, chip_seed(config.run.seed, range.first),
      [&](Platform& platform, model::HostDriver& driver) { runner.run(platform, driver, range); }));
  runner.watch(*platforms.front());
  simulate(platforms);
}

RunResult summarize(const RunConfig& config, const Workload& workload, const Preparation& preparation,
                    std::vector<ChipRun> chips) {
  RunResult result;
  result.indices = preparation.indices;
  result.reference_pictures = workload.size();
  result.pictures = result.indices.size();
  std::vector<std::vector<detection::Detection>> ideal_sample;
  for (const auto index : result.indices) ideal_sample.push_back(preparation.ideal[index]);
  const auto ideal_score = workload.score(result.indices, ideal_sample);
  result.map_ideal = ideal_score.map;
  result.coco_ideal = ideal_score.coco;
  result.per_class_ideal = ideal_score.per_class;
  if (config.run.write_head)
    for (const auto index : result.indices) result.ideal_heads.push_back(preparation.ideal_heads[index]);
  result.map_ideal_all = workload.score(workload.sample(0), preparation.ideal).map;

  Tally sum;
  for (auto& chip : chips) {
    sum += chip.tally;
    result.chips.push_back(chip.report);
    result.trim = chip.trim;
    if (chip.chip != 0) continue;
    result.first_picture = chip.first_picture;
    result.detections = std::move(chip.detections);
    result.heads = std::move(chip.heads);
  }
  const Totals totals(config, workload.graph(), std::move(sum));
  result.layers.resize(workload.graph().nodes.size());
  add_placement(preparation.program, result.layers);
  for (network::NodeId id = 0; id < result.layers.size(); ++id) {
    auto& layer = result.layers[id];
    layer.name = workload.graph().nodes[id].name;
    layer.unit = unit_of(workload.graph().nodes[id], layer.rows);
    totals.fill(id, layer);
  }
  result.layers.erase(result.layers.begin());  // the image
  totals.fill(result);
  return result;
}

}  // namespace irc::platform
