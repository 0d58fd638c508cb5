// SPDX-License-Identifier: Apache-2.0
// Compares what is read from files that say the same in different ways.
#pragma once
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>

#include "irc/core/error.h"
#include "onnx_edit.h"
#include "random_graph.h"
#include "support/catch.h"

namespace irc::network::test {

/// Compares two graphs by the writer's bytes, which depend on the whole graph and on nothing else.
inline bool same(const Graph& a, const Graph& b) {
  return onnx_bytes(a) == onnx_bytes(b);
}

inline const Conv& conv_of(const Graph& graph, const std::string& name) {
  for (const auto& node : graph.nodes)
    if (node.name == name) return std::get<Conv>(node.op);
  throw std::runtime_error("no node " + name);
}

/// Rewrites every integer step of random graphs with `write` and expects to read the same network.
inline void check_steps(const std::function<void(Edit&, const std::string&, const Conv&)>& write,
                        const RandomOptions& options = {}, const WriteOptions& write_options = {}) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const Graph graph = random_detector(seed, options);
    Edit edit(graph, write_options);
    for (const auto& name : steps(graph)) write(edit, name, conv_of(graph, name));
    CHECK(same(edit.read(), graph));
  }
}

/// The message with which a file is refused, or "(no error)".
inline std::string refusal(const Edit& edit) {
  try {
    edit.read();
  } catch (const InputError& error) {
    return error.what();
  }
  return "(no error)";
}

}  // namespace irc::network::test
