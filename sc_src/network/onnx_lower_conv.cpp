// SPDX-License-Identifier: Apache-2.0
// Convolutions: their geometry, their weights in window order, and the meaning of their input bits.
#include <algorithm>

#include "onnx_attributes.h"
#include "onnx_lowering.h"

namespace irc::network {
namespace {

bool all_of(const std::vector<double>& values, double wanted) {
  return std::all_of(values.begin(), values.end(), [&](double v) { return v == wanted; });
}

}  // namespace

struct Lowering::InputMeaning {
  std::vector<double> scale, offset;
};

/// `in` is the map with the border of a Pad node, if there is one.
void Lowering::auto_pad(const Attributes& attributes, Conv& c, const Shape& in) const {
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

Conv Lowering::conv_geometry(const Constant& weights, const Activation& a) const {
  const Shape& in = a.shape;
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
  const Border border = a.border.value_or(Border{});
  auto_pad(attributes, c,
           {in.channels, in.height + border.top + border.bottom, in.width + border.left + border.right});
  check_border(a, c);
  c.pad_top += border.top;
  c.pad_left += border.left;
  c.pad_bottom += border.bottom;
  c.pad_right += border.right;
  return c;
}

Shape Lowering::conv_shape(const Conv& g, const Shape& in) const {
  const int h = in.height + g.pad_top + g.pad_bottom, w = in.width + g.pad_left + g.pad_right;
  if (h < g.kernel_h || w < g.kernel_w)
    fail("a kernel of " + std::to_string(g.kernel_h) + "x" + std::to_string(g.kernel_w) +
         " does not fit the padded map of " + std::to_string(h) + "x" + std::to_string(w));
  return checked(g.out_channels, (h - g.kernel_h) / g.stride_h + 1, (w - g.kernel_w) / g.stride_w + 1);
}

Lowering::InputMeaning Lowering::meaning(const Activation& a, RawConv& raw) const {
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

void Lowering::fold_input(RawConv& raw, const InputMeaning& m, bool padded_with_zero_bits) const {
  const Conv& g = raw.geometry;
  const auto inputs = static_cast<std::size_t>(g.in_channels);
  const std::size_t rows = g.rows();
  const bool padded = g.pad_top + g.pad_left + g.pad_bottom + g.pad_right > 0;
  if (!all_of(m.offset, 0)) {
    if (padded && !padded_with_zero_bits)
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

/// A border of the value of bit 0 is a border of zeros in the bits, so the convolution can make it by itself.
void Lowering::check_border(const Activation& a, const Conv& own) const {
  if (!a.border) return;
  const double value = a.border->value;
  const bool also_own = own.pad_top + own.pad_left + own.pad_bottom + own.pad_right > 0;
  if (also_own && value != 0)
    fail("pads with 0 what a Pad before it has padded with " + shown(value) + ", expected one value");
  const auto* bits = std::get_if<Bits>(&a.what);
  const bool good = bits != nullptr ? all_of(bits->at0, value) : value == 0;
  if (!good)
    fail(input_name(0) + " is padded with " + shown(value) + ", expected the value of a bit of 0" +
         (bits != nullptr && all_of(bits->at0, bits->at0[0]) ? " (" + shown(bits->at0[0]) + ")" : "") +
         " or zeros around {0,1} maps and the input image");
}

void Lowering::lower_conv() {
  const Activation& in = any_map(0);
  if (in.channels_last) map(0);  // says what is expected
  Constant weights = constant(1);
  if (weights.scale.size() > 1 && weights.scale_axis != 0) {
    // Weights of one output have different scales, so these are weights of their own.
    weights.values = weights.scaled();
    weights.scale.clear();
  }
  RawConv raw;
  raw.name = node_name();
  raw.geometry = conv_geometry(weights, in);
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
  const bool zero_bits = in.border && in.border->value != 0;
  fold_input(raw, meaning(in, raw), zero_bits);
  Activation a{shape, Sum{std::make_shared<const RawConv>(std::move(raw)), {}}};
  if (has_input(2)) {
    if (constant(2).values.size() != static_cast<std::size_t>(shape.channels))
      fail(input_name(2) + " has dimensions " + dims_text(constant(2).dims) + ", expected [" +
           std::to_string(shape.channels) + "]");
    push(std::get<Sum>(a.what), false, vector_of(2, shape));
  }
  output(std::move(a));
}

}  // namespace irc::network
