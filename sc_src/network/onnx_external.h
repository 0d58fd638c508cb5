// SPDX-License-Identifier: Apache-2.0
// Tensors whose data an ONNX file keeps in other files beside it.
#pragma once
#include <onnx/onnx_pb.h>

#include <cstddef>
#include <filesystem>
#include <string>

namespace irc::network {

/// Reads the `bytes` bytes of a tensor with external data. The file must be a regular file inside `folder`;
/// offset and length must be whole numbers, lie within the file, and agree with `bytes`. Throws InputError
/// with a reason that does not name the tensor.
std::string external_bytes(const onnx::TensorProto& tensor, const std::filesystem::path& folder,
                           std::size_t bytes);

/// The file that holds a tensor's external data, after the same checks of its name.
std::filesystem::path external_file(const onnx::TensorProto& tensor, const std::filesystem::path& folder);

}  // namespace irc::network
