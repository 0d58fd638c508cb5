// SPDX-License-Identifier: Apache-2.0
#include <functional>

#include "fixture.h"
#include "irc/core/file.h"
#include "irc/core/random.h"
#include "irc/detection/readers.h"

using namespace irc::detection;
using fixture::Folder;

namespace {

std::string coco(const std::string& annotations, const std::string& images = "",
                 const std::string& categories = "") {
  return "{\"images\": [{\"id\": 1, \"file_name\": \"a.png\", \"width\": 40, \"height\": 30}" + images +
         "],\n\"annotations\": [" + annotations + "],\n\"categories\": [{\"id\": 5, \"name\": \"car\"}" +
         categories + "]}";
}
std::string annotation(const std::string& bbox, int image = 1, int category = 5, int id = 1) {
  return "{\"id\": " + std::to_string(id) + ", \"image_id\": " + std::to_string(image) +
         ", \"category_id\": " + std::to_string(category) + ", \"bbox\": " + bbox + "}";
}

/// Checks that the message contains all of `parts`.
void names(const std::string& error, const std::vector<std::string>& parts) {
  for (const auto& part : parts) {
    INFO(error);
    CHECK(error.find(part) != std::string::npos);
  }
}

struct VocFolder : Folder {
  VocFolder() { picture("JPEGImages/a.png", 40, 30); }
  std::string error(const std::string& objects, const std::string& name = "a.png") const {
    write("Annotations/a.xml", "<annotation>\n<filename>" + name +
                                   "</filename>\n<size><width>40</width><height>30</height></size>\n" +
                                   objects + "</annotation>\n");
    return fixture::input_error([&] { read_voc(path(), "", {"dog"}); });
  }
};

struct YoloFolder : Folder {
  YoloFolder() {
    picture("images/a.png", 40, 30);
    write("data.yaml", "val: images\nnames: [bus, car]\n");
  }
  std::string label_error(const std::string& text) const {
    write("labels/a.txt", text);
    return fixture::input_error([&] { open_dataset(path()); });
  }
  std::string yaml_error(const std::string& text) const {
    write("bad.yaml", text);
    return fixture::input_error([&] { read_yolo(path() / "bad.yaml"); });
  }
};

}  // namespace

TEST_CASE("Bad COCO files say where and what") {
  const Folder folder;
  const auto error = [&](const std::string& text) {
    const auto path = folder.write("bad.json", text);
    const std::string message = fixture::input_error([&] { read_coco(path); });
    names(message, {"bad.json"});
    return message;
  };
  names(error("{\"images\": [\n {\"id\": 1,]"), {"bad.json:2:", "not valid JSON"});
  names(error(""), {"not valid JSON"});
  names(error("[1, 2]"), {"top level", "expected an object"});
  names(error("{\"images\": []}"), {"\"categories\""});
  names(error("{\"images\": 3, \"categories\": []}"), {"images", "expected an array"});
  names(error(coco(annotation("[1, 2, 3, 4]", 8))), {"annotations[0].image_id", "8"});
  names(error(coco(annotation("[1, 2, 3, 4]", 1, 6))), {"annotations[0].category_id", "6"});
  names(error(coco(annotation("[1, 2, 3]"))), {"annotations[0].bbox", "[x, y, width, height]"});
  names(error(coco(annotation("[1, 2, 3, \"4\"]"))), {"annotations[0].bbox[3]", "expected a finite number"});
  names(error(coco(annotation("[1, 2, 0, -4]"))), {"annotations[0].bbox", "not empty"});
  names(error(coco(annotation("[9, 2, -3, 4]"))), {"annotations[0].bbox", "not empty"});
  names(error(coco(annotation("[50, 2, 3, 4]"))), {"annotations[0].bbox", "40 x 30"});
  names(error(coco(annotation("[1, 2, 3, 4]") + "," + annotation("[1, 2, 3, 4]"))),
        {"annotations[1].id", "repeats"});
  names(error(coco("", ", {\"id\": 1, \"file_name\": \"b.png\", \"width\": 4, \"height\": 3}")),
        {"images[1]", "repeats image id 1"});
  names(error(coco("", ", {\"id\": 2, \"file_name\": \"b.png\", \"width\": -1, \"height\": 3}")),
        {"images[1].width", "-1"});
  names(error(coco("", ", {\"id\": 2, \"file_name\": \"b.png\", \"width\": 0, \"height\": 3}")), {"b.png"});
  names(error(coco("", ", {\"id\": 2, \"file_name\": \"a.png\", \"width\": 4, \"height\": 3}")),
        {"images[1].file_name", "images[0]"});
  names(error(coco("", ", {\"id\": \"b7\", \"file_name\": \"b.png\"}")), {"images[1].id", "\"b7\""});
  names(error(coco("", ", {\"id\": 2.5, \"file_name\": \"b.png\", \"width\": 4, \"height\": 3}")),
        {"images[1].id", "expected an integer"});
  names(error(coco("", "", ", {\"id\": 5, \"name\": \"bus\"}")), {"categories[1]", "repeats category id 5"});
  names(fixture::input_error([&] { read_coco(folder.path() / "none.json"); }), {"none.json"});
}

