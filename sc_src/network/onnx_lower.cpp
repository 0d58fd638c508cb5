// SPDX-License-Identifier: Apache-2.0
// Walks an ONNX graph once. Every tensor is a constant, the picture, a map of two values per channel
// ("bits"), a convolution's sum with what was done to it, or the sign of such a sum; a step turns the latter
// two into bits and makes a node of ours.
#include "onnx_lower.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <variant>

#include "irc/core/error.h"
#include "onnx_attributes.h"
#include "onnx_step.h"
#include "onnx_tensor.h"

namespace irc::network {
namespace {

constexpr int max_nodes = 4096;
constexpr std::size_t max_chain = 64;
constexpr int max_extent = 1 << 14;

/// The picture times a factor (exporters that scale to 0..1).
struct PictureValue {
  double scale = 1;
};
/// Two values per channel: of bit 0 and of bit 1.
struct Bits {
  NodeId node = 0;
  std::vector<double> at0, at1;
};
struct Sum {
  std::shared_ptr<const RawConv> conv;
  Chain chain;
};
/// Sign of a sum that can be 0: values at -1, 0, +1 per channel, until something makes two of them equal.
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

std::string dims_text(const std::vector<std::int64_t>& dims) {
  std::string out = "[";
  for (std::size_t i = 0; i < dims.size(); ++i) out += (i > 0 ? ", " : "") + std::to_string(dims[i]);
  return out + "]";
}

bool all_of(const std::vector<double>& values, double wanted) {
  return std::all_of(values.begin(), values.end(), [&](double v) { return v == wanted; });
}

/// Rounds half to even, whatever the rounding mode of the thread.
double round_even(double v) {
  const double down = std::floor(v), rest = v - down;
  if (rest != 0.5) return rest < 0.5 ? down : down + 1;
  return std::fmod(down, 2) == 0 ? down : down + 1;
}

class Lowering {
 public:
  Lowering(const onnx::ModelProto& model, const std::string& file) : proto_(model.graph()), file_(file) {
    for (const auto& opset : model.opset_import())
      if (opset.domain().empty() || opset.domain() == "ai.onnx") opset_ = opset.version();
    if (opset_ < 7 || opset_ > 21)
      throw InputError({file_}, "uses ONNX opset " + std::to_string(opset_) + ", expected 7 to 21");
  }

  Graph run() {
    graph_.name = proto_.name();
    if (proto_.node_size() > max_nodes) fail_file("has more than " + std::to_string(max_nodes) + " nodes");
    if (proto_.sparse_initializer_size() > 0) fail_file("has sparse initialisers, expected dense ones");
    annotations();
    initialisers();
    input();
    for (const auto& node : proto_.node()) {
      node_ = &node;
      lower_node();
    }
    node_ = nullptr;
    head();
    prune();
    assign_names();
    return std::move(graph_);
  }

 private:
  // ---- errors -------------------------------------------------------------------------------------------

  [[noreturn]] void fail_file(const std::string& what) const { throw InputError({file_}, what); }

  [[noreturn]] void fail(const std::string& what) const {
    if (node_ == nullptr) fail_file(what);
    const std::string name =
        node_->name().empty() && node_->output_size() > 0 ? node_->output(0) : node_->name();
    fail_file("node " + shown(name) + " (" + node_->op_type().substr(0, 40) + "): " + what);
  }

  std::string input_name(int i) const { return "input " + shown(node_->input(i)); }

  // ---- tensors ------------------------------------------------------------------------------------------

  void annotations() {
    for (const auto& a : proto_.quantization_annotation())
      for (const auto& p : a.quant_parameter_tensor_names())
        if (p.key() == "finn_datatype") datatypes_[a.tensor_name()] = p.value();
  }

  void initialisers() {
    for (const auto& tensor : proto_.initializer()) {
      if (tensor.name().empty()) fail_file("an initialiser has no name");
      define(tensor.name(), constant(decode(tensor, file_, budget_), tensor.name()));
    }
  }

  ConstantPointer constant(Constant c, const std::string& name) const {
    if (const auto it = datatypes_.find(name); it != datatypes_.end()) c.datatype = it->second;
    return std::make_shared<const Constant>(std::move(c));
  }

  void define(const std::string& name, Value value) {
    if (!values_.emplace(name, std::move(value)).second)
      fail("tensor " + shown(name) + " is made twice, expected unique names");
  }
  void output(Value value) { define(node_->output(0), std::move(value)); }

  bool has_input(int i) const { return i < node_->input_size() && !node_->input(i).empty(); }

  const Value& value(int i) const {
    if (!has_input(i)) fail("input " + std::to_string(i) + " is missing");
    const auto it = values_.find(node_->input(i));
    if (it == values_.end())
      fail(input_name(i) + " is neither an initialiser nor the output of an earlier node");
    return it->second;
  }
  const Activation& map(int i) const {
    const auto* a = std::get_if<Activation>(&value(i));
    if (a == nullptr) fail(input_name(i) + " is a constant, expected a map");
    return *a;
  }
  bool is_constant(int i) const { return std::holds_alternative<ConstantPointer>(value(i)); }
  const Constant& constant(int i) const {
    if (!is_constant(i))
      fail(input_name(i) + " is computed, expected a constant (initialiser or Constant node)");
    return *std::get<ConstantPointer>(value(i));
  }
  double scalar(int i) const {
    const Constant& c = constant(i);
    if (!c.scalar()) fail(input_name(i) + " has dimensions " + dims_text(c.dims) + ", expected one value");
    return c.scaled()[0];
  }

  /// A constant that broadcasts over a [1, C, H, W] map per channel.
  PerChannel per_channel(int i, const Shape& shape) const {
    const Constant& c = constant(i);
    if (c.scalar() && c.dims.size() <= 4) return c.scaled()[0];
    for (std::size_t d = 0; d < c.dims.size(); ++d) {
      const bool channel_axis = d + 3 == c.dims.size();
      if (c.dims.size() > 4 || c.dims[d] != (channel_axis ? shape.channels : 1))
        fail(input_name(i) + " has dimensions " + dims_text(c.dims) + ", expected one value or [1, " +
             std::to_string(shape.channels) + ", 1, 1]");
    }
    return PerChannel(c.scaled());
  }
  /// A constant with one value or C of them, whatever its dimensions (batch norm, MultiThreshold).
  PerChannel vector_of(int i, const Shape& shape) const {
    const Constant& c = constant(i);
    if (c.scalar()) return c.scaled()[0];
    if (c.values.size() != static_cast<std::size_t>(shape.channels))
      fail(input_name(i) + " has dimensions " + dims_text(c.dims) + ", expected " +
           std::to_string(shape.channels) + " values, one per channel");
    return PerChannel(c.scaled());
  }

