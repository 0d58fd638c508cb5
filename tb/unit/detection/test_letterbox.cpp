// SPDX-License-Identifier: Apache-2.0
#include <opencv2/imgproc.hpp>

#include "fixture.h"
#include "irc/core/random.h"
#include "irc/detection/letterbox.h"

using namespace irc::detection;
using irc::Picture;
using irc::Shape;

namespace {

Picture noise(int width, int height) {
  const irc::CounterRandom random(7, irc::Stream::test);
  Picture picture(Shape{3, height, width});
  for (std::size_t i = 0; i < picture.values.size(); ++i)
    picture.values[i] = static_cast<std::uint8_t>(random.below(256, i));
  return picture;
}

/// Largest difference to OpenCV's resize.
int difference(const Picture& picture, int width, int height, int method) {
  const cv::Mat in(picture.shape.height, picture.shape.width, CV_8UC3,
                   const_cast<std::uint8_t*>(picture.values.data()));
  cv::Mat expected;
  cv::resize(in, expected, {width, height}, 0, 0, method);
  const Picture got = resample(picture, width, height);
  int worst = 0;
  for (std::size_t i = 0; i < got.values.size(); ++i) {
    const int d = std::abs(int{got.values[i]} - int{expected.data[i]});
    worst = std::max(worst, d);
  }
  return worst;
}

}  // namespace

TEST_CASE("Shrinking agrees with OpenCV's area mean") {
  CHECK(difference(noise(96, 60), 48, 30, cv::INTER_AREA) <= 1);
  CHECK(difference(noise(97, 61), 40, 23, cv::INTER_AREA) <= 1);
  CHECK(difference(noise(97, 61), 40, 23, cv::INTER_NEAREST) > 50);  // shows that the bound can fail
}

TEST_CASE("Growing agrees with OpenCV's bilinear interpolation") {
  CHECK(difference(noise(31, 17), 62, 34, cv::INTER_LINEAR) <= 1);
  CHECK(difference(noise(31, 17), 95, 50, cv::INTER_LINEAR) <= 1);
}

TEST_CASE("Resampling by hand") {
  Picture two(Shape{3, 1, 2});
  two.values = {0, 10, 255, 4, 11, 0};
  CHECK(resample(two, 1, 1).values == std::vector<std::uint8_t>{2, 11, 128});  // halves round up
  CHECK(resample(two, 2, 1) == two);
}

TEST_CASE("A picture of the network's size passes untouched") {
  const Picture picture = noise(64, 48);
  Letterbox box;
  CHECK(letterbox(picture, 64, 48, box) == picture);
  CHECK(box.scale == 1);
  CHECK(box.to_network({3, 4, 5, 6}) == Box{3, 4, 5, 6});
}

TEST_CASE("A wide picture gets grey above and below") {
  Picture red(Shape{3, 100, 200});
  for (std::size_t i = 0; i < red.values.size(); i += 3) red.values[i] = 250;
  Letterbox box;
  const Picture out = letterbox(red, 128, 96, box);
  CHECK(box.scale == 0.64);
  CHECK(box.offset_x == 0);
  CHECK(box.offset_y == 16);
  for (int y : {0, 15, 80, 95})
    for (int c = 0; c < 3; ++c) CHECK(int{out.at(y, 60, c)} == 114);
  for (int y : {16, 40, 79}) {
    CHECK(int{out.at(y, 0, 0)} == 250);
    CHECK(int{out.at(y, 127, 2)} == 0);
  }
  CHECK(box.to_network({0, 0, 200, 100}) == Box{0, 16, 128, 64});
}

TEST_CASE("Boxes go to the network and back, and are clipped to the picture") {
  for (const auto& [width, height] : {std::pair{416, 416}, {640, 427}, {333, 500}, {50, 30}, {1, 999}}) {
    const Letterbox box = letterbox_geometry(width, height, 128, 96);
    const Box whole{0, 0, double(width), double(height)},
        part{width * 0.25, height * 0.5, width * 0.3, height * 0.2};
    for (const Box& b : {whole, part}) {
      const Box back = box.to_picture(box.to_network(b));
      CHECK(back.x == Approx(b.x).margin(1e-9));
      CHECK(back.y == Approx(b.y).margin(1e-9));
      CHECK(back.width == Approx(b.width));
      CHECK(back.height == Approx(b.height));
    }
    const Box n = box.to_network(whole);
    CHECK((n.x >= 0 && n.y >= 0 && n.x + n.width <= 128 + 1e-9 && n.y + n.height <= 96 + 1e-9));
  }
  const Letterbox square = letterbox_geometry(100, 100, 128, 96);  // offset_x = 16
  CHECK(square.to_picture({0, 0, 64, 96}) == Box{0, 0, 50, 100});
  CHECK(square.to_picture({0, 0, 10, 96}).width == 0);
}

TEST_CASE("Impossible sizes are refused") {
  Letterbox box;
  CHECK_THROWS_AS(letterbox(Picture{}, 128, 96, box), irc::InputError);
  CHECK_THROWS_AS(letterbox(noise(8, 8), 0, 96, box), irc::InputError);
  CHECK_THROWS_AS(letterbox_geometry(8, -1, 128, 96), irc::InputError);
  CHECK_THROWS_AS(resample(Picture(Shape{1, 8, 8}), 4, 4), irc::InputError);
}

TEST_CASE("Overlap of two boxes") {
  CHECK(iou({0, 0, 10, 10}, {5, 0, 10, 10}) == Approx(50.0 / 150));
  CHECK(iou({0, 0, 10, 10}, {10, 0, 10, 10}) == 0);
  CHECK(iou({0, 0, 0, 0}, {0, 0, 0, 0}) == 0);
}
