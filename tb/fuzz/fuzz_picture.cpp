// SPDX-License-Identifier: Apache-2.0
// Image files: the first byte chooses the ending of the name, the others are the file. Headers (sizes, EXIF)
// are read by this project's code, pixels by OpenCV.
#include "fuzz.h"
#include "irc/core/error.h"
#include "irc/detection/readers.h"
#include "pictures.h"

namespace irc::fuzz {
namespace {

constexpr const char* endings[] = {".jpg", ".png", ".bmp", ".ppm"};
constexpr int most_pixels = 1 << 20;  // decoded; larger images are sound, but slow

}  // namespace

void run(Input input) {
  static const Scratch scratch;
  if (input.empty()) return;
  const auto name = std::string("a") + endings[input[0] % std::size(endings)];
  const auto file = scratch.write(name, text_of(input.subspan(1)));
  const auto dataset = detection::read_folder(file);
  demand(dataset.samples.size() == 1, "one file is one image");
  const auto& sample = dataset.samples.front();
  demand(sample.width > 0 && sample.height > 0, "an image that was read has a size");
  if (sample.width > most_pixels / sample.height) return;
  const auto pixels = detection::load_picture(sample);
  demand(pixels.shape.width == sample.width && pixels.shape.height == sample.height,
         "the pixels have the size that the header states");
}

void seeds(const AddSeed& add) {
  for (std::size_t i = 0; i < std::size(endings); ++i)
    add(std::string("small") + endings[i], static_cast<char>(i) + encoded_picture(endings[i], 4, 3));
  // The JPEG with an EXIF block in front: little endian, one entry, orientation 6.
  const std::string exif(
      "\xff\xe1\x00\x22"
      "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0",
      36);
  auto jpeg = encoded_picture(".jpg", 4, 3);
  add("exif.jpg", std::string(1, '\0') + jpeg.substr(0, 2) + exif + jpeg.substr(2));
  const std::string big(
      "\xff\xe1\x00\x22"
      "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0",
      36);
  add("exif_big_endian.jpg", std::string(1, '\0') + jpeg.substr(0, 2) + big + jpeg.substr(2));
  jpeg.resize(jpeg.size() - 2);
  add("no_end.jpg", std::string(1, '\0') + jpeg);
}

}  // namespace irc::fuzz
