// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "irc/detection/types.h"

namespace irc::detection {

/// How a picture was fitted into the network's input: network = picture * scale + offset, per axis.
struct Letterbox {
  double scale = 1;                 ///< min(width / source_width, height / source_height)
  double scale_x = 1, scale_y = 1;  ///< after rounding the fitted size to whole pixels
  int offset_x = 0, offset_y = 0;   ///< padding on the left and on top, network pixels
  int width = 0, height = 0;        ///< the network's input
  int source_width = 0, source_height = 0;

  Box to_network(const Box& picture_box) const;
  /// The inverse, clipped to the picture; width or height is 0 for a box wholly in the padding.
  Box to_picture(const Box& network_box) const;
};

/// Grey of the padding.
inline constexpr std::uint8_t letterbox_grey = 114;

/// Only the geometry. Throws InputError unless all four sizes are positive.
Letterbox letterbox_geometry(int source_width, int source_height, int width, int height);

/// `picture` fitted into width x height with its aspect ratio kept, centred on grey. See resample().
Picture letterbox(const Picture& picture, int width, int height, Letterbox& out);

/// `picture` at another size, in exact integer arithmetic, the same bits on every machine: per axis an area
/// mean where it shrinks, bilinear between pixel centres where it grows; rounded once, halves up.
/// An equal size gives the picture itself.
Picture resample(const Picture& picture, int width, int height);

/// `box` cut to [0, width] x [0, height]; width or height becomes 0 where nothing is left.
Box clip(const Box& box, double width, double height);

}  // namespace irc::detection
