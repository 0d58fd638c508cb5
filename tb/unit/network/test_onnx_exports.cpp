// SPDX-License-Identifier: Apache-2.0
// What PyTorch, Brevitas, Larq and their converters write between a convolution and its step.
#include <cmath>
#include <cstring>

#include "irc/network/reference.h"
#include "onnx_compare.h"

using namespace irc;
using namespace irc::network;
using namespace irc::network::test;
using Catch::Matchers::ContainsSubstring;

namespace {

onnx::NodeProto quant(Edit& e, const std::string& in, const std::string& out, float scale, float bits,
                      bool is_signed, const char* mode = "ROUND") {
  auto q = Edit::make("Quant",
                      {in, e.constant(out + "/qs", {}, {scale}), e.constant(out + "/qz", {}, {0}),
                       e.constant(out + "/qb", {}, {bits})},
                      out);
  q.set_domain("qonnx.custom_op.general");
  Edit::integer(q, "signed", is_signed ? 1 : 0);
  Edit::text(q, "rounding_mode", mode);
  return q;
}

onnx::NodeProto leaky(const std::string& in, const std::string& out, float alpha) {
  auto node = Edit::make("LeakyRelu", {in}, out);
  Edit::real(node, "alpha", alpha);
  return node;
}

/// One array layer of a random network whose step is replaced.
struct OneStep {
  Graph graph = random_detector(3);
  std::string n = steps(graph, true).front();
  Edit e{graph};
  std::string sum = n + "/sum";

  std::string constant(const char* name, const Dims& dims, const Floats& values) {
    return e.constant(n + name, dims, values);
  }
  /// Checks that the step reads as [sum + bias + shift > 0].
  void expect_shift(int shift) {
    const Graph back = e.read();
    const Conv &before = conv_of(graph, n), &after = conv_of(back, n);
    CHECK(after.weights == before.weights);
    for (std::size_t o = 0; o < before.bias.size(); ++o) CHECK(after.bias[o] == before.bias[o] + shift);
  }
  void expect_refused(const std::string& words) { CHECK_THAT(refusal(e), ContainsSubstring(words)); }
};

}  // namespace

TEST_CASE("a step sees through Relu, Clip and LeakyRelu") {
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    e.replace_step(n, {Edit::make("Relu", {n + "/sum"}, n + "/r"), quant(e, n + "/r", n, 1, 1, false)});
  });
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    e.replace_step(
        n, {Edit::make("Clip", {n + "/sum", e.constant(n + "/lo", {}, {-1}), e.constant(n + "/hi", {}, {1})},
                       n + "/c"),
            Edit::make("Sign", {n + "/c"}, n + "/s"), Edit::make("Relu", {n + "/s"}, n)});
  });
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    e.replace_step(n, {leaky(n + "/sum", n + "/l", 0.1f), Edit::make("Sign", {n + "/l"}, n + "/s"),
                       Edit::make("Relu", {n + "/s"}, n)});
  });
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    e.replace_step(n, {Edit::make("Relu", {n + "/sum"}, n + "/r"), Edit::make("Sign", {n + "/r"}, n)});
  });
  check_steps([](Edit& e, const std::string& n, const Conv&) {  // DoReFa
    e.replace_step(
        n, {Edit::make("Clip", {n + "/sum", e.constant(n + "/lo", {}, {0}), e.constant(n + "/hi", {}, {1})},
                       n + "/c"),
            Edit::make("Round", {n + "/c"}, n)});
  });
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    e.replace_step(n,
                   {Edit::make("HardSigmoid", {n + "/sum"}, n + "/h"), Edit::make("Round", {n + "/h"}, n)});
  });
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    e.replace_step(n, {Edit::make("Max", {n + "/sum", e.constant(n + "/zero", {}, {0})}, n + "/x"),
                       Edit::make("Min", {e.constant(n + "/hi", {1}, {1}), n + "/x"}, n + "/y"),
                       Edit::make("Round", {n + "/y"}, n)});
  });
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    e.replace_step(n, {Edit::make("PRelu", {n + "/sum", e.constant(n + "/a", {1, 1, 1}, {0.25f})}, n + "/p"),
                       Edit::make("Greater", {n + "/p", e.constant(n + "/t", {}, {0})}, n + "/b"),
                       Edit::cast(n + "/b", n)});
  });
}

