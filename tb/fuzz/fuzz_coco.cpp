// SPDX-License-Identifier: Apache-2.0
// COCO: annotations, then detections in the results format. Boxes that were read lie in their image.
#include <cmath>

#include "check_dataset.h"
#include "fuzz.h"
#include "irc/core/error.h"
#include "irc/detection/readers.h"

namespace irc::fuzz {

void run(Input input) {
  static const Scratch scratch;
  const auto parts = parts_of(input, 2);
  const auto dataset = detection::read_coco(scratch.write("annotations.json", parts[0]), scratch.path());
  check_dataset(dataset);
  const auto results = detection::read_detections(scratch.write("results.json", parts[1]), dataset);
  demand(results.size() == dataset.samples.size(), "every image has a list of detections");
  for (const auto& list : results)
    for (const auto& found : list) demand(std::isfinite(found.score), "scores are finite");
}

void seeds(const AddSeed& add) {
  const std::string images = R"("images":[{"id":1,"file_name":"a.png","width":32,"height":24},)"
                             R"({"id":7,"file_name":"b/c.png","width":10,"height":10}])";
  const std::string categories = R"("categories":[{"id":1,"name":"car"},{"id":3,"name":"person"}])";
  const std::string annotations =
      R"("annotations":[{"id":1,"image_id":1,"category_id":3,"bbox":[1,2,5.5,6],"area":30,"iscrowd":0},)"
      R"({"id":2,"image_id":7,"category_id":1,"bbox":[0,0,20,4],"iscrowd":1,"segmentation":{"size":[10,10],"counts":[1,2]}}])";
  const auto all = "{" + images + "," + categories + "," + annotations + "}";
  add("all.json", all);
  add("results.json", joined_parts({all, R"([{"image_id":1,"category_id":1,"bbox":[1,1,2,2],"score":0.5},)"
                                         R"({"image_id":7,"category_id":3,"bbox":[0,0,1e3,2],"score":1}])"}));
  add("no_annotations.json", "{" + images + "," + categories + R"(,"annotations":[],"info":{"year":2024}})");
  add("strings.json", R"({"images":[{"id":"1","file_name":"a.png","width":3.0,"height":4}],)" + categories +
                          R"(,"annotations":[{"id":1,"image_id":"1","category_id":1.0,"bbox":[0,0,1,1]}]})");
}

}  // namespace irc::fuzz
