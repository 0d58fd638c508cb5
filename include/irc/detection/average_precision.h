// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <vector>

#include "irc/detection/types.h"

namespace irc::detection {

/// Truth and detections of one image, in the same pixels.
struct PictureResult {
  std::vector<Annotation> truth;      ///< the annotated objects
  std::vector<Detection> detections;  ///< what the detector found
};

/// How VOC average precision is computed from the precision-recall curve.
enum class VocMethod {
  all_point,     ///< area under the interpolated precision-recall curve (VOC 2010 and later)
  eleven_point,  ///< mean interpolated precision at recall 0, 0.1 ... 1 (VOC 2007)
};

/// How many pixels a box covers.
enum class PixelRule {
  continuous,  ///< a box of width w covers w pixels; all readers deliver this, VOC included
  inclusive,   ///< width and height count one more: corners x and x + w both belong to the box
};

/// Value of a result that is undefined because there is no truth.
inline constexpr double no_truth = -1;

/// Average precision per category and its mean.
struct ApResult {
  std::vector<double> per_class;  ///< AP per category; no_truth for a category without (easy) truth
  double mean = no_truth;         ///< over the categories with truth; no_truth if there are none
};

/// PASCAL VOC average precision at one overlap threshold, by the rules of the devkit. Detections of a class
/// are taken in order of score over all images (equal scores: order of images, then of the list). Each takes
/// the truth it overlaps most. An overlap >= iou is right the first time and wrong every further time. A
/// `difficult` truth counts neither as a hit nor as a miss. A recall point is reached where hits / truths >=
/// 0.1 * i in double precision, as in the published values. `crowd` has no meaning here and is treated like
/// difficult. Throws InputError for a category outside [0, categories), a score that is not a number, or iou
/// outside (0, 1].
ApResult voc_average_precision(std::span<const PictureResult> results, int categories, double iou = 0.5,
                               VocMethod method = VocMethod::all_point,
                               PixelRule rule = PixelRule::continuous);

/// The twelve numbers of the official COCO evaluator. A value is `no_truth` where there is nothing to find.
/// `ap` is average precision, `ar` average recall.
struct CocoResult {
  double ap = no_truth,           ///< IoU .50:.95
      ap50 = no_truth,            ///< IoU .50
      ap75 = no_truth;            ///< IoU .75
  double ap_small = no_truth,     ///< small objects
      ap_medium = no_truth,       ///< medium objects
      ap_large = no_truth;        ///< large objects
  double ar1 = no_truth,          ///< at most 1 detection per image and category
      ar10 = no_truth,            ///< at most 10 detections
      ar100 = no_truth;           ///< at most 100 detections
  double ar_small = no_truth,     ///< small objects
      ar_medium = no_truth,       ///< medium objects
      ar_large = no_truth;        ///< large objects
  std::vector<double> per_class;  ///< AP (IoU .50:.95) per category
};

/// COCO box evaluation: IoU .50:.05:.95, 101 recall points, at most 1, 10 or 100 detections per image and
/// category. Sizes are by Annotation::area (small < 32^2 <= medium < 96^2 <= large, edges in both). Truth
/// outside the size range and crowds are ignored. The overlap with a crowd is the intersection over the
/// detection's area. Equal scores keep the order of images; the official figures need the order by image id,
/// which read_coco delivers. Throws InputError as voc_average_precision does.
CocoResult coco_average_precision(std::span<const PictureResult> results, int categories);

}  // namespace irc::detection
