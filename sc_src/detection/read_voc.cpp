// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <sstream>

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/detection/readers.h"
#include "picture_file.h"
#include "reading.h"
#include "splits.h"
#include "text_file.h"

namespace irc::detection {
namespace {

namespace fs = std::filesystem;

/// One annotation file. `names` are kept until all files are read and the categories are known.
struct VocPicture {
  Sample sample;
  std::vector<std::string> names;
  std::vector<SourceLocation> places;
};

/// The annotations of one image take a few kilobytes.
constexpr std::uintmax_t max_annotation_bytes = std::uintmax_t{1} << 24;

class VocFile {
 public:
  explicit VocFile(const fs::path& path) : path_(path), bytes_(read_file(path, max_annotation_bytes)) {
    const auto result = document_.load_buffer(bytes_.data(), bytes_.size());
    if (!result)
      throw InputError(location(result.offset),
                       std::string("this is not valid XML: ") + result.description());
  }

  SourceLocation location(std::ptrdiff_t offset) const {
    if (offset < 0) return {path_.string()};
    const auto end =
        bytes_.begin() + std::min<std::ptrdiff_t>(offset, static_cast<std::ptrdiff_t>(bytes_.size()));
    return {path_.string(), static_cast<int>(std::count(bytes_.begin(), end, '\n')) + 1};
  }
  SourceLocation location(pugi::xml_node node) const { return location(node.offset_debug()); }

  pugi::xml_node root() const {
    const pugi::xml_node node = document_.child("annotation");
    if (!node) throw InputError({path_.string(), 1}, "expected the element <annotation>");
    return node;
  }
  pugi::xml_node child(pugi::xml_node parent, const char* name) const {
    const pugi::xml_node node = parent.child(name);
    if (!node)
      throw InputError(location(parent), std::string("<") + parent.name() + "> has no <" + name + ">");
    return node;
  }
  double number(pugi::xml_node parent, const char* name) const {
    const pugi::xml_node node = child(parent, name);
    const auto value = parse_number(trimmed(node.child_value()));
    if (!value)
      throw InputError(location(node), std::string("<") + name + "> is '" + node.child_value() +
                                           "'; expected a finite number");
    return *value;
  }
  std::string text(pugi::xml_node parent, const char* name) const {
    const pugi::xml_node node = child(parent, name);
    const std::string value(trimmed(node.child_value()));
    if (value.empty()) throw InputError(location(node), std::string("<") + name + "> is empty");
    return value;
  }

