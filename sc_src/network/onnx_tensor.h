// SPDX-License-Identifier: Apache-2.0
// Constants of an ONNX file. Every size is checked before anything is allocated.
#pragma once
#include <onnx/onnx_pb.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace irc::network {

/// A name from the file for messages: shortened, in quotes, and printable.
std::string shown(const std::string& name);
/// A number as people write it.
std::string shown(double value);

/// A constant tensor: value(i) = values[i] * the scale of i's index along `scale_axis`.
struct Constant {
  std::vector<std::int64_t> dims;
  std::vector<double> values;
  std::vector<double> scale;                   ///< empty (1), one value, or one value per index of the axis
  std::size_t scale_axis = 0;                  ///< axis of a scale with more than one value
  std::string datatype;                        ///< finn_datatype annotation, if there is one
  int type = onnx::TensorProto::FLOAT;         ///< data type in the file
  std::size_t not_finite = std::string::npos;  ///< first value that is not a finite number, if there is one

  bool scalar() const { return values.size() == 1; }
  bool is_float() const;
  /// The values multiplied by the scale, rounded to float as a runtime does.
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

/// A file of constants: its name for messages, and the folder of its external data. The folder is empty if
/// there is none, because the model is not a file.
struct TensorSource {
  std::string file;
  std::filesystem::path folder{};
};

/// Decodes a tensor. Throws InputError that names file and tensor for sparse or inconsistent data and for
/// external data that external_bytes refuses.
Constant decode(const onnx::TensorProto& tensor, const TensorSource& source, Budget& budget);

}  // namespace irc::network
