// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "fixture.h"
#include "irc/detection/decode.h"
#include "irc/detection/nms.h"

using namespace irc::detection;
using fixture::found;

namespace {

const irc::network::DetectorInfo info{{"bike", "bus"}, 16, ""};

/// 6 x 8 cells (a 128 x 96 image) with every logit far below the threshold and every distance one stride.
irc::DenseMap<float> silent_head() {
  irc::DenseMap<float> head(irc::Shape{6, 6, 8});
  for (int y = 0; y < 6; ++y)
    for (int x = 0; x < 8; ++x) head.at(y, x, 0) = head.at(y, x, 1) = -20.0f;
  return head;
}

}  // namespace

TEST_CASE("A peak becomes a box around its cell's centre") {
  auto head = silent_head();
  head.at(2, 3, 1) = 1.0f;
  const float distances[] = {std::log(0.5f), std::log(1.0f), std::log(2.0f), std::log(1.5f)};
  for (int side = 0; side < 4; ++side) head.at(2, 3, 2 + side) = distances[side];
  const auto out = decode(head, info, 128, 96);
  REQUIRE(out.size() == 1);
  CHECK(out[0].category == 1);
  CHECK(out[0].score == Approx(1 / (1 + std::exp(-1.0))));
  CHECK(out[0].box.x == Approx(56 - 8).epsilon(1e-6));
  CHECK(out[0].box.y == Approx(40 - 16).epsilon(1e-6));
  CHECK(out[0].box.width == Approx(8 + 32).epsilon(1e-6));
  CHECK(out[0].box.height == Approx(16 + 24).epsilon(1e-6));
}

TEST_CASE("Distances without logarithm and probabilities are read as the options say") {
  auto head = silent_head();
  for (auto& value : head.values) value = 0;
  head.at(2, 3, 1) = 0.25f;
  const float distances[] = {0.5f, 1.0f, 2.0f, -1.5f};
  for (int side = 0; side < 4; ++side) head.at(2, 3, 2 + side) = distances[side];
  DecodeOptions options;
  options.scores = ScoreForm::probabilities;
  options.box = BoxForm::distances;
  const auto strides = decode(head, info, 128, 96, options);
  REQUIRE(strides.size() == 1);
  CHECK(strides[0].score == 0.25);
  CHECK(strides[0].box == Box{56 - 8, 40 - 16, 8 + 32, 16});
  options.box = BoxForm::pixel_distances;
  CHECK(decode(head, info, 128, 96, options).at(0).box == Box{55.5, 39, 2.5, 1});
  for (const float wrong : {-0.5f, 1.5f}) {
    head.at(0, 0, 0) = wrong;
    CHECK(fixture::input_error([&] { decode(head, info, 128, 96, options); }).find("expected 0 to 1") !=
          std::string::npos);
  }
}

TEST_CASE("Boxes are cut at the picture, however far they reach") {
  auto head = silent_head();
  head.at(0, 0, 0) = 3.0f;
  head.at(0, 0, 2) = head.at(0, 0, 3) = head.at(0, 0, 4) = head.at(0, 0, 5) = 1e4f;
  const auto out = decode(head, info, 128, 96);
  REQUIRE(out.size() == 1);
  CHECK(out[0].box == Box{0, 0, 128, 96});
  head.at(0, 0, 4) = head.at(0, 0, 2) = -1e4f;  // the box has no width
  CHECK(decode(head, info, 128, 96).empty());
}

TEST_CASE("Only the greatest of a neighbourhood counts, per class") {
  auto head = silent_head();
  head.at(2, 2, 0) = 2.0f;
  head.at(3, 3, 0) = 1.9f;  // diagonal neighbour
  head.at(3, 3, 1) = 1.8f;  // another class
  head.at(2, 4, 0) = 1.0f;  // adjacent only to the suppressed cell, two cells from the peak
  const auto out = decode(head, info, 128, 96);
  REQUIRE(out.size() == 2);  // (2,4) is suppressed by its neighbour 1.9
  CHECK(out[0].category == 0);
  CHECK(out[1].category == 1);
  head.at(3, 3, 0) = -20.0f;
  CHECK(decode(head, info, 128, 96).size() == 3);
}

TEST_CASE("Of equal neighbours the first wins, equal scores go by class, then cell") {
  auto head = silent_head();
  head.at(1, 1, 0) = head.at(1, 2, 0) = 2.0f;
  head.at(4, 6, 0) = 2.0f;
  head.at(0, 7, 1) = 2.0f;
  const auto out = decode(head, info, 128, 96);
  REQUIRE(out.size() == 3);
  CHECK(out[0].box.x == Approx(24 - 16));
  CHECK(out[1].box.x == Approx(104 - 16));
  CHECK(out[2].category == 1);
}

TEST_CASE("Threshold and number of peaks") {
  auto head = silent_head();
  head.at(0, 0, 0) = 0.0f;  // score exactly 0.5
  head.at(4, 4, 0) = 1.0f;
  CHECK(decode(head, info, 128, 96, {0.5, 100}).size() == 2);
  CHECK(decode(head, info, 128, 96, {0.500001, 100}).size() == 1);
  const auto best = decode(head, info, 128, 96, {0.0, 1});
  REQUIRE(best.size() == 1);
  CHECK(best[0].score > 0.7);
}

TEST_CASE("A head that does not fit is refused") {
  auto head = silent_head();
  CHECK_THROWS_AS(decode(head, {{"a", "b", "c"}, 16, ""}, 128, 96), irc::InputError);
  CHECK_THROWS_AS(decode(head, {{"a", "b"}, 0, ""}, 128, 96), irc::InputError);
  CHECK_THROWS_AS(decode(head, info, 0, 96), irc::InputError);
  CHECK_THROWS_AS(decode(head, info, 128, 96, {1.5, 100}), irc::InputError);
  CHECK_THROWS_AS(decode(head, info, 128, 96, {0.5, 0}), irc::InputError);
  head.at(1, 1, 3) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(decode(head, info, 128, 96), irc::InputError);
}

TEST_CASE("NMS keeps the best of an overlapping group, class by class") {
  const std::vector<Detection> all{found(0.6, 0, 0, 10, 10), found(0.9, 1, 0, 10, 10),
                                   found(0.8, 2, 0, 10, 10), found(0.7, 0, 0, 10, 10, 1),
                                   found(0.5, 40, 0, 10, 10)};
  const auto out = nms(all);
  REQUIRE(out.size() == 3);
  CHECK(out[0].score == 0.9);
  CHECK(out[1].score == 0.7);
  CHECK(out[2].score == 0.5);
  CHECK(nms(all, 1.0).size() == 5);
}

TEST_CASE("NMS: only kept boxes suppress, overlap equal to the threshold stays, ties keep their order") {
  // b overlaps a and c; a does not overlap c. c survives because b is suppressed.
  CHECK(nms({found(0.9, 0, 0, 10, 10), found(0.8, 3, 0, 10, 10), found(0.7, 6, 0, 10, 10)}).size() == 2);
  CHECK(nms({found(0.9, 0, 0, 2, 1), found(0.8, 0, 0, 1, 1)}, 0.5).size() == 2);
  CHECK(nms({found(0.9, 0, 0, 2, 1), found(0.8, 0, 0, 1, 1)}, 0.49).size() == 1);
  const auto tie = nms({found(0.5, 1, 0, 10, 10), found(0.5, 0, 0, 10, 10)});
  REQUIRE(tie.size() == 1);
  CHECK(tie[0].box.x == 1);
  CHECK_THROWS_AS(nms({}, -0.1), irc::InputError);
}
