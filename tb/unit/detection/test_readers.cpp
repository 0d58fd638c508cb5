// SPDX-License-Identifier: Apache-2.0
#include "fixture.h"
#include "irc/detection/readers.h"

using namespace irc::detection;
using fixture::Folder;

namespace {

const std::string coco = R"({
"images": [{"id": 7, "file_name": "b.png", "width": 40, "height": 30},
           {"id": 3, "file_name": "a.png", "width": 20, "height": 10}],
"annotations": [{"id": 1, "image_id": 7, "category_id": 9, "bbox": [1, 2, 3, 4]},
                {"id": 2, "image_id": 3, "category_id": 5, "bbox": [-2, 5.5, 6, 9], "area": 12.5, "iscrowd": 1}],
"categories": [{"id": 9, "name": "bus"}, {"id": 5, "name": "car"}]})";

std::string voc(const std::string& objects, const std::string& file_name = "a.png") {
  return "<annotation>\n<filename>" + file_name +
         "</filename>\n<size><width>40</width><height>30</height><depth>3</depth></size>\n" + objects +
         "</annotation>\n";
}
std::string object(const std::string& name, const std::string& corners, bool difficult = false) {
  return "<object><name>" + name + "</name><difficult>" + (difficult ? "1" : "0") + "</difficult><bndbox>" +
         corners + "</bndbox><part><name>head</name><bndbox><xmin>1</xmin></bndbox></part></object>\n";
}

}  // namespace

TEST_CASE("COCO ground truth") {
  const Folder folder;
  folder.write("set.json", coco);
  folder.picture("set/images/a.png", 20, 10);
  folder.picture("set/images/b.png", 40, 30);
  const Dataset dataset = open_dataset(folder.path() / "set.json");
  CHECK(dataset.categories == std::vector<std::string>{"bus", "car"});
  CHECK(dataset.category_ids == std::vector<std::int64_t>{9, 5});
  CHECK(dataset.annotated);
  REQUIRE(dataset.samples.size() == 2);
  CHECK(dataset.samples[0].id == 3);  // by id
  CHECK(dataset.samples[1].id == 7);
  CHECK(dataset.samples[1].annotations[0].box == Box{1, 2, 3, 4});
  CHECK(dataset.samples[1].annotations[0].category == 0);
  CHECK(dataset.samples[1].annotations[0].area == 12);
  const Annotation& clipped = dataset.samples[0].annotations[0];
  CHECK(clipped.box == Box{0, 5.5, 4, 4.5});
  CHECK(clipped.category == 1);
  CHECK(clipped.crowd);
  CHECK(clipped.area == 12.5);
  const irc::Picture picture = load_picture(dataset.samples[1]);
  CHECK(picture.shape == irc::Shape{3, 30, 40});
  CHECK(int{picture.at(20, 33, 0)} == 200);  // RGB, not BGR
  CHECK(int{picture.at(20, 33, 1)} == 20);
  CHECK(int{picture.at(20, 33, 2)} == 33);
  CHECK(match_classes(dataset, {"car", "bus"}) == std::vector<int>{1, 0});
  const auto error = fixture::input_error([&] { match_classes(dataset, {"tram"}); });
  CHECK(error.find("'tram'") != std::string::npos);
  CHECK(error.find("'bus', 'car'") != std::string::npos);
}

TEST_CASE("COCO: a given picture folder is used") {
  const Folder folder;
  folder.write("set.json", coco);
  folder.picture("elsewhere/b.png", 40, 30);
  CHECK(load_picture(read_coco(folder.path() / "set.json", folder.path() / "elsewhere").samples[1])
            .shape.width == 40);
  CHECK_THROWS_AS(read_coco(folder.path() / "set.json", folder.path() / "none"), irc::InputError);
}

TEST_CASE("VOC folder: 1-based inclusive corners") {
  const Folder folder;
  folder.picture("JPEGImages/a.png", 40, 30);
  folder.picture("JPEGImages/b.jpg", 40, 30);
  folder.write("Annotations/a.xml",
               voc(object("dog", "<xmin>1</xmin><ymin>1</ymin><xmax>40</xmax><ymax>30</ymax>") +
                   object("cat", "<ymin>6</ymin><xmin> 5.0 </xmin><ymax>8</ymax><xmax>6</xmax>", true)));
  folder.write("Annotations/b.xml", voc("", "renamed.jpg"));
  folder.write("ImageSets/Main/val.txt", "a  1\n\n");
  const Dataset dataset = open_dataset(folder.path());
  CHECK(dataset.categories == std::vector<std::string>{"cat", "dog"});
  REQUIRE(dataset.samples.size() == 2);
  REQUIRE(dataset.samples[0].annotations.size() == 2);
  CHECK(dataset.samples[0].annotations[0].box == Box{0, 0, 40, 30});
  CHECK(dataset.samples[0].annotations[0].category == 1);
  CHECK_FALSE(dataset.samples[0].annotations[0].difficult);
  CHECK(dataset.samples[0].annotations[1].box == Box{4, 5, 2, 3});
  CHECK(dataset.samples[0].annotations[1].difficult);
  CHECK(dataset.samples[1].file_name == "b.jpg");  // found by the annotation's own name
  CHECK(load_picture(dataset.samples[1]).shape.width == 40);
  CHECK(open_dataset(folder.path(), "val").samples.size() == 1);
  CHECK_THROWS_AS(open_dataset(folder.path(), "test"), irc::InputError);
  CHECK(read_voc(folder.path(), "", {"dog", "cat"}).samples[0].annotations[0].category == 0);
}

