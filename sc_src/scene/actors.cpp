// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <vector>

#include "parts.h"

namespace irc::scene {

namespace {

/// Draws in metres: x to the right of the foot point, y up. `squeeze` turns a side view towards the camera.
class Figure {
 public:
  Figure(Canvas& canvas, Point foot, double scale, double squeeze, bool mirrored)
      : canvas_(canvas), foot_(foot), scale_(scale), x_scale_(scale * squeeze * (mirrored ? -1 : 1)) {}
  Point at(double x, double y) const { return {foot_.x + x * x_scale_, foot_.y - y * scale_}; }
  void polygon(std::initializer_list<Point> metres, const Paint& paint) {
    std::vector<Point> corners;
    for (const Point& p : metres) corners.push_back(at(p.x, p.y));
    canvas_.polygon(corners, paint);
  }
  void ellipse(double x, double y, double radius_x, double radius_y, const Paint& paint) {
    canvas_.ellipse(at(x, y), radius_x * magnitude(), radius_y * scale_, paint);
  }
  void ring(double x, double y, double radius, double thickness, const Paint& paint) {
    canvas_.ring(at(x, y), radius * magnitude(), radius * scale_, thickness * scale_ + 0.3, paint);
  }
  void line(double x0, double y0, double x1, double y1, double thickness, const Paint& paint) {
    canvas_.line(at(x0, y0), at(x1, y1), thickness * scale_ + 0.25, paint);
  }
  void shadow(double half_length) {
    canvas_.ellipse({foot_.x, foot_.y - 0.02 * scale_}, half_length * magnitude(), 0.16 * scale_,
                    {{20, 20, 22}, 0, 1, 0.45, 0});
  }

