// SPDX-License-Identifier: Apache-2.0
// Runs ONNX's own checker and shape inference on the files of our writer.
#include "support/catch.h"

#include <onnx/checker.h>
#include <onnx/shape_inference/implementation.h>

#include "onnx_edit.h"
#include "random_graph.h"

using namespace irc::network;
using namespace irc::network::test;

TEST_CASE("ONNX's checker accepts what we write, and infers our shapes") {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const Graph graph = random_detector(seed, {.real_stem = seed % 2 == 0, .real_head = seed % 3 == 0});
    Edit edit(graph);
    REQUIRE_NOTHROW(onnx::checker::check_model(edit.model));
    REQUIRE_NOTHROW(onnx::shape_inference::InferShapes(edit.model));
    std::size_t found = 0;
    for (const auto& value : edit.graph().value_info())
      for (const auto& node : graph.nodes) {
        if (node.name != value.name()) continue;
        const auto& shape = value.type().tensor_type().shape();
        REQUIRE(shape.dim_size() == 4);
        CHECK(shape.dim(1).dim_value() == node.shape.channels);
        CHECK(shape.dim(2).dim_value() == node.shape.height);
        CHECK(shape.dim(3).dim_value() == node.shape.width);
        ++found;
      }
    CHECK(found + 2 == graph.nodes.size());  // all except input and output
  }
}

TEST_CASE("ONNX's checker does find fault") {
  Edit edit(random_detector(1));
  edit.maker(steps(random_detector(1)).front()).set_op_type("NoSuchOperator");
  CHECK_THROWS(onnx::checker::check_model(edit.model));
}
