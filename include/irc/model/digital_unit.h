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

/// A layer's parameters as they were loaded, and as they are summed.
struct DigitalLayer {
  network::Conv conv;
  network::DenseWeights weights;
};

/// First and last layers, pooling, upsampling and concatenation. Untimed: the controller owns the cycles.
class DigitalUnit : public sc_core::sc_module {
 public:
  explicit DigitalUnit(sc_core::sc_module_name name);

  /// Keeps a parameter block under `slot`; false if it is malformed.
  bool load(std::uint32_t slot, std::span<const std::uint8_t> block);
  /// The layer of a slot with the command's strides and padding, or nullptr if the slot is empty or does not
  /// match the command.
  const DigitalLayer* layer(const mapping::Descriptor& command);

 private:
  std::map<std::uint32_t, DigitalLayer> slots_;
};

}  // namespace irc::model
