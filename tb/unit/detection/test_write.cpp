// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <sys/resource.h>

#include "fixture.h"
#include "irc/core/file.h"
#include "irc/detection/draw.h"
#include "irc/detection/letterbox.h"
#include "irc/detection/readers.h"
#include "irc/detection/write.h"

using namespace irc::detection;
using fixture::found;
using fixture::truth;

namespace {

Dataset two_pictures() {
  Dataset dataset;
  dataset.name = "two";
  dataset.categories = {"bike", "a \"bus\""};
  dataset.category_ids = {3, 17};
  dataset.annotated = true;
  for (int i = 0; i < 2; ++i) {
    Sample sample;
    sample.id = 100 + i;
    sample.file_name = std::to_string(i) + ".png";
    sample.width = 64, sample.height = 48;
    sample.annotations = {truth(1.25, 2, 10.1, 20, i)};
    sample.annotations[0].crowd = i == 1;
    sample.annotations[0].area = 77.5;
    dataset.samples.push_back(sample);
  }
  return dataset;
}

std::size_t files_in(const fixture::fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fixture::fs::directory_iterator(folder), fixture::fs::directory_iterator()));
}

/// Limits the size of files that this process may write, to imitate a full disk.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SmallDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  sighandler_t handler_;
};

}  // namespace

TEST_CASE("Detections come back from COCO results as they were") {
  const fixture::Folder folder;
  const Dataset dataset = two_pictures();
  const std::vector<std::vector<Detection>> all{
      {found(0.1 + 0.2, 1.0 / 3, 2, 3, 4, 1), found(0.25, 5, 6, 7, 8)}, {}};
  write_detections(folder.path() / "d.json", dataset, all);
  const std::string text = irc::read_file(folder.path() / "d.json");
  CHECK(text.find("{\"image_id\":100,\"category_id\":17,\"bbox\":[0.3333333333333333,2.0,3.0,4.0],\"score\":"
                  "0.30000000000000004}") != std::string::npos);
  const auto back = read_detections(folder.path() / "d.json", dataset);
  REQUIRE(back.size() == 2);
  REQUIRE(back[0].size() == 2);
  CHECK(back[0][0].box == all[0][0].box);
  CHECK(back[0][0].score == all[0][0].score);
  CHECK(back[0][0].category == 1);
  CHECK(back[1].empty());
  CHECK_THROWS_AS(detections_json(dataset, std::vector<std::vector<Detection>>(1)), irc::InputError);
  CHECK_THROWS_AS(
      detections_json(dataset, std::vector<std::vector<Detection>>{{found(0.5, 0, 0, 1, 1, 2)}, {}}),
      irc::InputError);
}

TEST_CASE("Ground truth comes back from COCO as it was") {
  const fixture::Folder folder;
  const Dataset dataset = two_pictures();
  write_coco(folder.path() / "g.json", dataset);
  const Dataset back = read_coco(folder.path() / "g.json");
  CHECK(back.categories == dataset.categories);
  CHECK(back.category_ids == dataset.category_ids);
  REQUIRE(back.samples.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(back.samples[i].id == dataset.samples[i].id);
    REQUIRE(back.samples[i].annotations.size() == 1);
    const Annotation &a = back.samples[i].annotations[0], &b = dataset.samples[i].annotations[0];
    CHECK(a.box == b.box);
    CHECK(a.category == b.category);
    CHECK(a.crowd == b.crowd);
    CHECK(a.area == b.area);
  }
}

TEST_CASE("A file is written whole or not at all") {
  const fixture::Folder folder;
  const auto path = folder.path() / "x.json";
  irc::atomic_write(path, "old");
  irc::atomic_write(path, "new");
  CHECK(irc::read_file(path) == "new");
  {
    const SmallDisk disk(1000);
    const std::string error = fixture::input_error([&] { irc::atomic_write(path, std::string(5000, 'x')); });
    CHECK(error.find("x.json") != std::string::npos);
  }
  CHECK(irc::read_file(path) == "new");
  CHECK(files_in(folder.path()) == 1);
  CHECK_THROWS_AS(irc::atomic_write(folder.path() / "none" / "x", "a"), irc::InputError);
  CHECK_THROWS_AS(irc::atomic_write(folder.path(), "a"), irc::InputError);
  CHECK_THROWS_AS(irc::read_file(folder.path()), irc::InputError);
  CHECK_THROWS_AS(irc::read_file(folder.path() / "none"), irc::InputError);
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("PNG: OpenCV reads back the pixels") {
  const fixture::Folder folder;
  irc::Picture picture(irc::Shape{3, 5, 7});
  for (std::size_t i = 0; i < picture.values.size(); ++i)
    picture.values[i] = static_cast<std::uint8_t>(i * 2);
  write_png(folder.path() / "p.png", picture);
  const cv::Mat back = cv::imread((folder.path() / "p.png").string());
  REQUIRE(back.size() == cv::Size(7, 5));
  CHECK(int{back.at<cv::Vec3b>(2, 3)[2]} == int{picture.at(2, 3, 0)});
  CHECK(int{back.at<cv::Vec3b>(2, 3)[0]} == int{picture.at(2, 3, 2)});
  Sample sample;
  sample.path = (folder.path() / "p.png").string();
  CHECK(load_picture(sample) == picture);
  CHECK_THROWS_AS(write_png(folder.path() / "q.png", irc::Picture{}), irc::InputError);
  CHECK_THROWS_AS(write_png(folder.path() / "none" / "q.png", picture), irc::InputError);
}

TEST_CASE("Drawing enlarges small pictures and marks boxes in colours that differ") {
  irc::Picture picture(irc::Shape{3, 96, 128});
  const std::vector<Detection> detections{found(0.9, 40, 40, 30, 20, 0), found(0.8, 80, 50, 20, 20, 1),
                                          found(0.1, 5, 60, 10, 10, 0)};
  draw_detections(picture, detections, {}, {"bike", "bus"}, 0.3);
  CHECK(picture.shape == irc::Shape{3, 288, 384});
  const auto colour = [&](int y, int x) {
    return std::vector<int>{picture.at(y, x, 0), picture.at(y, x, 1), picture.at(y, x, 2)};
  };
  const std::vector<int> black{0, 0, 0};
  CHECK(colour(150, 120) != black);  // left edge of the first box, times 3
  CHECK(colour(150, 140) == black);  // the inside stays visible
  CHECK(colour(180, 240) != black);  // the second box
  CHECK(colour(150, 120) != colour(180, 240));
  CHECK(colour(190, 15) == black);  // below the threshold
  const irc::Picture once = picture;
  irc::Picture large(irc::Shape{3, 400, 500});
  draw_detections(large, {}, std::vector<Annotation>{truth(10, 10, 50, 50)}, {}, 0.3);
  CHECK(large.shape == irc::Shape{3, 400, 500});
  CHECK(large.at(10, 10, 0) == 255);
  CHECK_THROWS_AS(draw_detections(large, detections, {}, {"bike"}, 0.3), irc::InputError);
  // Boxes beyond the image and labels at its edge must not fail.
  draw_detections(large,
                  std::vector<Detection>{found(0.9, -50, -50, 5000, 5000), found(0.9, 498, 398, 2, 2),
                                         found(0.9, 600, 600, 5, 5)},
                  {}, {"a class with a name far longer than the picture is wide, which happens"}, 0.3);
}
