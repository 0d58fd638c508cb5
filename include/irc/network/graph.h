// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "irc/core/tensor.h"

/// Networks of binary and integer layers: their graph, ONNX files, and a bit-exact reference.
namespace irc::network {

/// Index of a node in Graph::nodes.
using NodeId = std::size_t;

/// The kind of a convolution's weights. It also decides which unit computes the layer.
enum class WeightKind {
  ternary,  ///< {-1, 0, +1} on binary inputs; computed by the array
  binary,   ///< {-1, +1} on binary inputs; computed by the array
  int8,     ///< integers in [-127, 127]; computed by the digital unit
  real,     ///< float; computed by the digital unit
};

/// The input image: RGB with 8-bit values from 0 to 255.
struct Input {};

/// A convolution, optionally followed by a step.
///
/// Weights are always in the order [output][ky][kx][input channel] (channel-last, the order in which a window
/// of a channel-last map unrolls), with rows() values per output.
///
/// With `step`, the output is binary: y = [ sum + bias > 0 ]. For ternary, binary and int8 weights the sum
/// and `bias` are exact integers, because the import folds in batch norm, thresholds, scales and polarity
/// flips. Without `step` (a head), the output is real: y = scale[o] * (sum + bias[o]) + offset[o] in float,
/// where sum + bias is an exact integer, too. With real weights, `real_bias` replaces `bias`, and sums are
/// double in window order. Sums of integers stay below 2^24 in magnitude, so that float runtimes agree
/// exactly; `finish` checks this.
struct Conv {
  int kernel_h = 1,                       ///< kernel height
      kernel_w = 1;                       ///< kernel width
  int stride_h = 1,                       ///< vertical stride
      stride_w = 1;                       ///< horizontal stride
  int pad_top = 0,                        ///< padding above
      pad_left = 0,                       ///< padding to the left
      pad_bottom = 0,                     ///< padding below
      pad_right = 0;                      ///< padding to the right
  int in_channels = 0,                    ///< input channels
      out_channels = 0;                   ///< output channels
  WeightKind kind = WeightKind::ternary;  ///< kind of weights
  bool step = true;                       ///< true: binary output; false: a head with real output
  std::vector<std::int8_t> weights;       ///< weights of the kinds ternary, binary and int8
  std::vector<float> real_weights;        ///< weights of the kind real
  std::vector<std::int32_t> bias;         ///< per output: integer that is added to the integer sum
  std::vector<float> real_bias;           ///< per output: bias of the kind real
  std::vector<float> scale,               ///< per output of a head: factor in y
      offset;                             ///< per output of a head: summand in y
  /// Weights per output, which is the number of array rows that the layer needs.
  std::size_t rows() const { return static_cast<std::size_t>(kernel_h * kernel_w * in_channels); }
};

/// Concatenates the channels of binary maps of equal height and width, in input order.
struct Concat {};
/// Maximum over the windows of a binary map.
struct MaxPool {
  int kernel = 2,  ///< window height and width
      stride = 2;  ///< stride in both directions
};
/// Nearest-neighbour upsampling by an integer factor.
struct Upsample {
  int factor = 2;  ///< output pixels per input pixel, in both directions
};

/// One node of a network: an operator, its inputs and its output.
struct Node {
  std::string name;                                         ///< unique name
  std::variant<Input, Conv, Concat, MaxPool, Upsample> op;  ///< the operator
  std::vector<NodeId> inputs;                               ///< nodes whose outputs it reads, in order
  Shape shape;                                              ///< shape of the output
  bool binary = false;                                      ///< whether the output is a {0,1} map
};

/// What a detector's head means. An ONNX file keeps it in metadata under keys that begin with "irc.".
///
/// The output channels of the last node are one logit per class, then left, top, right and bottom as log
/// distances. The distance in pixels is stride * exp(value), measured from the cell centre ((x + 0.5) *
/// stride, (y + 0.5) * stride).
struct DetectorInfo {
  std::vector<std::string> classes;  ///< names of the classes
  int stride = 16;                   ///< input pixels per cell of the head, in both directions
  std::string description;           ///< free text
};

/// A detector. The nodes are in topological order, node 0 is the image, and the last node is the head.
struct Graph {
  std::string name;         ///< name of the network
  std::vector<Node> nodes;  ///< all nodes
  DetectorInfo detector;    ///< meaning of the head
};

/// Checks a graph and completes it. The caller sets the shape of the input (3 channels); this fills in the
/// other shapes and `binary`. Calling it again changes nothing. Throws InputError, naming node and tensor, if
/// the graph breaks a rule: shapes, weight ranges, unique and non-empty names, order of nodes, binary inputs
/// of array layers, or head channels = classes + 4.
void finish(Graph& graph);

/// Input pixels per pixel of a node, in each direction. Values below 1 mean more upsampling than striding.
struct Stride {
  double y = 1,  ///< vertically
      x = 1;     ///< horizontally
};
/// Computes the stride of `node` relative to the input. The graph must be finished.
Stride effective_stride(const Graph& graph, NodeId node);

}  // namespace irc::network
