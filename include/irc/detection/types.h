// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "irc/core/tensor.h"

namespace irc::detection {

/// Axis-aligned box in pixels, COCO convention: top-left corner, exclusive right and bottom edge.
struct Box {
  double x = 0,    ///< left edge
      y = 0,       ///< upper edge
      width = 0,   ///< width
      height = 0;  ///< height
  /// Width times height, in square pixels.
  double area() const { return width * height; }
  /// Equal in all four values.
  friend bool operator==(const Box&, const Box&) = default;
};

/// Intersection over union; 0 where the union is empty.
double iou(const Box& a, const Box& b);

/// One annotated object of an image.
struct Annotation {
  Box box;                 ///< in pixels of the image
  int category = 0;        ///< index into Dataset::categories
  bool crowd = false;      ///< COCO iscrowd
  bool difficult = false;  ///< VOC difficult
  double area = 0;         ///< COCO area in square pixels (segmentation area where given, else the box's)
};

/// One detected object of an image.
struct Detection {
  Box box;           ///< in pixels of the image
  int category = 0;  ///< index into Dataset::categories
  double score = 0;  ///< confidence, 0 to 1
};

/// One image of a data set. The pixels are read on demand (`load_picture`), unless `pixels` holds them.
struct Sample {
  std::int64_t id = 0;                  ///< as the data set numbers it
  std::string file_name;                ///< as the data set names it
  std::string path;                     ///< where the image is; empty if `pixels` holds it
  int width = 0,                        ///< in pixels
      height = 0;                       ///< in pixels
  std::vector<Annotation> annotations;  ///< its objects; empty where the data set is not annotated
  Picture pixels;                       ///< the image itself; empty if it is read on demand
};

/// One reason why a reader left something out, or read it otherwise than it is written.
struct ReadingNote {
  std::string reason;       ///< for people, such as "repeated"
  std::uint64_t count = 0;  ///< how often it occurred
  std::string first;        ///< where it occurred first: file or file:line, seen from the data set's folder
};

/// What a reader did with a data set besides reading it. Equal reasons stand in one entry.
struct ReadingReport {
  std::vector<ReadingNote> skipped;  ///< images that are left out
  std::vector<ReadingNote> dropped;  ///< boxes that are left out
  std::vector<ReadingNote> notes;    ///< what was taken otherwise than it is written
};

/// Images with their annotations.
struct Dataset {
  std::string name;                        ///< for people
  std::vector<std::string> categories;     ///< names of the categories
  std::vector<std::int64_t> category_ids;  ///< as the data set numbers them, parallel to `categories`
  std::vector<Sample> samples;             ///< the images, in a fixed order
  bool annotated = false;                  ///< false for a plain folder of images
  ReadingReport report;                    ///< what was left out, and why
};

}  // namespace irc::detection
