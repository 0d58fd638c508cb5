// SPDX-License-Identifier: Apache-2.0
#include "fixture.h"
#include "irc/detection/average_precision.h"

using namespace irc::detection;
using fixture::found;
using fixture::truth;

namespace {

double ap(const std::vector<PictureResult>& results, double iou = 0.5,
          VocMethod method = VocMethod::all_point, PixelRule rule = PixelRule::continuous) {
  return voc_average_precision(results, 1, iou, method, rule).mean;
}

/// Reads lines `class [score] x y width height`.
PictureResult read_lines(const fixture::fs::path& root, const std::string& name) {
  PictureResult out;
  std::string label;
  double score = 0, x = 0, y = 0, w = 0, h = 0;
  std::ifstream truths(root / "groundtruths" / name), detections(root / "detections" / name);
  while (truths >> label >> x >> y >> w >> h) out.truth.push_back(truth(x, y, w, h));
  while (detections >> label >> score >> x >> y >> w >> h) out.detections.push_back(found(score, x, y, w, h));
  return out;
}

const PictureResult hit_miss_hit{
    {truth(0, 0, 10, 10), truth(100, 0, 10, 10)},
    {found(0.9, 0, 0, 10, 10), found(0.8, 50, 50, 10, 10), found(0.7, 100, 0, 10, 10)}};

}  // namespace

TEST_CASE("VOC AP meets the published values") {
  const auto root = fixture::shared("map-oracles/voc");
  std::vector<PictureResult> results;
  std::size_t truths = 0, detections = 0;
  for (int i = 1; i <= 7; ++i) {
    results.push_back(read_lines(root, "0000" + std::to_string(i) + ".txt"));
    truths += results.back().truth.size();
    detections += results.back().detections.size();
  }
  REQUIRE(truths == 15);
  REQUIRE(detections == 24);
  const double ious[] = {0.1, 0.3, 0.5, 0.75};
  const double eleven[] = {0.3333333333, 0.2683982683, 0.0303030303, 0.0};
  const double all[] = {0.3371980676, 0.2456866804, 0.0222222222, 0.0};
  for (int i = 0; i < 4; ++i) {
    CHECK(ap(results, ious[i], VocMethod::eleven_point, PixelRule::inclusive) ==
          Approx(eleven[i]).margin(1e-9));
    CHECK(ap(results, ious[i], VocMethod::all_point, PixelRule::inclusive) == Approx(all[i]).margin(1e-9));
  }
}

TEST_CASE("VOC AP by hand: precision 1, 1/2, 2/3 at recall 1/2, 1/2, 1") {
  CHECK(ap({hit_miss_hit}) == Approx(0.5 * 1 + 0.5 * 2 / 3));
  CHECK(ap({hit_miss_hit}, 0.5, VocMethod::eleven_point) == Approx((6 * 1.0 + 5 * 2.0 / 3) / 11));
}

TEST_CASE("VOC: a second detection of the same truth is wrong") {
  PictureResult twice = hit_miss_hit;
  twice.detections[1] = found(0.8, 0, 0, 10, 10);
  CHECK(ap({twice}) == Approx(0.5 + 0.5 * 2 / 3));
  // It may not match another truth that it overlaps less.
  const PictureResult crowded{{truth(0, 0, 10, 10), truth(2, 0, 10, 10)},
                              {found(0.9, 0, 0, 10, 10), found(0.8, 0, 0, 10, 10)}};
  CHECK(ap({crowded}) == Approx(0.5));
}

TEST_CASE("VOC: difficult truth neither counts nor is charged") {
  PictureResult result{{truth(0, 0, 10, 10), truth(50, 0, 10, 10)}, {found(0.8, 0, 0, 10, 10)}};
  CHECK(ap({result}) == Approx(0.5));
  result.truth[1].difficult = true;
  CHECK(ap({result}) == Approx(1.0));
  result.detections.push_back(found(0.9, 50, 0, 10, 10));
  result.detections.push_back(found(0.85, 50, 0, 10, 10));
  CHECK(ap({result}) == Approx(1.0));
  result.truth[1].difficult = false;  // now the 0.85 is a duplicate, so precision is 1, 1/2, 2/3
  CHECK(ap({result}) == Approx(0.5 + 0.5 * 2 / 3));
}

TEST_CASE("VOC: equal scores keep the order of the list") {
  CHECK(ap({{{truth(0, 0, 10, 10)}, {found(0.5, 0, 0, 10, 10), found(0.5, 50, 50, 10, 10)}}}) == Approx(1.0));
  CHECK(ap({{{truth(0, 0, 10, 10)}, {found(0.5, 50, 50, 10, 10), found(0.5, 0, 0, 10, 10)}}}) == Approx(0.5));
}

TEST_CASE("VOC: overlap equal to the threshold is enough") {
  const PictureResult half{{truth(0, 0, 2, 1)}, {found(0.9, 0, 0, 1, 1)}};
  CHECK(ap({half}, 0.5) == 1.0);
  CHECK(ap({half}, 0.51) == 0.0);
}

TEST_CASE("VOC: inclusive pixels make boxes one wider and higher") {
  const PictureResult beside{{truth(0, 0, 1, 1)}, {found(0.9, 1, 0, 1, 1)}};  // 1*2 of 4+4-2 = 1/3
  CHECK(ap({beside}, 0.33, VocMethod::all_point, PixelRule::inclusive) == 1.0);
  CHECK(ap({beside}, 0.34, VocMethod::all_point, PixelRule::inclusive) == 0.0);
  CHECK(ap({beside}, 0.01, VocMethod::all_point, PixelRule::continuous) == 0.0);
}

TEST_CASE("VOC: recall points carry the rounding of published evaluators") {
  PictureResult result;
  for (int i = 0; i < 10; ++i) result.truth.push_back(truth(20.0 * i, 0, 10, 10));
  for (int i = 0; i < 3; ++i) result.detections.push_back(found(0.9, 20.0 * i, 0, 10, 10));
  // In binary, 3 / 10 < 3 * 0.1, so only the points 0, 0.1 and 0.2 are reached. 4 of 10 reaches 0.4.
  CHECK(ap({result}, 0.5, VocMethod::eleven_point) == Approx(3.0 / 11));
  result.detections.push_back(found(0.9, 60, 0, 10, 10));
  CHECK(ap({result}, 0.5, VocMethod::eleven_point) == Approx(5.0 / 11));
}

TEST_CASE("VOC: classes without truth are left out of the mean") {
  const std::vector<PictureResult> results{{{truth(0, 0, 10, 10, 1)}, {found(0.9, 0, 0, 10, 10, 0)}}};
  const ApResult out = voc_average_precision(results, 3);
  CHECK(out.per_class == std::vector<double>{no_truth, 0.0, no_truth});
  CHECK(out.mean == 0.0);
  CHECK(voc_average_precision({}, 3).mean == no_truth);
  CHECK(fixture::input_error([&] { voc_average_precision(results, 1); }).find("category 1") !=
        std::string::npos);
  CHECK_THROWS_AS(voc_average_precision(results, 3, 0.0), irc::InputError);
  CHECK_THROWS_AS(voc_average_precision(results, 3, 1.5), irc::InputError);
}
