// SPDX-License-Identifier: Apache-2.0
#include "irc/model/digital_unit.h"

namespace irc::model {

DigitalUnit::DigitalUnit(sc_core::sc_module_name name) : sc_module(name) {}

bool DigitalUnit::load(std::uint32_t slot, std::span<const std::uint8_t> block) {
  network::Conv conv;
  if (!mapping::decode_parameters(block, conv)) return false;
  auto weights = network::dense_weights(conv);
  slots_[slot] = {std::move(conv), std::move(weights)};
  return true;
}

const DigitalLayer* DigitalUnit::layer(const mapping::Descriptor& command) {
  const auto found = slots_.find(command.slot);
  if (found == slots_.end()) return nullptr;
  auto& conv = found->second.conv;
  const bool matches = conv.kernel_h == command.kernel_h && conv.kernel_w == command.kernel_w &&
                       conv.in_channels == command.in_channels[0] &&
                       conv.out_channels == command.out_channels &&
                       conv.step == (command.opcode == mapping::Opcode::conv_digital);
  if (!matches) return nullptr;
  conv.stride_h = command.stride_h;
  conv.stride_w = command.stride_w;
  conv.pad_top = command.pad_top;
  conv.pad_left = command.pad_left;
  conv.pad_bottom = command.pad_bottom;
  conv.pad_right = command.pad_right;
  return &found->second;
}

}  // namespace irc::model