  // ---- nodes of ours ------------------------------------------------------------------------------------

  std::string node_name() const { return node_->name().empty() ? node_->output(0) : node_->name(); }

  /// `name` is a wish; see assign_names.
  NodeId add(const std::string& name, decltype(Node::op) op, std::vector<NodeId> inputs) {
    Node node;
    node.name = name;
    node.op = std::move(op);
    node.inputs = std::move(inputs);
    graph_.nodes.push_back(std::move(node));
    tensors_.push_back(node_ != nullptr ? node_->output(0) : name);
    return graph_.nodes.size() - 1;
  }

  void check_extent(std::int64_t channels, std::int64_t height, std::int64_t width) const {
    for (const auto n : {channels, height, width})
      if (n < 1 || n > max_extent)
        fail("its output would be " + std::to_string(channels) + "x" + std::to_string(height) + "x" +
             std::to_string(width) + ", expected 1 to " + std::to_string(max_extent) + " each");
  }
  Shape checked(std::int64_t channels, std::int64_t height, std::int64_t width) const {
    check_extent(channels, height, width);
    return {static_cast<int>(channels), static_cast<int>(height), static_cast<int>(width)};
  }

  void input() {
    const onnx::ValueInfoProto* found = nullptr;
    for (const auto& v : proto_.input()) {
      if (values_.contains(v.name())) continue;  // before IR version 4 initialisers are listed here, too
      if (found != nullptr)
        fail_file("has inputs " + shown(found->name()) + " and " + shown(v.name()) +
                  ", expected one picture");
      found = &v;
    }
    if (found == nullptr) fail_file("has no input, expected one picture");
    const auto& shape = found->type().tensor_type().shape();
    const std::string label = "input " + shown(found->name());
    if (shape.dim_size() != 4)
      fail_file(label + " has " + std::to_string(shape.dim_size()) +
                " dimensions, expected 4 (batch, 3, height, width)");
    for (int d = 1; d < 4; ++d)
      if (!shape.dim(d).has_dim_value() || shape.dim(d).dim_value() < 1 ||
          shape.dim(d).dim_value() > max_extent)
        fail_file(label + ": dimension " + std::to_string(d) + " is " +
                  (shape.dim(d).has_dim_value() ? std::to_string(shape.dim(d).dim_value())
                                                : "dynamic (" + shown(shape.dim(d).dim_param()) + ")") +
                  ", expected a fixed size from 1 to " + std::to_string(max_extent));
    if (shape.dim(0).has_dim_value() && shape.dim(0).dim_value() != 1)
      fail_file(label + " takes a batch of " + std::to_string(shape.dim(0).dim_value()) +
                " pictures, expected 1");
    if (shape.dim(1).dim_value() != 3)
      fail_file(label + " has " + std::to_string(shape.dim(1).dim_value()) +
                " channels, expected 3 (RGB, NCHW)");
    const Shape ours{3, static_cast<int>(shape.dim(2).dim_value()),
                     static_cast<int>(shape.dim(3).dim_value())};
    add(found->name(), Input{}, {});
    graph_.nodes[0].shape = ours;
    define(found->name(), Activation{ours, PictureValue{}});
  }

  // ---- elementwise functions ----------------------------------------------------------------------------

  static void apply(std::vector<double>& values, const Function& f) {
    for (std::size_t c = 0; c < values.size(); ++c) values[c] = f(values[c], c);
  }

  Bits bits_from(const Sum& sum, const Threshold& threshold, std::vector<double> at0,
                 std::vector<double> at1) {
    for (std::size_t c = 0; c < at0.size(); ++c)
      if (!std::isfinite(at0[c]) || !std::isfinite(at1[c]))
        fail("its values for channel " + std::to_string(c) + " are not finite numbers");
    Conv conv = with_step(*sum.conv, sum.chain, threshold, fail_);
    const NodeId id = add(sum.conv->name, std::move(conv), {sum.conv->input});
    Bits bits{id, std::move(at0), std::move(at1)};
    straighten(bits);
    return bits;
  }

  Bits bits_from(const Sum& sum, const Threshold& threshold, double at0, double at1) {
    const std::size_t channels = sum.conv->outputs();
    return bits_from(sum, threshold, std::vector<double>(channels, at0), std::vector<double>(channels, at1));
  }

  /// Where bit 1 stands for less than bit 0 (a negation), the convolution can make the opposite bit; then
  /// padding, which is 0, means bit 0 again.
  void straighten(Bits& bits) {
    const auto* conv = std::get_if<Conv>(&graph_.nodes[bits.node].op);
    std::vector<std::size_t> flipped;
    for (std::size_t c = 0; c < bits.at0.size(); ++c)
      if (bits.at1[c] < bits.at0[c]) flipped.push_back(c);
    if (conv == nullptr || flipped.empty()) return;
    budget_.spend(file_, conv->weights.size() + conv->real_weights.size());
    Conv opposite = *conv;
    for (const std::size_t c : flipped) {
      invert_step(opposite, c);
      std::swap(bits.at0[c], bits.at1[c]);
    }
    const std::string name = graph_.nodes[bits.node].name;
    std::vector<NodeId> inputs = graph_.nodes[bits.node].inputs;
    bits.node = add(name, std::move(opposite), std::move(inputs));
  }

  /// Applies `f` where the map has finitely many values; false for pictures and sums.
  bool elementwise(Activation& a, const Function& f) {
    if (auto* bits = std::get_if<Bits>(&a.what)) {
      apply(bits->at0, f);
      apply(bits->at1, f);
      straighten(*bits);
      return true;
    }
    auto* sign = std::get_if<SignedSum>(&a.what);
    if (sign == nullptr) return false;
    apply(sign->negative, f);
    apply(sign->zero, f);
    apply(sign->positive, f);
    if (sign->negative == sign->zero)
      a.what = bits_from(sign->sum, {0.0, true}, sign->zero, sign->positive);
    else if (sign->zero == sign->positive)
      a.what = bits_from(sign->sum, {0.0, false}, sign->negative, sign->zero);
    return true;
  }

  void push(Sum& sum, bool multiply, PerChannel by) const {
    if (sum.chain.size() == max_chain)
      fail("follows more than " + std::to_string(max_chain) + " operations on one sum");
    for (std::size_t c = 0; c < sum.conv->outputs(); ++c)
      if (!std::isfinite(by[c]))
        fail("its factor for channel " + std::to_string(c) + " is not a finite number");
    sum.chain.push_back({multiply, std::move(by)});
  }

