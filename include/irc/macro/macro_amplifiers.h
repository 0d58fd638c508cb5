// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "irc/macro/macro_config.h"

namespace irc::macro {

/// What amplifiers read: some outputs of a tile for some vectors, in one row group.
struct GroupReading {
  TileExtent tile;
  std::uint64_t programming_count = 0;  ///< of the tile
  std::span<const double> currents_a;   ///< [vector][column] of the whole tile
  std::size_t vectors = 0;
  std::size_t first_output = 0, outputs = 0;  ///< which of the tile's outputs
  std::uint64_t first_read = 0;               ///< names the first vector; below 2^44
  std::uint64_t group = 0;                    ///< row group; below 2^19
  std::span<const std::int32_t> bias_units;   ///< per output read, from the bias sources; empty: none
  std::uint32_t layer = sense::no_layer;      ///< whose working point holds
};

/// Where packed decisions go: that of vector v and the reading's output i to bit first_bit + i of the row
/// that starts at words[v * words_per_vector].
using sense::DecisionBits;

/// The sense amplifiers of one macro with their bias sources and column mux: currents in, readouts out.
///
/// Lines are numbered over the macro: line l of a differential scheme is column pair l, of the reference
/// scheme bit line l. Amplifier l mod amplifiers reads it, so lines that share an amplifier follow each other
/// through its mux. Not thread-safe.
class MacroAmplifiers {
 public:
  /// `config` must outlive the object. Throws InputError for a sense config that makes no sense.
  MacroAmplifiers(const MacroConfig& config, std::size_t macro);

  void change_chip(std::uint64_t chip_seed);
  /// Trims every amplifier's offset at the given common-mode current (see SenseAmplifierBank::calibrate).
  sense::CalibrationReport calibrate(double i_common_a);
  /// Writes the layers' registers anew (see SenseAmplifierBank::set_layers); they outlive a change of chip.
  void set_layers(const sense::LayerWorkingPoints& layers);
  const sense::SenseAmplifierBank& bank() const { return *bank_; }

  /// Line of a tile's first output, and how many outputs it has.
  std::size_t first_line(const TileExtent& tile) const;
  std::size_t outputs(const TileExtent& tile) const;

  /// One-bit readouts; bits beside them stay.
  void decide(const GroupReading& reading, const DecisionBits& bits);
  /// Readouts of any kind as levels.
  /// \param levels  out: that of vector v and the reading's output i at levels[v * per_vector + i]
  void decide(const GroupReading& reading, std::span<std::int32_t> levels, std::size_t per_vector);

  /// Injected current of one readout of each output: both inputs' common bias in that layer, then what the
  /// bias sources add.
  double common_bias_a(std::size_t outputs, std::uint32_t layer = sense::no_layer) const;
  double source_bias_a(std::span<const std::int32_t> bias_units) const;

 private:
  template <typename Sink>
  void for_each_run(const GroupReading& reading, Sink&& sink);
  void prepare_bias(const GroupReading& reading, std::size_t line);
  void prepare_reference(const GroupReading& reading);

  const MacroConfig& config_;
  std::size_t macro_;
  sense::LayerWorkingPoints layers_;
  std::unique_ptr<sense::SenseAmplifierBank> bank_;
  std::vector<double> bias_unit_a_;  ///< per amplifier: one unit of the bias source, spread drawn
  std::vector<double> added_plus_a_, added_minus_a_, reference_a_;
  std::vector<int> levels_;
};

}  // namespace irc::macro
