// SPDX-License-Identifier: Apache-2.0
// Constants of an ONNX file, decoded with every size checked before anything is allocated.
#pragma once
#include <onnx/onnx_pb.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace irc::network {

/// Names come from the file: shortened, control characters replaced, in quotes.
std::string shown(const std::string& name);
/// A number as people write it.
std::string shown(double value);

/// value(i) = values[i] * scale of its output (axis 0).
struct Constant {
  std::vector<std::int64_t> dims;
  std::vector<double> values;
  std::vector<double> scale;  ///< empty (1), one value, or one per index of axis 0
  std::string datatype;       ///< finn_datatype annotation, if any

  bool scalar() const { return values.size() == 1; }
  /// Values with the scale multiplied in.
  std::vector<double> scaled() const;
};
using ConstantPointer = std::shared_ptr<const Constant>;

/// Counts decoded values, so that a small file cannot ask for large memory.
class Budget {
 public:
  /// Throws InputError when more than 2^26 values have been asked for in all.
  void spend(const std::string& file, std::size_t values);

 private:
  std::size_t spent_ = 0;
};

/// Throws InputError naming file and tensor for external, sparse, lying or non-finite data.
Constant decode(const onnx::TensorProto& tensor, const std::string& file, Budget& budget);

}  // namespace irc::network
