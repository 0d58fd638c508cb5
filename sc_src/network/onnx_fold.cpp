// SPDX-License-Identifier: Apache-2.0
#include "onnx_fold.h"

#include <algorithm>
#include <numeric>

namespace irc::network {

std::string dims_text(const Dims& dims) {
  std::string out = "[";
  for (std::size_t i = 0; i < dims.size(); ++i) out += (i > 0 ? ", " : "") + std::to_string(dims[i]);
  return out + "]";
}

std::optional<std::size_t> values_in(const Dims& dims) {
  constexpr std::int64_t most = std::int64_t{1} << 26;
  std::int64_t n = 1;
  bool empty = false;
  for (const auto d : dims) {
    if (d < 0 || d > most) return std::nullopt;
    empty |= d == 0;
    n *= std::max<std::int64_t>(d, 1);
    if (n > most) return std::nullopt;
  }
  return empty ? 0 : static_cast<std::size_t>(n);
}

std::optional<Dims> broadcast(const Dims& a, const Dims& b) {
  Dims out(std::max(a.size(), b.size()), 1);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1, y = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (x != y && x != 1 && y != 1) return std::nullopt;
    out[out.size() - 1 - i] = x == 1 ? y : x;
  }
  return out;
}

BroadcastIndex::BroadcastIndex(const Dims& from, const Dims& to)
    : to_(to), strides_(to.size(), 0), at_(to.size(), 0) {
  std::size_t stride = 1;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const auto d = from[from.size() - 1 - i];
    if (d != 1) strides_[to.size() - 1 - i] = stride;
    stride *= static_cast<std::size_t>(d);
  }
}

std::size_t BroadcastIndex::next() {
  const std::size_t before = index_;
  for (std::size_t d = to_.size(); d-- > 0;) {
    index_ += strides_[d];
    if (++at_[d] < to_[d]) break;
    index_ -= strides_[d] * static_cast<std::size_t>(at_[d]);
    at_[d] = 0;
  }
  return before;
}

double rounded_to(double value, int type) {
  return type == onnx::TensorProto::FLOAT ? double{static_cast<float>(value)} : value;
}

std::vector<double> transposed(const std::vector<double>& values, const Dims& dims,
                               const std::vector<std::size_t>& perm) {
  std::vector<std::size_t> strides(dims.size(), 1);
  for (std::size_t d = dims.size(); d-- > 1;) strides[d - 1] = strides[d] * static_cast<std::size_t>(dims[d]);
  std::vector<std::int64_t> at(dims.size(), 0);
  std::vector<double> out;
  out.reserve(values.size());
  std::size_t index = 0;
  for (std::size_t n = 0; n < values.size(); ++n) {
    out.push_back(values[index]);
    for (std::size_t d = dims.size(); d-- > 0;) {
      index += strides[perm[d]];
      if (++at[d] < dims[perm[d]]) break;
      index -= strides[perm[d]] * static_cast<std::size_t>(at[d]);
      at[d] = 0;
    }
  }
  return out;
}

std::optional<std::size_t> only_axis(const Dims& dims, const Dims& shape) {
  if (dims.size() > shape.size() || shape.empty()) return std::nullopt;
  std::size_t axis = shape.size() - 1;
  bool found = false;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const std::size_t at = shape.size() - dims.size() + i;
    if (dims[i] != shape[at] && dims[i] != 1) return std::nullopt;
    if (dims[i] == 1) continue;
    if (found) return std::nullopt;
    found = true;
    axis = at;
  }
  return axis;
}

}  // namespace irc::network
