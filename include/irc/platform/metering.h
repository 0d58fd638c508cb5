// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <systemc>
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

/// What an accelerator did, in whole numbers and exact sums: tallies add up to the same bits in any grouping.
struct Tally {
  /// For one node of the network, while pictures ran.
  struct Layer {
    std::uint64_t cycles = 0, operations = 0, fallback_vectors = 0, newton_iterations = 0;
    std::uint64_t bit_errors = 0, bits = 0;  ///< against the ideal reference
    EvaluatedBy evaluated_by;
    Layer& operator+=(const Layer& other);
  };
  using Activities = std::map<std::uint32_t, energy::Activity>;  ///< by node

  std::vector<Layer> layers;  ///< per node
  Activities picture_work, setup_work;
  std::uint64_t setups = 0, pictures = 0;
  std::uint64_t cycles = 0;                      ///< of all pictures
  std::uint64_t setup_time = 0, total_time = 0;  ///< simulated, as sc_time::value

  /// Throws InternalError where the other is of another network.
  Tally& operator+=(const Tally& other);
};

/// Listens to one accelerator and sorts what it did into setting up and running pictures, chip by chip.
class Meter {
 public:
  Meter(const RunConfig& config, const network::Graph& graph);

  void on_event(const Event& event);
  /// A chip begins. \param now  simulated time of the host
  void begin_setup(const sc_core::sc_time& now);
  void end_setup(const sc_core::sc_time& now);
  void add_picture(std::uint64_t cycles);
  /// What was done since begin_setup, bit errors left out; forgets it.
  Tally take(const sc_core::sc_time& now);

 private:
  energy::EnergyLedger ledger_;
  Tally tally_;
  bool in_setup_ = true;
  sc_core::sc_time begin_;
};

/// Averages of a tally.
class Totals {
 public:
  Totals(const RunConfig& config, const network::Graph& graph, Tally tally);

  /// Cycles, operations, energy, bit errors and fallbacks of one layer, per picture where it says so.
  void fill(network::NodeId node, LayerReport& layer) const;
  /// Totals, per picture; setup per chip.
  void fill(RunResult& result) const;

 private:
  std::uint64_t per_picture_cycles(std::uint64_t cycles) const;

  const RunConfig& config_;
  Tally tally_;
  energy::EnergyLedger pictures_ledger_, setup_ledger_;
  double macs_ = 0;
};

}  // namespace irc::platform
