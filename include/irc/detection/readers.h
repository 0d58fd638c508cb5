// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "irc/detection/types.h"

namespace irc::detection {

// Every reader throws InputError naming file (and line or key), the value found and what was expected: for
// malformed text, an annotation of an unknown image or category, duplicate ids, or a box that is empty inside
// its image. A box that extends beyond its image is clipped to it. Images come in a fixed order (COCO: by
// image id, as the official evaluator takes them; else by name) and are not decoded here.

/// COCO ground truth (JSON with images, annotations, categories). Without `image_root`, the images are
/// searched for beside the file, in images/, STEM/images, STEM, train/images, val/images and in COCO's own
/// ../TAIL, where STEM is the file's name without extension and TAIL is what follows its last '_'. The first
/// folder that holds all of them is taken, or else the one that holds most.
Dataset read_coco(const std::filesystem::path& json_path, const std::filesystem::path& image_root = {});

/// PASCAL VOC folder: Annotations/*.xml, JPEGImages, and ImageSets/Main/SPLIT.txt when `split` is given.
/// `categories` fixes names and order, and another name is then an error. If it is empty, the names found are
/// taken, sorted. VOC's 1-based corners, both inclusive, become x = xmin - 1, width = xmax - xmin + 1.
Dataset read_voc(const std::filesystem::path& folder, const std::string& split = {},
                 const std::vector<std::string>& categories = {});

/// YOLO data sets: a data.yaml (names; `split` names an image folder, a list file, or a list of folders), or
/// a folder with images/ and labels/ whose class names are in classes.txt or in a data.yaml there or one
/// level above. An image without a label file has no objects. A label line is `class cx cy w h`, or a polygon
/// `class x1 y1 x2 y2 x3 y3 ...` whose bounding box is taken; all values are fractions of the image.
/// An empty `split` means "val" for a data.yaml, and all of images/ for a folder that has images/. A folder
/// without a data.yaml refuses a split.
Dataset read_yolo(const std::filesystem::path& data_yaml_or_folder, const std::string& split = {});

/// The images of one folder, or one image, without annotations.
Dataset read_folder(const std::filesystem::path& folder);

/// Recognises the kind: a .json file (COCO), a .yaml/.yml file or a folder with data.yaml or images/ and
/// labels/ (YOLO), a folder with Annotations (VOC), a plain folder of images, a single image. `split` goes to
/// VOC and YOLO (YOLO: "val" when empty) and is an error elsewhere.
Dataset open_dataset(const std::filesystem::path& path, const std::string& split = {});

/// Returns the names of the splits that open_dataset accepts for `path`, sorted: the keys of a YOLO data.yaml
/// that name images, or the lists in a VOC folder's ImageSets/Main. Empty for every other kind of data set.
/// Throws InputError where the data.yaml cannot be read.
std::vector<std::string> split_names(const std::filesystem::path& path);

/// The sample's pixels, RGB. EXIF orientation is not applied, because annotations refer to the stored pixels.
/// Throws InputError with the path for a missing, truncated (a JPEG or PNG that ends before its end marker)
/// or undecodable image, or for one whose size is not the data set's.
Picture load_picture(const Sample& sample);

/// For each detector class the index of the data set's category of that name. Throws InputError listing the
/// names of both sides if one is missing.
std::vector<int> match_classes(const Dataset& dataset, const std::vector<std::string>& classes);

/// Whether both lists hold the same names, each once, but in a different order.
bool same_names_reordered(const std::vector<std::string>& a, const std::vector<std::string>& b);

/// Renumbers the data set's categories, and those of its annotations, into the order of `classes`. Throws
/// InputError listing the names of both sides where they are not the same.
void reorder_categories(Dataset& dataset, const std::vector<std::string>& classes);

/// Returns the names quoted and separated by commas, for messages: "'bus', 'car'". Returns "(none)" for an
/// empty list.
std::string joined(const std::vector<std::string>& names);

/// Reads detections in COCO results format. Returns one list per sample of `dataset`, each in the order of
/// the file.
std::vector<std::vector<Detection>> read_detections(const std::filesystem::path& json_path,
                                                    const Dataset& dataset);

}  // namespace irc::detection
