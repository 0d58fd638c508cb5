// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "irc/detection/types.h"

namespace irc::detection {

/// Detections in COCO results format: [{"image_id", "category_id", "bbox": [x, y, width, height], "score"},
/// ...], with the data set's own ids. `detections` holds one list per sample, boxes in the sample's own
/// pixels. Throws InputError if the counts differ or a category is not one of the data set's.
std::string detections_json(const Dataset& dataset, std::span<const std::vector<Detection>> detections);

/// The data set as COCO ground truth (images, annotations, categories); pixels are not written.
std::string coco_json(const Dataset& dataset);

/// Writes detections_json into a file, whole or not at all (atomic_write). Throws InputError if it cannot be
/// written.
void write_detections(const std::filesystem::path& path, const Dataset& dataset,
                      std::span<const std::vector<Detection>> detections);
/// Writes coco_json into a file, whole or not at all. Throws InputError if it cannot be written.
void write_coco(const std::filesystem::path& path, const Dataset& dataset);

}  // namespace irc::detection