TEST_CASE("Bad COCO results say where and what") {
  const Folder folder;
  const Dataset dataset = read_coco(folder.write("g.json", coco("")));
  const auto error = [&](const std::string& text) {
    const auto path = folder.write("d.json", text);
    return fixture::input_error([&] { read_detections(path, dataset); });
  };
  names(error("[{\"image_id\": 2, \"category_id\": 5, \"bbox\": [1,2,3,4], \"score\": 1}]"),
        {"[0].image_id", "2"});
  names(error("[{\"image_id\": 1, \"category_id\": 4, \"bbox\": [1,2,3,4], \"score\": 1}]"),
        {"[0].category_id", "4"});
  names(error("[{\"image_id\": 1, \"category_id\": 5, \"bbox\": [1,2,3,4]}]"), {"\"score\""});
}

TEST_CASE("Bad VOC files say where and what") {
  const VocFolder folder;
  const std::string corners = "<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox>";
  names(folder.error("<object>\n<name>dog</name></object>"), {"a.xml:4", "<bndbox>"});
  names(folder.error("<object>" + corners + "</object>"), {"a.xml:4", "<name>"});
  names(folder.error("\n<object><name>cow</name>" + corners + "</object>"), {"a.xml:5", "'cow'", "'dog'"});
  names(folder.error("<object><name>dog</name><bndbox><xmin>x</xmin><ymin>1</ymin><xmax>9</xmax>"
                     "<ymax>9</ymax></bndbox></object>"),
        {"a.xml:4", "<xmin>", "'x'"});
  names(folder.error("<object><name>dog</name><bndbox><xmin>9</xmin><ymin>1</ymin><xmax>1</xmax>"
                     "<ymax>9</ymax></bndbox></object>"),
        {"a.xml:4", "9 1 1 9"});
  names(folder.error("<object><name>dog</name><bndbox><xmin>60</xmin><ymin>1</ymin><xmax>70</xmax>"
                     "<ymax>9</ymax></bndbox></object>"),
        {"a.xml:4", "40 x 30"});
  names(folder.error("<object>"), {"a.xml:", "not valid XML"});
  folder.write("Annotations/b.xml", "<annotation><filename>b.png</filename></annotation>");
  names(folder.error("<object>"), {"not valid XML"});
  folder.write("Annotations/a.xml", "<annotation></annotation>");
  names(fixture::input_error([&] { read_voc(folder.path()); }), {"b.xml:1", "'b.png'", "JPEGImages"});
  folder.write("Annotations/b.xml", "<annotation><filename>a.png</filename></annotation>");
  names(fixture::input_error([&] { read_voc(folder.path()); }), {"b.xml", "a.xml"});
  folder.write("ImageSets/Main/val.txt", "a\nc\n");
  names(fixture::input_error([&] { read_voc(folder.path(), "val"); }), {"val.txt:2", "'c'"});
}