  void arithmetic(Activation& a, bool multiply, const PerChannel& by) {
    if (elementwise(a, [&](double v, std::size_t c) { return multiply ? v * by[c] : v + by[c]; })) return;
    if (auto* sum = std::get_if<Sum>(&a.what)) return push(*sum, multiply, by);
    auto& picture = std::get<PictureValue>(a.what);
    if (!multiply || by[0] != by[1] || by[0] != by[2] || !(by[0] > 0))
      fail("shifts the picture or scales its channels differently, expected one positive factor at most");
    picture.scale *= by[0];
  }

  PerChannel transformed(const PerChannel& p, const Shape& shape, double (*f)(double)) const {
    std::vector<double> out;
    for (std::size_t c = 0; c < static_cast<std::size_t>(shape.channels); ++c) out.push_back(f(p[c]));
    return PerChannel(std::move(out));
  }

  void lower_arithmetic() {
    const std::string& op = node_->op_type();
    const bool multiply = op == "Mul" || op == "Div", inverse = op == "Sub" || op == "Div";
    if (is_constant(0) && is_constant(1)) return constant_arithmetic(multiply, inverse);
    if (!is_constant(0) && !is_constant(1)) fail("combines two computed maps, expected one of them constant");
    const int at = is_constant(0) ? 1 : 0;
    Activation a = map(at);
    PerChannel by = per_channel(1 - at, a.shape);
    if (at == 1 && op == "Div") fail("divides by a map, expected a constant divisor");
    if (at == 1 && op == "Sub")
      arithmetic(a, true, -1.0);
    else if (inverse)
      by = transformed(
          by, a.shape, multiply ? +[](double v) { return 1 / v; } : +[](double v) { return -v; });
    arithmetic(a, multiply, by);
    output(std::move(a));
  }

  /// Scales of stored weights: a constant times one value, or one per index of axis 0.
  void constant_arithmetic(bool multiply, bool inverse) {
    const bool second = constant(0).values.size() >= constant(1).values.size();
    const Constant& weights = constant(second ? 0 : 1);
    const Constant& by = constant(second ? 1 : 0);
    if (!multiply || (inverse && !second))
      fail("computes a constant, expected Mul or Div of weights by their scale");
    std::vector<double> scale = by.scaled();
    bool fits = by.scalar();
    if (!fits && by.dims.size() == weights.dims.size() && !by.dims.empty() && by.dims[0] == weights.dims[0])
      fits = static_cast<std::int64_t>(by.values.size()) == by.dims[0];
    if (!fits)
      fail("scales a constant " + dims_text(weights.dims) + " by " + dims_text(by.dims) +
           ", expected one value or one per output");
    if (inverse)
      for (double& s : scale) s = 1 / s;
    rescaled(weights, scale);
  }

  void rescaled(Constant copy, const std::vector<double>& scale) {
    budget_.spend(file_, copy.values.size());
    const std::size_t n = std::max({scale.size(), copy.scale.size(), std::size_t{1}});
    std::vector<double> product(n);
    for (std::size_t i = 0; i < n; ++i) {
      const double before = copy.scale.empty() ? 1.0 : copy.scale[copy.scale.size() == 1 ? 0 : i];
      product[i] = before * scale[scale.size() == 1 ? 0 : i];
      if (!std::isfinite(product[i])) fail("a scale is not a finite number");
    }
    copy.scale = std::move(product);
    output(constant(std::move(copy), node_->output(0)));
  }

  // ---- steps --------------------------------------------------------------------------------------------

  void lower_sign() {
    Activation a = map(0);
    if (!elementwise(a, [](double v, std::size_t) { return double((v > 0) - (v < 0)); })) {
      const auto* sum = std::get_if<Sum>(&a.what);
      if (sum == nullptr) fail("takes the sign of the picture, expected a convolution before it");
      const std::vector<double> ones(sum->conv->outputs(), 1.0), zeros(ones.size(), 0.0),
          minus(ones.size(), -1.0);
      if (can_be_zero(*sum->conv, sum->chain, fail_))
        a.what = SignedSum{*sum, minus, zeros, ones};
      else
        a.what = bits_from(*sum, {0.0, true}, minus, ones);
    }
    output(std::move(a));
  }

  void clip(double low, double high) {
    Activation a = map(0);
    if (!elementwise(a, [&](double v, std::size_t) { return std::min(std::max(v, low), high); }))
      fail("is applied to sums or the picture, expected the output of a step");
    output(std::move(a));
  }

  void lower_clip() {
    const Attributes attributes(*node_, fail_);
    const double low = has_input(1) ? scalar(1) : attributes.real("min", -HUGE_VAL);
    const double high = has_input(2) ? scalar(2) : attributes.real("max", HUGE_VAL);
    clip(low, high);
  }

  void lower_compare() {
    const std::string& op = node_->op_type();
    if (is_constant(0) == is_constant(1)) fail("compares two maps or two constants, expected one of each");
    const int at = is_constant(0) ? 1 : 0;
    bool greater = op.starts_with("Greater");
    const bool strict = op == "Greater" || op == "Less";
    if (at == 1) greater = !greater;
    compare(at, per_channel(1 - at, map(at).shape), greater, strict);
  }

  void compare(int at, const PerChannel& threshold, bool greater, bool strict) {
    Activation a = map(at);
    const auto f = [&](double v, std::size_t c) {
      const double t = threshold[c];
      const bool holds = greater ? (strict ? v > t : v >= t) : (strict ? v < t : v <= t);
      return holds ? 1.0 : 0.0;
    };
    if (!elementwise(a, f)) {
      auto* sum = std::get_if<Sum>(&a.what);
      if (sum == nullptr) fail("compares the picture, expected a convolution before it");
      PerChannel t = threshold;
      if (!greater) {
        push(*sum, true, -1.0);
        t = transformed(threshold, a.shape, [](double v) { return -v; });
      }
      a.what = bits_from(*sum, {t, strict}, 0.0, 1.0);
    }
    output(std::move(a));
  }

  void lower_not() {
    Activation a = map(0);
    if (!std::holds_alternative<Bits>(a.what)) fail("is applied to something else than the output of a step");
    elementwise(a, [](double v, std::size_t) { return v == 0 ? 1.0 : 0.0; });
    output(std::move(a));
  }

