// SPDX-License-Identifier: Apache-2.0
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>

#include "irc/core/error.h"
#include "irc/scene/scene.h"
#include "parts.h"

namespace irc::scene {

namespace {

void check_range(const char* name, double value, double low, double high) {
  if (value >= low && value <= high) return;
  throw InputError(std::string("scene option ") + name + " is " + std::to_string(value) + "; expected " +
                   std::to_string(low) + " to " + std::to_string(high));
}

void check(const SceneOptions& o) {
  check_range("width", o.width, 32, 2048);
  check_range("height", o.height, 32, 2048);
  check_range("min_objects", o.min_objects, 0, 32);
  check_range("max_objects", o.max_objects, o.min_objects, 32);
  check_range("empty_share", o.empty_share, 0, 1);
  check_range("min_visible_share", o.min_visible_share, 0, 1);
  check_range("min_side_px", o.min_side_px, 0, 2048);
  check_range("sensor_noise", o.sensor_noise, 0, 10);
}

/// Something on the ground: an actor, or clutter (class -1).
struct Placement {
  int kind = -1;
  double ground_y = 0;
  double x = 0;
};

std::vector<Placement> place(const View& view, const SceneOptions& o, Dice& dice) {
  std::vector<Placement> placements;
  // Nearer than about 22 px per metre an actor fills the image; farther than about 7.5 it is a smudge. These
  // are values for an image 96 px high and grow with the height.
  const double unit = o.height / 96.0;
  const auto ground = [&] {
    const double near_scale = 22 * unit, far_scale = 7.5 * unit, t = dice.uniform(0, 1);
    return view.horizon_y + view.camera_height_m * (far_scale + (near_scale - far_scale) * t * t);
  };
  const int actors = dice.chance(o.empty_share) ? 0 : dice.between(o.min_objects, o.max_objects);
  for (int i = 0; i < actors; ++i) {
    const double pick = dice.uniform(0, 1);
    const int kind = pick < 0.36 ? 0 : pick < 0.68 ? 1 : 2;
    const double y = std::min(ground(), o.height * 1.06);
    placements.push_back({kind, y, dice.uniform(0.05, 0.95) * o.width});
  }
  for (int i = dice.between(0, 4); i > 0; --i)
    placements.push_back({-1, std::min(ground(), o.height * 1.1), 0});
  std::stable_sort(placements.begin(), placements.end(),
                   [](const Placement& a, const Placement& b) { return a.ground_y < b.ground_y; });
  return placements;
}

/// Applies light, haze and cast shadow to the whole image.
void light(Canvas& canvas, const View& view, Dice& dice) {
  const bool dusk = dice.chance(0.15);
  const double gain = dusk ? dice.uniform(0.35, 0.6) : dice.uniform(0.7, 1.2), tint = dice.uniform(-0.1, 0.1);
  const double contrast = dice.uniform(0.75, 1.15), haze = dice.chance(0.25) ? dice.uniform(0.1, 0.45) : 0;
  const double shade_x = dice.uniform(0, canvas.width()), shade_tilt = dice.uniform(-0.6, 0.6);
  const double shade = dice.chance(0.35) ? dice.uniform(0.55, 0.85) : 1;
  canvas.retouch([&](double x, double y, const Colour& old) {
    const double far_share =
        y <= view.horizon_y ? 1 : std::max(0.0, 1 - (y - view.horizon_y) / (0.5 * canvas.height()));
    Colour c = mix(old, {200, 203, 208}, haze * far_share);
    const double level =
        gain * (y > view.horizon_y && x < shade_x + shade_tilt * (y - view.horizon_y) ? shade : 1);
    const auto tone = [&](double v, double white) { return level * white * (110 + contrast * (v - 110)); };
    return Colour{tone(c.r, 1 + tint), tone(c.g, 1), tone(c.b, 1 - tint)};
  });
}

/// The image that the sensor reads after exposure, with shot-like noise (the variance grows with the signal).
Picture expose(const Canvas& canvas, const SceneOptions& o, Dice& dice, const CounterRandom& noise) {
  Picture picture(Shape{3, canvas.height(), canvas.width()});
  const double floor_sd = o.sensor_noise * dice.uniform(0.8, 4.0),
               shot = o.sensor_noise * dice.uniform(0.0, 0.25);
  std::uint64_t k = 0;
  for (int y = 0; y < canvas.height(); ++y)
    for (int x = 0; x < canvas.width(); ++x) {
      const Colour c = canvas.pixel(x, y);
      const double channels[3] = {c.r, c.g, c.b};
      const std::uint64_t bits = noise.bits(k++);
      for (int i = 0; i < 3; ++i) {
        // Sum of three 7-bit uniform values: mean 190.5, variance 3 * (128^2 - 1) / 12. It is close enough to
        // a normal distribution.
        const std::uint64_t part = bits >> (21 * i);
        const double sum = static_cast<double>((part & 127) + ((part >> 7) & 127) + ((part >> 14) & 127));
        const double normal = (sum - 190.5) / 63.998046845;
        const double v = std::max(0.0, channels[i]), sd = std::sqrt(floor_sd * floor_sd + shot * shot * v);
        picture.at(y, x, i) =
            static_cast<std::uint8_t>(std::clamp(std::floor(v + sd * normal + 0.5), 0.0, 255.0));
      }
    }
  return picture;
}

}  // namespace

const std::vector<std::string>& class_names() {
  static const std::vector<std::string> names{"vehicle", "pedestrian", "cyclist"};
  return names;
}

detection::Sample generate_scene(std::uint64_t seed, std::uint64_t index, const SceneOptions& options) {
  check(options);
  const CounterRandom random = CounterRandom(seed, Stream::scene).fork(index);
  Dice dice(random.fork(0));
  Canvas canvas(options.width, options.height);
  const View view = draw_background(canvas, dice);
  std::vector<int> kinds;
  for (const Placement& p : place(view, options, dice)) {
    if (p.kind < 0) {
      draw_clutter(canvas, view, p.ground_y, dice);
      continue;
    }
    canvas.begin_object();
    kinds.push_back(p.kind);
    draw_actor(canvas, static_cast<Kind>(p.kind), {p.x, p.ground_y}, view.scale(p.ground_y), dice);
    canvas.end_object();
  }
  light(canvas, view, dice);

  detection::Sample sample;
  sample.id = static_cast<std::int64_t>(index);
  sample.file_name = "scene-" + std::to_string(seed) + "-" + std::to_string(index) + ".png";
  sample.width = options.width;
  sample.height = options.height;
  const std::vector<Footprint> prints = canvas.footprints();
  for (std::size_t i = 0; i < prints.size(); ++i) {
    const Footprint& f = prints[i];
    const detection::Box box{f.left, f.top, f.right - f.left, f.bottom - f.top};
    if (f.painted == 0 || std::max(box.width, box.height) < options.min_side_px) continue;
    if (static_cast<double>(f.visible) < options.min_visible_share * static_cast<double>(f.painted)) continue;
    sample.annotations.push_back({box, kinds[i], false, false, box.area()});
  }
  sample.pixels = expose(canvas, options, dice, random.fork(1));
  return sample;
}

detection::Dataset generate_dataset(std::uint64_t seed, std::uint64_t first, std::size_t count,
                                    const SceneOptions& options, std::size_t with_pixels) {
  detection::Dataset data;
  data.name = "generated traffic scenes, seed " + std::to_string(seed);
  data.categories = class_names();
  for (std::size_t i = 0; i < data.categories.size(); ++i)
    data.category_ids.push_back(static_cast<std::int64_t>(i) + 1);
  data.annotated = true;
  data.samples.resize(count);
  tbb::parallel_for(std::size_t{0}, count, [&](std::size_t i) {
    data.samples[i] = generate_scene(seed, first + i, options);
    if (i >= with_pixels) data.samples[i].pixels = Picture();
  });
  return data;
}

}  // namespace irc::scene
