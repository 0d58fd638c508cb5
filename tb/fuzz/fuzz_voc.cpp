// SPDX-License-Identifier: Apache-2.0
// PASCAL VOC: an annotation file, then a list of ImageSets/Main.
#include "check_dataset.h"
#include "irc/core/error.h"
#include "irc/detection/readers.h"
#include "pictures.h"

namespace irc::fuzz {

void run(Input input) {
  static const Scratch scratch;
  static const auto picture = scratch.write("JPEGImages/a.png", png_picture());
  const auto parts = parts_of(input, 2);
  scratch.write("Annotations/a.xml", parts[0]);
  scratch.write("ImageSets/Main/val.txt", parts[1]);
  detection::split_names(scratch.path());
  refused([&] { check_dataset(detection::read_voc(scratch.path())); });
  check_dataset(detection::read_voc(scratch.path(), "val", {"car", "person"}));
}

void seeds(const AddSeed& add) {
  const auto object = [](const std::string& name, const std::string& more, const std::string& box) {
    return "<object><name>" + name + "</name>" + more + "<bndbox>" + box + "</bndbox></object>";
  };
  const std::string head =
      "<annotation><filename>a.png</filename><size><width>4</width><height>3</height><depth>3</depth></size>";
  const std::string box = "<xmin>1</xmin><ymin>1</ymin><xmax>3</xmax><ymax>2</ymax>";
  add("one.xml", joined_parts({head + object("car", "", box) + "</annotation>", "a\n"}));
  add("two.xml", joined_parts({"<?xml version=\"1.0\"?>\n" + head +
                                   object("person", "<difficult>1</difficult><pose>Unspecified</pose>", box) +
                                   object("car", "<truncated>0</truncated>",
                                          "<xmax>4.5</xmax><ymax>3</ymax><xmin>2</xmin><ymin>0</ymin>") +
                                   "</annotation>",
                               "a 1\n"}));
  add("no_size.xml",
      joined_parts({"<annotation>" + object("car", "<difficult/>", box) + "</annotation>", "a -1\n\n"}));
  add("zero_size.xml", "<annotation><size><width>0</width><height>0</height></size>" +
                           object("car", "", box) + "</annotation>");
  add("entities.xml",
      "<!DOCTYPE annotation [<!ENTITY a \"aaaa\">]>" + head + object("&a;&#x41;", "", box) + "</annotation>");
}

}  // namespace irc::fuzz
