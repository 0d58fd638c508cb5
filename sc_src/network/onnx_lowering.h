// SPDX-License-Identifier: Apache-2.0
// Walks through an ONNX graph once. Every tensor is a constant, the image, a map of two values per channel
// ("bits"), a convolution's sum with the operations applied to it, or the sign of such a sum. A step turns a
// sum or a sign into bits and makes a node of the resulting graph.
#pragma once
#include <onnx/onnx_pb.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "irc/network/graph.h"
#include "onnx_step.h"
#include "onnx_tensor.h"

namespace irc::network {

class Attributes;

/// Largest number of channels, rows and columns of a map.
inline constexpr int max_extent = 1 << 14;

/// The image times a factor (some exporters scale it to 0..1).
struct PictureValue {
  double scale = 1;
};
/// Two values per channel: the value of bit 0 and the value of bit 1.
struct Bits {
  NodeId node = 0;
  std::vector<double> at0, at1;
};
struct Sum {
  std::shared_ptr<const RawConv> conv;
  Chain chain;
};
/// The sign of a sum that can be 0. It has values for -1, 0 and +1 per channel, until an operation makes two
/// of them equal.
struct SignedSum {
  Sum sum;
  std::vector<double> negative, zero, positive;
};
struct Activation {
  Shape shape;
  std::variant<PictureValue, Bits, Sum, SignedSum> what;
};
using Value = std::variant<ConstantPointer, Activation>;
using Function = std::function<double(double, std::size_t)>;

/// Returns for example "[1, 3, 8, 8]", for messages.
std::string dims_text(const std::vector<std::int64_t>& dims);

/// One walk through one file. The files onnx_lower*.cpp define its members, grouped as below. A `lower_`
/// member handles one operator: it reads the inputs of the current node and defines its output.
class Lowering {
 public:
  /// Throws InputError for an unknown opset. `model` and `file` must outlive this object.
  Lowering(const onnx::ModelProto& model, const std::string& file);
  Lowering(const Lowering&) = delete;
  Lowering& operator=(const Lowering&) = delete;

  /// Converts the graph; call it once. Throws InputError that names file, node and tensor.
  Graph run();

 private:
  // Errors and tensors (onnx_lower_values.cpp).
  [[noreturn]] void fail_file(const std::string& what) const;
  [[noreturn]] void fail(const std::string& what) const;
  std::string input_name(int i) const;
  ConstantPointer constant(Constant c, const std::string& name) const;
  void define(const std::string& name, Value value);
  void output(Value value);
  bool has_input(int i) const;
  const Value& value(int i) const;
  const Activation& map(int i) const;
  bool is_constant(int i) const;
  const Constant& constant(int i) const;
  double scalar(int i) const;
  /// A constant that broadcasts per channel over a [1, C, H, W] map.
  PerChannel per_channel(int i, const Shape& shape) const;
  /// A constant with one value or C values, whatever its dimensions (batch norm, MultiThreshold).
  PerChannel vector_of(int i, const Shape& shape) const;

  // Nodes of the resulting graph (onnx_lower_values.cpp).
  std::string node_name() const;
  /// Adds a node. `name` is a proposal; see assign_names.
  NodeId add(const std::string& name, decltype(Node::op) op, std::vector<NodeId> inputs);
  void check_extent(std::int64_t channels, std::int64_t height, std::int64_t width) const;
  Shape checked(std::int64_t channels, std::int64_t height, std::int64_t width) const;

  // Functions of one value (onnx_lower_elementwise.cpp).
  static void apply(std::vector<double>& values, const Function& f);
  /// Applies `f` if the map has finitely many values. Returns false for images and sums.
  bool elementwise(Activation& a, const Function& f);
  void push(Sum& sum, bool multiply, PerChannel by) const;
  void arithmetic(Activation& a, bool multiply, const PerChannel& by);
  PerChannel transformed(const PerChannel& p, const Shape& shape, double (*f)(double)) const;
  void lower_arithmetic();
  void lower_batch_norm();
  void clip(double low, double high);
  void lower_clip();
  void lower_relu();
  void lower_not();
  void lower_cast();
  void cast_constant(bool is_float);

  // Steps: from sums to bits (onnx_lower_steps.cpp).
  Bits bits_from(const Sum& sum, const Threshold& threshold, std::vector<double> at0,
                 std::vector<double> at1);
  Bits bits_from(const Sum& sum, const Threshold& threshold, double at0, double at1);
  /// If bit 1 means less than bit 0 (after a negation), the convolution can make the opposite bit. Padding,
  /// which is 0, then means bit 0 again.
  void straighten(Bits& bits);
  void lower_sign();
  void lower_compare();
  void compare(int at, const PerChannel& threshold, bool greater, bool strict);
  void lower_multi_threshold();

  // Scales of stored weights and quantisers (onnx_lower_quant.cpp).
  struct QuantRange;
  void lower_constant();
  /// Scales of stored weights: a constant times one value, or times one value per index of axis 0.
  void constant_arithmetic(bool multiply, bool inverse);
  void rescaled(Constant copy, const std::vector<double>& scale);
  /// Integer weights `c` with the scale of input `i`: one value, or one per output.
  void quantised_scale(Constant c, int i);
  void lower_bipolar_quant();
  QuantRange quant_range() const;
  void lower_quant();
  void quant_sum(Activation& a, const QuantRange& range, const PerChannel& scale, const PerChannel& zero);
  void constant_quant(const QuantRange& range);
  void lower_dequantize();

  // Convolutions (onnx_lower_conv.cpp).
  /// The meaning of an input channel's 0 and 1: value = scale * x + offset.
  struct InputMeaning;
  void auto_pad(const Attributes& attributes, Conv& c, const Shape& in) const;
  Conv conv_geometry(const Constant& weights, const Shape& in) const;
  Shape conv_shape(const Conv& g, const Shape& in) const;
  InputMeaning meaning(const Activation& a, RawConv& raw) const;
  void fold_input(RawConv& raw, const InputMeaning& m) const;
  void lower_conv();

  // Layers that move maps (onnx_lower_maps.cpp).
  [[noreturn]] void not_bits(const Activation& a, int i) const;
  const Bits& bits_input(const Activation& a) const;
  void lower_concat();
  /// Joins the heads for classes and boxes, which read the same input, into one convolution.
  void concat_sums();
  void lower_max_pool();
  double resize_factor(std::size_t axis, const std::int64_t size) const;
  void lower_resize();

  // The walk (onnx_lower.cpp).
  using Method = void (Lowering::*)();
  static const std::map<std::string, Method>& methods();
  static std::string supported();
  void annotations();
  void initialisers();
  void input();
  void lower_node();
  void lower_identity();
  void head();
  /// Removes nodes that the head does not need.
  void prune();
  /// Makes names unique. ONNX node names need not be unique, and one convolution may have two steps; the
  /// second one is then named after its tensor.
  void assign_names();

  const onnx::GraphProto& proto_;
  const std::string& file_;
  std::int64_t opset_ = 0;
  const onnx::NodeProto* node_ = nullptr;  ///< the node being lowered
  Fail fail_ = [this](const std::string& what) { fail(what); };
  Budget budget_;
  std::map<std::string, std::string> datatypes_;
  std::map<std::string, Value> values_;
  std::vector<std::string> tensors_;  ///< per node of the resulting graph: the tensor it makes
  Graph graph_;
};

}  // namespace irc::network
