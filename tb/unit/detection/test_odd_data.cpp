// SPDX-License-Identifier: Apache-2.0
// Data sets as users and other programs leave them: what is read, what is left out, and that both are said.
#include <algorithm>

#include "fixture.h"
#include "irc/core/file.h"
#include "irc/detection/readers.h"

using namespace irc::detection;
using Catch::Matchers::ContainsSubstring;
using fixture::Folder;

namespace {

/// A YOLO folder of one image of 40 x 30 pixels and two classes.
struct YoloFolder : Folder {
  YoloFolder() {
    picture("images/a.png", 40, 30);
    write("classes.txt", "bus\ncar\n");
  }
  Dataset with(const std::string& labels) const {
    write("labels/a.txt", labels);
    return open_dataset(path());
  }
};

std::uint64_t count_of(const std::vector<ReadingNote>& list, const std::string& reason) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const auto& n) { return n.reason == reason; });
  return found == list.end() ? 0 : found->count;
}
std::string first_of(const std::vector<ReadingNote>& list, const std::string& reason) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const auto& n) { return n.reason == reason; });
  return found == list.end() ? "" : found->first;
}

std::string coco_text(const std::string& images, const std::string& annotations,
                      const std::string& categories = R"({"id": 5, "name": "car"})") {
  return "{\"images\": [" + images + "], \"annotations\": [" + annotations + "], \"categories\": [" +
         categories + "]}";
}

std::string voc_text(const std::string& size, const std::string& objects) {
  return "<annotation>\n<filename>a.png</filename>\n" + size + objects + "</annotation>\n";
}
std::string voc_object(const std::string& corners, const std::string& more = "") {
  return "<object>\n<name>dog</name>" + more + "<bndbox>" + corners + "</bndbox></object>\n";
}
const std::string whole_size = "<size><width>40</width><height>30</height></size>";
const std::string some_corners = "<xmin>3</xmin><ymin>4</ymin><xmax>9</xmax><ymax>9</ymax>";

}  // namespace

TEST_CASE("Boxes that repeat another are dropped in every kind of data set") {
  const YoloFolder yolo;
  const std::string two = "0 0.5 0.5 0.5 0.5\n1 0.5 0.5 0.5 0.5\n";
  const Dataset doubled = yolo.with(two + "0 0.50 .5 5e-1 0.5\n" + two);
  CHECK(doubled.samples.at(0).annotations.size() == 2);
  CHECK(count_of(doubled.report.dropped, "repeated") == 3);
  CHECK(first_of(doubled.report.dropped, "repeated") == "labels/a.txt:3");
  CHECK(reading_line(doubled) ==
        "images: 1 read, 0 without boxes; boxes: 2 read, 3 dropped: 3 repeated (first labels/a.txt:3)");
  CHECK(yolo.with(two).report.dropped.empty());

  const Folder coco;
  const std::string image = R"({"id": 1, "file_name": "a.png", "width": 40, "height": 30})";
  const auto box = [](int id, const char* bbox, const char* more = "") {
    return "{\"id\": " + std::to_string(id) + ", \"image_id\": 1, \"category_id\": 5, \"bbox\": " + bbox +
           more + "}";
  };
  const Dataset repeated =
      read_coco(coco.write("a.json", coco_text(image, box(1, "[1, 2, 3, 4]") + "," + box(2, "[1, 2, 3, 4]") +
                                                          "," + box(3, "[1, 2, 3, 4]", ", \"iscrowd\": 1"))));
  CHECK(repeated.samples.at(0).annotations.size() == 2);
  CHECK(first_of(repeated.report.dropped, "repeated") == "a.json annotations[1]");

  const Folder voc;
  voc.picture("JPEGImages/a.png", 40, 30);
  voc.write("Annotations/a.xml", voc_text(whole_size, voc_object(some_corners) + voc_object(some_corners)));
  const Dataset twice = read_voc(voc.path());
  CHECK(twice.samples.at(0).annotations.size() == 1);
  CHECK(count_of(twice.report.dropped, "repeated") == 1);
}

