// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "irc/core/tensor.h"

namespace irc::detection {

/// Axis-aligned box in pixels, COCO convention: top-left corner, exclusive right and bottom edge.
struct Box {
  double x = 0, y = 0, width = 0, height = 0;
  double area() const { return width * height; }
  friend bool operator==(const Box&, const Box&) = default;
};

/// Intersection over union; 0 where the union is empty.
double iou(const Box& a, const Box& b);

struct Annotation {
  Box box;
  int category = 0;        ///< index into Dataset::categories
  bool crowd = false;      ///< COCO iscrowd
  bool difficult = false;  ///< VOC difficult
  double area = 0;         ///< COCO area (segmentation area where given, else the box's)
};

struct Detection {
  Box box;
  int category = 0;  ///< index into Dataset::categories
  double score = 0;
};

/// One picture of a data set. The pixels are read on demand (`load_picture`), unless `pixels` holds them.
struct Sample {
  std::int64_t id = 0;
  std::string file_name;  ///< as the data set names it
  std::string path;       ///< where the picture is; empty if `pixels` holds it
  int width = 0, height = 0;
  std::vector<Annotation> annotations;
  Picture pixels;
};

struct Dataset {
  std::string name;
  std::vector<std::string> categories;
  std::vector<std::int64_t> category_ids;  ///< as the data set numbers them, parallel to `categories`
  std::vector<Sample> samples;
  bool annotated = false;  ///< false for a plain folder of pictures
};

}  // namespace irc::detection
