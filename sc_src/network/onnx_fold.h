// SPDX-License-Identifier: Apache-2.0
// Arithmetic and rearrangement of constants, as ONNX defines it: broadcasting from the right, results rounded
// to the constants' own type.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "onnx_tensor.h"

namespace irc::network {

using Dims = std::vector<std::int64_t>;

/// Returns for example "[1, 3, 8, 8]", for messages.
std::string dims_text(const Dims& dims);

/// Number of values, or none if it is more than 2^26 or a dimension is negative.
std::optional<std::size_t> values_in(const Dims& dims);

/// The common shape of two broadcast shapes (ONNX and NumPy: compared from the right, 1 stretches), or none.
std::optional<Dims> broadcast(const Dims& a, const Dims& b);

/// For every index of shape `to`, the index in a tensor of shape `from` that broadcasts to it.
class BroadcastIndex {
 public:
  BroadcastIndex(const Dims& from, const Dims& to);
  /// Goes to the next index of `to` and returns the one before.
  std::size_t next();

 private:
  Dims to_;
  std::vector<std::size_t> strides_;
  std::vector<std::int64_t> at_;
  std::size_t index_ = 0;
};

/// `value` rounded to an ONNX data type as a runtime rounds a result of that type. Types without a rule here
/// keep it.
double rounded_to(double value, int type);

/// The values in the order of `dims` permuted by `perm` (as Transpose does).
std::vector<double> transposed(const std::vector<double>& values, const Dims& dims,
                               const std::vector<std::size_t>& perm);

/// The only axis of `shape` along which a tensor of dimensions `dims` that broadcasts to `shape` varies; the
/// last axis if it has one value only. None if there are several such axes, or it does not broadcast to
/// exactly `shape`.
std::optional<std::size_t> only_axis(const Dims& dims, const Dims& shape);

}  // namespace irc::network