TEST_CASE("Boxes without area are dropped in every kind of data set") {
  const YoloFolder yolo;
  const Dataset lines =
      yolo.with("0 0.5 0.5 0 0.2\n0 0.5 0.5 0.2 0\n1 0.1 0.1 0.1 0.9 0.1 0.5\n1 0.5 0.5 0.2 0.2\n");
  CHECK(lines.samples.at(0).annotations.size() == 1);
  CHECK(count_of(lines.report.dropped, "without area") == 3);

  const Folder coco;
  const Dataset zero = read_coco(
      coco.write("a.json", coco_text(R"({"id": 1, "file_name": "a.png", "width": 40, "height": 30})",
                                     R"({"image_id": 1, "category_id": 5, "bbox": [1, 2, 0, 4]})")));
  CHECK(zero.samples.at(0).annotations.empty());
  CHECK(count_of(zero.report.dropped, "without area") == 1);
  CHECK(reading_line(zero) ==
        "images: 1 read, 1 without boxes; boxes: 0 read, 1 dropped: 1 without area (first "
        "a.json annotations[0])");

  const Folder voc;
  voc.picture("JPEGImages/a.png", 40, 30);
  voc.write("Annotations/a.xml",
            voc_text(whole_size, voc_object("<xmin>5</xmin><ymin>6</ymin><xmax>5</xmax><ymax>6</ymax>") +
                                     voc_object("<xmin>5</xmin><ymin>6</ymin><xmax>6</xmax><ymax>7</ymax>")));
  const Dataset points = read_voc(voc.path());
  REQUIRE(points.samples.at(0).annotations.size() == 1);
  CHECK(points.samples.at(0).annotations[0].box == Box{4, 5, 2, 2});
  CHECK(first_of(points.report.dropped, "without area") == "Annotations/a.xml:3");
}

TEST_CASE("YOLO images in sub-folders belong to the split") {
  const Folder folder;
  folder.picture("images/train/b.png", 40, 30);
  folder.picture("images/train/night/rain/a.png", 40, 30);
  folder.picture("images/train/night/c.JPG", 40, 30);
  folder.write("labels/train/b.txt", "0 0.5 0.5 0.5 0.5\n");
  folder.write("labels/train/night/rain/a.txt", "1 0.5 0.5 0.5 0.5\n");
  folder.write("images/train/._b.png", "what macOS leaves in archives");
  folder.write("images/train/.thumbs/b.png", "no image");
  folder.write("images/train/d.gif", "GIF89a");
  folder.write("labels/train/d.txt", "0 0.5 0.5 0.5 0.5\n");
  const auto yaml = folder.write("data.yaml", "train: images/train\nnames: [bus, car]\n");
  const Dataset dataset = open_dataset(yaml, "train");
  REQUIRE(dataset.samples.size() == 3);
  CHECK(dataset.samples[0].file_name == "b.png");
  CHECK(dataset.samples[2].file_name == "night/rain/a.png");
  CHECK(dataset.samples[2].annotations.at(0).category == 1);
  CHECK(dataset.samples[1].annotations.empty());
  CHECK(count_of(dataset.report.notes, "images without a label file") == 1);
  CHECK(
      reading_line(dataset).starts_with("images: 3 read, 1 without boxes, 2 skipped: 1 hidden (first "
                                        "images/train/._b.png), 1 of a kind that is not read (first "
                                        "images/train/d.gif); boxes: 2 read"));
  folder.write("labels/train/night/z.txt", "");
  CHECK_THAT(fixture::input_error([&] { open_dataset(yaml, "train"); }), ContainsSubstring("night/z.txt"));
}

TEST_CASE("A plain folder says that it leaves out the images of sub-folders") {
  const Folder folder;
  folder.picture("a.png", 40, 30);
  folder.picture("sub/b.png", 40, 30);
  folder.picture("sub/deep/c.png", 40, 30);
  fixture::fs::create_directory_symlink(folder.path(), folder.path() / "sub" / "back");
  const Dataset dataset = open_dataset(folder.path());
  CHECK(dataset.samples.size() == 1);
  CHECK(reading_line(dataset) ==
        "images: 1 read, no annotations, 2 skipped: 2 in sub-folders (first sub/b.png)");
  fixture::fs::create_symlink("nowhere.png", folder.path() / "link.png");
  CHECK_THAT(fixture::input_error([&] { open_dataset(folder.path()); }), ContainsSubstring("link.png"));
}

