// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>
#include "support/catch.h"

#include <filesystem>
#include <fstream>

#include "fixture.h"
#include "irc/explore/design.h"
#include "irc/platform/config.h"
#include "irc/platform/resources.h"

using namespace irc;
using namespace irc::explore;
using namespace irc::explore::test;

namespace {

std::string id_of(const std::string& set, const ExperimentOptions& options = {}) {
  const auto e = parsed(head + "set = [" + set + "]\n" + voltage + metrics + grid, options);
  return PointMaker(e).make(design(e)[0], 0).id;
}

}  // namespace

TEST_CASE("SHA-256 is SHA-256") {
  // The one-block example of FIPS 180-4.
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("equal configurations have equal addresses, however they are written") {
  const auto plain = id_of("");
  CHECK(plain.size() == 64);
  CHECK(id_of("") == plain);
  CHECK(id_of("\"array.macros=8\"") == plain);  // the preset has this value already
  CHECK(id_of("\"run.threads=3\"") == plain);   // changes no result
  CHECK(id_of("\"run.draw=2\"") == plain);
  CHECK(id_of("\"run.write_head=true\"") == plain);
  CHECK(id_of("", {{"run.threads=1"}, {}}) == plain);
  CHECK(id_of("\"array.macros=9\"") != plain);
  CHECK(id_of("\"run.seed=2\"") != plain);
  CHECK(id_of("\"run.limit=7\"") != plain);
  CHECK(id_of("", {{}, 5}) != plain);
}

TEST_CASE("a detector counts by its bytes, not by its place") {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / ("irc_point_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const auto copy = [&](const char* name, const char* tail) {
    fs::copy_file(fs::path(IRC_SOURCE_DIR) / "models/traffic.onnx", folder / name,
                  fs::copy_options::overwrite_existing);
    std::ofstream(folder / name, std::ios::app) << tail;
    return "\"run.model=" + (folder / name).string() + "\"";
  };
  const auto a = id_of(copy("a.onnx", "")), b = id_of(copy("b.onnx", "")), other = id_of(copy("c.onnx", "x"));
  CHECK(a == b);
  CHECK(a == id_of(""));  // the embedded detector
  CHECK(a != other);
  fs::remove_all(folder);
}

TEST_CASE("a rung changes pictures and chips, and so the address") {
  const auto e = parsed(head + voltage + metrics + grid +
                        "[[fidelity]]\nimages = 5\n[[fidelity]]\nimages = 9\nchips = 2\n");
  PointMaker maker(e);
  const auto low = maker.make(design(e)[0], 0), high = maker.make(design(e)[0], 1);
  CHECK(low.id != high.id);
  CHECK(in_force(low, "run", "limit") == 5);
  CHECK(in_force(high, "run", "chips") == 2);
  CHECK(in_force(high, "array", "v_wl_v") == 0.5);
}

TEST_CASE("a configuration that does not resolve stands in the point") {
  const auto e =
      parsed(head + "[[parameter]]\nkey = \"array.amplifiers\"\nvalues = [7, 8]\n" + metrics + grid);
  PointMaker maker(e);
  const auto wrong = maker.make(design(e)[0], 0);
  CHECK_THAT(wrong.config_error, Catch::Matchers::ContainsSubstring("array.amplifiers"));
  CHECK(wrong.config_toml.empty());
  CHECK(wrong.id.size() == 64);
  CHECK(wrong.id != maker.make(design(e)[1], 0).id);
}

TEST_CASE("a point's configuration difference gives the point again") {
  const auto e = parsed(head + "set = [\"array.macros=4\"]\n" + voltage + metrics + grid);
  PointMaker maker(e);
  const auto point = maker.make(design(e)[2], 0);
  const auto again =
      platform::resolve(TomlDocument::parse(maker.config_diff(point), "p.toml", platform::embedded));
  CHECK(again.conditions.v_wl_v == 0.7);
  CHECK(again.geometry.macros == 4);
  CHECK(again.run.seed == 1);
}
