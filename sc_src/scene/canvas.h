// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "irc/core/tensor.h"

namespace irc::scene {

/// Linear colour, nominally 0..255 per channel; it may exceed this range while painting.
struct Colour {
  double r = 0, g = 0, b = 0;
};
Colour operator*(const Colour& c, double factor);
Colour mix(const Colour& a, const Colour& b, double share_of_b);

/// A point in image pixels (y down).
struct Point {
  double x = 0, y = 0;
};

/// Owner of background strokes. These hide objects but have no box.
constexpr int background = -1;

/// Appearance of a surface: a colour, opacity, and optionally grain (relative amplitude) of a given size.
struct Paint {
  Colour colour;
  double grain = 0;
  double grain_px = 1;
  double opacity = 1;
  std::uint64_t grain_seed = 0;
};

/// Value noise in [-1, 1]: hashed lattice values with bilinear interpolation.
double value_noise(std::uint64_t seed, double x, double y);

/// Extent and visibility of one object, in sub-samples of the canvas.
struct Footprint {
  double left = 0, top = 0, right = 0, bottom = 0;  ///< image pixels; right and bottom exclusive
  std::int64_t painted = 0;                         ///< sub-samples that the object covers, hidden or not
  std::int64_t visible = 0;                         ///< sub-samples that nothing later has covered
};

/// An image painted back to front on a grid of 2 x 2 sub-samples per pixel.
class Canvas {
 public:
  Canvas(int width, int height);
  int width() const { return width_; }
  int height() const { return height_; }

  void polygon(std::span<const Point> corners, const Paint& paint);  ///< even-odd rule
  void rectangle(double left, double top, double right, double bottom, const Paint& paint);
  void ellipse(Point centre, double radius_x, double radius_y, const Paint& paint);
  void ring(Point centre, double radius_x, double radius_y, double thickness, const Paint& paint);
  void line(Point from, Point to, double thickness, const Paint& paint);

  /// Begins a new object, which owns the following strokes. Returns its number.
  int begin_object();
  /// The following strokes belong to the background again.
  void end_object() { current_ = background; }
  std::vector<Footprint> footprints() const;

  /// Replaces every sub-sample's colour by `change(x, y, colour)`, x and y in pixels.
  template <typename Change>
  void retouch(Change change) {
    for (int j = 0; j < rows_; ++j)
      for (int i = 0; i < columns_; ++i) {
        Colour& c = colours_[index(i, j)];
        c = change((i + 0.5) / samples, (j + 0.5) / samples, c);
      }
  }
  /// Mean colour of pixel (x, y).
  Colour pixel(int x, int y) const;

 private:
  static constexpr int samples = 2;
  std::size_t index(int i, int j) const {
    return static_cast<std::size_t>(j) * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(i);
  }
  template <typename Inside>
  void fill(Point low, Point high, const Paint& paint, Inside inside);
  void put(int i, int j, const Paint& paint);

  int width_, height_, columns_, rows_;
  int current_ = background;
  std::vector<Colour> colours_;
  std::vector<int> owners_;  // topmost object of each sub-sample
  std::vector<int>
      last_object_;  // last object counted at each sub-sample, so that overlapping parts count once
  std::vector<Footprint> footprints_;
};

}  // namespace irc::scene
