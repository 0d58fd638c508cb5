// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "irc/detection/types.h"

namespace irc::scene {

/// Parameters of generated traffic scenes. Sizes are in pixels.
struct SceneOptions {
  int width = 128;                 ///< image width, 32..2048
  int height = 96;                 ///< image height, 32..2048
  int min_objects = 1;             ///< smallest number of road users placed (0..32)
  int max_objects = 5;             ///< largest number of road users placed (min_objects..32)
  double empty_share = 0.03;       ///< share of images with no road user at all, 0..1
  double min_visible_share = 0.3;  ///< smallest visible share of an object that is annotated, 0..1
  double min_side_px = 6;          ///< smallest longer side of an object that is annotated
  double sensor_noise = 1.0;       ///< factor on the sensor noise, 0 for none
};

/// The classes of generated scenes, in category order: vehicle, pedestrian, cyclist.
const std::vector<std::string>& class_names();

/// One procedural traffic scene, pixels and boxes, addressed by (seed, index). The function has no state and
/// uses only integer and basic IEEE arithmetic, so the same address gives the same bits on every machine. A
/// box is the extent of the whole object inside the image, whatever hides part of it. Throws InputError where
/// an option is out of its range.
detection::Sample generate_scene(std::uint64_t seed, std::uint64_t index, const SceneOptions& options = {});

/// Scenes first .. first + count - 1 of a seed. The first `with_pixels` samples hold their pixels (width *
/// height * 3 bytes); the others hold only their annotations, and generate_scene makes their pixels again.
/// Throws InputError where an option is out of its range.
detection::Dataset generate_dataset(std::uint64_t seed, std::uint64_t first, std::size_t count,
                                    const SceneOptions& options = {},
                                    std::size_t with_pixels = std::numeric_limits<std::size_t>::max());

}  // namespace irc::scene