TEST_CASE("YOLO folders, every way a data.yaml is written") {
  const Folder folder;
  folder.picture("val/images/a.png", 40, 30);
  folder.picture("val/images/b.png", 40, 30);
  folder.write("val/labels/a.txt", "1 0.5 0.5 0.25 0.5\r\n\n0 0.1 0.1 0.3 0.1 0.2 0.5\n");
  const auto check = [&](const fixture::fs::path& path) {
    const Dataset dataset = open_dataset(path);
    CHECK(dataset.categories == std::vector<std::string>{"bus", "car, red"});
    REQUIRE(dataset.samples.size() == 2);
    REQUIRE(dataset.samples[0].annotations.size() == 2);
    CHECK(dataset.samples[0].width == 40);
    CHECK(dataset.samples[0].annotations[0].category == 1);
    CHECK(dataset.samples[0].annotations[0].box == Box{15, 7.5, 10, 15});
    const Box polygon = dataset.samples[0].annotations[1].box;
    CHECK(polygon.x == Approx(4));
    CHECK(polygon.y == Approx(3));
    CHECK(polygon.width == Approx(8));
    CHECK(polygon.height == Approx(12));
    CHECK(dataset.samples[1].annotations.empty());
  };
  for (const std::string names :
       {"names: ['bus', \"car, red\"]  # two", "names: [bus,\n  'car, red']",
        "names: {0: bus, 1: 'car, red'}", "names:\n  0: bus\n  1: car, red", "names:\n- bus\n- car, red"})
    for (const std::string val :
         {"val: val/images", "val: ../val/images", "path: val\nval: images", "val: [val]"})
      check(folder.write("data.yaml", "# made\n" + val + "\nnc: 2\n" + names + "\nother:\n  key: 1\n"));
  check(folder.path());
  check(folder.path() / "val");
  folder.write("list.txt", "val/images/b.png\n./val/images/a.png\n");
  const auto listed = read_yolo(folder.write("list.yaml", "val: list.txt\nnames: [bus, car]"));
  REQUIRE(listed.samples.size() == 2);
  CHECK(listed.samples[0].file_name == "b.png");
  CHECK(listed.samples[1].annotations.size() == 2);
  folder.write("val/classes.txt", "tram\nvan\n");
  CHECK(read_yolo(folder.path() / "val").categories[0] == "tram");
}

TEST_CASE("Splits are the lists of a VOC folder, without those of single classes") {
  const Folder folder;
  folder.picture("JPEGImages/a.png", 40, 30);
  folder.picture("JPEGImages/b.png", 40, 30);
  folder.write("Annotations/a.xml",
               voc(object("dog", "<xmin>1</xmin><ymin>1</ymin><xmax>4</xmax><ymax>3</ymax>")));
  folder.write("Annotations/b.xml", voc("", "b.png"));
  CHECK(split_names(folder.path()).empty());
  for (const char* list : {"train", "val", "dog_train", "dog_val", "night_shift"})
    folder.write("ImageSets/Main/" + std::string(list) + ".txt", "a\n");
  folder.write("ImageSets/Main/README", "no list");
  CHECK(split_names(folder.path()) == std::vector<std::string>{"night_shift", "train", "val"});
  CHECK(open_dataset(folder.path(), "night_shift").samples.size() == 1);
  CHECK(open_dataset(folder.path()).samples.size() == 2);
  const auto error = fixture::input_error([&] { open_dataset(folder.path(), "test"); });
  CHECK(error.find("no split 'test'") != std::string::npos);
  CHECK(error.find("'night_shift', 'train', 'val'") != std::string::npos);
  CHECK(error.find("dog_train") == std::string::npos);
}

TEST_CASE("Splits are the keys of a data.yaml that name images") {
  const Folder folder;
  folder.picture("val/images/a.png", 40, 30);
  folder.picture("more/b.png", 40, 30);
  folder.picture("more/c.png", 40, 30);
  const auto yaml = folder.write("data.yaml",
                                 "train: elsewhere\nval: val/images\nnight: more\ndownload: https://x/y.zip\n"
                                 "names: [bus, car]\nother:\n  key: 1\n");
  // A split counts even where its folder is missing; reading it reports that.
  const std::vector<std::string> splits{"night", "train", "val"};
  CHECK(split_names(yaml) == splits);
  CHECK(split_names(folder.path()) == splits);
  CHECK(open_dataset(yaml, "night").samples.size() == 2);
  CHECK(open_dataset(yaml).samples.size() == 1);
  for (const std::string split : {"test", "download", "names", "other"}) {
    const auto error = fixture::input_error([&] { open_dataset(yaml, split); });
    INFO(error);
    CHECK((error.find("'night', 'train', 'val'") != std::string::npos) == (split != "download"));
  }
  // All of images/ is read, unless a split of its data.yaml is given.
  folder.picture("images/d.png", 40, 30);
  CHECK(open_dataset(folder.path()).samples.at(0).file_name == "d.png");
  CHECK(open_dataset(folder.path(), "night").samples.at(0).file_name == "b.png");
}

