// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <sstream>

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/detection/letterbox.h"
#include "irc/detection/readers.h"
#include "picture_file.h"
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

/// The image that the file names, or else the image with the annotation's own name.
fs::path find_picture(const fs::path& pictures, const std::string& file_name, const std::string& stem) {
  std::error_code error;
  if (!file_name.empty() && fs::is_regular_file(pictures / file_name, error)) return pictures / file_name;
  for (const char* ending : {".jpg", ".jpeg", ".png", ".JPG", ".JPEG", ".PNG", ".bmp"})
    if (fs::is_regular_file(pictures / (stem + ending), error)) return pictures / (stem + ending);
  return {};
}

void read_size(const VocFile& file, pugi::xml_node root, Sample& sample) {
  const pugi::xml_node size = root.child("size");
  if (!size) {
    const PictureSize found = picture_size(sample.path);
    sample.width = found.width, sample.height = found.height;
    return;
  }
  const auto side = [&](const char* name) {
    const double value = file.number(size, name);
    if (value < 1 || value > 1000000 || value != std::floor(value))
      throw InputError(file.location(size), std::string("<") + name + "> is " + size.child_value(name) +
                                                "; expected 1 to 1000000 pixels");
    return static_cast<int>(value);
  };
  sample.width = side("width");
  sample.height = side("height");
}

Annotation read_object(const VocFile& file, pugi::xml_node object, const Sample& sample) {
  const pugi::xml_node corners = file.child(object, "bndbox");
  const double left = file.number(corners, "xmin"), top = file.number(corners, "ymin");
  const double right = file.number(corners, "xmax"), bottom = file.number(corners, "ymax");
  Annotation annotation;
  annotation.box = clip({left - 1, top - 1, right - left + 1, bottom - top + 1}, sample.width, sample.height);
  if (right < left || bottom < top || !(annotation.box.area() > 0)) {
    std::ostringstream found;
    found << left << " " << top << " " << right << " " << bottom;
    throw InputError(file.location(corners), "<bndbox> xmin ymin xmax ymax is " + found.str() +
                                                 "; expected a box that is not empty inside its image of " +
                                                 std::to_string(sample.width) + " x " +
                                                 std::to_string(sample.height) + " pixels");
  }
  annotation.area = annotation.box.area();
  if (object.child("difficult")) annotation.difficult = file.number(object, "difficult") != 0;
  return annotation;
}

VocPicture read_annotation_file(const fs::path& path, const fs::path& pictures) {
  const VocFile file(path);
  const pugi::xml_node root = file.root();
  const std::string named(trimmed(root.child_value("filename")));
  VocPicture out;
  const fs::path picture = find_picture(pictures, named, path.stem().string());
  if (picture.empty())
    throw InputError(file.location(root), "there is no image '" +
                                              (named.empty() ? path.stem().string() : named) +
                                              "' in the folder '" + pictures.string() + "'");
  out.sample.file_name = picture.filename().string();
  out.sample.path = picture.string();
  read_size(file, root, out.sample);
  for (const pugi::xml_node object : root.children("object")) {
    out.names.push_back(file.text(object, "name"));
    out.places.push_back(file.location(object));
    out.sample.annotations.push_back(read_object(file, object, out.sample));
  }
  return out;
}

std::vector<fs::path> annotation_files(const fs::path& folder, const std::string& split) {
  std::vector<fs::path> files;
  if (split.empty()) {
    std::error_code error;
    fs::directory_iterator entries(folder / "Annotations", error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error))
      if (entries->path().extension() == ".xml") files.push_back(entries->path());
    if (error)
      throw InputError("the folder '" + (folder / "Annotations").string() +
                       "' cannot be listed: " + error.message());
    if (files.empty())
      throw InputError("there is no .xml file in the folder '" + (folder / "Annotations").string() + "'");
    std::sort(files.begin(), files.end());
    return files;
  }
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
  for (const auto& path : annotation_files(folder, split)) {
    pictures.push_back(read_annotation_file(path, folder / "JPEGImages"));
    const auto [other, is_new] = picture_of.emplace(pictures.back().sample.path, path.string());
    if (!is_new)
      throw InputError({path.string()}, "this file annotates the image '" + other->first +
                                            "', and so does '" + other->second + "'");
  }
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
    dataset.samples.push_back(std::move(picture.sample));
  }
  return dataset;
}

}  // namespace irc::detection
