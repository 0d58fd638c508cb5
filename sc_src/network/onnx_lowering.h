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
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "irc/network/graph.h"
#include "onnx_fold.h"
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
/// The levels of a quantiser, and how it rounds to them: ROUND (half to even), FLOOR or CEIL.
struct QuantRange {
  double low = 0, high = 0;
  std::string rounding = "ROUND";
  double round(double v) const;
  double integer(double v) const;
};
/// A Pad node that has not met its convolution yet.
struct Border {
  int top = 0, left = 0, bottom = 0, right = 0;
  double value = 0;
};
struct Activation {
  Shape shape;  ///< without the border
  std::variant<PictureValue, Bits, Sum, SignedSum> what;
  std::optional<Border> border{};
  bool channels_last = false;  ///< the file's tensor is [1, H, W, C] and not [1, C, H, W]
};
using Value = std::variant<ConstantPointer, Activation>;
using Function = std::function<double(double, std::size_t)>;

/// One walk through one file. The files onnx_lower*.cpp define its members, grouped as below. A `lower_`
/// member handles one operator: it reads the inputs of the current node and defines its output.
class Lowering {
 public:
  /// Throws InputError for an unknown opset. `model` and `source` must outlive this object.
  Lowering(const onnx::ModelProto& model, const TensorSource& source);
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
  /// An input that is a map, as it is.
  const Activation& any_map(int i) const;
  /// The same for operators that know neither borders nor other layouts.
  const Activation& map(int i) const;
  bool is_constant(int i) const;
  /// A constant of finite numbers.
  const Constant& constant(int i) const;
  /// A constant that may hold infinite numbers (limits).
  const Constant& limits(int i) const;
  double scalar(int i) const;
  /// The same for a limit, which may be infinite.
  double limit(int i) const;
  /// A list of whole numbers, one per value of the constant.
  std::vector<std::int64_t> whole_list(int i) const;
  /// A constant that broadcasts over a map without varying along height or width.
  PerChannel per_channel(int i, const Activation& a);
  /// A constant [C] (batch norm).
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
  void push(Sum& sum, Operation operation) const;
  void push(Sum& sum, bool multiply, PerChannel by) const;
  void arithmetic(Activation& a, bool multiply, const PerChannel& by);
  PerChannel transformed(const PerChannel& p, const Shape& shape, double (*f)(double)) const;
  void lower_arithmetic();
  void lower_batch_norm();
  void lower_not();
  void lower_cast();
  void cast_constant(int to);

  // Limits and rectifiers, which a step sees through (onnx_lower_limits.cpp).
  void clip(Activation& a, const PerChannel& low, const PerChannel& high);
  void slope(Activation& a, const PerChannel& below_zero);
  void lower_clip();
  void lower_relu();
  void lower_leaky_relu();
  void lower_hard_sigmoid();
  void lower_extreme();
  void lower_unary();
  void lower_where();

  // Arithmetic and rearrangement of constants (onnx_lower_fold.cpp, onnx_lower_shapes.cpp).
  void output_constant(Constant c);
  void fold_unary(double (*f)(double));
  void fold_binary(double (*f)(double, double), int type);
  void fold_node();
  void fold_where();
  void lower_reshape();
  void lower_flatten();
  void lower_squeeze();
  void lower_unsqueeze();
  void lower_transpose();
  void lower_expand();
  void lower_shape();
  void lower_slice();
  void lower_gather();
  void lower_reduce();
  void lower_constant_of_shape();
  void concat_constants();
  void reshaped(Constant c, Dims dims);
  Constant plain(int i);
  /// The axes that an input or the attribute 'axes' names, each once and from 0 to rank - 1.
  std::vector<std::size_t> axes_in_order(int input, std::size_t rank) const;
  std::vector<std::size_t> axes(int input, std::size_t rank) const;

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

  // Scales of stored weights and quantisers (onnx_lower_quant.cpp, onnx_lower_linear.cpp).
  void lower_constant();
  void constant_arithmetic();
  /// The constant `c` times `scale` of dimensions `dims`, which broadcasts to it. A scale that varies along
  /// one axis at most is kept apart from the values, so that integer weights stay integers.
  void rescaled(Constant c, const Dims& dims, const std::vector<double>& scale);
  void lower_bipolar_quant();
  QuantRange quant_range() const;
  void lower_quant();
  /// v becomes (level(v / scale + zero) - zero) * unit.
  void quantised(Activation& a, const QuantRange& range, const PerChannel& scale, const PerChannel& zero,
                 const PerChannel& unit);
  void round_sum(Activation& a);
  void quant_picture(const PictureValue& picture, const QuantRange& range, double scale, double zero) const;
  void quant_sum(Activation& a, const QuantRange& range, const PerChannel& scale, const PerChannel& zero,
                 const PerChannel& unit);
  void constant_quant(const QuantRange& range);
  /// Integer weights `c` of input 0 with the scale of input 1.
  void quantised_scale(Constant c);
  /// Dimensions, in the rank of `shape`, of a scale of QuantizeLinear or DequantizeLinear.
  Dims linear_dims(int i, const Dims& shape) const;
  PerChannel linear_values(int i, const Activation& a) const;
  QuantRange linear_range() const;
  void lower_quantize_linear();
  void lower_dequantize();

  // Padding (onnx_lower_pad.cpp).
  void lower_pad();
  void lower_dropout();
  std::vector<std::int64_t> pad_amounts() const;

  // Convolutions (onnx_lower_conv.cpp).
  /// The meaning of an input channel's 0 and 1: value = scale * x + offset.
  struct InputMeaning;
  void auto_pad(const Attributes& attributes, Conv& c, const Shape& in) const;
  Conv conv_geometry(const Constant& weights, const Activation& a) const;
  void check_border(const Activation& a, const Conv& own) const;
  Shape conv_shape(const Conv& g, const Shape& in) const;
  InputMeaning meaning(const Activation& a, RawConv& raw) const;
  /// `padded_with_zero_bits` means that the border holds the value of bit 0, whatever that is.
  void fold_input(RawConv& raw, const InputMeaning& m, bool padded_with_zero_bits) const;
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
  struct Entry {
    Method method;
    const char* attributes;  ///< names of the attributes that the method reads or that change nothing
  };
  static const std::map<std::string, Entry>& methods();
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
  const TensorSource& source_;
  const std::string& file_ = source_.file;
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