TEST_CASE("Bad YOLO files say where and what") {
  const YoloFolder folder;
  names(folder.label_error("0 0.5 0.5 0.2 0.2\n0 0.5 0.5 0.2\n"), {"a.txt:2", "4 values"});
  names(folder.label_error("0 0.5 0.5 0.2 0.2 -0.9"), {"a.txt:1", "6 values"});
  names(folder.label_error("2 0.5 0.5 0.2 0.2"), {"a.txt:1", "class '2'", "'bus', 'car'"});
  names(folder.label_error("0.5 0.5 0.5 0.2 0.2"), {"a.txt:1", "class"});
  names(folder.label_error("-1 0.5 0.5 0.2 0.2"), {"a.txt:1", "class"});
  names(folder.label_error("0 0.5 half 0.2 0.2"), {"a.txt:1", "'half'"});
  names(folder.label_error("0 0.5 nan 0.2 0.2"), {"a.txt:1", "'nan'"});
  names(folder.label_error("0 0.5 0.5 -0.1 0.2"), {"a.txt:1", "empty"});
  names(folder.label_error("0 1.5 0.5 0.1 0.2"), {"a.txt:1", "empty"});
  names(folder.label_error("0 200 150 20 30"), {"a.txt:1", "fractions"});
  folder.write("labels/a.txt", "");
  folder.write("labels/z.txt", "");
  names(fixture::input_error([&] { open_dataset(folder.path()); }), {"z.txt", "not in folder"});
  names(folder.yaml_error("val: images\n"), {"'names'"});
  names(folder.yaml_error("val: images\nnames: [a, b]\nnc: 3\n"), {"bad.yaml:3", "nc"});
  names(folder.yaml_error("val: images\nnames: [a, a]\n"), {"bad.yaml:2", "'a' twice"});
  names(folder.yaml_error("val: images\nnames: [[a], [b]]\n"), {"bad.yaml:2", "plain class names"});
  names(folder.yaml_error("val: images\nnames: [a]\nkpt_shape: [17]\n"), {"bad.yaml:3", "kpt_shape"});
  names(folder.yaml_error("val: images\nnames: [a, b\n"), {"bad.yaml:2", "bracket"});
  names(folder.yaml_error("val: images\nnames:\n  0: a\n  2: b\n"), {"bad.yaml:4", "`1: name`"});
  names(folder.yaml_error("val: nowhere\nnames: [a]\n"), {"bad.yaml:1", "'nowhere'"});
  names(folder.yaml_error("train: images\nnames: [a]\n"), {"no split 'val'", "its splits are 'train'"});
  names(folder.yaml_error("just text\n"), {"bad.yaml:1", "`key: value`"});
  names(folder.yaml_error("names: [a]\nnames: [b]\n"), {"bad.yaml:2", "twice"});
}

TEST_CASE("Bad pictures name their path") {
  const Folder folder;
  const auto error = [&](const fixture::fs::path& path) {
    Sample sample;
    sample.path = path.string();
    return fixture::input_error([&] { load_picture(sample); });
  };
  names(error(folder.path() / "none.jpg"), {"none.jpg", "No such file"});
  names(error(folder.write("empty.jpg", "")), {"empty.jpg", "empty"});
  names(error(folder.write("text.jpg", "no picture at all")), {"text.jpg", "cannot be decoded"});
  names(error(folder.path()), {"directory"});
  for (const std::string name : {"whole.jpg", "whole.png"}) {
    const std::string bytes = irc::read_file(folder.picture(name, 64, 64));
    for (const std::size_t cut : {std::size_t{30}, bytes.size() / 2, bytes.size() - 40}) {
      const auto path = folder.write("cut-" + name, bytes.substr(0, bytes.size() - cut));
      names(error(path), {"cut-" + name, "truncated"});
    }
    std::string huge = bytes;
    const std::size_t size_at = name == "whole.png" ? 18 : huge.find("\xff\xc0") + 5;
    for (std::size_t i : {0, 1})
      huge[size_at + i] = huge[size_at + i + (name == "whole.png" ? 4 : 2)] = '\xff';
    names(error(folder.write("huge-" + name, huge)), {"huge-" + name, "65535 x 65535"});
    std::string damaged = bytes;
    for (std::size_t i = 20; i < 60; ++i) damaged[i] = 'x';
    CHECK(error(folder.write("damaged-" + name, damaged)).find("damaged-" + name) != std::string::npos);
    // Bytes after the end marker are common and harmless.
    Sample sample;
    sample.path = folder.write("longer-" + name, bytes + std::string(100, '\0')).string();
    CHECK(load_picture(sample).shape.width == 64);
    sample.width = 64, sample.height = 63;
    names(fixture::input_error([&] { load_picture(sample); }), {"longer-" + name, "64 x 64", "64 x 63"});
  }
  Sample sample;
  names(fixture::input_error([&] { load_picture(sample); }), {"neither pixels nor a path"});
}