  void lower_multi_threshold() {
    const Attributes attributes(*node_, fail_);
    if (const auto layout = attributes.text("data_layout", "NCHW"); layout != "NCHW")
      fail("attribute 'data_layout' is " + shown(layout) + ", expected 'NCHW'");
    const double scale = attributes.real("out_scale", 1), bias = attributes.real("out_bias", 0);
    Activation a = map(0);
    const Constant& t = constant(1);
    if (t.dims.size() != 2 || t.dims[1] != 1 || (t.dims[0] != 1 && t.dims[0] != a.shape.channels))
      fail(input_name(1) + " has dimensions " + dims_text(t.dims) + ", expected [" +
           std::to_string(a.shape.channels) + ", 1]: one threshold per channel (binary activations)");
    const PerChannel threshold = vector_of(1, a.shape);
    if (!elementwise(a, [&](double v, std::size_t c) { return v >= threshold[c] ? scale + bias : bias; })) {
      const auto* sum = std::get_if<Sum>(&a.what);
      if (sum == nullptr) fail("is applied to the picture, expected a convolution before it");
      a.what = bits_from(*sum, {threshold, false}, bias, scale + bias);
    }
    output(std::move(a));
  }

  void lower_bipolar_quant() {
    if (is_constant(0)) {
      Constant c = constant(0);
      for (double& v : c.values) v = v >= 0 ? 1 : -1;
      c.scale.clear();
      quantised_scale(std::move(c), 1);
      return;
    }
    Activation a = map(0);
    const PerChannel scale = per_channel(1, a.shape);
    if (!elementwise(a, [&](double v, std::size_t c) { return v >= 0 ? scale[c] : -scale[c]; })) {
      const auto* sum = std::get_if<Sum>(&a.what);
      if (sum == nullptr) fail("is applied to the picture, expected a convolution before it");
      a.what = bits_from(*sum, {0.0, false}, 1.0, 1.0);
      auto& bits = std::get<Bits>(a.what);
      apply(bits.at0, [&](double, std::size_t c) { return -scale[c]; });
      apply(bits.at1, [&](double, std::size_t c) { return scale[c]; });
      straighten(bits);
    }
    output(std::move(a));
  }

  /// Weights `c` (integers) with the scale of input `i`: one value, or one per output.
  void quantised_scale(Constant c, int i) {
    const Constant& s = constant(i);
    const bool per_output = !c.dims.empty() && static_cast<std::int64_t>(s.values.size()) == c.dims[0];
    if (!s.scalar() && !per_output)
      fail(input_name(i) + " has dimensions " + dims_text(s.dims) + ", expected one value or one per output");
    rescaled(std::move(c), s.scaled());
  }

  struct QuantRange {
    double low = 0, high = 0;
    std::string rounding;
    double round(double v) const {
      if (rounding == "FLOOR") return std::floor(v);
      return rounding == "CEIL" ? std::ceil(v) : round_even(v);
    }
    double integer(double v) const { return std::clamp(round(v), low, high); }
  };

  QuantRange quant_range() const {
    const Attributes attributes(*node_, fail_);
    const double bits = scalar(3);
    if (bits != std::trunc(bits) || bits < 1 || bits > 8)
      fail(input_name(3) + " (bit width) is " + shown(bits) + ", expected 1 to 8");
    const bool is_signed = attributes.integer("signed", 1) != 0,
               narrow = attributes.integer("narrow", 0) != 0;
    const double span = std::ldexp(1.0, static_cast<int>(bits) - (is_signed ? 1 : 0));
    QuantRange range{is_signed ? -span + (narrow ? 1 : 0) : 0, span - 1 - (!is_signed && narrow ? 1 : 0),
                     attributes.text("rounding_mode", "ROUND")};
    if (range.rounding != "ROUND" && range.rounding != "FLOOR" && range.rounding != "CEIL")
      fail("attribute 'rounding_mode' is " + shown(range.rounding) + ", expected ROUND, FLOOR or CEIL");
    return range;
  }

  void lower_quant() {
    const QuantRange range = quant_range();
    if (is_constant(0)) return constant_quant(range);
    Activation a = map(0);
    const PerChannel scale = per_channel(1, a.shape), zero = per_channel(2, a.shape);
    for (std::size_t c = 0; c < static_cast<std::size_t>(a.shape.channels); ++c)
      if (!(scale[c] > 0))
        fail(input_name(1) + " (scale) is " + shown(scale[c]) + ", expected a positive number");
    const auto f = [&](double v, std::size_t c) {
      return (range.integer(v / scale[c] + zero[c]) - zero[c]) * scale[c];
    };
    if (!elementwise(a, f)) quant_sum(a, range, scale, zero);
    output(std::move(a));
  }

  void quant_sum(Activation& a, const QuantRange& range, const PerChannel& scale, const PerChannel& zero) {
    if (const auto* picture = std::get_if<PictureValue>(&a.what)) {
      const bool exact = range.low == 0 && range.high == 255 && all_equal(scale, a.shape, picture->scale) &&
                         all_equal(zero, a.shape, 0);
      if (!exact) fail("quantises the picture, which has integers from 0 to 255 already");
      return;
    }
    if (range.high != range.low + 1)
      fail("quantises a sum to " + shown(range.high - range.low + 1) +
           " levels, expected 2 (binary activations)");
    std::vector<double> at0, at1, threshold;
    for (std::size_t c = 0; c < static_cast<std::size_t>(a.shape.channels); ++c) {
      at0.push_back((range.low - zero[c]) * scale[c]);
      at1.push_back((range.high - zero[c]) * scale[c]);
      // Rounds up to `high` from here on: exactly half goes to the even neighbour.
      const double from = range.rounding == "FLOOR"  ? range.high
                          : range.rounding == "CEIL" ? range.low
                                                     : range.low + 0.5;
      threshold.push_back((from - zero[c]) * scale[c]);
    }
    const bool half_stays = range.rounding == "ROUND" && std::fmod(range.low, 2) == 0;
    const bool strict = range.rounding == "CEIL" || half_stays;
    a.what = bits_from(std::get<Sum>(a.what), {PerChannel(threshold), strict}, at0, at1);
  }

  static bool all_equal(const PerChannel& p, const Shape& shape, double wanted) {
    for (std::size_t c = 0; c < static_cast<std::size_t>(shape.channels); ++c)
      if (p[c] != wanted) return false;
    return true;
  }

  void constant_quant(const QuantRange& range) {
    Constant c = constant(0);
    const double zero = scalar(2);
    const Constant& s = constant(1);
    const std::vector<double> scale = s.scaled();
    if (zero != 0) fail(input_name(2) + " (zero point) is " + shown(zero) + ", expected 0 for weights");
    if (scale.empty() || c.values.size() % scale.size() != 0 ||
        (!s.scalar() && static_cast<std::int64_t>(scale.size()) != c.dims[0]))
      fail(input_name(1) + " has dimensions " + dims_text(s.dims) + ", expected one value or one per output");
    for (const double v : scale)
      if (!(v > 0)) fail(input_name(1) + " (scale) is " + shown(v) + ", expected a positive number");
    c.values = c.scaled();
    c.scale.clear();
    const std::size_t run = std::max<std::size_t>(1, c.values.size() / scale.size());
    for (std::size_t i = 0; i < c.values.size(); ++i)
      c.values[i] = range.integer(c.values[i] / scale[i / run]);
    quantised_scale(std::move(c), 1);
  }