TEST_CASE("YOLO label files as other programs write them") {
  const YoloFolder folder;
  const Box middle{10, 7.5, 20, 15};
  for (const std::string labels :
       {"\xef\xbb\xbf\x31 0.5 0.5 0.5 0.5", "1 0.5 0.5 0.5 0.5\r\n\r\n", "\n\n 1\t0.5  0.5 0.5 0.5 \n",
        "1 0.5 0.5 0.5 0.5 0.875\n", "1.0 0.5 0.5 0.5 0.5 17\n"}) {
    INFO(labels);
    const Dataset dataset = folder.with(labels);
    REQUIRE(dataset.samples.at(0).annotations.size() == 1);
    CHECK(dataset.samples[0].annotations[0].box == middle);
    CHECK(dataset.samples[0].annotations[0].category == 1);
  }
  CHECK(first_of(folder.with("0 0.5 0.5 0.5 0.5\n1 0.5 0.5 0.5 0.5 0.9\n").report.notes,
                 "sixth value of a line left out") == "labels/a.txt:2");
  CHECK_THAT(fixture::input_error([&] {
               folder.with(
                   std::string("\xff\xfe"
                               "1\0",
                               4));
             }),
             ContainsSubstring("UTF-16"));
  CHECK(count_of(folder.with("0 0.9 0.5 0.5 0.5\n").report.notes, "boxes clipped to their image") == 1);
  CHECK(folder.with("0 0.75 0.5 0.500001 0.5\n").report.notes.empty());
  fixture::fs::rename(folder.path() / "labels/a.txt", folder.path() / "labels/a.TXT");
  CHECK(open_dataset(folder.path()).samples.at(0).annotations.size() == 1);
  fixture::fs::remove(folder.path() / "labels/a.TXT");
  fixture::fs::create_directory(folder.path() / "labels/a.txt");
  CHECK_THAT(fixture::input_error([&] { open_dataset(folder.path()); }), ContainsSubstring("a.txt"));
}

TEST_CASE("Key points of a data.yaml with kpt_shape are left out, not taken as a polygon") {
  const Folder folder;
  folder.picture("images/a.png", 40, 30);
  folder.write("labels/a.txt", "0 0.5 0.5 0.5 0.5 0.1 0.1 0.9 0.9\n");
  const auto yaml = folder.write("data.yaml", "val: images\nnames: [bus]\nkpt_shape: [2, 2]\n");
  const Dataset dataset = read_yolo(yaml);
  CHECK(dataset.samples.at(0).annotations.at(0).box == Box{10, 7.5, 20, 15});
  CHECK(count_of(dataset.report.notes, "key points left out") == 1);
  folder.write("labels/a.txt", "0 0.5 0.5 0.5 0.5 0.1 0.1 0.9\n");
  CHECK_THAT(fixture::input_error([&] { read_yolo(yaml); }),
             ContainsSubstring("a.txt:1") && ContainsSubstring("kpt_shape"));
}

TEST_CASE("Keys of a data.yaml that are not used are named") {
  const Folder folder;
  folder.picture("val/images/a.png", 40, 30);
  const auto yaml = folder.write(
      "data.yaml",
      "\xef\xbb\xbfval: val/images\nvall: x\nnames: [bus]\nroboflow:\n  license: MIT\ndownload: no\n");
  const Dataset dataset = read_yolo(yaml);
  const std::string reason = "unused keys of the file, 'roboflow', 'vall'";
  CHECK(count_of(dataset.report.notes, reason) == 2);
  CHECK(first_of(dataset.report.notes, reason) == "data.yaml:2");
}

TEST_CASE("VOC files as other programs write them") {
  const Folder folder;
  folder.picture("JPEGImages/a.png", 40, 30);
  const auto read = [&](const std::string& size, const std::string& more) {
    folder.write("Annotations/a.xml", voc_text(size, voc_object(some_corners, more)));
    return read_voc(folder.path());
  };
  for (const std::string size : {"<size><width>0</width><height>0</height></size>\n", "<size></size>\n",
                                 "<size><width>40</width><height></height></size>\n"}) {
    const Dataset dataset = read(size, "");
    CHECK(dataset.samples.at(0).width == 40);
    CHECK(dataset.samples.at(0).height == 30);
    CHECK(count_of(dataset.report.notes, "image sizes of 0 taken from the image") == 1);
  }
  CHECK(read("", "").report.notes.empty());
  const auto difficult = [&](const std::string& text) {
    return read(whole_size, "<difficult>" + text + "</difficult>");
  };
  for (const char* text : {"", " ", "Unspecified"}) {
    const Dataset dataset = difficult(text);
    CHECK_FALSE(dataset.samples.at(0).annotations.at(0).difficult);
    CHECK(count_of(dataset.report.notes, "objects of unknown difficulty taken as not difficult") == 1);
  }
  for (const char* text : {"1", "1.0", "true", "True", "yes"})
    CHECK(difficult(text).samples.at(0).annotations.at(0).difficult);
  for (const char* text : {"0", "false", "No"})
    CHECK_FALSE(difficult(text).samples.at(0).annotations.at(0).difficult);
  for (const char* text : {"2", "maybe", "nan"})
    CHECK_THAT(fixture::input_error([&] { difficult(text); }),
               ContainsSubstring("a.xml") && ContainsSubstring("difficult") && ContainsSubstring(text));
  CHECK_THAT(fixture::input_error([&] { read("<size><width>-4</width><height>30</height></size>", ""); }),
             ContainsSubstring("<width> is -4"));
}