TEST_CASE("thresholds move with the function before them") {
  SECTION("a slope below zero") {
    OneStep s;  // 0.1 sum > -0.25 is sum > -2.5, or sum + 3 > 0
    s.e.replace_step(s.n, {leaky(s.sum, s.n + "/l", 0.1f),
                           Edit::make("Greater", {s.n + "/l", s.constant("/t", {}, {-0.25f})}, s.n + "/b"),
                           Edit::cast(s.n + "/b", s.n)});
    s.expect_shift(3);
  }
  SECTION("a coarser quantiser after Relu") {
    OneStep s;  // round(sum / 4) >= 1 from sum = 3 on; its values 0 and 4 become 0 and 1
    s.e.replace_step(
        s.n, {Edit::make("Relu", {s.sum}, s.n + "/r"), quant(s.e, s.n + "/r", s.n + "/q", 4, 1, false),
              Edit::make("Div", {s.n + "/q", s.constant("/four", {}, {4})}, s.n)});
    s.expect_shift(-2);
  }
  SECTION("more levels than the limits let through") {
    OneStep s;
    s.e.replace_step(
        s.n, {Edit::make("Clip", {s.sum, s.constant("/lo", {}, {0}), s.constant("/hi", {}, {1})}, s.n + "/c"),
              quant(s.e, s.n + "/c", s.n, 1, 4, false)});
    s.expect_shift(0);
  }
  SECTION("Less behind a limit flips the weights") {
    OneStep s;
    s.e.replace_step(s.n, {Edit::make("Relu", {s.sum}, s.n + "/r"),
                           Edit::make("Less", {s.n + "/r", s.constant("/t", {}, {0.5f})}, s.n + "/b"),
                           Edit::make("Not", {s.n + "/b"}, s.n + "/c"), Edit::cast(s.n + "/c", s.n)});
    s.expect_shift(0);
  }
}

TEST_CASE("a threshold outside the limits makes constants") {
  for (const float t : {-0.5f, 1.5f}) {
    OneStep s;
    s.e.replace_step(
        s.n, {Edit::make("Clip", {s.sum, s.constant("/lo", {}, {0}), s.constant("/hi", {}, {1})}, s.n + "/c"),
              Edit::make("Greater", {s.n + "/c", s.constant("/t", {}, {t})}, s.n + "/b"),
              Edit::cast(s.n + "/b", s.n)});
    const Graph back = s.e.read();
    const auto maps = Reference(back).run(random_picture(s.graph.nodes[0].shape, 5));
    for (NodeId id = 0; id < back.nodes.size(); ++id) {
      if (back.nodes[id].name != s.n) continue;
      const BinaryMap& map = maps.binary[id];
      for (std::size_t p = 0; p < map.shape.pixels(); ++p)
        for (std::size_t o = 0; o < static_cast<std::size_t>(map.shape.channels); ++o)
          REQUIRE(map.bits.get(p, o) == (t < 0));
      for (const auto b : std::get<Conv>(back.nodes[id].op).bias) CHECK((b == 0 || b == 1));
    }
  }
}

TEST_CASE("functions that a step cannot see through are refused by name") {
  SECTION("a falling slope") {
    OneStep s;
    s.e.replace_step(s.n, {leaky(s.sum, s.n + "/l", -0.1f), Edit::make("Sign", {s.n + "/l"}, s.n)});
    s.expect_refused("(LeakyRelu): its slope below zero is -0.1");
  }
  SECTION("levels without a limit") {
    OneStep s;
    s.e.replace_step(s.n, {Edit::make("Round", {s.sum}, s.n)});
    s.expect_refused("(Round): quantises a sum to unlimited levels, expected 2");
  }
  SECTION("three levels") {
    OneStep s;
    s.e.replace_step(
        s.n, {Edit::make("Clip", {s.sum, s.constant("/lo", {}, {0}), s.constant("/hi", {}, {2})}, s.n + "/c"),
              Edit::make("Round", {s.n + "/c"}, s.n)});
    s.expect_refused("quantises a sum to 3 levels");
  }
  SECTION("limits the wrong way round") {
    OneStep s;
    s.e.replace_step(
        s.n, {Edit::make("Clip", {s.sum, s.constant("/lo", {}, {2}), s.constant("/hi", {}, {1})}, s.n)});
    s.expect_refused("limits channel 0 to [2, 1]");
  }
  SECTION("a limited head") {
    OneStep s;
    const std::string head = s.graph.nodes.back().name;
    *s.e.graph().add_node() = Edit::make("Relu", {head}, "limited");
    s.e.graph().mutable_output(0)->set_name("limited");
    s.expect_refused("limits the head's output");
  }
  SECTION("an absolute value") {
    OneStep s;
    s.e.replace_step(s.n, {Edit::make("Abs", {s.sum}, s.n)});
    s.expect_refused("(Abs): is applied to a sum");
  }
}

TEST_CASE("Where chooses the values of bits") {
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    e.replace_step(
        n, {Edit::make("Greater", {n + "/sum", e.constant(n + "/t", {}, {0})}, n + "/b"),
            Edit::make("Where", {n + "/b", e.constant(n + "/yes", {}, {1}), e.constant(n + "/no", {1}, {0})},
                       n)});
  });
  check_steps(
      [](Edit& e, const std::string& n, const Conv&) {
        e.replace_step(
            n, {Edit::make("LessOrEqual", {n + "/sum", e.constant(n + "/t", {}, {0})}, n + "/b"),
                Edit::make("Where",
                           {n + "/b", e.constant(n + "/yes", {}, {0}), e.constant(n + "/no", {}, {1})}, n)});
      },
      {.odd_geometry = false});
  OneStep s;
  s.e.replace_step(s.n, {Edit::make("Greater", {s.sum, s.constant("/t", {}, {0})}, s.n + "/b"),
                         Edit::make("Where", {s.n + "/b", s.sum, s.constant("/no", {}, {0})}, s.n)});
  s.expect_refused("(Where): chooses between computed maps");
}

