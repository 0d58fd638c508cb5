// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "irc/core/tensor.h"

namespace irc::network {

using NodeId = std::size_t;

enum class WeightKind {
  ternary,  ///< {-1, 0, +1} on binary inputs: an array layer
  binary,   ///< {-1, +1} on binary inputs: an array layer
  int8,     ///< [-127, 127], digital unit
  real,     ///< float, digital unit
};

/// The picture: 8-bit values 0..255, RGB.
struct Input {};

/// A convolution, optionally followed by a step.
///
/// Weight order everywhere: [output][ky][kx][input channel] (channel-last, the order in which a window of a
/// channel-last map unrolls), rows() values per output.
///
/// With `step`, the output is binary: y = [ sum + bias > 0 ], where for ternary, binary and int8 weights sum
/// and `bias` are exact integers (batch norm, thresholds, scales and polarity flips are folded in at import).
/// Without `step` (a head), the output is real: y = scale[o] * (sum + bias[o]) + offset[o] in float, where
/// sum + bias is an exact integer, too. With real weights `real_bias` takes the place of `bias`, and sums are
/// double in window order. Sums of integers stay below 2^24 in magnitude, so that float runtimes agree
/// exactly; `finish` checks it.
struct Conv {
  int kernel_h = 1, kernel_w = 1;
  int stride_h = 1, stride_w = 1;
  int pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
  int in_channels = 0, out_channels = 0;
  WeightKind kind = WeightKind::ternary;
  bool step = true;
  std::vector<std::int8_t> weights;  ///< ternary, binary, int8
  std::vector<float> real_weights;   ///< real
  std::vector<std::int32_t> bias;    ///< per output, integer; added to the integer sum
  std::vector<float> real_bias;      ///< per output, real weights only
  std::vector<float> scale, offset;  ///< per output, heads only (no step)
  std::size_t rows() const { return static_cast<std::size_t>(kernel_h * kernel_w * in_channels); }
};

/// Channel concatenation of binary maps of equal height and width, in input order.
struct Concat {};
/// Maximum over a window of binary maps.
struct MaxPool {
  int kernel = 2, stride = 2;
};
/// Nearest-neighbour upsampling by an integer factor.
struct Upsample {
  int factor = 2;
};

struct Node {
  std::string name;
  std::variant<Input, Conv, Concat, MaxPool, Upsample> op;
  std::vector<NodeId> inputs;
  Shape shape;          ///< of the output
  bool binary = false;  ///< the output is a {0,1} map
};

/// What a detector's head means; kept in the ONNX file's metadata under keys that begin with "irc.".
///
/// Output channels of the last node: one logit per class, then left, top, right, bottom as log distances:
/// distance in pixels = stride * exp(value) from the cell centre ((x + 0.5) * stride, (y + 0.5) * stride).
struct DetectorInfo {
  std::vector<std::string> classes;
  int stride = 16;
  std::string description;
};

/// A detector: nodes in topological order, node 0 is the picture, the last node is the head.
struct Graph {
  std::string name;
  std::vector<Node> nodes;
  DetectorInfo detector;
};

/// Throws InputError, naming node and tensor, where the graph breaks a promise made above (shapes, weight
/// ranges, order of nodes, binary inputs of array layers, head channels = classes + 4). Also fills shapes
/// and `binary` from the input's shape, which the caller sets (3 channels). Names are unique and not empty.
/// Idempotent.
void finish(Graph& graph);

/// How many input pixels one pixel of `node` stands for, vertically and horizontally (below 1 after more
/// upsampling than striding). The graph is finished.
struct Stride {
  double y = 1, x = 1;
};
Stride effective_stride(const Graph& graph, NodeId node);

}  // namespace irc::network
