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

/// What energy::EnergyLedger needs of a configuration.
energy::EnergyParameters energy_parameters(const RunConfig& config);
/// What energy::area needs of a configuration.
energy::AreaParameters area_parameters(const RunConfig& config);

/// What an accelerator did, in whole numbers and exact sums, so that tallies add up to the same bits in any
/// grouping.
struct Tally {
  /// Counts for one node of the network, over all images.
  struct Layer {
    std::uint64_t cycles = 0,   ///< busy cycles
        operations = 0,         ///< macro operations: vectors times row groups
        fallback_vectors = 0,   ///< (vector, column) pairs that needed a fallback, see array::EvaluationStats
        newton_iterations = 0;  ///< summed over (vector, column) pairs
    std::uint64_t bit_errors = 0,  ///< wrong bits against the ideal reference
        bits = 0;                  ///< compared bits
    EvaluatedBy evaluated_by;      ///< how many vectors each evaluator took
    /// Adds the counts of the same node.
    Layer& operator+=(const Layer& other);
  };
  using Activities = std::map<std::uint32_t, energy::Activity>;  ///< by node

  std::vector<Layer> layers;     ///< per node
  Activities picture_work,       ///< energy-relevant work while images ran
      setup_work;                ///< the same during setup
  std::uint64_t setups = 0,      ///< setups so far
      pictures = 0;              ///< images so far
  std::uint64_t cycles = 0;      ///< busy cycles over all images
  std::uint64_t setup_time = 0,  ///< simulated, as sc_time::value
      total_time = 0;            ///< simulated, as sc_time::value, setup included

  /// Adds another tally. Throws InternalError where it belongs to another network.
  Tally& operator+=(const Tally& other);
};

/// Listens to one accelerator and attributes its work to setup or to images, chip by chip.
class Meter {
 public:
  /// A meter with an empty tally, in setup.
  Meter(const RunConfig& config, const network::Graph& graph);

  /// Takes one event of the accelerator.
  void on_event(const Event& event);
  /// A chip's setup begins at the simulated time `now` of the host.
  void begin_setup(const sc_core::sc_time& now);
  /// The chip's setup ends and its images begin.
  void end_setup(const sc_core::sc_time& now);
  /// An image is finished after `cycles` busy cycles.
  void add_picture(std::uint64_t cycles);
  /// Returns and forgets the counts since begin_setup. Bit errors are not included.
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
  /// Averages of `tally`. Keeps a reference to `config`.
  Totals(const RunConfig& config, const network::Graph& graph, Tally tally);

  /// Fills in cycles, operations, energy, bit errors and fallbacks of one layer; per image where LayerReport
  /// says so.
  void fill(network::NodeId node, LayerReport& layer) const;
  /// Fills in totals per image, and setup per chip.
  void fill(RunResult& result) const;

 private:
  std::uint64_t per_picture_cycles(std::uint64_t cycles) const;

  const RunConfig& config_;
  Tally tally_;
  energy::EnergyLedger pictures_ledger_, setup_ledger_;
  double macs_ = 0;
};

}  // namespace irc::platform
