// SPDX-License-Identifier: Apache-2.0
#include "canvas.h"

#include <algorithm>
#include <cmath>

namespace irc::scene {

Colour operator*(const Colour& c, double factor) {
  return {c.r * factor, c.g * factor, c.b * factor};
}

Colour mix(const Colour& a, const Colour& b, double share_of_b) {
  return {a.r + (b.r - a.r) * share_of_b, a.g + (b.g - a.g) * share_of_b, a.b + (b.b - a.b) * share_of_b};
}

namespace {

double lattice(std::uint64_t seed, std::int64_t x, std::int64_t y) {
  // A finaliser like MurmurHash3's. Grain needs speed, not quality; everything else draws from Dice.
  std::uint64_t h = seed ^ (static_cast<std::uint64_t>(x) * 0x9E3779B97F4A7C15u) ^
                    (static_cast<std::uint64_t>(y) * 0xC2B2AE3D27D4EB4Fu);
  h = (h ^ (h >> 33)) * 0xFF51AFD7ED558CCDu;
  h = (h ^ (h >> 33)) * 0xC4CEB9FE1A85EC53u;
  h ^= h >> 33;
  return static_cast<double>(h >> 40) / 8388608.0 - 1.0;
}

}  // namespace

double value_noise(std::uint64_t seed, double x, double y) {
  const double fx = std::floor(x), fy = std::floor(y);
  const auto ix = static_cast<std::int64_t>(fx), iy = static_cast<std::int64_t>(fy);
  const double u = x - fx, v = y - fy;
  const double top = lattice(seed, ix, iy) * (1 - u) + lattice(seed, ix + 1, iy) * u;
  const double low = lattice(seed, ix, iy + 1) * (1 - u) + lattice(seed, ix + 1, iy + 1) * u;
  return top * (1 - v) + low * v;
}

Canvas::Canvas(int width, int height)
    : width_(width), height_(height), columns_(width * samples), rows_(height * samples) {
  const auto size = static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_);
  colours_.resize(size);
  owners_.assign(size, background);
  last_object_.assign(size, background);
}

int Canvas::begin_object() {
  current_ = static_cast<int>(footprints_.size());
  footprints_.push_back({static_cast<double>(width_), static_cast<double>(height_), 0, 0, 0, 0});
  return current_;
}

void Canvas::put(int i, int j, const Paint& paint) {
  const std::size_t k = index(i, j);
  Colour colour = paint.colour;
  if (paint.grain > 0)
    colour = colour * (1 + paint.grain * value_noise(paint.grain_seed, i / (samples * paint.grain_px),
                                                     j / (samples * paint.grain_px)));
  colours_[k] = paint.opacity >= 1 ? colour : mix(colours_[k], colour, paint.opacity);
  // Shadows and haze neither hide what is below nor enlarge a box.
  if (paint.opacity < 0.6) return;
  owners_[k] = current_;
  if (current_ == background || last_object_[k] == current_) return;
  last_object_[k] = current_;
  Footprint& print = footprints_[static_cast<std::size_t>(current_)];
  ++print.painted;
  print.left = std::min(print.left, static_cast<double>(i) / samples);
  print.right = std::max(print.right, static_cast<double>(i + 1) / samples);
  print.top = std::min(print.top, static_cast<double>(j) / samples);
  print.bottom = std::max(print.bottom, static_cast<double>(j + 1) / samples);
}

template <typename Inside>
void Canvas::fill(Point low, Point high, const Paint& paint, Inside inside) {
  const auto bound = [](double v, int limit) {
    return static_cast<int>(std::clamp(std::floor(v * samples), 0.0, static_cast<double>(limit)));
  };
  const int i0 = bound(low.x, columns_), i1 = bound(high.x + 1, columns_);
  const int j0 = bound(low.y, rows_), j1 = bound(high.y + 1, rows_);
  for (int j = j0; j < j1; ++j)
    for (int i = i0; i < i1; ++i)
      if (inside((i + 0.5) / samples, (j + 0.5) / samples)) put(i, j, paint);
}

void Canvas::polygon(std::span<const Point> corners, const Paint& paint) {
  if (corners.size() < 3) return;
  Point low = corners[0], high = corners[0];
  for (const Point& p : corners) {
    low = {std::min(low.x, p.x), std::min(low.y, p.y)};
    high = {std::max(high.x, p.x), std::max(high.y, p.y)};
  }
  fill(low, high, paint, [&](double x, double y) {
    bool in = false;
    for (std::size_t a = 0, b = corners.size() - 1; a < corners.size(); b = a++) {
      const Point &p = corners[a], &q = corners[b];
      if ((p.y > y) != (q.y > y) && x < (q.x - p.x) * (y - p.y) / (q.y - p.y) + p.x) in = !in;
    }
    return in;
  });
}

void Canvas::rectangle(double left, double top, double right, double bottom, const Paint& paint) {
  fill({left, top}, {right, bottom}, paint,
       [=](double x, double y) { return x >= left && x < right && y >= top && y < bottom; });
}

void Canvas::ellipse(Point centre, double radius_x, double radius_y, const Paint& paint) {
  if (radius_x <= 0 || radius_y <= 0) return;
  fill({centre.x - radius_x, centre.y - radius_y}, {centre.x + radius_x, centre.y + radius_y}, paint,
       [=](double x, double y) {
         const double u = (x - centre.x) / radius_x, v = (y - centre.y) / radius_y;
         return u * u + v * v <= 1;
       });
}

void Canvas::ring(Point centre, double radius_x, double radius_y, double thickness, const Paint& paint) {
  if (radius_x <= 0 || radius_y <= 0) return;
  const double inner_x = radius_x - thickness, inner_y = radius_y - thickness;
  fill({centre.x - radius_x, centre.y - radius_y}, {centre.x + radius_x, centre.y + radius_y}, paint,
       [=](double x, double y) {
         const double dx = x - centre.x, dy = y - centre.y;
         const double u = dx / radius_x, v = dy / radius_y;
         if (u * u + v * v > 1) return false;
         if (inner_x <= 0 || inner_y <= 0) return true;
         const double s = dx / inner_x, t = dy / inner_y;
         return s * s + t * t >= 1;
       });
}

void Canvas::line(Point from, Point to, double thickness, const Paint& paint) {
  const double dx = to.x - from.x, dy = to.y - from.y, length2 = dx * dx + dy * dy, half = thickness / 2;
  fill({std::min(from.x, to.x) - half, std::min(from.y, to.y) - half},
       {std::max(from.x, to.x) + half, std::max(from.y, to.y) + half}, paint, [=](double x, double y) {
         double t = length2 > 0 ? ((x - from.x) * dx + (y - from.y) * dy) / length2 : 0;
         t = std::clamp(t, 0.0, 1.0);
         const double ex = x - from.x - t * dx, ey = y - from.y - t * dy;
         return ex * ex + ey * ey <= half * half;
       });
}

std::vector<Footprint> Canvas::footprints() const {
  std::vector<Footprint> prints = footprints_;
  for (const int owner : owners_)
    if (owner != background) ++prints[static_cast<std::size_t>(owner)].visible;
  return prints;
}

Colour Canvas::pixel(int x, int y) const {
  Colour sum;
  for (int j = 0; j < samples; ++j)
    for (int i = 0; i < samples; ++i) {
      const Colour& c = colours_[index(x * samples + i, y * samples + j)];
      sum = {sum.r + c.r, sum.g + c.g, sum.b + c.b};
    }
  return sum * (1.0 / (samples * samples));
}

}  // namespace irc::scene