TEST_CASE("VOC annotations in sub-folders are read, and images without annotations are skipped") {
  const Folder folder;
  folder.picture("JPEGImages/day/a.png", 40, 30);
  folder.picture("JPEGImages/b.png", 40, 30);
  folder.picture("JPEGImages/c.png", 40, 30);
  folder.write("Annotations/day/a.xml", voc_text("", voc_object(some_corners)));
  folder.write("Annotations/b.xml", "<annotation><filename>night\\b.jpg</filename></annotation>");
  const Dataset dataset = read_voc(folder.path());
  REQUIRE(dataset.samples.size() == 2);
  CHECK(dataset.samples[1].file_name == "day/a.png");
  CHECK(first_of(dataset.report.skipped, "without an annotation file") == "JPEGImages/c.png");
  folder.write("ImageSets/Main/val.txt", "day/a\n");
  CHECK(read_voc(folder.path(), "val").report.skipped.empty());
  // The parser keeps no stack, so nesting costs no more than memory.
  std::string deep = "<annotation><filename>b.png</filename>";
  for (int i = 0; i < 300000; ++i) deep += "<a>";
  for (int i = 0; i < 300000; ++i) deep += "</a>";
  folder.write("Annotations/b.xml", deep + "</annotation>");
  CHECK(read_voc(folder.path()).samples.size() == 2);
}

TEST_CASE("COCO files as other programs write them") {
  const Folder folder;
  folder.picture("images/a.png", 40, 30);
  folder.picture("images/sub/b.png", 20, 10);
  const std::string images = R"({"id": "7", "file_name": "a.png"},
                                {"id": 8.0, "file_name": "sub\\b.png", "width": 0, "height": null})";
  const std::string annotations =
      R"({"id": "1", "image_id": 7.0, "category_id": "5", "bbox": [1, 2, 3, 4], "iscrowd": null},
         {"id": 2, "image_id": "8", "category_id": 6, "bbox": [1, 2, 3, 4], "area": null})";
  const std::string categories =
      R"({"id": 4, "name": "car"}, {"id": 5, "name": "car"}, {"id": "6", "name": "bus"})";
  const Dataset dataset = read_coco(folder.write("a.json", coco_text(images, annotations, categories)));
  CHECK(dataset.categories == std::vector<std::string>{"car", "bus"});
  CHECK(dataset.category_ids == std::vector<std::int64_t>{5, 6});  // 4 has no annotation
  REQUIRE(dataset.samples.size() == 2);
  CHECK(dataset.samples[0].width == 40);
  CHECK(dataset.samples[1].height == 10);
  CHECK(dataset.samples[0].annotations.at(0).category == 0);
  CHECK(dataset.samples[1].annotations.at(0).category == 1);
  CHECK(load_picture(dataset.samples[1]).shape.width == 20);
  CHECK(count_of(dataset.report.notes, "image sizes that are missing or 0 taken from the image") == 2);
  CHECK(count_of(dataset.report.notes, "categories of an earlier name taken together with it") == 1);
  CHECK(count_of(dataset.report.notes, "ids written as text or as fractions read as integers") == 7);
  CHECK_FALSE(read_coco(folder.write("b.json", R"({"images": [], "annotations": null, "categories": []})"))
                  .annotated);
  for (const char* id : {"1.5", "\"1.5\"", "\"\"", "\"99999999999999999999\"", "1e300", "true"})
    CHECK_THAT(fixture::input_error([&] {
                 read_coco(folder.write(
                     "b.json", coco_text("{\"id\": " + std::string(id) + ", \"file_name\": \"a.png\"}", "")));
               }),
               ContainsSubstring("images[0].id") && ContainsSubstring("expected an integer"));
}

TEST_CASE("COCO text nested too deep is refused") {
  const Folder folder;
  for (const int levels : {200, 80000}) {
    const std::string deep = std::string(static_cast<std::size_t>(levels), '[');
    for (const std::string& text :
         {deep, "{\"images\": " + deep, "{\"images\": [], \"categories\": [{\"x\": " + deep})
      CHECK_THAT(fixture::input_error([&] { open_dataset(folder.write("a.json", text)); }),
                 ContainsSubstring("a.json:1:") && ContainsSubstring("levels deep"));
  }
}