TEST_CASE("What is no data set says what was expected") {
  const Folder folder;
  names(fixture::input_error([&] { open_dataset(folder.path() / "none"); }), {"none"});
  names(fixture::input_error([&] { open_dataset(folder.path()); }), {"no images"});
  names(fixture::input_error([&] { open_dataset(folder.write("x.txt", "")); }), {"x.txt", "COCO .json"});
  folder.picture("a.png", 4, 4);
  names(fixture::input_error([&] { open_dataset(folder.path(), "val"); }), {"'val'"});
  names(fixture::input_error([&] { open_dataset(folder.path() / "a.png", "val"); }), {"'val'"});
  names(fixture::input_error([&] { open_dataset(folder.write("c.json", coco("")), "val"); }), {"'val'"});
}

TEST_CASE("Damaged files are read or refused, never anything else") {
  const Folder folder;
  folder.picture("images/a.png", 40, 30);
  folder.picture("images/a.jpg", 40, 30);
  folder.picture("JPEGImages/a.png", 40, 30);
  const irc::CounterRandom random(1, irc::Stream::test);
  struct Case {
    std::string name, text;
    std::function<void(const fixture::fs::path&)> read;
  };
  const auto load = [](const fixture::fs::path& path) {
    for (const auto& sample : open_dataset(path).samples) load_picture(sample);
  };
  const std::vector<Case> cases{
      {"c.json", coco(annotation("[1, 2, 3, 4]")), [](const auto& path) { open_dataset(path); }},
      {"Annotations/a.xml",
       "<annotation><filename>a.png</filename><object><name>dog</name><bndbox><xmin>1</xmin><ymin>1</ymin>"
       "<xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>",
       [&](const auto&) { read_voc(folder.path()); }},
      {"data.yaml", "val: images\nnames: [bus, 'car']\nnc: 2\n",
       [](const auto& path) { open_dataset(path); }},
      {"x.png", irc::read_file(folder.path() / "images/a.png"), load},
      {"x.jpg", irc::read_file(folder.path() / "images/a.jpg"), load},
  };
  fixture::fs::remove(folder.path() / "images/a.jpg");
  int refused = 0;
  std::uint64_t draw = 0;
  for (const auto& item : cases) {
    for (int round = 0; round < 150; ++round) {
      std::string text = item.text;
      for (std::uint64_t n = 1 + random.below(4, draw++); n > 0 && !text.empty(); --n) {
        const auto at = static_cast<std::size_t>(random.below(text.size(), draw++));
        switch (random.below(4, draw++)) {
          case 0:
            text[at] = static_cast<char>(random.below(256, draw++));
            break;
          case 1:
            text.erase(at, 1 + random.below(8, draw++));
            break;
          case 2:
            text.insert(at, text.substr(at, 1 + random.below(8, draw++)));
            break;
          default:
            text.resize(at);
            break;
        }
      }
      try {
        item.read(folder.write(item.name, text));
      } catch (const irc::InputError&) {
        ++refused;
      }
    }
  }
  CHECK(refused > 300);
}
