// SPDX-License-Identifier: Apache-2.0
#include "onnx_step.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "onnx_tensor.h"

namespace irc::network {
namespace {

std::string index_text(const RawConv& raw, std::size_t i) {
  const auto& g = raw.geometry;
  const auto inputs = static_cast<std::size_t>(g.in_channels), width = static_cast<std::size_t>(g.kernel_w),
             rows = g.rows();
  const std::size_t o = i / rows, r = i % rows, pixel = r / inputs;
  return "weight [" + std::to_string(o) + ", " + std::to_string(r % inputs) + ", " +
         std::to_string(pixel / width) + ", " + std::to_string(pixel % width) + "] is " +
         shown(raw.weights[i]);
}

/// Returns, per output, the one magnitude that all non-zero weights share (1 if all are zero). If there is
/// none, returns nothing, and `odd` is the first weight that does not fit.
std::optional<std::vector<double>> magnitudes(const RawConv& raw, std::size_t& odd) {
  const std::size_t rows = raw.geometry.rows();
  std::vector<double> out(raw.outputs(), 1.0);
  for (std::size_t o = 0; o < out.size(); ++o) {
    double magnitude = 0;
    for (std::size_t i = o * rows; i < (o + 1) * rows; ++i) {
      const double m = std::abs(raw.weights[i]);
      if (m != 0 && magnitude != 0 && m != magnitude) {
        odd = i;
        return std::nullopt;
      }
      magnitude = std::max(magnitude, m);
    }
    if (magnitude != 0) out[o] = magnitude;
  }
  return out;
}

float to_float(double value, const Fail& fail) {
  if (!(std::abs(value) <= double{std::numeric_limits<float>::max()}))
    fail("a folded constant is " + shown(value) + ", which no float can hold");
  return static_cast<float>(value);
}

bool is_int8(double w) {
  return std::abs(w) <= 127 && w == std::trunc(w);
}

enum class Wanted { any, ternary, binary, int8, real };

Wanted wanted_kind(const std::string& datatype) {
  if (datatype == "TERNARY") return Wanted::ternary;
  if (datatype == "BIPOLAR" || datatype == "BINARY") return Wanted::binary;
  if (datatype.size() == 4 && datatype.starts_with("INT") && datatype[3] >= '2' && datatype[3] <= '8')
    return Wanted::int8;
  return datatype.starts_with("FLOAT") ? Wanted::real : Wanted::any;
}

/// Decides the weight kind for `classify`.
struct Classifier {
  const RawConv& raw;
  bool head;
  const Fail& fail;
  Conv conv = raw.geometry;
  std::vector<double> scale{};

  void run() {
    const Wanted wanted = wanted_kind(raw.datatype);
    std::size_t odd = 0;
    const auto shared = magnitudes(raw, odd);
    const auto no_int8 = std::find_if_not(raw.weights.begin(), raw.weights.end(), is_int8);
    const bool integers = no_int8 == raw.weights.end();
    const bool outer = head || raw.on_picture;
    const bool array_asked = wanted == Wanted::ternary || wanted == Wanted::binary;
    if (wanted == Wanted::real) return real();
    if (shared && !raw.on_picture && (array_asked || (wanted == Wanted::any && !head)))
      return array_weights(*shared, wanted);
    if (array_asked && !shared)
      fail(index_text(raw, odd) + ", but the tensor is annotated " + raw.datatype +
           ", expected one magnitude per output");
    if (integers && (outer || wanted == Wanted::int8 || !raw.scale.empty())) return integer_weights();
    if (wanted == Wanted::int8)
      fail(index_text(raw, static_cast<std::size_t>(no_int8 - raw.weights.begin())) +
           ", but the tensor is annotated " + raw.datatype + ", expected an integer from -127 to 127");
    if (shared) return scaled_units(*shared);
    if (!outer)
      fail(index_text(raw, odd) +
           ", expected -1, 0 or +1 times one scale per output (only the first and the last layer may have "
           "others)");
    real();
  }