TEST_CASE("Larq's sign of a sign is a step") {
  // sign(sign(x) + 0.1) is +1 from x = 0 on, so x is sum - 1 to give [sum > 0].
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    e.replace_step(
        n, {Edit::make("Sub", {n + "/sum", "one"}, n + "/x"), Edit::make("Sign", {n + "/x"}, n + "/s"),
            Edit::make("Add", {n + "/s", e.constant(n + "/tenth", {}, {0.1f})}, n + "/a"),
            Edit::make("Sign", {n + "/a"}, n + "/s2"), Edit::make("Relu", {n + "/s2"}, n)});
  });
}

TEST_CASE("Dropout is read without training and refused with it") {
  const auto with = [](std::vector<float> ratio, bool training) {
    OneStep s;
    s.e.replace({s.n + "/sign"}, {Edit::make("Dropout",
                                             {s.n + "/shifted", s.constant("/ratio", {}, ratio),
                                              s.constant("/training", {}, {training ? 1.0f : 0.0f})},
                                             s.n + "/kept"),
                                  Edit::make("Sign", {s.n + "/kept"}, s.n + "/sign")});
    s.e.initialiser(s.n + "/training").set_data_type(onnx::TensorProto::BOOL);
    s.e.initialiser(s.n + "/training").set_raw_data(std::string(1, training ? '\1' : '\0'));
    return std::pair(refusal(s.e), s.n);
  };
  CHECK(with({0.5f}, false).first == "(no error)");
  CHECK(with({0.0f}, true).first == "(no error)");
  CHECK_THAT(with({0.5f}, true).first,
             ContainsSubstring("(Dropout): input") && ContainsSubstring("training_mode) is true"));
}

TEST_CASE("attributes that nobody reads are refused by name") {
  OneStep s;
  Edit::integer(s.e.maker(s.sum), "fused_activation", 1);
  s.expect_refused("has the attribute 'fused_activation'");
}

TEST_CASE("opsets up to 24 are read, and operators with subgraphs are refused by name") {
  for (const int opset : {13, 17, 21, 22, 24}) {
    OneStep s;
    s.e.model.mutable_opset_import(0)->set_version(opset);
    CHECK(same(s.e.read(), s.graph));
  }
  OneStep s;
  auto node = Edit::make("If", {"one"}, s.n);
  auto& a = *node.add_attribute();
  a.set_name("then_branch");
  a.set_type(onnx::AttributeProto::GRAPH);
  a.mutable_g()->set_name("branch");
  s.e.replace_step(s.n, {node});
  s.expect_refused("(If): this operator is not supported");
}

TEST_CASE("names with control characters are escaped and stay unique") {
  OneStep s;
  s.e.maker(s.sum).set_name("a\nb\x1b[31m");
  const Graph back = s.e.read();
  CHECK(conv_of(back, "a\\nb\\x1b[31m").bias == conv_of(s.graph, s.n).bias);
  s.e.replace_step(s.n, {Edit::make("Abs", {s.sum}, s.n)});
  s.e.maker(s.n).set_name("x\ty");
  s.expect_refused("node 'x\\ty' (Abs)");
}

TEST_CASE("a quantiser that keeps every pixel of the scaled image is folded into the stem") {
  const auto with = [](const char* op, float by, float scale, float bits, bool is_signed) {
    const Graph graph = random_detector(4);
    const std::string n = steps(graph).front();
    Edit e(graph);
    Floats b = e.floats(n + "/bias");
    for (auto& v : b) v *= scale;
    e.set_floats(n + "/bias", b);
    auto conv = e.maker(n + "/sum");
    conv.set_input(0, "levels");
    auto q = quant(e, "small", "levels", scale, bits, is_signed);
    e.replace({n + "/sum"}, {Edit::make(op, {"image", e.constant("by", {}, {by})}, "small"), q, conv});
    e.replace_step(n, {Edit::make("Greater", {n + "/sum", e.constant(n + "/t", {}, {0})}, n + "/b"),
                       Edit::cast(n + "/b", n)});
    return std::pair(e, graph);
  };
  const float unit = 1.0f / 255;
  for (const auto& [e, graph] : {with("Div", 255, unit, 8, false), with("Mul", unit, unit, 8, false),
                                 with("Div", 1, 1, 8, false), with("Div", 255, unit, 9, true)})
    CHECK(same(e.read(), graph));
  CHECK_THAT(refusal(with("Div", 255, 1.0f / 128, 8, true).first),
             ContainsSubstring("(Quant): quantises the input image") &&
                 ContainsSubstring("a pixel of 2 would become level 1"));
  CHECK_THAT(refusal(with("Div", 255, unit, 8, true).first),
             ContainsSubstring("a pixel of 128 would become level 127"));
  CHECK_THAT(refusal(with("Div", 255, unit, 7, false).first),
             ContainsSubstring("a pixel of 128 would become level 127"));
}
