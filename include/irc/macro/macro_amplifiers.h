// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "irc/macro/macro_config.h"

namespace irc::macro {

/// Input of the amplifiers: some outputs of a tile for some vectors, in one row group.
struct GroupReading {
  TileExtent tile;                      ///< the tile
  std::uint64_t programming_count = 0;  ///< programming count of the tile
  std::span<const double> currents_a;   ///< [vector][column] of the whole tile
  std::size_t vectors = 0;              ///< number of vectors
  std::size_t first_output = 0,         ///< first of the tile's outputs to read
      outputs = 0;                      ///< number of outputs to read
  std::uint64_t first_read = 0;         ///< names the first vector; below 2^44
  std::uint64_t group = 0;              ///< row group; below 2^19
  /// Per output: current of the bias sources in units; empty for none.
  std::span<const std::int32_t> bias_units;
  std::uint32_t layer = sense::no_layer;  ///< layer whose working point applies
};

/// Destination of packed decisions. The decision of vector v and the reading's output i goes to bit first_bit
/// + i of the row that starts at words[v * words_per_vector].
using sense::DecisionBits;

/// The sense amplifiers of one macro with their bias sources and column mux. They turn currents into
/// readouts.
///
/// Lines are numbered over the macro: in a differential scheme line l is column pair l, and in the reference
/// scheme it is bit line l. Amplifier l mod amplifiers reads it, so lines that share an amplifier take turns
/// at its mux. Not thread-safe.
class MacroAmplifiers {
 public:
  /// `config` must outlive the object. Throws InputError for a sense configuration that is not allowed.
  MacroAmplifiers(const MacroConfig& config, std::size_t macro);

  /// Draws the amplifiers of another chip. The trim is lost; working points of layers stay.
  void change_chip(std::uint64_t chip_seed);
  /// Trims every amplifier's offset at the given common-mode current (see SenseAmplifierBank::calibrate).
  sense::CalibrationReport calibrate(double i_common_a);
  /// Replaces the working points of the layers (see SenseAmplifierBank::set_layers). They survive a change of
  /// chip.
  void set_layers(const sense::LayerWorkingPoints& layers);
  const sense::SenseAmplifierBank& bank() const { return *bank_; }  ///< the amplifiers

  /// The line of a tile's first output.
  std::size_t first_line(const TileExtent& tile) const;
  /// The number of outputs of a tile.
  std::size_t outputs(const TileExtent& tile) const;

  /// Makes one-bit readouts. Other bits of the rows do not change.
  void decide(const GroupReading& reading, const DecisionBits& bits);
  /// Makes readouts of any kind as levels. The readout of vector v and the reading's output i goes to
  /// levels[v * per_vector + i].
  void decide(const GroupReading& reading, std::span<std::int32_t> levels, std::size_t per_vector);

  /// Current in ampere that is injected into one readout of each of `outputs` outputs, as the common bias of
  /// both inputs in that layer.
  double common_bias_a(std::size_t outputs, std::uint32_t layer = sense::no_layer) const;
  /// Current in ampere that the bias sources add in one readout, for outputs with these biases.
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
  std::vector<double> bias_unit_a_;  ///< per amplifier: one unit of the bias source, with its spread
  std::vector<double> added_plus_a_, added_minus_a_, reference_a_;
  std::vector<int> levels_;
};

}  // namespace irc::macro
