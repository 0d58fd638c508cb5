// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "fixture.h"
#include "irc/detection/average_precision.h"
#include "irc/detection/readers.h"

using namespace irc::detection;
using fixture::found;
using fixture::truth;

namespace {

CocoResult evaluate(const std::vector<PictureResult>& results) {
  return coco_average_precision(results, 1);
}

}  // namespace

TEST_CASE("COCO mAP meets the official evaluator's values") {
  const auto root = fixture::shared("map-oracles/coco");
  const Dataset dataset = read_coco(root / "gts" / "sampled_gts_bbox_area.json");
  const auto detections = read_detections(root / "dets" / "sampled_bbox_results.json", dataset);
  std::vector<PictureResult> results;
  for (std::size_t i = 0; i < dataset.samples.size(); ++i)
    results.push_back({dataset.samples[i].annotations, detections[i]});
  const CocoResult out = coco_average_precision(results, static_cast<int>(dataset.categories.size()));
  const auto near = [](double value) { return Approx(value).margin(1e-6).epsilon(0); };
  CHECK(out.ap == near(0.503647));
  CHECK(out.ap50 == near(0.696973));
  CHECK(out.ap75 == near(0.571667));
  CHECK(out.ap_small == near(0.593252));
  CHECK(out.ap_medium == near(0.557991));
  CHECK(out.ap_large == near(0.489363));
  CHECK(out.ar1 == near(0.386813));
  CHECK(out.ar10 == near(0.593680));
  CHECK(out.ar100 == near(0.595353));
  CHECK(out.ar_small == near(0.654764));
  CHECK(out.ar_medium == near(0.603130));
  CHECK(out.ar_large == near(0.553744));
}

TEST_CASE("COCO: a perfect detection, and sizes nobody asked about") {
  const CocoResult out = evaluate({{{truth(0, 0, 50, 50)}, {found(0.9, 0, 0, 50, 50)}}});
  CHECK(out.ap == Approx(1.0));
  CHECK(out.ap_medium == Approx(1.0));
  CHECK(out.ap_small == no_truth);
  CHECK(out.ap_large == no_truth);
  CHECK(out.ar1 == 1.0);
  CHECK(evaluate({}).ap == no_truth);
  CHECK(evaluate({{{truth(0, 0, 50, 50)}, {}}}).ap == 0.0);
}

TEST_CASE("COCO: overlap 0.82 passes seven of ten thresholds") {
  const CocoResult out = evaluate({{{truth(0, 0, 100, 100)}, {found(0.9, 0, 0, 100, 82)}}});
  CHECK(out.ap == Approx(0.7));
  CHECK(out.ap50 == Approx(1.0));
  CHECK(out.ap75 == Approx(1.0));
  CHECK(out.ar100 == Approx(0.7));
}

TEST_CASE("COCO: 101 recall points") {
  const PictureResult result{
      {truth(0, 0, 10, 10), truth(100, 0, 10, 10)},
      {found(0.9, 0, 0, 10, 10), found(0.8, 50, 50, 10, 10), found(0.7, 100, 0, 10, 10)}};
  const CocoResult out = evaluate({result});
  CHECK(out.ap == Approx((51 * 1.0 + 50 * 2.0 / 3) / 101));
  CHECK(out.ar1 == Approx(0.5));  // one detection per image
  CHECK(out.ar10 == Approx(1.0));
}

TEST_CASE("COCO: detections in a crowd are not charged") {
  PictureResult result{
      {truth(0, 0, 10, 10), truth(100, 100, 100, 100)},
      {found(0.9, 110, 110, 10, 10), found(0.8, 150, 150, 10, 10), found(0.5, 0, 0, 10, 10)}};
  result.truth[1].crowd = true;
  CHECK(evaluate({result}).ap == Approx(1.0));
  result.truth.pop_back();
  CHECK(evaluate({result}).ap == Approx(1.0 / 3));
}

TEST_CASE("COCO: overlap with a crowd is intersection over the detection's area") {
  // 62 of 100 pixels are inside: the detection is ignored at .5, .55 and .6. Above, it is a wrong detection
  // before the right one.
  PictureResult result{{truth(0, 0, 10, 10), truth(100, 100, 100, 100)},
                       {found(0.9, 96.2, 120, 10, 10), found(0.5, 0, 0, 10, 10)}};
  result.truth[1].crowd = true;
  CHECK(evaluate({result}).ap == Approx((3 * 1.0 + 7 * 0.5) / 10));
}

TEST_CASE("COCO: sizes go by the annotation's area, both edges included") {
  PictureResult result{{truth(0, 0, 20, 20), truth(100, 100, 100, 100)}, {found(0.9, 0, 0, 20, 20)}};
  CocoResult out = evaluate({result});
  CHECK(out.ap == Approx(51.0 / 101));
  CHECK(out.ap_small == Approx(1.0));
  CHECK(out.ap_medium == no_truth);
  CHECK(out.ap_large == 0.0);
  CHECK(out.ar_large == 0.0);
  result.truth[1].area = 1024;  // 32^2, the edge: both small and medium, whatever the size of the box
  out = evaluate({result});
  CHECK(out.ap_small == Approx(51.0 / 101));
  CHECK(out.ap_medium == 0.0);
  CHECK(out.ap_large == no_truth);
}

TEST_CASE("COCO: an unmatched detection of another size is not charged") {
  const CocoResult out =
      evaluate({{{truth(0, 0, 20, 20)}, {found(0.9, 200, 200, 100, 100), found(0.5, 0, 0, 20, 20)}}});
  CHECK(out.ap == Approx(0.5));
  CHECK(out.ap_small == Approx(1.0));
}

TEST_CASE("COCO: a taken truth leaves a duplicate wrong, unlike VOC a lesser overlap may serve") {
  const auto twice =
      evaluate({{{truth(0, 0, 10, 10), truth(50, 0, 10, 10)},
                 {found(0.9, 0, 0, 10, 10), found(0.8, 0, 0, 10, 10), found(0.7, 50, 0, 10, 10)}}});
  CHECK(twice.ap50 == Approx((51 * 1.0 + 50 * 2.0 / 3) / 101));
  const auto shared_out = evaluate(
      {{{truth(0, 0, 10, 10), truth(2, 0, 10, 10)}, {found(0.9, 0, 0, 10, 10), found(0.8, 0, 0, 10, 10)}}});
  CHECK(shared_out.ap50 == Approx(1.0));  // overlap 80 / 120
}

TEST_CASE("COCO: at most 100 detections of a category in a picture") {
  PictureResult result{{truth(0, 0, 10, 10)}, {}};
  for (int i = 0; i < 100; ++i) result.detections.push_back(found(0.9, 200, 200, 10, 10));
  result.detections.push_back(found(0.8, 0, 0, 10, 10));
  CHECK(evaluate({result}).ar100 == 0.0);
  result.detections.erase(result.detections.begin());
  CHECK(evaluate({result}).ar100 == 1.0);
}

TEST_CASE("COCO: bad results are refused") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(evaluate({{{}, {found(nan, 0, 0, 1, 1)}}}), irc::InputError);
  CHECK_THROWS_AS(evaluate({{{}, {found(0.5, 0, 0, 1, 1, 1)}}}), irc::InputError);
  CHECK_THROWS_AS(evaluate({{{truth(0, 0, 1, 1, -1)}, {}}}), irc::InputError);
}
