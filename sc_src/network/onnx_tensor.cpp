// SPDX-License-Identifier: Apache-2.0
#include "onnx_tensor.h"

#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "irc/core/error.h"

namespace irc::network {
namespace {

static_assert(std::endian::native == std::endian::little, "raw tensor data is little-endian");

constexpr std::size_t max_values = std::size_t{1} << 26;

/// Converts IEEE half precision to double.
double half_value(std::uint16_t h) {
  const double sign = (h & 0x8000u) != 0 ? -1.0 : 1.0;
  const int exponent = (h >> 10) & 31, fraction = h & 1023;
  if (exponent == 31) return fraction != 0 ? std::nan("") : sign * HUGE_VAL;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

struct Decoder {
  const onnx::TensorProto& tensor;
  const std::string& file;

  [[noreturn]] void fail(const std::string& what) const {
    throw InputError({file}, "tensor " + shown(tensor.name()) + ": " + what);
  }

  std::size_t count() const {
    std::size_t n = 1;
    if (tensor.dims_size() > 8)
      fail("has " + std::to_string(tensor.dims_size()) + " dimensions, expected at most 8");
    for (const std::int64_t d : tensor.dims()) {
      if (d < 0 || d > static_cast<std::int64_t>(max_values))
        fail("has a dimension of " + std::to_string(d) + ", expected 0 to 2^26");
      n *= static_cast<std::size_t>(d);
      if (n > max_values) fail("has more than 2^26 values");
    }
    return n;
  }

  void check_count(std::size_t found, std::size_t expected, const char* unit) const {
    if (found != expected)
      fail("holds " + std::to_string(found) + " " + unit + ", its dimensions say " +
           std::to_string(expected));
  }

  template <typename T, typename Field, typename Convert>
  std::vector<double> read(std::size_t n, const Field& field, const Convert& convert) const {
    const bool raw = tensor.has_raw_data();
    if (raw)
      check_count(tensor.raw_data().size(), n * sizeof(T), "bytes");
    else
      check_count(static_cast<std::size_t>(field.size()), n, "values");
    std::vector<double> out(n);
    for (std::size_t i = 0; i < n; ++i) {
      T value;
      if (raw)
        std::memcpy(&value, tensor.raw_data().data() + i * sizeof(T), sizeof(T));
      else
        value = static_cast<T>(field[static_cast<int>(i)]);
      out[i] = convert(value);
      if (!std::isfinite(out[i])) fail("value " + std::to_string(i) + " is not a finite number");
    }
    return out;
  }

  template <typename T, typename Field>
  std::vector<double> read(std::size_t n, const Field& field) const {
    return read<T>(n, field, [](T value) { return static_cast<double>(value); });
  }

  std::vector<double> values(std::size_t n) const {
    using Type = onnx::TensorProto;
    switch (tensor.data_type()) {
      case Type::FLOAT:
        return read<float>(n, tensor.float_data());
      case Type::DOUBLE:
        return read<double>(n, tensor.double_data());
      case Type::FLOAT16:
        return read<std::uint16_t>(n, tensor.int32_data(), half_value);
      case Type::INT8:
        return read<std::int8_t>(n, tensor.int32_data());
      case Type::UINT8:
        return read<std::uint8_t>(n, tensor.int32_data());
      case Type::INT16:
        return read<std::int16_t>(n, tensor.int32_data());
      case Type::INT32:
        return read<std::int32_t>(n, tensor.int32_data());
      case Type::INT64:
        return read<std::int64_t>(n, tensor.int64_data());
      case Type::BOOL:
        return read<std::uint8_t>(n, tensor.int32_data());
      default:
        fail("has data type " + std::to_string(tensor.data_type()) +
             ", expected float, double, float16, bool or an integer of 8 to 64 bits");
    }
  }
};

}  // namespace

std::string shown(const std::string& name) {
  std::string out = "'" + name.substr(0, 120) + (name.size() > 120 ? "..." : "") + "'";
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 32 || c == 127) c = '?';
  return out;
}

std::string shown(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

std::vector<double> Constant::scaled() const {
  std::vector<double> out = values;
  if (scale.empty()) return out;
  const std::size_t run = scale.size() == 1 ? out.size() : out.size() / scale.size();
  for (std::size_t i = 0; i < out.size(); ++i) out[i] *= scale[i / run];
  return out;
}

void Budget::spend(const std::string& file, std::size_t values) {
  if (values > max_values - spent_) throw InputError({file}, "holds more than 2^26 constant values in all");
  spent_ += values;
}

Constant decode(const onnx::TensorProto& tensor, const std::string& file, Budget& budget) {
  const Decoder decoder{tensor, file};
  if (tensor.data_location() == onnx::TensorProto::EXTERNAL || tensor.external_data_size() > 0)
    decoder.fail("has its data in another file, expected it in this file");
  if (tensor.has_segment()) decoder.fail("is split into segments, expected it whole");
  const std::size_t n = decoder.count();
  budget.spend(file, n);
  Constant out;
  out.values = decoder.values(n);
  out.dims.assign(tensor.dims().begin(), tensor.dims().end());
  return out;
}

}  // namespace irc::network
