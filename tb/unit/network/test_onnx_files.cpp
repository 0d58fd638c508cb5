// SPDX-License-Identifier: Apache-2.0
// How exporters store constants: in other files, in other types, in nodes, in other layouts; and padding.
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "onnx_compare.h"

using namespace irc;
using namespace irc::network;
using namespace irc::network::test;
using Catch::Matchers::ContainsSubstring;

namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("irc_test_onnx_files_" + std::to_string(getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_ / "model");
  }
  ~Folder() { fs::remove_all(path_); }
  fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

void write(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

void set(onnx::TensorProto& t, const char* key, const std::string& value) {
  for (auto& e : *t.mutable_external_data())
    if (e.key() == key) return e.set_value(value);
  auto& e = *t.add_external_data();
  e.set_key(key);
  e.set_value(value);
}

/// A model whose initialisers lie in model/weights.bin, one behind the other.
struct External {
  Folder folder;
  Graph graph = random_detector(3);
  Edit e{graph};
  std::string name;  ///< of the last tensor with more than one value

  External() {
    std::string data;
    for (auto& t : *e.graph().mutable_initializer()) {
      set(t, "location", "weights.bin");
      set(t, "offset", std::to_string(data.size()));
      set(t, "length", std::to_string(t.raw_data().size()));
      if (t.raw_data().size() > 8) name = t.name();
      data += t.raw_data();
      t.clear_raw_data();
      t.set_data_location(onnx::TensorProto::EXTERNAL);
    }
    write(folder / "model/weights.bin", data);
  }
  onnx::TensorProto& tensor() { return e.initialiser(name); }
  Graph read() {
    write(folder / "model/net.onnx", e.bytes());
    return read_onnx(folder / "model/net.onnx");
  }
  std::string refused() {
    try {
      read();
    } catch (const InputError& error) {
      return error.what();
    }
    return "(no error)";
  }
};

void ints(onnx::NodeProto& n, const char* name, const std::vector<std::int64_t>& values) {
  auto& a = *n.add_attribute();
  a.set_name(name);
  a.set_type(onnx::AttributeProto::INTS);
  for (const auto v : values) a.add_ints(v);
}

std::int64_t attribute(onnx::NodeProto& n, const char* name, int k) {
  const auto* a = Edit::attribute(n, name);
  return a == nullptr ? 0 : a->ints(k);
}

}  // namespace

TEST_CASE("external data are read from the model's folder") {
  External x;
  CHECK(same(x.read(), x.graph));
  CHECK(external_files(x.folder / "model/net.onnx") ==
        std::vector{fs::canonical(x.folder / "model/weights.bin")});
}

TEST_CASE("external data of other tensors' files, sub-folders and links inside the folder") {
  External x;
  fs::create_directories(x.folder / "model/data");
  fs::rename(x.folder / "model/weights.bin", x.folder / "model/data/w");
  fs::create_symlink("data/w", x.folder / "model/link");
  bool other = false;
  for (auto& t : *x.e.graph().mutable_initializer())
    set(t, "location", (other = !other) ? "./data/w" : "link");
  CHECK(same(x.read(), x.graph));
  CHECK(external_files(x.folder / "model/net.onnx").size() == 1);
}

TEST_CASE("external data outside the folder are refused") {
  for (const char* location : {"../weights.bin", "data/../../weights.bin", "/etc/passwd", "..", "a\\..\\b"}) {
    External x;
    write(x.folder / "weights.bin", std::string(1 << 16, 'x'));
    set(x.tensor(), "location", location);
    CHECK_THAT(x.refused(), ContainsSubstring("tensor '" + x.name + "'") &&
                                ContainsSubstring("expected a path inside the folder"));
  }
  External x;
  write(x.folder / "outside.bin", std::string(1 << 16, 'x'));
  fs::create_symlink("../outside.bin", x.folder / "model/link");
  set(x.tensor(), "location", "link");
  CHECK_THAT(x.refused(), ContainsSubstring("a link that leaves the folder"));
}

