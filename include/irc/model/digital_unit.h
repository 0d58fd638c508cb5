// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <systemc>

#include "irc/core/tensor.h"
#include "irc/mapping/compiler.h"
#include "irc/network/graph.h"
#include "irc/network/operators.h"

namespace irc::model {

/// The parameters of a layer that the digital unit computes.
struct DigitalLayer {
  network::Conv conv;             ///< shape of the convolution
  network::DenseWeights weights;  ///< its weights, as they are summed
};

/// Computes first and last layers, pooling, upsampling and concatenation. It is untimed: the controller
/// counts the cycles.
class DigitalUnit : public sc_core::sc_module {
 public:
  /// A unit with all slots empty.
  explicit DigitalUnit(sc_core::sc_module_name name);

  /// Keeps a parameter block under `slot`; returns false if it is malformed.
  bool load(std::uint32_t slot, std::span<const std::uint8_t> block);
  /// The layer of a slot with the strides and padding of `command`, or nullptr if the slot is empty or does
  /// not match the command.
  const DigitalLayer* layer(const mapping::Descriptor& command);

 private:
  std::map<std::uint32_t, DigitalLayer> slots_;
};

}  // namespace irc::model
