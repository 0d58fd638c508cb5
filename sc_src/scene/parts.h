// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "canvas.h"
#include "dice.h"

namespace irc::scene {

/// Position of the camera. It maps a point on the ground to a row and a scale.
struct View {
  double horizon_y = 0;        ///< row of the horizon, pixels
  double camera_height_m = 3;  ///< above the ground
  double vanishing_x = 0;      ///< column where the road vanishes, pixels
  double scale(double ground_y) const {
    return (ground_y - horizon_y) / camera_height_m;
  }  ///< pixels per metre
};

/// Class numbers, as in class_names().
enum class Kind { vehicle = 0, pedestrian = 1, cyclist = 2 };

View draw_background(Canvas& canvas, Dice& dice);

/// Draws street furniture that hides objects and resembles them a little: poles, bins, bollards, bushes.
void draw_clutter(Canvas& canvas, const View& view, double ground_y, Dice& dice);

/// Draws one road user at the foot point as the canvas's current object. `scale` is in pixels per metre.
void draw_actor(Canvas& canvas, Kind kind, Point foot, double scale, Dice& dice);

/// A random colour of paint, saturated or greyish.
Colour random_colour(Dice& dice);

}  // namespace irc::scene
