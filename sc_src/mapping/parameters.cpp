// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <span>

#include "irc/mapping/compiler.h"

namespace irc::mapping {
namespace {

template <typename T>
void append(std::vector<std::uint8_t>& bytes, T value) {
  static_assert(std::endian::native == std::endian::little, "parameter blocks are little endian");
  std::array<std::uint8_t, sizeof(T)> raw;
  std::memcpy(raw.data(), &value, sizeof(T));
  for (const auto byte : raw) bytes.push_back(byte);
}

template <typename T>
void append_all(std::vector<std::uint8_t>& bytes, const std::vector<T>& values) {
  for (const auto& value : values) append(bytes, value);
}

class BlockReader {
 public:
  explicit BlockReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  template <typename T>
  bool read(T& value) {
    if (bytes_.size() < sizeof(T)) return false;
    std::memcpy(&value, bytes_.data(), sizeof(T));
    bytes_ = bytes_.subspan(sizeof(T));
    return true;
  }
  template <typename T>
  bool read_all(std::vector<T>& values, std::size_t count) {
    if (bytes_.size() / sizeof(T) < count) return false;
    values.resize(count);
    std::memcpy(values.data(), bytes_.data(), count * sizeof(T));
    bytes_ = bytes_.subspan(count * sizeof(T));
    return true;
  }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::span<const std::uint8_t> bytes_;
};

bool weights_in_range(const network::Conv& conv) {
  const int most = conv.kind == network::WeightKind::int8 ? 127 : 1;
  const int least = conv.kind == network::WeightKind::binary ? 1 : 0;
  return std::all_of(conv.weights.begin(), conv.weights.end(),
                     [&](int w) { return std::abs(w) >= least && std::abs(w) <= most; });
}

}  // namespace

std::vector<std::uint8_t> encode_parameters(const network::Conv& conv) {
  std::vector<std::uint8_t> bytes;
  append(bytes, static_cast<std::uint8_t>(conv.kind));
  append(bytes, static_cast<std::uint8_t>(conv.step));
  append(bytes, static_cast<std::uint8_t>(conv.kernel_h));
  append(bytes, static_cast<std::uint8_t>(conv.kernel_w));
  append(bytes, static_cast<std::uint16_t>(conv.in_channels));
  append(bytes, static_cast<std::uint16_t>(conv.out_channels));
  if (conv.kind == network::WeightKind::real) {
    append_all(bytes, conv.real_weights);
    append_all(bytes, conv.real_bias);
  } else {
    append_all(bytes, conv.weights);
    append_all(bytes, conv.bias);
  }
  if (!conv.step) {
    append_all(bytes, conv.scale);
    append_all(bytes, conv.offset);
  }
  return bytes;
}

bool decode_parameters(std::span<const std::uint8_t> block, network::Conv& conv) {
  conv = {};
  BlockReader reader(block);
  std::uint8_t kind = 0, step = 0, kernel_h = 0, kernel_w = 0;
  std::uint16_t in = 0, out = 0;
  if (!(reader.read(kind) && reader.read(step) && reader.read(kernel_h) && reader.read(kernel_w) &&
        reader.read(in) && reader.read(out)))
    return false;
  if (kind > static_cast<std::uint8_t>(network::WeightKind::real) || step > 1) return false;
  conv.kind = static_cast<network::WeightKind>(kind);
  conv.step = step != 0;
  conv.kernel_h = kernel_h;
  conv.kernel_w = kernel_w;
  conv.in_channels = in;
  conv.out_channels = out;
  // This avoids conv.rows(), because a malformed block could overflow its int product.
  const std::size_t weights = std::size_t{kernel_h} * kernel_w * in * out;
  if (weights == 0) return false;
  const bool real = conv.kind == network::WeightKind::real;
  const bool body = real ? reader.read_all(conv.real_weights, weights) && reader.read_all(conv.real_bias, out)
                         : reader.read_all(conv.weights, weights) && reader.read_all(conv.bias, out);
  if (!body || !weights_in_range(conv)) return false;
  if (!conv.step && !(reader.read_all(conv.scale, out) && reader.read_all(conv.offset, out))) return false;
  return reader.at_end();
}

}  // namespace irc::mapping