TEST_CASE("An image that lacks only its end marker is read with a note") {
  const Folder folder;
  const std::string jpeg = irc::read_file(folder.picture("whole.jpg", 64, 48));
  const std::string png = irc::read_file(folder.picture("whole.png", 64, 48));
  const auto load = [](const fixture::fs::path& path) {
    return load_picture(read_folder(path).samples.at(0));
  };
  const auto check = [&](const std::string& name, const std::string& bytes) {
    Dataset dataset = read_folder(folder.write(name, bytes));
    inspect_pictures(dataset);
    CHECK(count_of(dataset.report.notes, "images without their end marker, otherwise whole") == 1);
    CHECK(load(folder.path() / name) == load(folder.path() / ("whole" + name.substr(3))));
  };
  for (const std::size_t cut : {1, 2}) check("cut.jpg", jpeg.substr(0, jpeg.size() - cut));
  for (const std::size_t cut : {1, 4, 11, 12}) check("cut.png", png.substr(0, png.size() - cut));
  for (const std::size_t cut : {8, 60, 200}) {
    const auto path = folder.write("cut.jpg", jpeg.substr(0, jpeg.size() - cut));
    CHECK_THAT(fixture::input_error([&] { load(path); }), ContainsSubstring("truncated"));
    Dataset dataset;
    dataset.samples.emplace_back().path = path.string();
    CHECK_THAT(fixture::input_error([&] { inspect_pictures(dataset); }), ContainsSubstring("truncated"));
  }
  CHECK_THAT(fixture::input_error([&] { load(folder.write("cut.png", png.substr(0, png.size() - 13))); }),
             ContainsSubstring("truncated"));
}

TEST_CASE("Grey, deep and transparent images are read, and the loss is noted") {
  const Folder folder;
  const auto notes = [&](const std::string& name, const cv::Mat& pixels) {
    cv::imwrite((folder.path() / name).string(), pixels);
    Dataset dataset = read_folder(folder.path() / name);
    inspect_pictures(dataset);
    const irc::Picture picture = load_picture(dataset.samples.at(0));
    CHECK(int{picture.at(1, 2, 0)} == 100);
    return dataset.report.notes.empty() ? std::string() : dataset.report.notes.at(0).reason;
  };
  CHECK(notes("grey.png", cv::Mat(8, 9, CV_8UC1, cv::Scalar(100))).empty());
  CHECK_THAT(notes("deep.png", cv::Mat(8, 9, CV_16UC3, cv::Scalar(25600, 25600, 25600))),
             ContainsSubstring("more than 8 bits"));
  CHECK_THAT(notes("deep-grey.png", cv::Mat(8, 9, CV_16UC1, cv::Scalar(25600))),
             ContainsSubstring("more than 8 bits"));
  CHECK_THAT(notes("alpha.png", cv::Mat(8, 9, CV_8UC4, cv::Scalar(100, 100, 100, 7))),
             ContainsSubstring("transparency"));
}

TEST_CASE("Classes that only one side has") {
  Dataset dataset;
  dataset.name = "town";
  dataset.categories = {"bus", "dog", "car"};
  dataset.category_ids = {4, 9, 2};
  dataset.samples.resize(2);
  for (const int category : {1, 0, 1})
    dataset.samples[0].annotations.push_back(fixture::truth(0, 0, 1, 1, category));
  const auto foreign = foreign_classes(dataset, {"car", "bus", "tram"});
  REQUIRE(foreign.size() == 1);
  CHECK(foreign[0].name == "dog");
  CHECK(foreign[0].objects == 2);
  CHECK(add_missing_classes(dataset, {"car", "bus", "tram"}) == std::vector<std::string>{"tram"});
  CHECK(dataset.categories == std::vector<std::string>{"bus", "dog", "car", "tram"});
  CHECK(dataset.category_ids == std::vector<std::int64_t>{4, 9, 2, 10});
  CHECK(add_missing_classes(dataset, {"car", "bus", "tram"}).empty());
  CHECK(match_classes(dataset, {"car", "bus", "tram"}) == std::vector<int>{2, 0, 3});
  CHECK(remove_other_classes(dataset, {"car", "bus", "tram"}) == 2);
  CHECK(box_count(dataset) == 1);
  CHECK(images_without_boxes(dataset) == 1);
  const auto error = fixture::input_error([&] { add_missing_classes(dataset, {"Bus", "van"}); });
  CHECK_THAT(error, ContainsSubstring("none of the detector's classes") &&
                        ContainsSubstring("'Bus', 'van'") && ContainsSubstring("'dog'"));
}
