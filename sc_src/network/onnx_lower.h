// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <onnx/onnx_pb.h>

#include <string>

#include "irc/network/graph.h"

namespace irc::network {

/// Converts the graph of `model` to nodes of ircsim: input, layers and head. The detector's description is
/// left empty. Throws InputError that names `file`, node and tensor.
Graph lower(const onnx::ModelProto& model, const std::string& file);

}  // namespace irc::network
