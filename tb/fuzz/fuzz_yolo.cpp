// SPDX-License-Identifier: Apache-2.0
// YOLO: a data.yaml, then the labels of one image, then a list of images.
#include "check_dataset.h"
#include "irc/core/error.h"
#include "irc/detection/readers.h"
#include "pictures.h"

namespace irc::fuzz {

void run(Input input) {
  static const Scratch scratch;
  static const auto picture = scratch.write("train/images/a.png", png_picture());
  const auto parts = parts_of(input, 3);
  const auto yaml = scratch.write("data.yaml", parts[0]);
  scratch.write("train/labels/a.txt", parts[1]);
  scratch.write("list.txt", parts[2]);
  refused([&] { detection::split_names(yaml); });
  refused([&] { check_dataset(detection::read_yolo(scratch.path() / "train")); });
  refused([&] { check_dataset(detection::read_yolo(yaml, "train")); });
  check_dataset(detection::read_yolo(yaml));
}

void seeds(const AddSeed& add) {
  add("list.yaml",
      joined_parts({"path: .\ntrain: train/images\nval: list.txt\nnc: 2\nnames: ['car', \"person\"]\n",
                    "0 0.5 0.5 0.2 0.25\n1 0.1 0.1 0.2 0.2\n", "train/images/a.png\n"}));
  add("map.yaml",
      joined_parts(
          {"# comment\ntrain: ../train/images\nval:\n  - train/images\nnames:\n  0: car\n  1: person\n",
           "1 0.1 0.1 0.4 0.1 0.4 0.5\n"}));
  add("sequence.yaml",
      joined_parts({"val: train\ntest: list.txt\nnames:\n- car\n- person\ndownload: |\n  text\n", ""}));
  add("six.yaml", joined_parts({"train: train\nval: train\nnames: {0: car}\n",
                                "0 0.5 0.5 0.2 0.25 0.9\n0 0.5 0.5 0 0\n"}));
}

}  // namespace irc::fuzz
