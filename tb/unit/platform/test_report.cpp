// SPDX-License-Identifier: Apache-2.0
// Tests of the AP per class in a run's result, and of the files with the detector's raw output.
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/platform/chip_run.h"
#include "irc/platform/config.h"
#include "irc/platform/run.h"

using namespace irc;
using namespace irc::platform;
using Catch::Matchers::ContainsSubstring;

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> detector_classes{"vehicle", "pedestrian", "cyclist"};

detection::Annotation object(int category, double x) {
  detection::Annotation out;
  out.category = category;
  out.box = {x, 10, 20, 20};
  out.area = 400;
  return out;
}

/// A data set of grey images with these categories, one list of annotations per image.
detection::Dataset dataset(const std::vector<std::string>& categories,
                           const std::vector<std::vector<detection::Annotation>>& truth) {
  detection::Dataset out;
  out.name = "town";
  out.categories = categories;
  for (std::size_t c = 0; c < categories.size(); ++c)
    out.category_ids.push_back(static_cast<std::int64_t>(10 * (c + 1)));
  out.annotated = true;
  for (const auto& annotations : truth) {
    auto& sample = out.samples.emplace_back();
    sample.id = 7 + static_cast<std::int64_t>(out.samples.size());
    sample.file_name = "image" + std::to_string(out.samples.size()) + ".png";
    sample.width = 128;
    sample.height = 96;
    sample.annotations = annotations;
    sample.pixels = Picture(Shape{3, 96, 128});
  }
  return out;
}

RunConfig configured(const std::vector<std::string>& more = {}) {
  std::vector<std::string> all{"run.images=town", "run.draw=0", "run.evaluator=ideal"};
  all.insert(all.end(), more.begin(), more.end());
  return load_config("robust.toml", all);
}

/// The result of chips that found `per_chip` on images 0 to `count` - 1; the ideal reference finds `ideal`.
RunResult result_of(const Workload& workload, std::size_t count,
                    const std::vector<std::vector<detection::Detection>>& ideal,
                    const std::vector<std::vector<std::vector<detection::Detection>>>& per_chip) {
  RunResult out;
  for (std::size_t i = 0; i < count; ++i) out.indices.push_back(i);
  out.pictures = out.reference_pictures = count;
  const auto best = workload.score(out.indices, ideal);
  out.map_ideal = out.map_ideal_all = best.map;
  out.per_class_ideal = best.per_class;
  for (const auto& found : per_chip) {
    const auto score = workload.score(out.indices, found);
    out.chips.push_back({score.map, score.coco, score.per_class});
  }
  out.detections = per_chip.front();
  return out;
}

class ResultFolder {
 public:
  ResultFolder() : path_(fs::temp_directory_path() / (std::to_string(::getpid()) + "_report")) {
    fs::create_directories(path_);
  }
  ~ResultFolder() { fs::remove_all(path_); }
  fs::path operator/(const char* name) const { return path_ / name; }
  std::string text() const { return path_.string(); }

 private:
  fs::path path_;
};

std::vector<float> values_of(const std::string& npy) {
  const std::size_t begin =
      10 + static_cast<unsigned char>(npy[8]) + 256u * static_cast<unsigned char>(npy[9]);
  std::vector<float> values((npy.size() - begin) / sizeof(float));
  std::memcpy(values.data(), npy.data() + begin, npy.size() - begin);
  return values;
}

}  // namespace

TEST_CASE("AP is reported for every class, by the data set's names") {
  auto difficult = object(2, 90);
  difficult.difficult = true;
  // The data set has another order of classes than the detector, and a class that no image shows.
  const std::vector<std::string> categories{"cyclist", "tram", "vehicle", "pedestrian"};
  const auto config = configured();
  const Workload workload(config,
                          dataset(categories, {{object(0, 10), object(2, 50), difficult}, {object(2, 10)}}));
  const auto found = [](const detection::Annotation& truth) {
    return detection::Detection{truth.box, truth.category, 0.9};
  };
  const std::vector<std::vector<detection::Detection>> all{{found(object(0, 10)), found(object(2, 50))},
                                                           {found(object(2, 10))}};
  const std::vector<std::vector<detection::Detection>> some{{found(object(2, 50))}, {}};
  const auto result = result_of(workload, 2, all, {all, some});
  const auto json = to_json(result, config, workload);
  const auto& list = json.at("map").at("per_class");
  REQUIRE(list.size() == 4);
  const nlohmann::json expected[] = {
      {{"class", "cyclist"}, {"objects", 1}, {"ideal", 1.0}, {"nonideal", 0.5}},
      {{"class", "tram"}, {"objects", 0}, {"ideal", nullptr}, {"nonideal", nullptr}},
      {{"class", "vehicle"}, {"objects", 2}, {"ideal", 1.0}, {"nonideal", 0.75}},
      {{"class", "pedestrian"}, {"objects", 0}, {"ideal", nullptr}, {"nonideal", nullptr}}};
  for (std::size_t c = 0; c < 4; ++c) CHECK(list[c] == expected[c]);
  // The mean over the classes with objects is the mAP.
  CHECK(json["map"]["ideal"] == 1.0);
  CHECK(json["map"]["nonideal"].get<double>() == Approx((0.5 + 0.75) / 2));
  const auto text = to_text(result, config, workload);
  CHECK_THAT(text, ContainsSubstring("AP@0.5 cyclist         100.00 % ideal, 50.00 % nonideal, 1 object\n"));
  CHECK_THAT(text, ContainsSubstring("AP@0.5 vehicle         100.00 % ideal, 75.00 % nonideal, 2 objects\n"));
  CHECK_THAT(text, !ContainsSubstring("tram") && !ContainsSubstring("AP@0.5 pedestrian") &&
                       ContainsSubstring("not in the images      'pedestrian'; left out of the mean"));
}