  void array_weights(const std::vector<double>& shared, Wanted wanted) {
    scaled_units(shared);
    const auto zero = std::find(conv.weights.begin(), conv.weights.end(), std::int8_t{0});
    const bool zeros = zero != conv.weights.end();
    if (wanted == Wanted::binary && zeros)
      fail(index_text(raw, static_cast<std::size_t>(zero - conv.weights.begin())) +
           ", but the tensor is annotated " + raw.datatype + ", expected -1 or +1");
    conv.kind = zeros || wanted == Wanted::ternary ? WeightKind::ternary : WeightKind::binary;
  }

  void scaled_units(const std::vector<double>& shared) {
    conv.kind = WeightKind::int8;
    for (const double w : raw.weights) conv.weights.push_back(static_cast<std::int8_t>((w > 0) - (w < 0)));
    scale = shared;
  }

  void integer_weights() {
    conv.kind = WeightKind::int8;
    for (const double w : raw.weights) conv.weights.push_back(static_cast<std::int8_t>(w));
  }

  void real() {
    conv.kind = WeightKind::real;
    const std::size_t rows = conv.rows();
    for (std::size_t i = 0; i < raw.weights.size(); ++i)
      conv.real_weights.push_back(
          to_float(raw.weights[i] * (raw.scale.empty() ? 1.0 : raw.scale[i / rows]), fail));
  }
};

std::int64_t reach_of(const RawConv& raw, const Conv& conv, std::size_t o) {
  const std::size_t rows = conv.rows();
  std::int64_t reach = 0;
  for (std::size_t i = o * rows; i < (o + 1) * rows; ++i) reach += std::abs(int{conv.weights[i]});
  return reach * (raw.on_picture ? 255 : 1);
}

void flip_weights(Conv& conv, std::size_t o) {
  const std::size_t rows = conv.rows();
  for (std::size_t i = o * rows; i < (o + 1) * rows; ++i) {
    if (conv.kind == WeightKind::real)
      conv.real_weights[i] = -conv.real_weights[i];
    else
      conv.weights[i] = static_cast<std::int8_t>(-conv.weights[i]);
  }
}

/// For integer sums, sum > q is sum - floor(q) > 0, and sum >= q is sum + 1 - ceil(q) > 0.
double integer_bias(const Cut& cut, bool strict) {
  const double q = cut.flipped ? -cut.q : cut.q;
  return strict ? -std::floor(q) : 1 - std::ceil(q);
}

void fold_integer(const RawConv& raw, Conv& conv, std::size_t o, const Cut& cut, bool strict) {
  if (cut.flipped) flip_weights(conv, o);
  const auto reach = static_cast<double>(reach_of(raw, conv, o));
  double bias = integer_bias(cut, strict);
  // Thresholds beyond any sum are all equivalent, so they are kept where floats are exact.
  if (std::abs(bias) + reach >= 16777216.0) bias = bias > 0 ? reach + 1 : -reach;
  conv.bias[o] = static_cast<std::int32_t>(std::clamp(bias, -1e9, 1e9));
}

void fold_real(Conv& conv, std::size_t o, const Cut& cut, bool strict, const Fail& fail) {
  if (cut.flipped) flip_weights(conv, o);
  const auto bias = to_float(cut.flipped ? cut.q : -cut.q, fail);
  conv.real_bias[o] = strict ? bias : std::nextafter(bias, INFINITY);
}

void fold_constant(Conv& conv, std::size_t o, bool one) {
  const std::size_t rows = conv.rows(), begin = o * rows;
  switch (conv.kind) {
    case WeightKind::binary:  // there are no zero weights, but sums of one sign need no bias to outweigh them
      std::fill_n(conv.weights.begin() + static_cast<std::ptrdiff_t>(begin), rows,
                  static_cast<std::int8_t>(one ? 1 : -1));
      conv.bias[o] = one ? 1 : 0;
      break;
    case WeightKind::real:
      std::fill_n(conv.real_weights.begin() + static_cast<std::ptrdiff_t>(begin), rows, 0.0f);
      conv.real_bias[o] = one ? 1.0f : 0.0f;
      break;
    default:
      std::fill_n(conv.weights.begin() + static_cast<std::ptrdiff_t>(begin), rows, std::int8_t{0});
      conv.bias[o] = one ? 1 : 0;
  }
}

Chain joined(Chain first, const Chain& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace

Classified classify(const RawConv& raw, bool head, const Fail& fail) {
  Classifier classifier{raw, head, fail};
  classifier.run();
  Classified out{std::move(classifier.conv), {}};
  if (!classifier.scale.empty() &&
      std::any_of(classifier.scale.begin(), classifier.scale.end(), [](double s) { return s != 1; }))
    out.chain.push_back({Operation::Kind::multiply, PerChannel(classifier.scale)});
  if (!raw.scale.empty() && out.conv.kind != WeightKind::real)
    out.chain.push_back({Operation::Kind::multiply, PerChannel(raw.scale)});
  if (raw.input_scale != 1) out.chain.push_back({Operation::Kind::multiply, raw.input_scale});
  if (!raw.constant.empty()) out.chain.push_back({Operation::Kind::add, PerChannel(raw.constant)});
  return out;
}

Conv with_step(const RawConv& raw, const Chain& chain, const Threshold& threshold, const Fail& fail) {
  auto [conv, whole] = classify(raw, false, fail);
  whole = joined(std::move(whole), chain);
  conv.step = true;
  const bool real = conv.kind == WeightKind::real;
  if (real)
    conv.real_bias.resize(raw.outputs());
  else
    conv.bias.resize(raw.outputs());
  for (std::size_t o = 0; o < raw.outputs(); ++o) {
    const Cut cut = cut_at(whole, o, threshold.at[o], threshold.strict, !real);
    if (cut.decided)
      fold_constant(conv, o, *cut.decided);
    else if (!std::isfinite(cut.q))
      fail("the threshold of channel " + std::to_string(o) + " is not a finite number");
    else if (real)
      fold_real(conv, o, cut, threshold.strict, fail);
    else
      fold_integer(raw, conv, o, cut, threshold.strict);
  }
  return conv;
}

void invert_step(Conv& conv, std::size_t o) {
  flip_weights(conv, o);
  // The opposite of sum + bias > 0 is -sum - bias >= 0.
  if (conv.kind == WeightKind::real)
    conv.real_bias[o] = std::nextafter(-conv.real_bias[o], INFINITY);
  else
    conv.bias[o] = 1 - conv.bias[o];
}

bool can_be_zero(const RawConv& raw, const Chain& chain, const Fail& fail) {
  auto [conv, whole] = classify(raw, false, fail);
  const bool real = conv.kind == WeightKind::real;
  whole = joined(std::move(whole), chain);
  for (std::size_t o = 0; o < raw.outputs(); ++o) {
    const Cut above = cut_at(whole, o, 0, true, !real), at_least = cut_at(whole, o, 0, false, !real);
    if (above.decided || at_least.decided) {
      if (at_least.decided.value_or(true) && !above.decided.value_or(false)) return true;
      // With real weights an exact zero only happens by rounding, so it needs no case of its own.
    } else if (!real && above.q == std::trunc(above.q) &&
               std::abs(above.q) <= static_cast<double>(reach_of(raw, conv, o))) {
      return true;
    }
  }
  return false;
}

Conv as_head(const RawConv& raw, const Chain& chain, const Fail& fail) {
  auto [conv, whole] = classify(raw, true, fail);
  whole = joined(std::move(whole), chain);
  if (!is_affine(whole)) fail("limits the head's output (Relu, Clip), expected the sum itself");
  conv.step = false;
  for (std::size_t o = 0; o < raw.outputs(); ++o) {
    Flat flat = flatten(whole, o);
    if (conv.kind == WeightKind::real) {
      conv.real_bias.push_back(to_float(flat.pre, fail));
    } else {
      // An integer sum cannot have a fractional bias, so the bias is added after the scale.
      const bool integer = flat.pre == std::trunc(flat.pre) && std::abs(flat.pre) < 16777216.0;
      if (!integer) flat.post += flat.pre * flat.scale;
      conv.bias.push_back(integer ? static_cast<std::int32_t>(flat.pre) : 0);
    }
    conv.scale.push_back(to_float(flat.scale, fail));
    conv.offset.push_back(to_float(flat.post, fail));
  }
  return conv;
}

}  // namespace irc::network