 private:
  double magnitude() const { return x_scale_ < 0 ? -x_scale_ : x_scale_; }
  Canvas& canvas_;
  Point foot_;
  double scale_, x_scale_;
};

Colour skin(Dice& dice) {
  return mix({235, 195, 165}, {95, 60, 45}, dice.uniform(0, 1));
}

Paint cloth(Dice& dice) {
  return {random_colour(dice), 0.12, 1, 1, static_cast<std::uint64_t>(dice.between(1, 1 << 30))};
}

void car_side(Figure& f, Dice& dice) {
  const Colour paint = random_colour(dice);
  const Paint body{paint}, low{paint * 0.75}, glass{Colour{55, 65, 75} * dice.uniform(0.6, 2.0)},
      tyre{{25, 25, 27}};
  const double l = dice.uniform(1.9, 2.3), roof = dice.uniform(1.38, 1.65), waist = dice.uniform(0.82, 0.95);
  const double rear = dice.uniform(-1.0, -0.6) * l * 0.85, front = dice.uniform(0.35, 0.6) * l;
  f.shadow(l);
  f.polygon({{-l, 0.3}, {-l, waist}, {front, waist}, {l, waist - 0.15}, {l, 0.3}}, body);
  f.polygon({{-l, 0.25}, {-l, 0.48}, {l, 0.48}, {l, 0.25}}, low);
  f.polygon({{rear - 0.3, waist}, {rear, roof}, {front - 0.65, roof}, {front + 0.05, waist}}, body);
  f.polygon(
      {{rear - 0.12, waist}, {rear + 0.08, roof - 0.1}, {front - 0.7, roof - 0.1}, {front - 0.1, waist}},
      glass);
  f.line((rear + front) / 2 - 0.1, waist, (rear + front) / 2 - 0.1, roof, 0.09, body);
  for (const double x : {-0.62 * l, 0.62 * l}) {
    f.ellipse(x, 0.33, 0.34, 0.33, tyre);
    f.ellipse(x, 0.33, 0.18, 0.18, {{150, 150, 155}});
  }
  f.polygon({{l - 0.18, 0.62}, {l - 0.18, 0.76}, {l, 0.74}, {l, 0.62}}, {{250, 245, 200}});
  f.polygon({{-l, 0.66}, {-l, 0.84}, {-l + 0.13, 0.84}, {-l + 0.13, 0.66}}, {{190, 30, 25}});
}

void car_front(Figure& f, Dice& dice) {
  const Colour paint = random_colour(dice);
  const bool rear = dice.chance(0.5);
  const Paint body{paint}, glass{Colour{55, 65, 75} * dice.uniform(0.6, 2.0)}, tyre{{22, 22, 24}};
  const double h = dice.uniform(1.4, 1.8), w = dice.uniform(0.85, 0.98);
  f.shadow(w + 0.1);
  for (const double x : {-w + 0.16, w - 0.16})
    f.polygon({{x - 0.13, 0}, {x - 0.13, 0.4}, {x + 0.13, 0.4}, {x + 0.13, 0}}, tyre);
  f.polygon({{-w, 0.22}, {-w, 0.85}, {-w + 0.08, 0.95}, {w - 0.08, 0.95}, {w, 0.85}, {w, 0.22}}, body);
  f.polygon({{-w + 0.06, 0.93}, {-w + 0.26, h}, {w - 0.26, h}, {w - 0.06, 0.93}}, body);
  f.polygon({{-w + 0.16, 0.95}, {-w + 0.32, h - 0.09}, {w - 0.32, h - 0.09}, {w - 0.16, 0.95}}, glass);
  const Paint lamp{rear ? Colour{200, 30, 25} : Colour{250, 245, 205}};
  for (const double x : {-w + 0.19, w - 0.19}) f.ellipse(x, 0.7, 0.15, 0.1, lamp);
  f.polygon({{-0.45, 0.42}, {-0.45, 0.62}, {0.45, 0.62}, {0.45, 0.42}}, {paint * 0.45});
  f.polygon({{-0.24, 0.36}, {-0.24, 0.48}, {0.24, 0.48}, {0.24, 0.36}}, {{225, 225, 215}});
}

void van_side(Figure& f, Dice& dice) {
  const Colour paint = random_colour(dice);
  const Paint body{paint, 0.04, 3, 1, 5}, cab{random_colour(dice)}, glass{{60, 70, 80}}, tyre{{25, 25, 27}};
  const double l = dice.uniform(2.2, 3.0), h = dice.uniform(1.9, 2.6), nose = l - dice.uniform(0.9, 1.3);
  const bool truck = dice.chance(0.5);
  f.shadow(l);
  f.polygon({{-l, 0.4}, {-l, h}, {nose, h}, {nose, 0.4}}, body);
  f.polygon({{nose, 0.35}, {nose, h - 0.25}, {l - 0.35, h - 0.3}, {l, 1.1}, {l, 0.35}}, truck ? cab : body);
  f.polygon({{nose + 0.12, 1.15}, {nose + 0.12, h - 0.4}, {l - 0.42, h - 0.42}, {l - 0.12, 1.15}}, glass);
  if (!truck && dice.chance(0.6))
    for (double x = -l + 0.3; x < nose - 0.6; x += 0.8)
      f.polygon({{x, h - 0.95}, {x, h - 0.3}, {x + 0.6, h - 0.3}, {x + 0.6, h - 0.95}}, glass);
  for (const double x : {-0.6 * l, 0.65 * l}) {
    f.ellipse(x, 0.4, 0.4, 0.4, tyre);
    f.ellipse(x, 0.4, 0.2, 0.2, {{120, 120, 125}});
  }
  f.polygon({{l - 0.14, 0.55}, {l - 0.14, 0.75}, {l, 0.75}, {l, 0.55}}, {{250, 245, 200}});
}

void pedestrian(Figure& f, Dice& dice) {
  const double h = dice.uniform(1.5, 1.9) / 1.75, stride = dice.uniform(0.02, 0.32),
               width = dice.uniform(0.17, 0.25);
  const Paint coat = cloth(dice), legs = cloth(dice), face{skin(dice)};
  const Paint hair{Colour{70, 50, 35} * dice.uniform(0.3, 2.5)}, shoe{{30, 28, 28}};
  f.shadow(0.3);
  f.line(0, 0.82 * h, -stride, 0.06, 0.16, legs);
  f.line(0, 0.82 * h, stride, 0.06, 0.16, legs);
  f.line(-stride, 0.04, -stride + 0.14, 0.04, 0.09, shoe);
  f.line(stride, 0.04, stride + 0.14, 0.04, 0.09, shoe);
  if (dice.chance(0.2))
    f.polygon({{-width - 0.05, 0.45}, {-width, 0.95}, {width, 0.95}, {width + 0.05, 0.45}}, legs);
  const double swing = dice.uniform(0.0, 0.3);
  f.line(-width + 0.02, 1.4 * h, -width - swing, 0.85 * h, 0.11, {coat.colour * 0.85});
  f.polygon({{-width, 0.78 * h},
             {-width - 0.02, 1.38 * h},
             {-0.1, 1.48 * h},
             {0.1, 1.48 * h},
             {width + 0.02, 1.38 * h},
             {width, 0.78 * h}},
            coat);
  f.line(width - 0.02, 1.4 * h, width + swing * 0.8, 0.88 * h, 0.11, {coat.colour * 0.85});
  f.line(0, 1.45 * h, 0, 1.55 * h, 0.1, face);
  f.ellipse(0, 1.62 * h, 0.115, 0.14, face);
  f.ellipse(-0.02, 1.68 * h, 0.12, 0.085, hair);
  if (dice.chance(0.25)) f.ellipse(-width - 0.06, 1.15 * h, 0.13, 0.24, cloth(dice));
  if (dice.chance(0.2))
    f.polygon({{width + 0.1, 0.5}, {width + 0.1, 0.8}, {width + 0.4, 0.8}, {width + 0.4, 0.5}}, cloth(dice));
}

void cyclist(Figure& f, Dice& dice) {
  const Paint coat = cloth(dice), legs = cloth(dice), face{skin(dice)}, tyre{{28, 28, 30}},
              frame{random_colour(dice)};
  const Paint hat{random_colour(dice)};
  const double lean = dice.uniform(0.15, 0.45), knee = dice.uniform(0.15, 0.45),
               tall = dice.uniform(0.93, 1.07);
  f.shadow(0.85);
  f.ring(-0.53, 0.34, 0.34, 0.06, tyre);
  f.ring(0.53, 0.34, 0.34, 0.06, tyre);
  f.line(-0.53, 0.34, -0.02, 0.32, 0.05, frame);
  f.line(-0.53, 0.34, -0.2, 0.82, 0.05, frame);
  f.line(-0.02, 0.32, -0.2, 0.86, 0.05, frame);
  f.line(-0.02, 0.32, 0.4, 0.8, 0.05, frame);
  f.line(-0.18, 0.78, 0.4, 0.8, 0.05, frame);
  f.line(0.53, 0.34, 0.38, 0.98, 0.05, frame);
  f.line(0.34, 1.0, 0.5, 1.02, 0.05, {{40, 40, 42}});
  f.line(-0.2, 0.92, knee - 0.1, 0.72, 0.15, {legs.colour * 0.7});
  f.line(knee - 0.1, 0.72, -0.08, 0.2, 0.12, {legs.colour * 0.7});
  f.line(-0.2, 0.94, knee, 0.76, 0.16, legs);
  f.line(knee, 0.76, 0.08, 0.26, 0.13, legs);
  f.polygon(
      {{-0.36, 0.88}, {-0.2 + lean - 0.17, 1.42 * tall}, {-0.2 + lean + 0.12, 1.46 * tall}, {-0.05, 0.9}},
      coat);
  f.line(-0.2 + lean, 1.38 * tall, 0.4, 1.03, 0.1, {coat.colour * 0.85});
  f.ellipse(-0.12 + lean, 1.58 * tall, 0.115, 0.135, face);
  f.ellipse(-0.14 + lean, 1.65 * tall, 0.135, 0.085, hat);
}

}  // namespace

void draw_actor(Canvas& canvas, Kind kind, Point foot, double scale, Dice& dice) {
  const bool mirrored = dice.chance(0.5);
  switch (kind) {
    case Kind::vehicle: {
      const double shape = dice.uniform(0, 1);
      Figure f(canvas, foot, scale, shape < 0.4 ? dice.uniform(0.8, 1.05) : 1.0, mirrored);
      if (shape < 0.45)
        car_side(f, dice);
      else if (shape < 0.8)
        car_front(f, dice);
      else
        van_side(f, dice);
      break;
    }
    case Kind::pedestrian: {
      Figure f(canvas, foot, scale, dice.uniform(0.85, 1.2), mirrored);
      pedestrian(f, dice);
      break;
    }
    case Kind::cyclist: {
      Figure f(canvas, foot, scale, dice.uniform(0.5, 1.0), mirrored);
      cyclist(f, dice);
      break;
    }
  }
}

}  // namespace irc::scene
