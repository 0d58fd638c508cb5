// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include "irc/core/event.h"
#include "irc/energy/area.h"
#include "irc/energy/energy_ledger.h"
#include "irc/network/graph.h"
#include "irc/platform/config.h"
#include "irc/platform/run.h"

namespace irc::platform {

energy::EnergyParameters energy_parameters(const RunConfig& config);
energy::AreaParameters area_parameters(const RunConfig& config);

/// Listens to one accelerator and sorts what it did into setting up and running pictures.
class Meter {
 public:
  Meter(const RunConfig& config, const network::Graph& graph);

  void on_event(const Event& event);
  void begin_setup(double now_s);
  void end_setup(double now_s);
  void add_picture(std::uint64_t cycles);

  /// Cycles, operations, energy and fallbacks of one layer, per picture.
  void fill(network::NodeId node, LayerReport& layer) const;
  /// Totals, per picture; setup per chip.
  void fill(RunResult& result) const;

 private:
  std::uint64_t per_picture_cycles(std::uint64_t cycles) const;

  struct Work {
    std::uint64_t cycles = 0, operations = 0, fallback_vectors = 0, newton_iterations = 0;
    EvaluatedBy evaluated_by;
  };
  const RunConfig& config_;
  energy::EnergyLedger pictures_ledger_, setup_ledger_;
  std::vector<Work> work_;
  double macs_ = 0;
  bool in_setup_ = true;
  double setup_start_s_ = 0, setup_s_ = 0;
  std::uint64_t setups_ = 0, pictures_ = 0, cycles_ = 0;
};

}  // namespace irc::platform
