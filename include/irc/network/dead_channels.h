// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "irc/network/graph.h"

namespace irc::network {

/// The channels of one array layer that retire_dead_channels changed.
struct RetiredChannels {
  std::string layer;         ///< name of the layer
  std::size_t channels = 0;  ///< number of channels
  int bias_before = 0,       ///< largest |bias| of the layer before
      bias_after = 0;        ///< largest |bias| of the layer after
};

/// A channel of an array layer is dead if no input can reach its threshold, so that its output is constant.
/// Batch norm with a factor near 0 makes such channels. Their biases can be of any size, and would take as
/// many bias cells or as much bias current. This function gives every dead channel whose |bias| is larger
/// than that of all live channels of the layer (and larger than 1) weights of 0 and a bias as large as
/// theirs. A layer without weights of 0 gets weights of one sign instead. The network computes the same
/// outputs as before. Returns the layers that it changed.
std::vector<RetiredChannels> retire_dead_channels(Graph& graph);

}  // namespace irc::network
