// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <onnx/onnx_pb.h>

#include <string>

#include "irc/network/graph.h"
#include "onnx_tensor.h"

namespace irc::network {

/// Converts the graph of `model` to nodes of ircsim: input, layers and head. The detector's description is
/// left empty. Throws InputError that names the file, node and tensor.
Graph lower(const onnx::ModelProto& model, const TensorSource& source);

}  // namespace irc::network
