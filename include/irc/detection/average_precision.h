// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <vector>

#include "irc/detection/types.h"

namespace irc::detection {

/// Truth and detections of one picture, in the same pixels.
struct PictureResult {
  std::vector<Annotation> truth;
  std::vector<Detection> detections;
};

enum class VocMethod {
  all_point,     ///< area under the interpolated precision-recall curve (VOC 2010 and later)
  eleven_point,  ///< mean interpolated precision at recall 0, 0.1 ... 1 (VOC 2007)
};

enum class PixelRule {
  continuous,  ///< a box of width w covers w pixels (what the readers deliver, VOC included)
  inclusive,   ///< width and height count one more: corners x and x + w both belong to the box
};

/// `no_truth` stands where a value has no meaning because there is nothing to find.
inline constexpr double no_truth = -1;

struct ApResult {
  std::vector<double> per_class;  ///< AP per category; no_truth for a category without (easy) truth
  double mean = no_truth;         ///< over the categories with truth; no_truth if there are none
};

/// PASCAL VOC average precision at one overlap threshold, by the rules of the devkit: detections of a class
/// in order of score over all pictures (equal scores: order of pictures, then of the list); each takes the
/// truth it overlaps most; overlap >= iou is right the first time and wrong every further time; a `difficult`
/// truth neither counts nor is charged. A recall point is reached where hits / truths >= 0.1 * i in double
/// precision, as the published values have it. `crowd` has no meaning here and is treated like difficult.
/// Throws InputError for a category outside [0, categories), a score that is not a number or iou outside (0,
/// 1].
ApResult voc_average_precision(std::span<const PictureResult> results, int categories, double iou = 0.5,
                               VocMethod method = VocMethod::all_point,
                               PixelRule rule = PixelRule::continuous);

/// The twelve numbers of the official COCO evaluator, `no_truth` where there is nothing to find.
struct CocoResult {
  double ap = no_truth, ap50 = no_truth, ap75 = no_truth;
  double ap_small = no_truth, ap_medium = no_truth, ap_large = no_truth;
  double ar1 = no_truth, ar10 = no_truth, ar100 = no_truth;
  double ar_small = no_truth, ar_medium = no_truth, ar_large = no_truth;
  std::vector<double> per_class;  ///< AP (IoU .50:.95) per category
};

/// COCO box evaluation: IoU .50:.05:.95, 101 recall points, at most 1 / 10 / 100 detections per picture and
/// category, sizes by Annotation::area (small < 32^2 <= medium < 96^2 <= large, edges in both), truth outside
/// the size range and crowds are ignored; overlap with a crowd is intersection over the detection's area.
/// Equal scores keep the order of pictures: for the official figures, by image id, as read_coco delivers
/// them. Throws InputError as voc_average_precision does.
CocoResult coco_average_precision(std::span<const PictureResult> results, int categories);

}  // namespace irc::detection