TEST_CASE("external data that are no file, or of another size, are refused") {
  const auto refused = [](const char* key, const std::string& value, const std::string& words) {
    External x;
    fs::create_directories(x.folder / "model/data");
    fs::create_symlink("/dev/zero", x.folder / "model/zero");
    set(x.tensor(), key, value);
    CHECK_THAT(x.refused(), ContainsSubstring("tensor '" + x.name + "'") && ContainsSubstring(words));
  };
  refused("location", "nothing.bin", "cannot be read");
  refused("location", "", "names no 'location'");
  refused("location", "data", "Is a directory");
  refused("location", "zero", "leaves the folder");
  refused("offset", "-1", "'offset' of its external data is '-1', expected a whole number");
  refused("offset", "4x", "expected a whole number");
  refused("offset", "99999999999999999999999", "expected a whole number");
  refused("offset", "18446744073709551615", "begins at byte 18446744073709551615");
  refused("length", "3", "has 3 bytes in 'weights.bin', its dimensions and type say");
  External x;
  auto& t = x.tensor();
  t.set_dims(0, std::int64_t{1} << 20);
  CHECK(x.refused() != "(no error)");
  External cut;
  fs::resize_file(cut.folder / "model/weights.bin", 5);
  CHECK_THAT(cut.refused(), ContainsSubstring("which has 5 bytes"));
  // A network from memory has no folder.
  CHECK_THAT(refusal(External().e), ContainsSubstring("not read from a folder"));
}

TEST_CASE("constants of Constant nodes, in all their attributes") {
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    const auto constant = [&](const std::string& out) { return Edit::make("Constant", {}, n + out); };
    auto floats = constant("/floats"), integers = constant("/ints"), one = constant("/float"),
         whole = constant("/int");
    auto& a = *floats.add_attribute();
    a.set_name("value_floats");
    a.set_type(onnx::AttributeProto::FLOATS);
    a.add_floats(0.5f);
    ints(integers, "value_ints", {0});
    Edit::real(one, "value_float", 1);
    Edit::integer(whole, "value_int", 0);
    e.replace_step(
        n, {floats, integers, one, whole, Edit::cast(n + "/ints", n + "/zeros"),
            Edit::cast(n + "/int", n + "/zero"), Edit::make("Sub", {n + "/sum", n + "/floats"}, n + "/x"),
            Edit::make("Add", {n + "/x", n + "/zeros"}, n + "/y"),
            Edit::make("Greater", {n + "/y", n + "/zero"}, n + "/b"),
            Edit::make("Where", {n + "/b", n + "/float", n + "/zero"}, n)});
  });
}