  void lower_dequantize() {
    const Attributes attributes(*node_, fail_);
    Constant c = constant(0);
    if (has_input(2))
      for (const double z : constant(2).values)
        if (z != 0) fail(input_name(2) + " (zero point) is " + shown(z) + ", expected 0");
    if (!constant(1).scalar()) attributes.expect("axis", 0, "scales per output; the axis of outputs");
    quantised_scale(std::move(c), 1);
  }

  void lower_cast() {
    const Attributes attributes(*node_, fail_);
    const std::int64_t to = attributes.integer("to", 0);
    using Type = onnx::TensorProto;
    const bool is_float = to == Type::FLOAT || to == Type::DOUBLE || to == Type::FLOAT16;
    const bool is_integer =
        to == Type::INT8 || to == Type::UINT8 || to == Type::INT16 || to == Type::INT32 || to == Type::INT64;
    const double low = to == Type::UINT8 ? 0 : -128;
    if (!is_float && !is_integer && to != Type::BOOL)
      fail("attribute 'to' is " + std::to_string(to) + ", expected a float, an integer or bool");
    if (is_constant(0)) return cast_constant(is_float);
    Activation a = map(0);
    const auto exact = [&](double v, std::size_t) {
      if (is_float) return v;
      if (to == Type::BOOL) return v == 0 ? 0.0 : 1.0;
      if (v != std::trunc(v) || v < low || v > 127)
        fail("casts " + shown(v) + " to an integer type that cannot hold it");
      return v;
    };
    if (!elementwise(a, exact) && !is_float)
      fail("casts a sum or the picture to integers or bool, expected the output of a step");
    output(std::move(a));
  }

  void cast_constant(bool is_float) {
    const auto pointer = std::get<ConstantPointer>(value(0));
    if (!is_float)
      for (const double v : pointer->scaled())
        if (v != std::trunc(v)) fail("casts the constant " + shown(v) + " to an integer type");
    output(pointer);
  }

  // ---- layers -------------------------------------------------------------------------------------------

  void lower_batch_norm() {
    const Attributes attributes(*node_, fail_);
    attributes.expect("training_mode", 0, "inference");
    if (node_->output_size() > 1 && !node_->output(1).empty())
      fail("has more than one output, expected inference");
    Activation a = map(0);
    const PerChannel gamma = vector_of(1, a.shape), beta = vector_of(2, a.shape),
                     mean = vector_of(3, a.shape), variance = vector_of(4, a.shape);
    const double epsilon = attributes.real("epsilon", double{1e-5f});
    std::vector<double> factor;
    for (std::size_t c = 0; c < static_cast<std::size_t>(a.shape.channels); ++c) {
      if (!(variance[c] + epsilon > 0))
        fail("variance + epsilon of channel " + std::to_string(c) + " is " + shown(variance[c] + epsilon) +
             ", expected a positive number");
      factor.push_back(gamma[c] / std::sqrt(variance[c] + epsilon));
    }
    arithmetic(a, false, transformed(mean, a.shape, [](double v) { return -v; }));
    arithmetic(a, true, PerChannel(std::move(factor)));
    arithmetic(a, false, beta);
    output(std::move(a));
  }

  void auto_pad(const Attributes& attributes, Conv& c, const Shape& in) const {
    const std::string mode = attributes.text("auto_pad", "NOTSET");
    if (mode == "NOTSET") return;
    c.pad_top = c.pad_left = c.pad_bottom = c.pad_right = 0;
    if (mode == "VALID") return;
    if (mode != "SAME_UPPER" && mode != "SAME_LOWER")
      fail("attribute 'auto_pad' is " + shown(mode) + ", expected NOTSET, VALID, SAME_UPPER or SAME_LOWER");
    const auto total = [](int size, int kernel, int stride) {
      return std::max(0, ((size + stride - 1) / stride - 1) * stride + kernel - size);
    };
    const int h = total(in.height, c.kernel_h, c.stride_h), w = total(in.width, c.kernel_w, c.stride_w);
    const int more = mode == "SAME_LOWER" ? 1 : 0;
    c.pad_top = (h + more) / 2;
    c.pad_left = (w + more) / 2;
    c.pad_bottom = h - c.pad_top;
    c.pad_right = w - c.pad_left;
  }

  Conv conv_geometry(const Constant& weights, const Shape& in) const {
    const Attributes attributes(*node_, fail_);
    if (weights.dims.size() != 4)
      fail(input_name(1) + " has dimensions " + dims_text(weights.dims) +
           ", expected 4 (outputs, inputs, height, width)");
    attributes.expect("group", 1, "grouped convolutions are not supported");
    for (const int d : attributes.integers("dilations", 2, 1, 1, 1 << 20))
      if (d != 1)
        fail("attribute 'dilations' holds " + std::to_string(d) + ", expected 1 (dilation is not supported)");
    if (weights.dims[1] != in.channels)
      fail(input_name(1) + " has dimensions " + dims_text(weights.dims) + ", expected " +
           std::to_string(in.channels) + " input channels");
    for (std::size_t d = 2; d < 4; ++d)
      if (weights.dims[d] < 1 || weights.dims[d] > 64)
        fail(input_name(1) + " has dimensions " + dims_text(weights.dims) + ", expected a kernel of 1 to 64");
    if (weights.dims[0] < 1 || weights.dims[0] > max_extent)
      fail(input_name(1) + " has dimensions " + dims_text(weights.dims) + ", expected 1 to " +
           std::to_string(max_extent) + " outputs");
    Conv c;
    c.out_channels = static_cast<int>(weights.dims[0]);
    c.in_channels = in.channels;
    c.kernel_h = static_cast<int>(weights.dims[2]);
    c.kernel_w = static_cast<int>(weights.dims[3]);
    if (attributes.has("kernel_shape"))
      if (const auto k = attributes.integers("kernel_shape", 2, 1, 1, 64);
          k[0] != c.kernel_h || k[1] != c.kernel_w)
        fail("attribute 'kernel_shape' contradicts the weights' dimensions " + dims_text(weights.dims));
    const auto strides = attributes.integers("strides", 2, 1, 1, 64),
               pads = attributes.integers("pads", 4, 0, 0, 63);
    c.stride_h = strides[0];
    c.stride_w = strides[1];
    c.pad_top = pads[0];
    c.pad_left = pads[1];
    c.pad_bottom = pads[2];
    c.pad_right = pads[3];
    auto_pad(attributes, c, in);
    return c;
  }

