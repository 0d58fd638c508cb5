// SPDX-License-Identifier: Apache-2.0
#include "onnx_tensor.h"

#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "irc/core/error.h"
#include "irc/core/printable.h"
#include "onnx_external.h"

namespace irc::network {
namespace {

static_assert(std::endian::native == std::endian::little, "raw tensor data is little-endian");

constexpr std::size_t max_values = std::size_t{1} << 26;

// Types that older ONNX headers do not name.
constexpr int type_uint4 = 21, type_int4 = 22;

/// Converts IEEE half precision to double.
double half_value(std::uint16_t h) {
  const double sign = (h & 0x8000u) != 0 ? -1.0 : 1.0;
  const int exponent = (h >> 10) & 31, fraction = h & 1023;
  if (exponent == 31) return fraction != 0 ? std::nan("") : sign * HUGE_VAL;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

/// Converts the upper half of a float to double.
double bfloat_value(std::uint16_t h) {
  return double{std::bit_cast<float>(static_cast<std::uint32_t>(h) << 16)};
}

struct Decoder {
  const onnx::TensorProto& tensor;
  const TensorSource& source;

  [[noreturn]] void fail(const std::string& what) const {
    throw InputError({source.file}, "tensor " + shown(tensor.name()) + ": " + what);
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

  /// The tensor's bytes if it stores bytes, here or in another file. `stored` keeps what is read from there.
  bool raw_bytes(std::size_t bytes, std::string& stored, std::string_view& raw) const {
    if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
      try {
        stored = external_bytes(tensor, source.folder, bytes);
      } catch (const InputError& error) {
        fail(error.what());
      }
      raw = stored;
      return true;
    }
    if (!tensor.has_raw_data()) return false;
    raw = tensor.raw_data();
    check_count(raw.size(), bytes, "bytes");
    return true;
  }

  template <typename T, typename Stored>
  T narrowed(Stored stored, std::size_t i) const {
    const T value = static_cast<T>(stored);
    if constexpr (std::is_integral_v<T>)
      if (static_cast<Stored>(value) != stored)
        fail("value " + std::to_string(i) + " is " + std::to_string(stored) + ", which its data type " +
             std::to_string(tensor.data_type()) + " cannot hold");
    return value;
  }

  template <typename T, typename Field, typename Convert>
  std::vector<double> read(std::size_t n, const Field& field, const Convert& convert) const {
    std::string stored;
    std::string_view raw;
    const bool bytes = raw_bytes(n * sizeof(T), stored, raw);
    if (!bytes) check_count(static_cast<std::size_t>(field.size()), n, "values");
    std::vector<double> out(n);
    for (std::size_t i = 0; i < n; ++i) {
      T value;
      if (bytes)
        std::memcpy(&value, raw.data() + i * sizeof(T), sizeof(T));
      else
        value = narrowed<T>(field[static_cast<int>(i)], i);
      out[i] = convert(value);
    }
    return out;
  }

  template <typename T, typename Field>
  std::vector<double> read(std::size_t n, const Field& field) const {
    return read<T>(n, field, [](T value) { return static_cast<double>(value); });
  }

  /// Integers of 4 bits: two in a byte, the lower half first.
  std::vector<double> read_4_bits(std::size_t n, bool is_signed) const {
    std::string stored;
    std::string_view raw;
    const std::size_t packed = (n + 1) / 2;
    const bool bytes = raw_bytes(packed, stored, raw);
    if (!bytes) check_count(static_cast<std::size_t>(tensor.int32_data_size()), packed, "values");
    std::vector<double> out(n);
    for (std::size_t i = 0; i < n; ++i) {
      const int pair =
          bytes ? static_cast<unsigned char>(raw[i / 2]) : tensor.int32_data(static_cast<int>(i / 2));
      const int half = (i % 2 == 0 ? pair : pair >> 4) & 15;
      out[i] = is_signed && half > 7 ? half - 16 : half;
    }
    return out;
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
      case Type::BFLOAT16:
        return read<std::uint16_t>(n, tensor.int32_data(), bfloat_value);
      case Type::INT8:
        return read<std::int8_t>(n, tensor.int32_data());
      case Type::UINT8:
        return read<std::uint8_t>(n, tensor.int32_data());
      case Type::INT16:
        return read<std::int16_t>(n, tensor.int32_data());
      case Type::UINT16:
        return read<std::uint16_t>(n, tensor.int32_data());
      case Type::INT32:
        return read<std::int32_t>(n, tensor.int32_data());
      case Type::UINT32:
        return read<std::uint32_t>(n, tensor.uint64_data());
      case Type::INT64:
        return read<std::int64_t>(n, tensor.int64_data());
      case Type::UINT64:
        return read<std::uint64_t>(n, tensor.uint64_data());
      case Type::BOOL:
        return read<std::uint8_t>(n, tensor.int32_data(), [](std::uint8_t b) { return b != 0 ? 1.0 : 0.0; });
      case type_uint4:
      case type_int4:
        return read_4_bits(n, tensor.data_type() == type_int4);
      default:
        fail("has data type " + std::to_string(tensor.data_type()) +
             ", expected float, double, float16, bfloat16, bool or an integer of 4 to 64 bits");
    }
  }
};

}  // namespace

std::string shown(const std::string& name) {
  const std::string text = printable(name.substr(0, 200)), cut = printable(text, 120);
  return "'" + cut + (cut.size() < text.size() ? "..." : "") + "'";
}

std::string shown(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

bool Constant::is_float() const {
  using Type = onnx::TensorProto;
  return type == Type::FLOAT || type == Type::DOUBLE || type == Type::FLOAT16 || type == Type::BFLOAT16;
}

std::vector<double> Constant::scaled() const {
  std::vector<double> out = values;
  if (scale.empty()) return out;
  std::size_t run = out.size();
  if (scale.size() > 1) {
    run = 1;
    for (std::size_t d = scale_axis + 1; d < dims.size(); ++d) run *= static_cast<std::size_t>(dims[d]);
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] *= scale[i / run % scale.size()];
    if (type == onnx::TensorProto::FLOAT) out[i] = double{static_cast<float>(out[i])};
  }
  return out;
}

void Budget::spend(const std::string& file, std::size_t values) {
  if (values > max_values - spent_) throw InputError({file}, "holds more than 2^26 constant values in all");
  spent_ += values;
}

Constant decode(const onnx::TensorProto& tensor, const TensorSource& source, Budget& budget) {
  const Decoder decoder{tensor, source};
  if (tensor.external_data_size() > 0 && tensor.data_location() != onnx::TensorProto::EXTERNAL)
    decoder.fail("describes external data, but is not marked as external");
  if (tensor.has_segment()) decoder.fail("is split into segments, expected it whole");
  const std::size_t n = decoder.count();
  budget.spend(source.file, n);
  Constant out;
  out.values = decoder.values(n);
  out.dims.assign(tensor.dims().begin(), tensor.dims().end());
  out.type = tensor.data_type();
  return out;
}

}  // namespace irc::network