TEST_CASE("weights that the file still has to compute") {
  const auto rewritten =
      [](const std::function<std::vector<onnx::NodeProto>(Edit&, const std::string&, const Conv&)>& nodes) {
        const Graph graph = random_detector(5);
        Edit e(graph, {true});
        for (const auto& n : steps(graph, true)) {
          auto conv = e.maker(n + "/sum");
          auto all = nodes(e, n, conv_of(graph, n));
          conv.set_input(1, n + "/w");
          all.push_back(conv);
          e.replace({n + "/sum"}, all);
        }
        CHECK(same(e.read(), graph));
      };
  SECTION("the sign of latent weights") {
    rewritten([](Edit& e, const std::string& n, const Conv&) {
      Floats w = e.floats(n + "/weight");
      for (std::size_t k = 0; k < w.size(); ++k) w[k] *= 0.01f * static_cast<float>(1 + k % 50);
      e.set_floats(n + "/weight", w);
      return std::vector{Edit::make("Sign", {n + "/weight"}, n + "/w")};
    });
  }
  SECTION("Where of a comparison") {
    rewritten([](Edit& e, const std::string& n, const Conv&) {
      e.constant(n + "/zero", {}, {0});
      e.constant(n + "/minus", {}, {-1});
      return std::vector{Edit::make("Less", {n + "/weight", n + "/zero"}, n + "/below"),
                         Edit::make("Where", {n + "/below", n + "/minus", n + "/weight"}, n + "/w")};
    });
  }
  SECTION("quantised, limited and dequantised (QCDQ)") {
    rewritten([](Edit& e, const std::string& n, const Conv&) {
      for (const auto& [name, value] : {std::pair{"/z", 0}, {"/low", -1}, {"/high", 1}}) {
        e.constant(n + name, {}, {0});
        e.initialiser(n + name).set_data_type(onnx::TensorProto::INT8);
        e.initialiser(n + name).set_raw_data(std::string(1, static_cast<char>(value)));
      }
      Floats w = e.floats(n + "/weight");
      for (std::size_t k = 0; k < w.size(); ++k) w[k] *= 0.6f + static_cast<float>(k % 9);
      e.set_floats(n + "/weight", w);
      e.constant(n + "/s", {}, {1});
      return std::vector{Edit::make("QuantizeLinear", {n + "/weight", n + "/s", n + "/z"}, n + "/q"),
                         Edit::make("Clip", {n + "/q", n + "/low", n + "/high"}, n + "/c"),
                         Edit::make("DequantizeLinear", {n + "/c", n + "/s", n + "/z"}, n + "/w")};
    });
  }
  SECTION("another layout, reshaped and transposed") {
    rewritten([](Edit& e, const std::string& n, const Conv& c) {
      const int o = c.out_channels, i = c.in_channels, h = c.kernel_h, w = c.kernel_w;
      const Floats values = e.floats(n + "/weight");
      Floats turned;
      for (int y = 0; y < h; ++y)
        for (int x = 0; x < w; ++x)
          for (int in = 0; in < i; ++in)
            for (int out = 0; out < o; ++out)
              turned.push_back(values[static_cast<std::size_t>(((out * i + in) * h + y) * w + x)]);
      e.set_floats(n + "/weight", turned);
      auto& t = e.initialiser(n + "/weight");
      t.clear_dims();
      t.add_dims(h * w * i);
      t.add_dims(o);
      auto& shape = *e.graph().add_initializer();
      shape.set_name(n + "/shape");
      shape.set_data_type(onnx::TensorProto::INT64);
      shape.add_dims(4);
      for (const int d : {h, w, -1, o}) shape.add_int64_data(d);
      auto transpose = Edit::make("Transpose", {n + "/hwio"}, n + "/w");
      ints(transpose, "perm", {3, 2, 0, 1});
      return std::vector{Edit::make("Reshape", {n + "/weight", n + "/shape"}, n + "/hwio"), transpose};
    });
  }
  SECTION("identities, and dimensions that come and go") {
    rewritten([](Edit&, const std::string& n, const Conv&) {
      auto more = Edit::make("Unsqueeze", {n + "/same"}, n + "/more"),
           less = Edit::make("Squeeze", {n + "/more"}, n + "/w");
      ints(more, "axes", {0, -1});
      ints(less, "axes", {0, 5});
      return std::vector{Edit::make("Identity", {n + "/weight"}, n + "/same"), more, less};
    });
  }
}

TEST_CASE("weights in other number formats") {
  const Graph graph = random_detector(5);
  Edit e(graph, {true});
  int kind = 0;
  for (const auto& n : steps(graph, true)) {
    auto& t = e.initialiser(n + "/weight");
    const Floats w = e.floats(n + "/weight");
    t.clear_raw_data();
    switch (kind++ % 4) {
      case 0:
        t.set_data_type(onnx::TensorProto::DOUBLE);
        for (const float v : w) t.add_double_data(v);
        break;
      case 1:
        t.set_data_type(onnx::TensorProto::FLOAT16);
        for (const float v : w) t.add_int32_data(v == 0 ? 0 : v > 0 ? 0x3c00 : 0xbc00);
        break;
      case 2:
        t.set_data_type(onnx::TensorProto::BFLOAT16);
        for (const float v : w) t.add_int32_data(v == 0 ? 0 : v > 0 ? 0x3f80 : 0xbf80);
        break;
      default:
        for (const float v : w) t.add_float_data(v);
    }
    auto& input = *e.graph().add_input();  // before IR version 4 initialisers are inputs, too
    input.set_name(n + "/weight");
  }
  CHECK(same(e.read(), graph));
}

TEST_CASE("values that their data type cannot hold are refused") {
  const Graph graph = random_detector(5);
  Edit e(graph);
  const std::string n = steps(graph, true).front();
  auto& t = e.initialiser(n + "/weight");
  const std::size_t count = t.raw_data().size();
  t.clear_raw_data();
  for (std::size_t k = 0; k < count; ++k) t.add_int32_data(k == 2 ? 257 : 1);
  CHECK_THAT(refusal(e), ContainsSubstring("value 2 is 257, which its data type 3 cannot hold"));
}

