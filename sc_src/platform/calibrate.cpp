// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/calibrate.h"

#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "irc/core/error.h"
#include "irc/platform/bit_comparison.h"
#include "irc/platform/metering.h"
#include "irc/platform/platform.h"

namespace irc::platform {

namespace {

/// Adds up the cost of the array layers over all measured images.
class SearchMeter {
 public:
  SearchMeter(const RunConfig& config, const std::vector<LayerCalibration>& layers)
      : clock_s_(config.timing.t_clk_s), ledger_(energy_parameters(config)) {
    for (const auto& layer : layers) nodes_.insert(static_cast<std::uint32_t>(layer.node));
  }

  void run(bool measuring) { measuring_ = measuring; }
  void on_event(const Event& event) {
    if (!measuring_ || !nodes_.contains(event.layer)) return;
    ledger_.on_event(event);
    if (event.kind == EventKind::layer) cycles_ += event.cycles;
    if (event.kind != EventKind::macro_operation) return;
    operations_ += event.vector_end - event.vector_begin;
    decisions_ += event.decisions;
  }
  void fill(CalibrationResult& result) const {
    result.operations = operations_;
    result.decisions = decisions_;
    result.energy_j = ledger_.total_j();
    result.time_s = static_cast<double>(cycles_) * clock_s_;
  }

 private:
  double clock_s_;
  energy::EnergyLedger ledger_;
  std::set<std::uint32_t> nodes_;
  bool measuring_ = false;
  std::uint64_t cycles_ = 0, operations_ = 0, decisions_ = 0;
};

std::vector<LayerCalibration> layers_of(const RunConfig& config, const mapping::Program& program) {
  std::vector<LayerCalibration> out;
  for (const auto& [name, node] : program.array_layers) {
    LayerCalibration layer;
    layer.name = name;
    layer.node = node;
    layer.configured = {config.sense.injected_bias_a, config.threshold_units};
    for (const auto& own : config.layers)
      if (own.name == name) layer.configured = {own.injected_bias_a, own.threshold_units};
    layer.found = layer.configured;
    out.push_back(std::move(layer));
  }
  return out;
}

/// The whole search, as nested loops over rounds, chips, candidates and images.
class Search {
 public:
  Search(const RunConfig& config, const Workload& split, const CalibrationOptions& options,
         const Progress& progress)
      : config_(config),
        options_(options),
        progress_(progress),
        program_(mapping::compile(split.graph(), config.geometry, config.activations)),
        reference_(std::make_shared<network::Reference>(split.graph())),
        indices_(split.sample(options.pictures)) {
    result_.layers = layers_of(config, program_);
    if (result_.layers.empty())
      throw InputError(
          "run.model: " + config.run.model +
          " has no layer in the array; expected at least one, whose working point can be searched");
    result_.pictures = indices_.size();
    result_.chips = options.chips;
    const bool limited = config.nonidealities.sensing_range;
    for (const auto& layer : result_.layers)
      searches_.emplace_back(SearchSpace{layer.configured, limited ? config.sense.i_min_a : 0,
                                         config.sense.kind != sense::SenseConfig::Kind::multi_bit});
    see(split);
  }

  CalibrationResult run() {
    SearchMeter meter(config_, result_.layers);
    std::vector<std::unique_ptr<Platform>> platforms;
    platforms.push_back(std::make_unique<Platform>(
        "platform", config_, program_, chip_seed(options_.chip_seed, 0),
        [&](Platform& platform, model::HostDriver& driver) { search(platform, driver, meter); }));
    BitComparison comparison(reference_, program_, *platforms.front());
    comparison.put_ideal_in_place(true);
    comparison_ = &comparison;
    platforms.front()->accelerator().events.subscribe([&](const Event& event) { meter.on_event(event); });
    simulate(platforms);
    for (std::size_t l = 0; l < searches_.size(); ++l) {
      auto& layer = result_.layers[l];
      const auto& best = searches_[l].best();
      layer.found = best.point;
      layer.errors_before = searches_[l].configured().total;
      layer.errors_after = best.total;
      layer.bits = comparison.bits(layer.node) / result_.passes;
    }
    result_.loaded_bytes = comparison.placed_bytes();
    meter.fill(result_);
    return std::move(result_);
  }

 private:
  using Points = std::vector<PointValues>;  ///< one per layer

  /// Reads the images and computes the reference's maps.
  void see(const Workload& split) {
    pictures_.resize(indices_.size());
    maps_.resize(indices_.size());
    oneapi::tbb::parallel_for(std::size_t{0}, indices_.size(), [&](std::size_t i) {
      detection::Letterbox letterbox;
      pictures_[i] = split.network_input(indices_[i], letterbox);
      maps_[i] = std::make_shared<network::Reference::Maps>(reference_->run(pictures_[i]));
    });
  }

