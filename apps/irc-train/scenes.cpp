// SPDX-License-Identifier: Apache-2.0
#include "scenes.h"

#include "irc/detection/draw.h"
#include "irc/detection/write.h"
#include "irc/scene/scene.h"

namespace irc::train {

void write_scenes(std::uint64_t seed, std::uint64_t first, std::size_t count,
                  const std::filesystem::path& folder) {
  const detection::Dataset data = scene::generate_dataset(seed, first, count);
  std::filesystem::create_directories(folder / "images");
  for (const detection::Sample& sample : data.samples)
    detection::write_png(folder / "images" / sample.file_name, sample.pixels);
  detection::write_coco(folder / "scenes.json", data);
}

}  // namespace irc::train
