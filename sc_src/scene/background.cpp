// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "parts.h"

namespace irc::scene {

namespace {

std::uint64_t grain_seed(Dice& dice) {
  return static_cast<std::uint64_t>(dice.between(1, 1 << 30));
}

void draw_sky(Canvas& canvas, const View& view, Dice& dice) {
  const bool grey = dice.chance(0.4);
  const Colour high = grey ? Colour{150, 155, 160} : Colour{90, 140, dice.uniform(190, 230)};
  const Colour low = grey ? Colour{205, 205, 205} : Colour{200, 215, dice.uniform(205, 235)};
  const double cloud = dice.uniform(0, 0.6), size = dice.uniform(10, 30);
  const std::uint64_t seed = grain_seed(dice);
  canvas.retouch([&](double x, double y, const Colour& old) {
    if (y > view.horizon_y + 1) return old;
    const double n =
        value_noise(seed, x / size, 2 * y / size) + 0.5 * value_noise(seed + 1, 2 * x / size, 4 * y / size);
    return mix(mix(high, low, y / (view.horizon_y + 1)), {240, 240, 240}, n > 0 ? cloud * n : 0);
  });
}

void draw_building(Canvas& canvas, double left, double right, double top, double base, Dice& dice) {
  const double tone = dice.uniform(70, 190), warm = dice.uniform(-25, 30);
  canvas.rectangle(
      left, top, right, base,
      {{tone + warm, tone, tone - warm}, dice.uniform(0.03, 0.15), dice.uniform(1, 4), 1, grain_seed(dice)});
  if (dice.chance(0.2)) return;
  const double pitch_x = dice.uniform(4, 9), pitch_y = dice.uniform(5, 10);
  const double share_x = dice.uniform(0.35, 0.7), share_y = dice.uniform(0.4, 0.7);
  const double glass = dice.uniform(30, 220);
  for (double y = top + 2; y + pitch_y * share_y < base - 2; y += pitch_y)
    for (double x = left + 1.5; x + pitch_x * share_x < right - 1; x += pitch_x) {
      const double level = glass * dice.uniform(0.7, 1.2);
      canvas.rectangle(x, y, x + pitch_x * share_x, y + pitch_y * share_y, {{level, level, level * 1.1}});
    }
}

void draw_skyline(Canvas& canvas, const View& view, Dice& dice) {
  double x = dice.uniform(-20, 0);
  while (x < canvas.width()) {
    const double width = dice.uniform(12, 45);
    if (dice.chance(0.72)) {
      draw_building(canvas, x, x + width, view.horizon_y - dice.uniform(6, view.horizon_y + 6),
                    view.horizon_y + dice.uniform(1, 5), dice);
    } else {
      const Colour leaf{dice.uniform(20, 90), dice.uniform(70, 130), dice.uniform(20, 60)};
      for (int i = 0; i < 5; ++i)
        canvas.ellipse({x + dice.uniform(0, width), view.horizon_y - dice.uniform(0, 12)},
                       dice.uniform(4, 11), dice.uniform(4, 11),
                       {leaf * dice.uniform(0.7, 1.2), 0.35, 1.5, 1, grain_seed(dice)});
    }
    x += width + (dice.chance(0.3) ? dice.uniform(0, 15) : 0);
  }
}

void draw_markings(Canvas& canvas, const View& view, double road_left, double road_right, Dice& dice) {
  const double w = canvas.width(), h = canvas.height(), depth = h - view.horizon_y;
  const Paint paint{{215, 215, 205}, 0.1, 1, dice.uniform(0.35, 0.95), grain_seed(dice)};
  const int lanes = dice.between(1, 4);
  for (int lane = 1; lane < lanes; ++lane) {
    const double foot = road_left + (road_right - road_left) * lane / lanes;
    // Dashes of equal length on the ground shrink like 1/distance in the image.
    for (double d = 1.0 + dice.uniform(0, 0.3); d < 9; d += 1.0) {
      const double near_t = 1 / d, far_t = 1 / (d + 0.5);
      const auto at = [&](double t, double side) {
        return Point{view.vanishing_x + (foot + side - view.vanishing_x) * t, view.horizon_y + depth * t};
      };
      const std::array<Point, 4> dash{at(near_t, -1.2), at(near_t, 1.2), at(far_t, 1.2), at(far_t, -1.2)};
      canvas.polygon(dash, paint);
    }
  }
  if (!dice.chance(0.25)) return;
  const double top = view.horizon_y + depth * dice.uniform(0.35, 0.7),
               bottom = top + depth * dice.uniform(0.1, 0.2);
  const double pitch = dice.uniform(8, 14);
  for (double x = -pitch; x < w + pitch; x += pitch) {
    const auto slant = [&](double at_x, double y) {
      return Point{
          view.vanishing_x + (at_x - view.vanishing_x) * (y - view.horizon_y) / (top - view.horizon_y), y};
    };
    const std::array<Point, 4> bar{slant(x, top), slant(x + pitch / 2, top), slant(x + pitch / 2, bottom),
                                   slant(x, bottom)};
    canvas.polygon(bar, paint);
  }
}

void draw_ground(Canvas& canvas, const View& view, Dice& dice) {
  const double w = canvas.width(), h = canvas.height();
  const bool green = dice.chance(0.4);
  const double tone = dice.uniform(110, 180);
  const Colour side = green ? Colour{dice.uniform(60, 110), dice.uniform(95, 140), dice.uniform(40, 70)}
                            : Colour{tone, tone * 0.97, tone * 0.92};
  canvas.rectangle(0, view.horizon_y, w, h,
                   {side, dice.uniform(0.04, 0.25), dice.uniform(1, 5), 1, grain_seed(dice)});
  const double left = view.vanishing_x - dice.uniform(0.5, 2.0) * w,
               right = view.vanishing_x + dice.uniform(0.5, 2.0) * w;
  const double grey = dice.uniform(55, 135);
  const std::array<Point, 4> road{Point{view.vanishing_x - 2, view.horizon_y},
                                  Point{view.vanishing_x + 2, view.horizon_y}, Point{right, h},
                                  Point{left, h}};
  canvas.polygon(road, {{grey, grey, grey * dice.uniform(0.97, 1.08)},
                        dice.uniform(0.03, 0.18),
                        dice.uniform(0.6, 3),
                        1,
                        grain_seed(dice)});
  draw_markings(canvas, view, left, right, dice);
  for (int i = dice.between(0, 3); i > 0; --i)
    canvas.ellipse(
        {dice.uniform(0, w), dice.uniform(view.horizon_y + 8, h)}, dice.uniform(4, 20), dice.uniform(1, 4),
        {Colour{1, 1, 1} * dice.uniform(25, 90), 0.2, 2, dice.uniform(0.2, 0.55), grain_seed(dice)});
}

}  // namespace

Colour random_colour(Dice& dice) {
  if (dice.chance(0.45)) {
    const double tone = dice.uniform(20, 235);
    return {tone, tone * dice.uniform(0.95, 1.05), tone * dice.uniform(0.95, 1.05)};
  }
  Colour c{dice.uniform(15, 130), dice.uniform(15, 130), dice.uniform(15, 130)};
  const int strong = dice.between(0, 2);
  (strong == 0 ? c.r : strong == 1 ? c.g : c.b) = dice.uniform(130, 230);
  return c;
}

View draw_background(Canvas& canvas, Dice& dice) {
  const double w = canvas.width(), h = canvas.height();
  const View view{h * dice.uniform(0.22, 0.45), dice.uniform(2.4, 4.2), w * dice.uniform(0.25, 0.75)};
  draw_sky(canvas, view, dice);
  draw_skyline(canvas, view, dice);
  draw_ground(canvas, view, dice);
  return view;
}

void draw_clutter(Canvas& canvas, const View& view, double ground_y, Dice& dice) {
  const double x = dice.uniform(0, canvas.width()), s = view.scale(ground_y);
  const Paint paint{random_colour(dice) * 0.8, 0.1, 1, 1, grain_seed(dice)};
  switch (dice.between(0, 4)) {
    case 0: {  // lamp post or sign
      const double top = ground_y - dice.uniform(2.2, 6) * s;
      canvas.rectangle(x - 0.06 * s - 0.4, top, x + 0.06 * s + 0.4, ground_y, {{70, 72, 75}});
      if (dice.chance(0.6)) canvas.ellipse({x, top}, 0.35 * s, 0.35 * s, paint);
      break;
    }
    case 1:  // bin or box
      canvas.rectangle(x - 0.3 * s, ground_y - dice.uniform(0.8, 1.2) * s, x + 0.3 * s, ground_y, paint);
      break;
    case 2:  // bollard
      canvas.rectangle(x - 0.1 * s, ground_y - dice.uniform(0.7, 1.1) * s, x + 0.1 * s, ground_y, paint);
      break;
    case 3: {  // bush
      const Colour leaf{dice.uniform(30, 80), dice.uniform(80, 130), dice.uniform(25, 60)};
      for (int i = 0; i < 4; ++i)
        canvas.ellipse({x + dice.uniform(-0.7, 0.7) * s, ground_y - dice.uniform(0.3, 0.8) * s}, 0.6 * s,
                       0.5 * s, {leaf * dice.uniform(0.75, 1.2), 0.35, 1.2, 1, grain_seed(dice)});
      break;
    }
    default:  // fence
      for (int i = 0; i < 6; ++i)
        canvas.rectangle(x + i * 0.35 * s, ground_y - 0.9 * s, x + i * 0.35 * s + 0.6, ground_y,
                         {{90, 90, 95}});
      canvas.rectangle(x, ground_y - 0.85 * s, x + 1.8 * s, ground_y - 0.78 * s + 0.4, {{90, 90, 95}});
  }
}

}  // namespace irc::scene