  /// Combines the layers' next candidates into passes. A layer with fewer candidates repeats its best point.
  std::vector<Points> passes_of(int round) const {
    std::vector<Points> candidates;
    std::size_t most = 0;
    for (std::size_t l = 0; l < searches_.size(); ++l) {
      candidates.push_back(options_.measure_only ? Points{result_.layers[l].configured}
                                                 : searches_[l].candidates(round));
      most = std::max(most, candidates.back().size());
    }
    std::vector<Points> passes(most);
    for (std::size_t p = 0; p < most; ++p)
      for (std::size_t l = 0; l < searches_.size(); ++l)
        passes[p].push_back(p < candidates[l].size() ? candidates[l][p]
                            : candidates[l].empty()  ? searches_[l].best().point
                                                     : candidates[l].back());
    return passes;
  }

  void set(model::IrcAccelerator& accelerator, const Points& points) {
    sense::LayerWorkingPoints layers;
    for (std::size_t l = 0; l < points.size(); ++l)
      layers[static_cast<std::uint32_t>(result_.layers[l].node)] = {
          points[l].injected_bias_a, points[l].threshold_units * config_.unit_current_a};
    accelerator.set_layers(layers);
    result_.register_writes += points.size() * config_.geometry.macros;
  }

  void prepare(Platform& platform, model::HostDriver& driver, std::uint64_t chip) {
    platform.accelerator().change_chip(chip_seed(options_.chip_seed, chip));
    started_ ? driver.program_weights() : driver.setup();
    started_ = true;
    if (config_.sense.trim.enabled)
      platform.accelerator().calibrate(macro::trim_common_units * config_.unit_current_a);
  }

  using Counts = std::vector<std::vector<std::uint64_t>>;  ///< per layer: bit errors of each (chip, image)

  /// Appends every layer's bit errors in each image on the current chip.
  void measure(model::HostDriver& driver, SearchMeter& meter, Counts& errors) {
    for (std::size_t i = 0; i < indices_.size(); ++i) {
      for (std::size_t l = 0; l < errors.size(); ++l)
        errors[l].push_back(comparison_->errors(result_.layers[l].node));
      comparison_->begin(maps_[i]);
      meter.run(true);
      driver.detect(pictures_[i], static_cast<std::uint32_t>(indices_[i]));
      meter.run(false);
      comparison_->end();
      for (std::size_t l = 0; l < errors.size(); ++l)
        errors[l].back() = comparison_->errors(result_.layers[l].node) - errors[l].back();
    }
  }

  void search(Platform& platform, model::HostDriver& driver, SearchMeter& meter) {
    const int rounds = options_.measure_only ? 1 : PointSearch::rounds;
    for (int round = 0; round < rounds; ++round) {
      const auto passes = passes_of(round);
      if (passes.empty()) continue;
      std::vector<Counts> errors(passes.size(), Counts(searches_.size()));
      // A chip that is selected again is the same chip, because its cells are drawn by name.
      for (std::uint64_t chip = 0; chip < options_.chips; ++chip) {
        prepare(platform, driver, chip);
        for (std::size_t p = 0; p < passes.size(); ++p) {
          set(platform.accelerator(), passes[p]);
          measure(driver, meter, errors[p]);
          progress_("round " + std::to_string(round + 1) + " of " + std::to_string(rounds),
                    chip * passes.size() + p + 1, options_.chips * passes.size());
        }
      }
      for (std::size_t p = 0; p < passes.size(); ++p)
        for (std::size_t l = 0; l < searches_.size(); ++l) searches_[l].measured(passes[p][l], errors[p][l]);
      result_.passes += passes.size();
    }
  }

  const RunConfig& config_;
  const CalibrationOptions& options_;
  const Progress& progress_;
  mapping::Program program_;
  std::shared_ptr<const network::Reference> reference_;
  std::vector<std::size_t> indices_;
  std::vector<Picture> pictures_;
  std::vector<BitComparison::Maps> maps_;
  std::vector<PointSearch> searches_;  ///< one per layer
  BitComparison* comparison_ = nullptr;
  bool started_ = false;
  CalibrationResult result_;
};

}  // namespace

CalibrationResult calibrate(const RunConfig& config, const Workload& split, const CalibrationOptions& options,
                            const Progress& progress) {
  if (config.activations == mapping::Activations::streamed)
    throw InputError(
        "timing.activations is \"streamed\"; expected \"on_chip\". A calibration puts ideal maps into the "
        "activation buffer, and streamed layers do not read them there");
  if (options.pictures == 0 || options.chips == 0)
    throw InputError("a calibration on " + std::to_string(options.pictures) + " images and " +
                     std::to_string(options.chips) + " chips is not possible; expected at least one of each");
  const auto started = std::chrono::steady_clock::now();
  auto result = Search(config, split, options, progress).run();
  result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return result;
}

}  // namespace irc::platform
