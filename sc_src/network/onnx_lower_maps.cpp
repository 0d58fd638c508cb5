// SPDX-License-Identifier: Apache-2.0
// Concatenation, pooling and resizing of binary maps, and the joining of parallel heads.
#include <algorithm>
#include <cmath>

#include "onnx_attributes.h"
#include "onnx_lowering.h"

namespace irc::network {
namespace {

bool mergeable(const RawConv& a, const RawConv& b) {
  const Conv &x = a.geometry, &y = b.geometry;
  return a.input == b.input && a.input_scale == b.input_scale && a.datatype == b.datatype &&
         x.kernel_h == y.kernel_h && x.kernel_w == y.kernel_w && x.stride_h == y.stride_h &&
         x.stride_w == y.stride_w && x.pad_top == y.pad_top && x.pad_left == y.pad_left &&
         x.pad_bottom == y.pad_bottom && x.pad_right == y.pad_right;
}

void append(RawConv& to, const RawConv& from) {
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

/// Returns whether every output pixel x takes input pixel floor(x / factor).
bool repeats(const std::string& coordinates, const std::string& nearest, int factor) {
  const bool round = nearest == "round_prefer_floor" || nearest == "round_prefer_ceil";
  if (coordinates == "asymmetric")
    return nearest == "floor" || (nearest == "round_prefer_floor" && factor == 2);
  if (coordinates == "half_pixel" || coordinates == "pytorch_half_pixel") return round;
  return coordinates == "tf_half_pixel_for_nn" && nearest == "floor";
}

}  // namespace

void Lowering::not_bits(const Activation& a, int i) const {
  if (std::holds_alternative<PictureValue>(a.what))
    fail(input_name(i) + " is the input image, expected a binary map");
  if (std::holds_alternative<SignedSum>(a.what))
    fail(input_name(i) +
         " is the sign of an integer sum, which has three values; expected two (subtract 1/2 before Sign)");
  fail(input_name(i) + " is a sum, expected a binary map (a step after the convolution)");
}

const Bits& Lowering::bits_input(const Activation& a) const {
  const auto* bits = std::get_if<Bits>(&a.what);
  if (bits == nullptr) not_bits(a, 0);
  return *bits;
}

void Lowering::lower_concat() {
  const Attributes attributes(*node_, fail_);
  if (node_->input_size() > 0 && is_constant(0)) return concat_constants();
  if (!attributes.has("axis")) fail("attribute 'axis' is missing");
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

void Lowering::concat_sums() {
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
    if (!is_affine(sum->chain))
      fail(input_name(i) + " is a sum behind a limit (Relu, Clip), expected heads as they are");
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

void Lowering::lower_max_pool() {
  const Attributes attributes(*node_, fail_);
  Activation a = map(0);
  const Bits& bits = bits_input(a);
  for (std::size_t c = 0; c < bits.at0.size(); ++c)
    if (bits.at1[c] < bits.at0[c])
      fail(input_name(0) + ", channel " + std::to_string(c) +
           ": bit 1 means a smaller value than bit 0, expected a larger one");
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
    fail("attribute 'ceil_mode' is 1 and windows reach beyond the edge, expected 0");
  const MaxPool pool{kernel[0], strides[0]};
  a.shape = checked(a.shape.channels, (a.shape.height - pool.kernel) / pool.stride + 1,
                    (a.shape.width - pool.kernel) / pool.stride + 1);
  auto& out = std::get<Bits>(a.what);
  out.node = add(node_name(), pool, {out.node});
  output(std::move(a));
}

double Lowering::resize_factor(std::size_t axis, const std::int64_t size) const {
  const bool upsample = node_->op_type() == "Upsample";
  const Attributes attributes(*node_, fail_);
  if (upsample && attributes.has("scales")) {
    const auto* a = attributes.find("scales", onnx::AttributeProto::FLOATS, "a list of floats");
    if (a->floats_size() != 4) fail("attribute 'scales' does not have 4 values");
    return double{a->floats(static_cast<int>(axis))};
  }
  // Scales and sizes may be given for some axes only; the others stay as they are.
  const auto over = attributes.has("axes") ? axes_in_order(-1, 4) : std::vector<std::size_t>{0, 1, 2, 3};
  const int scales = upsample || opset_ < 11 ? 1 : 2;
  const bool sizes = !has_input(scales) || (scales == 2 && constant(2).values.empty());
  const Constant& c = constant(sizes ? 3 : scales);
  if (c.values.size() != over.size())
    fail("its scales or sizes have dimensions " + dims_text(c.dims) + ", expected " +
         std::to_string(over.size()) + " values");
  const auto at = std::find(over.begin(), over.end(), axis);
  if (at == over.end()) return 1;
  const double value = c.scaled()[static_cast<std::size_t>(at - over.begin())];
  return sizes ? value / static_cast<double>(size) : value;
}

void Lowering::lower_resize() {
  const Attributes attributes(*node_, fail_);
  Activation a = map(0);
  bits_input(a);
  if (const auto mode = attributes.text("mode", "nearest"); mode != "nearest")
    fail("attribute 'mode' is " + shown(mode) + ", expected nearest");
  if (const auto policy = attributes.text("keep_aspect_ratio_policy", "stretch"); policy != "stretch")
    fail("attribute 'keep_aspect_ratio_policy' is " + shown(policy) + ", expected stretch");
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
  a.shape =
      checked(a.shape.channels, std::int64_t{a.shape.height} * factor, std::int64_t{a.shape.width} * factor);
  auto& out = std::get<Bits>(a.what);
  if (factor > 1) out.node = add(node_name(), Upsample{factor}, {out.node});
  output(std::move(a));
}

}  // namespace irc::network
