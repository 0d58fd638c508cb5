// SPDX-License-Identifier: Apache-2.0
#include "irc/network/dead_channels.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace irc::network {
namespace {

bool in_array(const Conv& conv) {
  return conv.step && (conv.kind == WeightKind::ternary || conv.kind == WeightKind::binary);
}

/// The constant output of a dead channel, or none for a live one. Inputs are 0 or 1, so a sum lies between
/// minus the number of weights -1 and the number of weights +1.
std::optional<bool> constant_output(const Conv& conv, std::size_t o) {
  const auto rows = static_cast<std::ptrdiff_t>(conv.rows());
  const auto begin = conv.weights.begin() + static_cast<std::ptrdiff_t>(o) * rows;
  const std::int64_t highest = std::count(begin, begin + rows, std::int8_t{1}),
                     lowest = -std::count(begin, begin + rows, std::int8_t{-1}), bias = conv.bias[o];
  if (highest + bias <= 0) return false;
  if (lowest + bias > 0) return true;
  return std::nullopt;
}

void retire(Conv& conv, std::size_t o, bool one, int bias, bool zeros) {
  const auto rows = static_cast<std::ptrdiff_t>(conv.rows());
  const std::int8_t weight = zeros ? std::int8_t{0} : one ? std::int8_t{1} : std::int8_t{-1};
  std::fill_n(conv.weights.begin() + static_cast<std::ptrdiff_t>(o) * rows, rows, weight);
  conv.bias[o] = one ? bias : -bias;
}

}  // namespace

std::vector<RetiredChannels> retire_dead_channels(Graph& graph) {
  std::vector<RetiredChannels> changed;
  for (Node& node : graph.nodes) {
    auto* conv = std::get_if<Conv>(&node.op);
    if (conv == nullptr || !in_array(*conv)) continue;
    const auto outputs = static_cast<std::size_t>(conv->out_channels);
    std::vector<std::optional<bool>> constant(outputs);
    RetiredChannels layer{node.name};
    layer.bias_after = 1;
    for (std::size_t o = 0; o < outputs; ++o) {
      constant[o] = constant_output(*conv, o);
      layer.bias_before = std::max(layer.bias_before, std::abs(conv->bias[o]));
      if (!constant[o]) layer.bias_after = std::max(layer.bias_after, std::abs(conv->bias[o]));
    }
    const bool zeros =
        std::find(conv->weights.begin(), conv->weights.end(), std::int8_t{0}) != conv->weights.end();
    for (std::size_t o = 0; o < outputs; ++o) {
      if (!constant[o] || std::abs(conv->bias[o]) <= layer.bias_after) continue;
      retire(*conv, o, *constant[o], layer.bias_after, zeros);
      ++layer.channels;
    }
    if (layer.channels > 0) changed.push_back(layer);
  }
  return changed;
}

}  // namespace irc::network