 private:
  fs::path path_;
  std::string bytes_;
  pugi::xml_document document_;
};

/// The image that the file names, or else the image with the annotation's own name. `stem` is that name below
/// Annotations; an image may be in the sub-folder of the same name.
fs::path find_picture(const fs::path& pictures, const std::string& file_name, const fs::path& stem) {
  if (!file_name.empty())
    for (const auto& folder : {pictures / stem.parent_path(), pictures})
      if (const fs::path path = picture_path(folder, file_name); is_file(path)) return path;
  for (const char* ending : {".jpg", ".jpeg", ".png", ".JPG", ".JPEG", ".PNG", ".bmp"})
    if (const fs::path path = pictures / (stem.string() + ending); is_file(path))
      return path.lexically_normal();
  return {};
}

/// One side of <size>; 0 where the file does not tell.
int read_side(const VocFile& file, pugi::xml_node size, const char* name) {
  const pugi::xml_node side = size.child(name);
  if (trimmed(side.child_value()).empty()) return 0;
  const double value = file.number(size, name);
  if (value < 0 || value > 1000000 || value != std::floor(value))
    throw InputError(file.location(side), std::string("<") + name + "> is " + side.child_value() +
                                              "; expected 1 to 1000000 pixels");
  return static_cast<int>(value);
}

void read_size(const VocFile& file, pugi::xml_node root, Sample& sample, Reading& reading) {
  const pugi::xml_node size = root.child("size");
  sample.width = read_side(file, size, "width");
  sample.height = read_side(file, size, "height");
  if (sample.width > 0 && sample.height > 0) return;
  if (size) reading.note("image sizes of 0 taken from the image", file.location(size));
  const PictureSize found = picture_size(sample.path);
  sample.width = found.width, sample.height = found.height;
}

/// <difficult>: 0 or 1. Some programs leave it empty or write "Unspecified", others write words.
bool read_difficult(const VocFile& file, pugi::xml_node object, Reading& reading) {
  const pugi::xml_node node = object.child("difficult");
  std::string text(trimmed(node.child_value()));
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (!node || text == "false" || text == "no") return false;
  if (text == "true" || text == "yes") return true;
  if (text.empty() || text == "unspecified") {
    reading.note("objects of unknown difficulty taken as not difficult", file.location(node));
    return false;
  }
  const double value = file.number(object, "difficult");
  if (value != 0 && value != 1)
    throw InputError(file.location(node),
                     std::string("<difficult> is '") + node.child_value() + "'; expected 0 or 1");
  return value == 1;
}

/// Adds the object to `out`, unless its box has no area.
void read_object(const VocFile& file, pugi::xml_node object, VocPicture& out, Reading& reading) {
  const std::string name = file.text(object, "name");
  const pugi::xml_node corners = file.child(object, "bndbox");
  const double left = file.number(corners, "xmin"), top = file.number(corners, "ymin");
  const double right = file.number(corners, "xmax"), bottom = file.number(corners, "ymax");
  const SourceLocation where = file.location(object);
  // By the rule of VOC such a box is one pixel wide. Nobody draws one: it is a slip of the mouse, or comes
  // from a program that does not count the last pixel.
  if (left == right || top == bottom) return reading.drop("without area", where);
  const Sample& sample = out.sample;
  Annotation annotation;
  annotation.box = clipped({left - 1, top - 1, right - left + 1, bottom - top + 1}, sample, where, reading);
  if (right < left || bottom < top || !(annotation.box.area() > 0)) {
    std::ostringstream found;
    found << left << " " << top << " " << right << " " << bottom;
    throw InputError(file.location(corners), "<bndbox> xmin ymin xmax ymax is " + found.str() +
                                                 "; expected a box that is not empty inside its image of " +
                                                 std::to_string(sample.width) + " x " +
                                                 std::to_string(sample.height) + " pixels");
  }
  annotation.area = annotation.box.area();
  annotation.difficult = read_difficult(file, object, reading);
  out.names.push_back(name);
  out.places.push_back(where);
  out.sample.annotations.push_back(annotation);
}

VocPicture read_annotation_file(const fs::path& folder, const fs::path& path, Reading& reading) {
  const fs::path pictures = folder / "JPEGImages";
  const VocFile file(path);
  const pugi::xml_node root = file.root();
  const std::string named(trimmed(root.child_value("filename")));
  const fs::path stem = path.lexically_relative(folder / "Annotations").replace_extension();
  VocPicture out;
  const fs::path picture = find_picture(pictures, named, stem);
  if (picture.empty())
    throw InputError(file.location(root), "there is no image '" + (named.empty() ? stem.string() : named) +
                                              "' in the folder '" + pictures.string() + "'");
  const fs::path below = picture.lexically_relative(pictures.lexically_normal());
  out.sample.file_name =
      below.empty() || *below.begin() == ".." ? picture.filename().string() : below.string();
  out.sample.path = picture.string();
  read_size(file, root, out.sample, reading);
  for (const pugi::xml_node object : root.children("object")) read_object(file, object, out, reading);
  return out;
}

/// The annotation files, those of sub-folders included, sorted.
std::vector<fs::path> all_annotation_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::follow_directory_symlink, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const bool hidden = entry->path().filename().string().starts_with(".");
    if (hidden || entry.depth() > 32) entry.disable_recursion_pending();
    const fs::path ending = entry->path().extension();
    if (!hidden && (ending == ".xml" || ending == ".XML")) files.push_back(entry->path());
  }
  if (error) throw InputError("the folder '" + folder.string() + "' cannot be listed: " + error.message());
  if (files.empty()) throw InputError("there is no .xml file in the folder '" + folder.string() + "'");
  std::sort(files.begin(), files.end());
  return files;
}