  /// What an input channel's 0 and 1 stand for: value = scale * x + offset.
  struct InputMeaning {
    std::vector<double> scale, offset;
  };

  InputMeaning meaning(const Activation& a, RawConv& raw) const {
    const auto channels = static_cast<std::size_t>(a.shape.channels);
    if (const auto* picture = std::get_if<PictureValue>(&a.what)) {
      raw.on_picture = true;
      return {std::vector<double>(channels, picture->scale), std::vector<double>(channels, 0.0)};
    }
    const auto* bits = std::get_if<Bits>(&a.what);
    if (bits == nullptr) not_bits(a, 0);
    raw.input = bits->node;
    InputMeaning m{bits->at1, bits->at0};
    for (std::size_t c = 0; c < channels; ++c) m.scale[c] -= bits->at0[c];
    return m;
  }

  [[noreturn]] void not_bits(const Activation& a, int i) const {
    if (std::holds_alternative<PictureValue>(a.what))
      fail(input_name(i) + " is the picture, expected a binary map");
    if (std::holds_alternative<SignedSum>(a.what))
      fail(input_name(i) +
           " is the sign of an integer sum, which has three values; expected two (subtract 1/2 before Sign)");
    fail(input_name(i) + " is a sum, expected a binary map (a step after the convolution)");
  }

  void fold_input(RawConv& raw, const InputMeaning& m) const {
    const Conv& g = raw.geometry;
    const auto inputs = static_cast<std::size_t>(g.in_channels);
    const std::size_t rows = g.rows();
    const bool padded = g.pad_top + g.pad_left + g.pad_bottom + g.pad_right > 0;
    if (!all_of(m.offset, 0)) {
      if (padded)
        fail(input_name(0) +
             " has other values than 0 for a bit of 0, and the padding is 0: with padding there are three "
             "values; "
             "expected {0,1} activations, or no padding");
      raw.constant.assign(raw.outputs(), 0);
      for (std::size_t i = 0; i < raw.weights.size(); ++i)
        raw.constant[i / rows] +=
            raw.weights[i] * (raw.scale.empty() ? 1.0 : raw.scale[i / rows]) * m.offset[i % inputs];
    }
    if (all_of(m.scale, m.scale[0])) {
      raw.input_scale = m.scale[0];
      return;
    }
    for (std::size_t i = 0; i < raw.weights.size(); ++i) raw.weights[i] *= m.scale[i % inputs];
  }

  void lower_conv() {
    const Activation& in = map(0);
    const Constant& weights = constant(1);
    RawConv raw;
    raw.name = node_name();
    raw.geometry = conv_geometry(weights, in.shape);
    raw.datatype = weights.datatype;
    const Conv& g = raw.geometry;
    const Shape shape = conv_shape(g, in.shape);
    budget_.spend(file_, weights.values.size());
    raw.weights.resize(weights.values.size());
    const auto area = static_cast<std::size_t>(g.kernel_h * g.kernel_w),
               inputs = static_cast<std::size_t>(g.in_channels);
    for (std::size_t o = 0; o < raw.outputs(); ++o)
      for (std::size_t i = 0; i < inputs; ++i)
        for (std::size_t k = 0; k < area; ++k)
          raw.weights[(o * area + k) * inputs + i] = weights.values[(o * inputs + i) * area + k];
    if (!weights.scale.empty()) {
      raw.scale = weights.scale;
      raw.scale.resize(raw.outputs(), weights.scale[0]);
    }
    fold_input(raw, meaning(in, raw));
    Activation a{shape, Sum{std::make_shared<const RawConv>(std::move(raw)), {}}};
    if (has_input(2)) {
      if (constant(2).values.size() != static_cast<std::size_t>(shape.channels))
        fail(input_name(2) + " has dimensions " + dims_text(constant(2).dims) + ", expected [" +
             std::to_string(shape.channels) + "]");
      push(std::get<Sum>(a.what), false, vector_of(2, shape));
    }
    output(std::move(a));
  }

  Shape conv_shape(const Conv& g, const Shape& in) const {
    const int h = in.height + g.pad_top + g.pad_bottom, w = in.width + g.pad_left + g.pad_right;
    if (h < g.kernel_h || w < g.kernel_w)
      fail("a kernel of " + std::to_string(g.kernel_h) + "x" + std::to_string(g.kernel_w) +
           " does not fit the padded map of " + std::to_string(h) + "x" + std::to_string(w));
    return checked(g.out_channels, (h - g.kernel_h) / g.stride_h + 1, (w - g.kernel_w) / g.stride_w + 1);
  }

  void lower_concat() {
    const Attributes attributes(*node_, fail_);
    const auto axis = attributes.integer("axis", 1);
    if (axis != 1 && axis != -3)
      fail("attribute 'axis' is " + std::to_string(axis) + ", expected 1 (channels)");
    if (node_->input_size() == 0) fail("has no inputs");
    if (std::holds_alternative<Sum>(map(0).what)) return concat_sums();
    Activation out{map(0).shape, Bits{}};
    auto& all = std::get<Bits>(out.what);
    std::int64_t channels = 0;
    std::vector<NodeId> inputs;
    for (int i = 0; i < node_->input_size(); ++i) {
      const Activation& a = map(i);
      const auto* bits = std::get_if<Bits>(&a.what);
      if (bits == nullptr) not_bits(a, i);
      if (a.shape.height != out.shape.height || a.shape.width != out.shape.width)
        fail(input_name(i) + " is " + std::to_string(a.shape.height) + "x" + std::to_string(a.shape.width) +
             ", expected " + std::to_string(out.shape.height) + "x" + std::to_string(out.shape.width) +
             " as the first input");
      check_extent(channels += a.shape.channels, out.shape.height, out.shape.width);
      all.at0.insert(all.at0.end(), bits->at0.begin(), bits->at0.end());
      all.at1.insert(all.at1.end(), bits->at1.begin(), bits->at1.end());
      inputs.push_back(bits->node);
    }
    out.shape.channels = static_cast<int>(channels);
    all.node = add(node_name(), Concat{}, std::move(inputs));
    output(std::move(out));
  }

