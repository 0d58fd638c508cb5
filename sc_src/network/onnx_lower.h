// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <onnx/onnx_pb.h>

#include <string>

#include "irc/network/graph.h"

namespace irc::network {

/// Nodes of `model`'s graph as ours: input, layers, head; the detector's description is left empty.
/// Throws InputError naming `file`, node and tensor.
Graph lower(const onnx::ModelProto& model, const std::string& file);

}  // namespace irc::network
