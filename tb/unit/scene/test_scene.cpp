// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <set>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/scene/scene.h"

namespace {

using irc::scene::generate_scene;
using irc::scene::SceneOptions;

/// FNV-1a over pixels and boxes (in half pixels, which is the resolution of the sub-samples).
std::uint64_t fingerprint(const irc::detection::Sample& sample) {
  std::uint64_t hash = 0xCBF29CE484222325u;
  const auto add = [&](std::uint64_t byte) { hash = (hash ^ (byte & 255)) * 0x100000001B3u; };
  for (const std::uint8_t v : sample.pixels.values) add(v);
  for (const auto& a : sample.annotations) {
    add(static_cast<std::uint64_t>(a.category));
    for (const double edge : {a.box.x, a.box.y, a.box.width, a.box.height})
      add(static_cast<std::uint64_t>(2 * edge));
  }
  return hash;
}

TEST_CASE("a scene is addressed by seed and index alone") {
  const std::uint64_t once = fingerprint(generate_scene(7, 3));
  generate_scene(7, 4);
  CHECK(fingerprint(generate_scene(7, 3)) == once);
  CHECK(fingerprint(generate_scene(7, 4)) != once);
  CHECK(fingerprint(generate_scene(8, 3)) != once);
  const auto data = irc::scene::generate_dataset(7, 3, 2);
  CHECK(fingerprint(data.samples.at(0)) == once);
  CHECK(data.categories == std::vector<std::string>{"vehicle", "pedestrian", "cyclist"});
}

// Golden values. They test that every machine and compiler gives the same bits, not that the image is right.
TEST_CASE("the bits of a scene do not depend on the machine") {
  CHECK(fingerprint(generate_scene(1, 0)) == 0x0F22DF441BF702A5u);
  CHECK(fingerprint(generate_scene(424242, 17)) == 0x88112916EA2FD36Cu);
}

TEST_CASE("boxes lie in the picture, are big enough and every class occurs") {
  std::set<int> classes;
  int boxes = 0;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const auto sample = generate_scene(5, i);
    REQUIRE(sample.pixels.shape == irc::Shape{3, 96, 128});
    for (const auto& a : sample.annotations) {
      CHECK(a.box.x >= 0);
      CHECK(a.box.y >= 0);
      CHECK(a.box.x + a.box.width <= 128);
      CHECK(a.box.y + a.box.height <= 96);
      CHECK(std::max(a.box.width, a.box.height) >= SceneOptions{}.min_side_px);
      CHECK(a.area == a.box.area());
      classes.insert(a.category);
      ++boxes;
    }
    CHECK(sample.annotations.size() <= 5);
  }
  CHECK(classes == std::set<int>{0, 1, 2});
  CHECK(boxes > 60);
}

/// Mean absolute horizontal difference of the green channel inside a box.
double texture(const irc::Picture& p, int x0, int y0, int x1, int y1) {
  double sum = 0;
  int count = 0;
  for (int y = y0; y < y1; ++y)
    for (int x = x0; x + 1 < x1; ++x, ++count) sum += std::abs(p.at(y, x, 1) - p.at(y, x + 1, 1));
  return count ? sum / count : 0;
}

TEST_CASE("objects stand out from the ground they stand on") {
  SceneOptions quiet;
  quiet.sensor_noise = 0;
  double inside = 0, ground = 0;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const auto sample = generate_scene(6, i, quiet);
    // Level of detail of the ground: the lowest rows, which objects seldom reach.
    ground += texture(sample.pixels, 0, 92, 128, 96) / 60;
    double best = 0;
    for (const auto& a : sample.annotations)
      best = std::max(
          best, texture(sample.pixels, static_cast<int>(a.box.x), static_cast<int>(a.box.y),
                        static_cast<int>(a.box.x + a.box.width), static_cast<int>(a.box.y + a.box.height)));
    inside += best / 60;
  }
  CHECK(inside > 1.5 * ground);
}

TEST_CASE("an empty share of one leaves no road user, and noise can be switched off") {
  SceneOptions empty;
  empty.empty_share = 1;
  for (std::uint64_t i = 0; i < 10; ++i) CHECK(generate_scene(9, i, empty).annotations.empty());
  SceneOptions quiet;
  quiet.sensor_noise = 0;
  const auto noisy = generate_scene(9, 0), clean = generate_scene(9, 0, quiet);
  CHECK(noisy.pixels != clean.pixels);
  REQUIRE(noisy.annotations.size() == clean.annotations.size());
  for (std::size_t i = 0; i < noisy.annotations.size(); ++i)
    CHECK(noisy.annotations[i].box == clean.annotations[i].box);
}

TEST_CASE("a scene can have another size") {
  SceneOptions large;
  large.width = 160;
  large.height = 128;
  CHECK(generate_scene(1, 1, large).pixels.shape == irc::Shape{3, 128, 160});
}

TEST_CASE("options out of range are refused by name") {
  SceneOptions bad;
  bad.width = 16;
  CHECK_THROWS_WITH(generate_scene(1, 0, bad),
                    Catch::Matchers::ContainsSubstring("width") && Catch::Matchers::ContainsSubstring("16"));
  bad = {};
  bad.max_objects = 0;
  CHECK_THROWS_WITH(generate_scene(1, 0, bad), Catch::Matchers::ContainsSubstring("max_objects"));
  bad = {};
  bad.empty_share = std::nan("");
  CHECK_THROWS_AS(generate_scene(1, 0, bad), irc::InputError);
}

}  // namespace