  /// Heads for classes and boxes, side by side on one input, are one convolution.
  void concat_sums() {
    const Activation& first = map(0);
    RawConv merged = *std::get<Sum>(first.what).conv;
    merged.weights.clear();
    merged.scale.clear();
    merged.constant.clear();
    merged.name = node_name();
    std::vector<double> pre, factor, post;
    int channels = 0;
    for (int i = 0; i < node_->input_size(); ++i) {
      const auto* sum = std::get_if<Sum>(&map(i).what);
      if (sum == nullptr || !mergeable(*sum->conv, merged))
        fail(input_name(i) + " and " + input_name(0) +
             " are not convolutions of one geometry on one map, expected such (heads) or binary maps");
      append(merged, *sum->conv);
      channels += map(i).shape.channels;
      for (std::size_t c = 0; c < sum->conv->outputs(); ++c) {
        const Flat flat = flatten(sum->chain, c);
        pre.push_back(flat.pre);
        factor.push_back(flat.scale);
        post.push_back(flat.post);
      }
    }
    Shape shape = first.shape;
    shape.channels = merged.geometry.out_channels = channels;
    check_extent(channels, shape.height, shape.width);
    budget_.spend(file_, merged.weights.size());
    Sum sum{std::make_shared<const RawConv>(std::move(merged)), {}};
    push(sum, false, PerChannel(std::move(pre)));
    push(sum, true, PerChannel(std::move(factor)));
    push(sum, false, PerChannel(std::move(post)));
    output(Activation{shape, std::move(sum)});
  }

  static bool mergeable(const RawConv& a, const RawConv& b) {
    const Conv &x = a.geometry, &y = b.geometry;
    return a.input == b.input && a.input_scale == b.input_scale && a.datatype == b.datatype &&
           x.kernel_h == y.kernel_h && x.kernel_w == y.kernel_w && x.stride_h == y.stride_h &&
           x.stride_w == y.stride_w && x.pad_top == y.pad_top && x.pad_left == y.pad_left &&
           x.pad_bottom == y.pad_bottom && x.pad_right == y.pad_right;
  }

  static void append(RawConv& to, const RawConv& from) {
    const auto extend = [](std::vector<double>& a, const std::vector<double>& b, std::size_t before,
                           std::size_t more, double standard) {
      if (a.empty() && b.empty()) return;
      if (a.empty()) a.assign(before, standard);
      if (b.empty())
        a.insert(a.end(), more, standard);
      else
        a.insert(a.end(), b.begin(), b.end());
    };
    const std::size_t before = to.weights.size() / to.geometry.rows(), more = from.outputs();
    extend(to.scale, from.scale, before, more, 1);
    extend(to.constant, from.constant, before, more, 0);
    to.weights.insert(to.weights.end(), from.weights.begin(), from.weights.end());
  }

  const Bits& bits_input(const Activation& a) const {
    const auto* bits = std::get_if<Bits>(&a.what);
    if (bits == nullptr) not_bits(a, 0);
    return *bits;
  }

  void lower_max_pool() {
    const Attributes attributes(*node_, fail_);
    Activation a = map(0);
    const Bits& bits = bits_input(a);
    for (std::size_t c = 0; c < bits.at0.size(); ++c)
      if (bits.at1[c] < bits.at0[c])
        fail(input_name(0) + ", channel " + std::to_string(c) +
             ": bit 1 stands for less than bit 0, expected more");
    if (!attributes.has("kernel_shape")) fail("attribute 'kernel_shape' is missing");
    const auto kernel = attributes.integers("kernel_shape", 2, 1, 1, 64),
               strides = attributes.integers("strides", 2, 1, 1, 64);
    if (kernel[0] != kernel[1] || strides[0] != strides[1])
      fail("its kernel or stride is not square, expected square ones");
    attributes.integers("pads", 4, 0, 0, 0);
    attributes.integers("dilations", 2, 1, 1, 1);
    if (const auto mode = attributes.text("auto_pad", "NOTSET"); mode != "NOTSET" && mode != "VALID")
      fail("attribute 'auto_pad' is " + shown(mode) + ", expected NOTSET or VALID");
    if (a.shape.height < kernel[0] || a.shape.width < kernel[0]) fail("its kernel is larger than the map");
    if (attributes.integer("ceil_mode", 0) != 0 &&
        ((a.shape.height - kernel[0]) % strides[0] != 0 || (a.shape.width - kernel[0]) % strides[0] != 0))
      fail("attribute 'ceil_mode' is 1 and windows hang over the edge, expected 0");
    const MaxPool pool{kernel[0], strides[0]};
    a.shape = checked(a.shape.channels, (a.shape.height - pool.kernel) / pool.stride + 1,
                      (a.shape.width - pool.kernel) / pool.stride + 1);
    auto& out = std::get<Bits>(a.what);
    out.node = add(node_name(), pool, {out.node});
    output(std::move(a));
  }

  /// Whether every output pixel x takes input pixel floor(x / factor).
  bool repeats(const std::string& coordinates, const std::string& nearest, int factor) const {
    const bool round = nearest == "round_prefer_floor" || nearest == "round_prefer_ceil";
    if (coordinates == "asymmetric")
      return nearest == "floor" || (nearest == "round_prefer_floor" && factor == 2);
    if (coordinates == "half_pixel" || coordinates == "pytorch_half_pixel") return round;
    return coordinates == "tf_half_pixel_for_nn" && nearest == "floor";
  }

  double resize_factor(std::size_t axis, const std::int64_t size) const {
    const bool upsample = node_->op_type() == "Upsample";
    const Attributes attributes(*node_, fail_);
    if (upsample && attributes.has("scales")) {
      const auto* a = attributes.find("scales", onnx::AttributeProto::FLOATS, "a list of floats");
      if (a->floats_size() != 4) fail("attribute 'scales' has not 4 values");
      return double{a->floats(static_cast<int>(axis))};
    }
    const int scales = upsample || opset_ < 11 ? 1 : 2;
    const bool sizes = !has_input(scales) || (scales == 2 && constant(2).values.empty());
    const Constant& c = constant(sizes ? 3 : scales);
    if (c.values.size() != 4)
      fail("its scales or sizes have dimensions " + dims_text(c.dims) + ", expected 4 values");
    return sizes ? c.values[axis] / static_cast<double>(size) : c.values[axis];
  }

  void lower_resize() {
    const Attributes attributes(*node_, fail_);
    Activation a = map(0);
    bits_input(a);
    if (const auto mode = attributes.text("mode", "nearest"); mode != "nearest")
      fail("attribute 'mode' is " + shown(mode) + ", expected nearest");
    const double fy = resize_factor(2, a.shape.height), fx = resize_factor(3, a.shape.width);
    if (resize_factor(0, 1) != 1 || resize_factor(1, a.shape.channels) != 1 || fy != fx ||
        fy != std::trunc(fy) || fy < 1 || fy > 64)
      fail("scales height by " + shown(fy) + " and width by " + shown(fx) +
           ", expected one integer from 1 to 64");
    const int factor = static_cast<int>(fy);
    const bool modern = node_->op_type() == "Resize" && opset_ >= 11;
    const std::string coordinates = attributes.text("coordinate_transformation_mode", "half_pixel"),
                      nearest = attributes.text("nearest_mode", "round_prefer_floor");
    if (modern && factor > 1 && !repeats(coordinates, nearest, factor))
      fail("modes " + shown(coordinates) + " and " + shown(nearest) + " do not repeat each pixel " +
           std::to_string(factor) + " times, expected asymmetric and floor");
    a.shape = checked(a.shape.channels, std::int64_t{a.shape.height} * factor,
                      std::int64_t{a.shape.width} * factor);
    auto& out = std::get<Bits>(a.what);
    if (factor > 1) out.node = add(node_name(), Upsample{factor}, {out.node});
    output(std::move(a));
  }