/// Skips the images to which no annotation file belongs.
void skip_unannotated(const fs::path& pictures, const std::map<std::string, std::string>& annotated,
                      Reading& reading) {
  std::error_code error;
  if (!fs::is_directory(pictures, error)) return;
  for (const auto& picture : pictures_in(pictures, true, reading))
    if (!annotated.contains(picture.lexically_normal().string()))
      reading.skip("without an annotation file", picture);
}

std::vector<fs::path> annotation_files(const fs::path& folder, const std::string& split) {
  std::vector<fs::path> files;
  if (split.empty()) return all_annotation_files(folder / "Annotations");
  const fs::path list = folder / "ImageSets" / "Main" / (split + ".txt");
  std::error_code error;
  if (!fs::is_regular_file(list, error))
    throw InputError("there is no split '" + split + "' in the VOC folder '" + folder.string() +
                     "'; the lists in its ImageSets/Main are " + joined(voc_splits(folder)));
  std::set<std::string> seen;
  for (const auto& line : read_lines(list)) {
    const auto words = split_words(line.text);
    if (words.empty()) continue;
    const std::string name(words[0]);
    const SourceLocation where{list.string(), line.number};
    if (!seen.insert(name).second) throw InputError(where, "the list names '" + name + "' twice");
    files.push_back(folder / "Annotations" / (name + ".xml"));
    if (!fs::is_regular_file(files.back(), error))
      throw InputError(where, "'" + name + "' has no annotation file '" + files.back().string() + "'");
  }
  if (files.empty()) throw InputError({list.string()}, "the list names no images");
  return files;
}

}  // namespace

std::vector<std::string> voc_splits(const fs::path& folder) {
  std::set<std::string> names;
  std::error_code error;
  fs::directory_iterator entries(folder / "ImageSets" / "Main", error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error))
    if (entries->path().extension() == ".txt") names.insert(entries->path().stem().string());
  std::vector<std::string> splits;
  for (const auto& name : names) {
    // The devkit also has a list for every class and split, such as dog_train. These lists are not splits.
    const auto line = name.rfind('_');
    if (line == std::string::npos || !names.contains(name.substr(line + 1))) splits.push_back(name);
  }
  return splits;
}

Dataset read_voc(const fs::path& folder, const std::string& split,
                 const std::vector<std::string>& categories) {
  std::vector<VocPicture> pictures;
  std::map<std::string, std::string> picture_of;
  Reading reading(folder);
  for (const auto& path : annotation_files(folder, split)) {
    pictures.push_back(read_annotation_file(folder, path, reading));
    const auto [other, is_new] = picture_of.emplace(pictures.back().sample.path, path.string());
    if (!is_new)
      throw InputError({path.string()}, "this file annotates the image '" + other->first +
                                            "', and so does '" + other->second + "'");
  }
  if (split.empty()) skip_unannotated(folder / "JPEGImages", picture_of, reading);
  Dataset dataset;
  dataset.name =
      fs::absolute(folder).lexically_normal().filename().string() + (split.empty() ? "" : "-" + split);
  dataset.annotated = true;
  dataset.categories = categories;
  if (categories.empty()) {
    std::set<std::string> names;
    for (const auto& picture : pictures) names.insert(picture.names.begin(), picture.names.end());
    dataset.categories.assign(names.begin(), names.end());
  }
  for (std::size_t i = 0; i < dataset.categories.size(); ++i)
    dataset.category_ids.push_back(static_cast<std::int64_t>(i) + 1);
  for (auto& picture : pictures) {
    picture.sample.id = static_cast<std::int64_t>(dataset.samples.size()) + 1;
    for (std::size_t i = 0; i < picture.names.size(); ++i) {
      const auto found = std::find(dataset.categories.begin(), dataset.categories.end(), picture.names[i]);
      if (found == dataset.categories.end())
        throw InputError(picture.places[i], "unknown class '" + picture.names[i] + "'; expected one of " +
                                                joined(dataset.categories));
      picture.sample.annotations[i].category = static_cast<int>(found - dataset.categories.begin());
    }
    drop_repeated(picture.sample.annotations, picture.places, reading);
    dataset.samples.push_back(std::move(picture.sample));
  }
  dataset.report = reading.report();
  return dataset;
}

}  // namespace irc::detection