TEST_CASE("a Pad node before a convolution is the convolution's padding") {
  for (const bool inputs : {false, true}) {
    const Graph graph = random_detector(6);
    Edit e(graph);
    for (const auto& n : steps(graph)) {
      auto conv = e.maker(n + "/sum");
      std::vector<std::int64_t> pads{0, 0, attribute(conv, "pads", 0), attribute(conv, "pads", 1),
                                     0, 0, attribute(conv, "pads", 2), attribute(conv, "pads", 3)};
      auto pad = Edit::make("Pad", {conv.input(0)}, n + "/padded");
      if (inputs) {
        auto& t = *e.graph().add_initializer();
        t.set_name(n + "/pads");
        t.set_data_type(onnx::TensorProto::INT64);
        t.add_dims(8);
        for (const auto p : pads) t.add_int64_data(p);
        pad.add_input(n + "/pads");
        pad.add_input(e.constant(n + "/value", {}, {0}));
      } else {
        ints(pad, "pads", pads);
      }
      Edit::attribute(conv, "pads")->clear_ints();
      for (int k = 0; k < 4; ++k) Edit::attribute(conv, "pads")->add_ints(0);
      conv.set_input(0, n + "/padded");
      e.replace({n + "/sum"}, {pad, conv});
    }
    CHECK(same(e.read(), graph));
  }
}

TEST_CASE("a Pad node of other values, modes or places is refused by name") {
  const auto refused = [](const std::vector<std::int64_t>& pads, float value, const char* mode,
                          const std::string& words) {
    const Graph graph = random_detector(6);
    Edit e(graph);
    const std::string n = steps(graph, true).front();
    auto conv = e.maker(n + "/sum");
    auto pad = Edit::make("Pad", {conv.input(0)}, n + "/padded");
    ints(pad, "pads", pads);
    Edit::real(pad, "value", value);
    Edit::text(pad, "mode", mode);
    conv.set_input(0, n + "/padded");
    e.replace({n + "/sum"}, {pad, conv});
    CHECK_THAT(refusal(e), ContainsSubstring(words));
  };
  refused({0, 0, 1, 1, 0, 0, 1, 1}, 1, "constant", "padded with 1, expected");
  refused({0, 0, 1, 1, 0, 0, 1, 1}, 0, "reflect", "'mode' is 'reflect', expected constant");
  refused({0, 0, -1, 0, 0, 0, 0, 0}, 0, "constant", "pads dimension 2 by -1");
  refused({0, 1, 0, 0, 0, 0, 0, 0}, 0, "constant", "pads dimension 1 by 1");
  refused({1, 1}, 0, "constant", "has 2 pads, expected 8");
  // Only a convolution may read a padded map.
  const Graph graph = random_detector(6);
  Edit e(graph);
  const std::string n = steps(graph, true).front();
  auto pad = Edit::make("Pad", {n + "/before"}, n);
  ints(pad, "pads", {0, 0, 1, 1, 0, 0, 1, 1});
  e.replace({n}, {Edit::make("Mul", {n + "/twice", "half"}, n + "/before"), pad});
  for (auto& node : *e.graph().mutable_node())
    if (node.op_type() == "Conv" && node.input(0) == n)
      node.set_op_type("Relu"), node.clear_attribute(),
          node.mutable_input()->DeleteSubrange(1, node.input_size() - 1);
  CHECK_THAT(refusal(e), ContainsSubstring("comes from a Pad, which only a convolution may read") ||
                             ContainsSubstring("does not fit"));
}

TEST_CASE("a file with the channels last is read through its Transpose") {
  const Graph graph = random_detector(4);
  Edit e(graph);
  auto& shape = *e.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
  const auto h = shape.dim(2).dim_value(), w = shape.dim(3).dim_value();
  shape.mutable_dim(1)->set_dim_value(h);
  shape.mutable_dim(2)->set_dim_value(w);
  shape.mutable_dim(3)->set_dim_value(3);
  const std::string n = steps(graph).front();
  auto conv = e.maker(n + "/sum");
  CHECK_THAT(refusal(e), ContainsSubstring("expected a Transpose by [0, 3, 1, 2]"));
  conv.set_input(0, "nchw");
  auto first = Edit::make("Transpose", {"image"}, "nchw"),
       last = Edit::make("Transpose", {graph.nodes.back().name}, "nhwc");
  ints(first, "perm", {0, 3, 1, 2});
  ints(last, "perm", {0, 2, 3, 1});
  e.replace({n + "/sum"}, {first, conv});
  *e.graph().add_node() = last;
  e.graph().mutable_output(0)->set_name("nhwc");
  CHECK(same(e.read(), graph));
}