TEST_CASE("Data sets without splits have none and refuse any") {
  const Folder folder;
  folder.picture("yolo/images/a.png", 40, 30);
  folder.write("yolo/labels/a.txt", "");
  folder.write("yolo/classes.txt", "bus\n");
  folder.picture("plain/a.png", 40, 30);
  folder.write("set.json", coco);
  for (const char* name : {"yolo", "plain", "plain/a.png", "set.json"}) {
    INFO(name);
    CHECK(split_names(folder.path() / name).empty());
    CHECK(open_dataset(folder.path() / name).samples.size() >= 1);
    const auto error = fixture::input_error([&] { open_dataset(folder.path() / name, "val"); });
    CHECK(error.find("no split 'val'") != std::string::npos);
  }
  CHECK(split_names(folder.path() / "nowhere").empty());
}

TEST_CASE("Categories take the order of other classes of the same names") {
  Dataset dataset;
  dataset.name = "town";
  dataset.categories = {"bus", "car", "tram"};
  dataset.category_ids = {4, 9, 2};
  dataset.samples.resize(2);
  for (int category : {2, 0}) dataset.samples[0].annotations.push_back(fixture::truth(0, 0, 1, 1, category));
  dataset.samples[1].annotations.push_back(fixture::truth(0, 0, 1, 1, 1));
  const auto unchanged = dataset;
  reorder_categories(dataset, {"bus", "car", "tram"});
  CHECK(dataset.category_ids == unchanged.category_ids);
  reorder_categories(dataset, {"tram", "bus", "car"});
  CHECK(dataset.categories == std::vector<std::string>{"tram", "bus", "car"});
  CHECK(dataset.category_ids == std::vector<std::int64_t>{2, 4, 9});
  CHECK(dataset.samples[0].annotations[0].category == 0);
  CHECK(dataset.samples[0].annotations[1].category == 1);
  CHECK(dataset.samples[1].annotations[0].category == 2);
  for (const std::vector<std::string>& others : {std::vector<std::string>{"bus", "car"},
                                                 {"bus", "car", "van"},
                                                 {"bus", "bus", "car"},
                                                 {"bus", "car", "tram", "van"},
                                                 {}}) {
    const auto error = fixture::input_error([&] { reorder_categories(dataset, others); });
    INFO(error);
    CHECK(error.find("'tram', 'bus', 'car'") != std::string::npos);
    CHECK(error.find(joined(others)) != std::string::npos);
  }
  CHECK(same_names_reordered({"a", "b"}, {"b", "a"}));
  CHECK_FALSE(same_names_reordered({"a", "b"}, {"a", "b"}));
  CHECK_FALSE(same_names_reordered({"a", "b"}, {"a", "c"}));
  CHECK_FALSE(same_names_reordered({"a", "a", "b"}, {"b", "a", "a"}));
  CHECK_FALSE(same_names_reordered({"a", "b"}, {"b"}));
}

TEST_CASE("A plain folder of pictures, and a single picture") {
  const Folder folder;
  folder.picture("b.jpg", 20, 10);
  folder.picture("a.PNG", 40, 30);
  folder.write("notes.txt", "no picture");
  const Dataset dataset = open_dataset(folder.path());
  CHECK_FALSE(dataset.annotated);
  REQUIRE(dataset.samples.size() == 2);
  CHECK(dataset.samples[0].file_name == "a.PNG");
  CHECK(dataset.samples[1].width == 20);
  CHECK(dataset.samples[1].height == 10);
  CHECK(open_dataset(folder.path() / "b.jpg").samples.size() == 1);
}

TEST_CASE("The shared street pictures read the same as COCO and as YOLO") {
  const auto root = fixture::shared("modes-of-transport");
  const Dataset as_coco = open_dataset(root / "val.json"), as_yolo = open_dataset(root);
  CHECK(as_coco.categories == as_yolo.categories);
  REQUIRE(as_coco.samples.size() == 60);
  REQUIRE(as_yolo.samples.size() == 60);
  std::size_t boxes = 0;
  for (std::size_t i = 0; i < 60; ++i) {
    const auto &a = as_coco.samples[i], &b = as_yolo.samples[i];
    CHECK(a.file_name == b.file_name);
    CHECK(load_picture(a) == load_picture(b));
    REQUIRE(a.annotations.size() == b.annotations.size());
    boxes += a.annotations.size();
    for (std::size_t k = 0; k < a.annotations.size(); ++k) {
      CHECK(a.annotations[k].category == b.annotations[k].category);
      CHECK(iou(a.annotations[k].box, b.annotations[k].box) > 0.995);
    }
  }
  CHECK(boxes == 172);
  CHECK(open_dataset(root, "train").samples.size() == 705);
}