TEST_CASE("many classes take one line of the summary, and all of them stand in the result") {
  for (const int more : {17, 18}) {
    auto categories = detector_classes;
    std::vector<detection::Annotation> truth;
    for (int c = 0; c < more; ++c) categories.push_back("class" + std::to_string(c));
    for (int c = 0; c < 3 + more; ++c) truth.push_back(object(c, 10));
    const auto config = configured();
    const Workload workload(config, dataset(categories, {truth}));
    const auto result = result_of(workload, 1, {{}}, {{{}}});
    CHECK(to_json(result, config, workload).at("map").at("per_class").size() == categories.size());
    const auto text = to_text(result, config, workload);
    INFO(text);
    CHECK((text.find("AP@0.5 class16") != std::string::npos) == (more == 17));
    CHECK((text.find("21 classes with objects") != std::string::npos) == (more == 18));
  }
}

TEST_CASE("classes in another order are matched by name, and that is said") {
  const auto config = configured();
  const auto note = [&](const std::vector<std::string>& categories) {
    return Workload(config, dataset(categories, {{}})).note();
  };
  CHECK(note(detector_classes).empty());
  CHECK_THAT(note({"pedestrian", "vehicle", "cyclist"}),
             ContainsSubstring("different order") && ContainsSubstring("by name"));
  CHECK_THAT(note({"pedestrian", "vehicle", "cyclist", "tram"}), ContainsSubstring("different order"));
  CHECK(note({"vehicle", "pedestrian", "tram", "cyclist"}).empty());
  CHECK_THAT(note({"pedestrian", "vehicle", "tram"}), ContainsSubstring("different order"));
  CHECK(note({"vehicle", "tram"}).empty());
  try {
    note({"Vehicle", "tram"});
    FAIL("no class matches");
  } catch (const InputError& error) {
    CHECK_THAT(error.what(), ContainsSubstring("'Vehicle', 'tram'") &&
                                 ContainsSubstring("'vehicle', 'pedestrian', 'cyclist'"));
  }
}

TEST_CASE("classes that only one side has are named, and the mean leaves them out or counts them") {
  const std::vector<std::string> categories{"vehicle", "tram", "Cyclist", "pedestrian"};
  const auto data = dataset(categories, {{object(0, 10), object(1, 10), object(2, 10)}, {object(1, 10)}});
  const auto config = configured();
  const Workload workload(config, data);
  CHECK(workload.absent_classes() == std::vector<std::string>{"pedestrian", "cyclist"});
  CHECK(workload.dataset().categories.size() == 5);
  CHECK_THAT(workload.note(),
             ContainsSubstring("no objects of the detector's classes 'pedestrian', 'cyclist'") &&
                 ContainsSubstring("'tram' (2 objects)") &&
                 ContainsSubstring("is this the detector's 'cyclist'?") &&
                 ContainsSubstring("counts in the mean with an average precision of 0"));
  const auto json = to_json(result_of(workload, 1, {{}, {}}, {{{}, {}}}), config, workload).at("data");
  CHECK(json.at("images_read") == 2);
  CHECK(json.at("without_boxes") == 0);
  CHECK(json.at("boxes") == 4);
  CHECK(json.at("absent_classes") == nlohmann::json{"pedestrian", "cyclist"});
  CHECK(json.at("foreign_classes").at(0) ==
        nlohmann::json{{"class", "tram"}, {"objects", 2}, {"counted", true}});
  const Workload ignoring(configured({"run.foreign_classes=ignore"}), data);
  CHECK(ignoring.dataset().samples.at(1).annotations.empty());
  CHECK_THAT(ignoring.note(), ContainsSubstring("left out (run.foreign_classes)"));
  CHECK(ignoring.dataset().report.dropped.at(0).count == 3);
}

