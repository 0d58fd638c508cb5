// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "irc/detection/types.h"

namespace irc::detection {

/// How an image was fitted into the network's input: network = image * scale + offset, per axis.
struct Letterbox {
  double scale = 1;       ///< min(width / source_width, height / source_height)
  double scale_x = 1,     ///< horizontal scale after rounding the fitted size to whole pixels
      scale_y = 1;        ///< vertical scale after rounding the fitted size to whole pixels
  int offset_x = 0,       ///< padding on the left, in network pixels
      offset_y = 0;       ///< padding on top, in network pixels
  int width = 0,          ///< width of the network's input
      height = 0;         ///< height of the network's input
  int source_width = 0,   ///< width of the image
      source_height = 0;  ///< height of the image

  /// A box of the image in network pixels.
  Box to_network(const Box& picture_box) const;
  /// The inverse, clipped to the image. Width or height is 0 for a box wholly in the padding.
  Box to_picture(const Box& network_box) const;
};

/// Grey of the padding.
inline constexpr std::uint8_t letterbox_grey = 114;

/// Computes the geometry only. Throws InputError unless all four sizes are positive.
Letterbox letterbox_geometry(int source_width, int source_height, int width, int height);

/// `picture` fitted into width x height with its aspect ratio kept, centred on grey. `out` receives the
/// geometry. Scaling is that of resample(). Throws InputError unless all sizes are positive.
Picture letterbox(const Picture& picture, int width, int height, Letterbox& out);

/// `picture` at another size, in exact integer arithmetic, which gives the same bits on every machine. Per
/// axis it takes an area mean where the image shrinks, and interpolates between pixel centres where it grows.
/// Values are rounded once, halves up. An equal size returns the image unchanged.
Picture resample(const Picture& picture, int width, int height);

/// `box` cut to [0, width] x [0, height]. Width or height becomes 0 where nothing is left.
Box clip(const Box& box, double width, double height);

}  // namespace irc::detection
