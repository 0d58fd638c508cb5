// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "irc/detection/types.h"

namespace irc::detection {

// Every reader throws InputError naming file (and line or key), the value found and what was expected: for
// malformed text, an annotation of an unknown image or category, duplicate ids, or a box that lies outside
// its image. A box that extends beyond its image is clipped to it. A box without area, and one that repeats
// another of its image in all values, are dropped. Dataset::report says what was left out, and why. Images
// come in a fixed order (COCO: by image id, as the official evaluator takes them; else by name) and are not
// decoded here.

/// COCO ground truth (JSON with images, annotations, categories). Without `image_root`, the images are
/// searched for beside the file, in images/, STEM/images, STEM, train/images, val/images and in COCO's own
/// ../TAIL, where STEM is the file's name without extension and TAIL is what follows its last '_'. The first
/// folder that holds all of them is taken, or else the one that holds most. An id may be written as text or
/// as 17.0. Categories of one name count as one, with the id that most annotations use. Where width or height
/// is missing or 0, the image itself is asked.
Dataset read_coco(const std::filesystem::path& json_path, const std::filesystem::path& image_root = {});

/// PASCAL VOC folder: Annotations/*.xml, JPEGImages, and ImageSets/Main/SPLIT.txt when `split` is given.
/// `categories` fixes names and order, and another name is then an error. If it is empty, the names found are
/// taken, sorted. VOC's 1-based corners, both inclusive, become x = xmin - 1, width = xmax - xmin + 1.
/// Annotations may be in sub-folders. Where the width or height is missing or 0, the image itself is asked.
Dataset read_voc(const std::filesystem::path& folder, const std::string& split = {},
                 const std::vector<std::string>& categories = {});

/// YOLO data sets: a data.yaml (names; `split` names an image folder, a list file, or a list of folders), or
/// a folder with images/ and labels/ whose class names are in classes.txt or in a data.yaml there or one
/// level above. Images in sub-folders belong to their split. An image without a label file has no objects. A
/// label line is `class cx cy w h`, or a polygon `class x1 y1 x2 y2 x3 y3 ...` whose bounding box is taken;
/// all values are fractions of the upright image. A sixth value, as other programs write it (a score or the
/// number of a track), is left out, and so are key points where the data.yaml has kpt_shape. An empty `split`
/// means "val" for a data.yaml, and all of images/ for a folder that has images/. A folder without a
/// data.yaml refuses a split.
Dataset read_yolo(const std::filesystem::path& data_yaml_or_folder, const std::string& split = {});

/// The images of one folder, or one image, without annotations. Images in sub-folders are skipped.
Dataset read_folder(const std::filesystem::path& folder);

/// Recognises the kind: a .json file (COCO), a .yaml/.yml file or a folder with data.yaml or images/ and
/// labels/ (YOLO), a folder with Annotations (VOC), a plain folder of images, a single image. `split` goes to
/// VOC and YOLO (YOLO: "val" when empty) and is an error elsewhere.
Dataset open_dataset(const std::filesystem::path& path, const std::string& split = {});

/// Returns the names of the splits that open_dataset accepts for `path`, sorted: the keys of a YOLO data.yaml
/// that name images, or the lists in a VOC folder's ImageSets/Main. Empty for every other kind of data set.
/// Throws InputError where the data.yaml cannot be read.
std::vector<std::string> split_names(const std::filesystem::path& path);

/// The sample's pixels, RGB, turned upright as the EXIF orientation says. Only where the data set states the
/// size of the stored pixels, and not that of the upright ones, are they delivered as stored, because the
/// annotations were made on them. Throws InputError with the path for a missing, truncated or undecodable
/// image, for a turned TIFF, or for an image whose size is not the data set's. A JPEG or PNG that lacks only
/// its end marker is read.
Picture load_picture(const Sample& sample);

/// Checks every image as load_picture does, but decodes only where it must, and adds to the report what a
/// user may want to know: orientation, missing end marker, 16 bits, transparency, CMYK. Throws InputError as
/// load_picture does.
void inspect_pictures(Dataset& dataset);

/// Number of images without an annotation.
std::uint64_t images_without_boxes(const Dataset& dataset);

/// Number of annotations of all images.
std::uint64_t box_count(const Dataset& dataset);

/// What was read and what was left out, in one line for people: "images: 300 read, 12 without boxes, 3
/// skipped: 3 hidden (first ._a.jpg); boxes: 812 read".
std::string reading_line(const Dataset& dataset);

/// For each detector class the index of the data set's category of that name. Throws InputError listing the
/// names of both sides if one is missing.
std::vector<int> match_classes(const Dataset& dataset, const std::vector<std::string>& classes);

/// Adds the classes that the data set does not have to its categories, without objects and with new ids after
/// the largest. Returns their names. Throws InputError listing the names of both sides if it has none of
/// them.
std::vector<std::string> add_missing_classes(Dataset& dataset, const std::vector<std::string>& classes);

/// A class and the number of its annotations.
struct ClassObjects {
  std::string name;           ///< of the class
  std::uint64_t objects = 0;  ///< annotations of this class
};

/// The data set's categories that have annotations and are none of `classes`.
std::vector<ClassObjects> foreign_classes(const Dataset& dataset, const std::vector<std::string>& classes);

/// Removes the annotations of all categories except `classes`. Returns how many there were.
std::uint64_t remove_other_classes(Dataset& dataset, const std::vector<std::string>& classes);

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