TEST_CASE("the configuration names the detector's classes") {
  const Workload named(configured({"detector.classes=[\"car\", \"person\", \"bike\"]"}),
                       dataset({"car", "person", "bike"}, {{object(0, 10), object(1, 10), object(2, 10)}}));
  CHECK(named.graph().detector.classes == std::vector<std::string>{"car", "person", "bike"});
  CHECK_THAT(named.note(), ContainsSubstring("detector.classes replaces") && ContainsSubstring("'vehicle'"));
  const auto refused = [&](const std::string& set) {
    try {
      const Workload workload(configured({set}), dataset(detector_classes, {{}}));
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string("(accepted)");
  };
  CHECK_THAT(refused("detector.classes=[\"car\"]"),
             ContainsSubstring("names 1 classes") && ContainsSubstring("has 3"));
  CHECK_THAT(refused("detector.classes=[\"a\", \"a\", \"b\"]"), ContainsSubstring("each once"));
  CHECK_THAT(refused("detector.stride=7"), ContainsSubstring("detector.stride is 7"));
  CHECK_THAT(refused("detector.box=\"corners\""), ContainsSubstring("log_distances"));
  // The names that the reader gives to classes without a name fit no data set.
  const std::string placeholders = "detector.classes=[\"class 0\", \"class 1\", \"class 2\"]";
  CHECK_THAT(refused(placeholders),
             ContainsSubstring("irc.classes") && ContainsSubstring("detector.classes ="));
}

TEST_CASE("heads are written as arrays of image, channel, row and column, and only when asked for") {
  const auto config = configured({"run.write_head=true"});
  const Workload workload(config, dataset(detector_classes, {{}, {}}));
  auto result = result_of(workload, 2, {{}, {}}, {{{}, {}}});
  DenseMap<float> head(Shape{2, 1, 3});  // channel-last: (x, c)
  head.values = {0, 10, 1, 11, 2, 12};
  auto second = head;
  for (auto& value : second.values) value += 100;
  result.heads = {head, second};
  result.ideal_heads = {second, head};
  const ResultFolder folder;
  const auto paths = write_outputs(result, config, workload, folder.text());
  CHECK(paths.size() == 4);
  const auto bytes = read_file(folder / head_file);
  CHECK_THAT(bytes.substr(0, 128), ContainsSubstring("'shape': (2, 2, 1, 3)"));
  CHECK(values_of(bytes) == std::vector<float>{0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112});
  CHECK(values_of(read_file(folder / ideal_head_file)) ==
        std::vector<float>{100, 101, 102, 110, 111, 112, 0, 1, 2, 10, 11, 12});
  const auto json = nlohmann::json::parse(read_file(folder / "result.json"));
  CHECK(json.at("head") == nlohmann::json{{"nonideal", "head.npy"},
                                          {"ideal", "head_ideal.npy"},
                                          {"shape", {2, 2, 1, 3}},
                                          {"image_ids", {8, 9}}});
  // The next run writes no heads, and removes those of this run.
  result.heads.clear();
  result.ideal_heads.clear();
  CHECK(write_outputs(result, config, workload, folder.text()).size() == 2);
  CHECK_FALSE(fs::exists(folder / head_file));
  CHECK_FALSE(fs::exists(folder / ideal_head_file));
  CHECK(nlohmann::json::parse(read_file(folder / "result.json")).at("head").is_null());
}

TEST_CASE("a chip's heads and its AP by class go to another process and back") {
  ChipRun run;
  run.report = {0.5, 0.25, {0.5, detection::no_truth, 1.0 / 3}};
  run.heads.emplace_back(Shape{2, 1, 2}).values = {1, -2, 1.0f / 3, 4};
  run.heads.emplace_back(Shape{1, 1, 1}).values = {5};
  const auto got = chip_run_of(to_bytes(run));
  CHECK(got.heads == run.heads);
  CHECK(got.report.per_class == run.report.per_class);
  CHECK(got.report.coco == 0.25);
}

TEST_CASE("a split is refused for kinds of data sets that have none") {
  for (const std::string kind : {"coco", "folder"}) {
    const auto config = configured({"run.dataset=" + kind, "run.split=val"});
    CHECK_THROWS_WITH(Workload(config), ContainsSubstring("run.split") && ContainsSubstring("\"val\"") &&
                                            ContainsSubstring(kind));
  }
}
