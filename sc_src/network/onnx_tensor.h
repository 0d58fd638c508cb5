// SPDX-License-Identifier: Apache-2.0
// Constants of an ONNX file. Every size is checked before anything is allocated.
#pragma once
#include <onnx/onnx_pb.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace irc::network {

/// A name from the file for messages: shortened, in quotes, with control characters replaced.
std::string shown(const std::string& name);
/// A number as people write it.
std::string shown(double value);

/// A constant tensor: value(i) = values[i] * the scale of its output (axis 0).
struct Constant {
  std::vector<std::int64_t> dims;
  std::vector<double> values;
  std::vector<double> scale;  ///< empty (1), one value, or one value per index of axis 0
  std::string datatype;       ///< finn_datatype annotation, if there is one

  bool scalar() const { return values.size() == 1; }
  /// The values multiplied by the scale.
  std::vector<double> scaled() const;
};
using ConstantPointer = std::shared_ptr<const Constant>;

/// Counts decoded values, so that a small file cannot request a lot of memory.
class Budget {
 public:
  /// Throws InputError if more than 2^26 values have been requested in total.
  void spend(const std::string& file, std::size_t values);

 private:
  std::size_t spent_ = 0;
};

/// Decodes a tensor. Throws InputError that names file and tensor for external, sparse, inconsistent or
/// non-finite data.
Constant decode(const onnx::TensorProto& tensor, const std::string& file, Budget& budget);

}  // namespace irc::network