  void lower_constant() {
    const Attributes attributes(*node_, fail_);
    if (const auto* a = attributes.find("value", onnx::AttributeProto::TENSOR, "a tensor")) {
      auto c = decode(a->t(), file_, budget_);
      return output(constant(std::move(c), node_->output(0)));
    }
    Constant c;
    c.values.push_back(
        attributes.real("value_float", static_cast<double>(attributes.integer("value_int", 0))));
    if (!attributes.has("value_float") && !attributes.has("value_int"))
      fail("has no 'value', 'value_float' or 'value_int', expected one");
    output(constant(std::move(c), node_->output(0)));
  }

  void lower_identity() { output(value(0)); }

  // ---- the walk -----------------------------------------------------------------------------------------

  using Method = void (Lowering::*)();

  static const std::map<std::string, Method>& methods() {
    static const std::map<std::string, Method> table{
        {"Add", &Lowering::lower_arithmetic},
        {"BatchNormalization", &Lowering::lower_batch_norm},
        {"BipolarQuant", &Lowering::lower_bipolar_quant},
        {"Cast", &Lowering::lower_cast},
        {"Clip", &Lowering::lower_clip},
        {"Concat", &Lowering::lower_concat},
        {"Constant", &Lowering::lower_constant},
        {"Conv", &Lowering::lower_conv},
        {"DequantizeLinear", &Lowering::lower_dequantize},
        {"Div", &Lowering::lower_arithmetic},
        {"Dropout", &Lowering::lower_identity},
        {"Greater", &Lowering::lower_compare},
        {"GreaterOrEqual", &Lowering::lower_compare},
        {"Identity", &Lowering::lower_identity},
        {"IntQuant", &Lowering::lower_quant},
        {"Less", &Lowering::lower_compare},
        {"LessOrEqual", &Lowering::lower_compare},
        {"MaxPool", &Lowering::lower_max_pool},
        {"Mul", &Lowering::lower_arithmetic},
        {"MultiThreshold", &Lowering::lower_multi_threshold},
        {"Not", &Lowering::lower_not},
        {"Quant", &Lowering::lower_quant},
        {"Relu", &Lowering::lower_relu},
        {"Resize", &Lowering::lower_resize},
        {"Sign", &Lowering::lower_sign},
        {"Sub", &Lowering::lower_arithmetic},
        {"Upsample", &Lowering::lower_resize},
    };
    return table;
  }

  void lower_relu() { clip(0, HUGE_VAL); }

  void lower_node() {
    static const std::set<std::string> domains{"", "ai.onnx", "onnx.brevitas", "finn.custom_op.general",
                                               "qonnx.custom_op.general"};
    if (node_->output_size() < 1 || node_->output(0).empty()) fail("has no output");
    if (!domains.contains(node_->domain()))
      fail("is of the unknown operator domain " + shown(node_->domain()));
    const auto it = methods().find(node_->op_type());
    if (it == methods().end()) fail("this operator is not supported, expected one of: " + supported());
    (this->*it->second)();
  }

  static std::string supported() {
    std::string out;
    for (const auto& [name, method] : methods()) out += (out.empty() ? "" : ", ") + name;
    return out;
  }

  void head() {
    if (proto_.output_size() != 1)
      fail_file("has " + std::to_string(proto_.output_size()) + " outputs, expected one (the head)");
    const std::string& name = proto_.output(0).name();
    const auto it = values_.find(name);
    if (it == values_.end()) fail_file("output " + shown(name) + " is made by no node");
    const auto* a = std::get_if<Activation>(&it->second);
    const auto* sum = a != nullptr ? std::get_if<Sum>(&a->what) : nullptr;
    if (sum == nullptr)
      fail_file("output " + shown(name) +
                " is not the sum of a convolution, expected the head without a step");
    if (sum->conv->on_picture)
      fail_file("output " + shown(name) +
                " is a convolution of the picture itself, expected binary maps before the head");
    add(sum->conv->name, as_head(*sum->conv, sum->chain, fail_), {sum->conv->input});
  }

  /// Drops what the head does not need.
  void prune() {
    std::vector<bool> needed(graph_.nodes.size());
    needed.front() = needed.back() = true;
    for (NodeId id = graph_.nodes.size(); id-- > 0;)
      if (needed[id])
        for (const NodeId in : graph_.nodes[id].inputs) needed[in] = true;
    std::vector<NodeId> moved(graph_.nodes.size());
    std::vector<Node> kept;
    for (NodeId id = 0; id < graph_.nodes.size(); ++id) {
      if (!needed[id]) continue;
      for (NodeId& in : graph_.nodes[id].inputs) in = moved[in];
      moved[id] = kept.size();
      kept.push_back(std::move(graph_.nodes[id]));
      tensors_[kept.size() - 1] = tensors_[id];
    }
    graph_.nodes = std::move(kept);
  }

  /// ONNX node names need not be unique, and one convolution may have two steps: the second is called after
  /// its tensor.
  void assign_names() {
    std::set<std::string> names;
    for (NodeId id = 0; id < graph_.nodes.size(); ++id) {
      Node& node = graph_.nodes[id];
      if (names.insert(node.name).second && !node.name.empty()) continue;
      const std::string base = tensors_[id].empty() ? "node" : tensors_[id];
      node.name = base;
      for (int i = 2; !names.insert(node.name).second; ++i) node.name = base + "#" + std::to_string(i);
    }
  }

  const onnx::GraphProto& proto_;
  const std::string& file_;
  std::int64_t opset_ = 0;
  const onnx::NodeProto* node_ = nullptr;  ///< being lowered
  Fail fail_ = [this](const std::string& what) { fail(what); };
  Budget budget_;
  std::map<std::string, std::string> datatypes_;
  std::map<std::string, Value> values_;
  std::vector<std::string> tensors_;  ///< per node of ours: the tensor it makes
  Graph graph_;
};

}  // namespace

Graph lower(const onnx::ModelProto& model, const std::string& file) {
  return Lowering(model, file).run();
}

}  // namespace irc::network
