// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "irc/detection/types.h"

namespace irc::detection {

/// Every reader throws InputError naming file (and line or key), the value found and what was expected:
/// malformed text, an annotation of an unknown picture or category, duplicate ids, a box that is empty inside
/// its picture. A box that sticks out of its picture is clipped to it. Pictures come in a fixed order
/// (COCO: by image id, as the official evaluator takes them; else by name) and are not decoded here.

/// COCO ground truth (JSON with images, annotations, categories). Without `image_root`, the pictures are
/// looked for beside the file, in images/, <stem>/images, <stem>, train/images, val/images and in COCO's own
/// ../<stem after the last '_'>; the first folder that holds them all, else the one that holds most.
Dataset read_coco(const std::filesystem::path& json_path, const std::filesystem::path& image_root = {});

/// PASCAL VOC folder: Annotations/*.xml, JPEGImages, ImageSets/Main/<split>.txt when `split` is given.
/// `categories` fixes names and order (another name is an error then); empty: the names found, sorted.
/// VOC's 1-based corners, both inclusive, become x = xmin - 1, width = xmax - xmin + 1.
Dataset read_voc(const std::filesystem::path& folder, const std::string& split = {},
                 const std::vector<std::string>& categories = {});

/// YOLO folders: a data.yaml (names; `split` names a folder of pictures, a list file, or a list of folders)
/// or a folder with images/ and labels/ whose names stand in classes.txt or in a data.yaml there or one
/// above. A picture without a label file has no objects. A label line is `class cx cy w h`, or a polygon
/// `class x1 y1 x2 y2 x3 y3 ...` whose bounding box is taken; all in fractions of the picture.
/// An empty `split` means "val" in a data.yaml, and all of images/ in a folder that has one. A folder without
/// a data.yaml refuses a split.
Dataset read_yolo(const std::filesystem::path& data_yaml_or_folder, const std::string& split = {});

/// The pictures of one folder, or one picture; no annotations.
Dataset read_folder(const std::filesystem::path& folder);

/// Recognises the kind: a .json file (COCO), a .yaml/.yml file or a folder with data.yaml or images/ and
/// labels/ (YOLO), a folder with Annotations (VOC), a plain folder of pictures, a single picture.
/// `split` goes to VOC and YOLO (YOLO: "val" when empty) and is an error elsewhere.
Dataset open_dataset(const std::filesystem::path& path, const std::string& split = {});

/// The splits that open_dataset would take for `path`, sorted: the keys of a YOLO data.yaml that name images,
/// or the lists in a VOC folder's ImageSets/Main. Empty for every other kind of data set. Throws InputError
/// where the data.yaml cannot be read.
std::vector<std::string> split_names(const std::filesystem::path& path);

/// The sample's pixels, RGB; EXIF orientation is not applied, as annotations refer to the stored pixels.
/// Throws InputError with the path: missing, truncated (a JPEG or PNG that ends before its end marker) or
/// undecodable picture, or one whose size is not the data set's.
Picture load_picture(const Sample& sample);

/// For each detector class the index of the data set's category of that name. Throws InputError listing
/// both sides if one is missing.
std::vector<int> match_classes(const Dataset& dataset, const std::vector<std::string>& classes);

/// Whether both lists hold the same names, each once, in a different order.
bool same_names_reordered(const std::vector<std::string>& a, const std::vector<std::string>& b);

/// Renumbers the data set's categories, and those of its annotations, into the order of `classes`. Throws
/// InputError listing both sides where the names are not the same.
void reorder_categories(Dataset& dataset, const std::vector<std::string>& classes);

/// "'bus', 'car'", for messages; "(none)" for an empty list.
std::string joined(const std::vector<std::string>& names);

/// Detections in COCO results format, one list per sample of `dataset`, in the order of the file.
std::vector<std::vector<Detection>> read_detections(const std::filesystem::path& json_path,
                                                    const Dataset& dataset);

}  // namespace irc::detection
