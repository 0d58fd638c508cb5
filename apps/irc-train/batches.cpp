// SPDX-License-Identifier: Apache-2.0
#include "batches.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "irc/detection/letterbox.h"
#include "irc/detection/readers.h"

namespace irc::train {

namespace {

/// Destination = source * scale + shift, per axis. If `flip`, x is mirrored first.
struct Move {
  bool flip = false;
  double scale = 1, shift_x = 0, shift_y = 0;
};

std::uint8_t to_byte(double v) {
  return static_cast<std::uint8_t>(std::clamp(std::floor(v + 0.5), 0.0, 255.0));
}

Picture moved(const Picture& in, const Move& m, const double (&gain)[3]) {
  const int w = in.shape.width, h = in.shape.height;
  Picture out(in.shape);
  for (int y = 0; y < h; ++y) {
    const double sy = (y + 0.5 - m.shift_y) / m.scale - 0.5;
    const int y0 = static_cast<int>(std::floor(sy));
    const double v = sy - y0;
    for (int x = 0; x < w; ++x) {
      double sx = (x + 0.5 - m.shift_x) / m.scale - 0.5;
      if (m.flip) sx = w - 1 - sx;
      const int x0 = static_cast<int>(std::floor(sx));
      const double u = sx - x0;
      const bool inside = x0 >= 0 && y0 >= 0 && x0 + 1 < w && y0 + 1 < h;
      for (int c = 0; c < 3; ++c) {
        const auto value = [&](int yy, int xx) -> double {
          if (xx < 0 || yy < 0 || xx >= w || yy >= h) return detection::letterbox_grey;
          return in.at(yy, xx, c);
        };
        const double p = inside ? (in.at(y0, x0, c) * (1 - u) + in.at(y0, x0 + 1, c) * u) * (1 - v) +
                                      (in.at(y0 + 1, x0, c) * (1 - u) + in.at(y0 + 1, x0 + 1, c) * u) * v
                                : (value(y0, x0) * (1 - u) + value(y0, x0 + 1) * u) * (1 - v) +
                                      (value(y0 + 1, x0) * (1 - u) + value(y0 + 1, x0 + 1) * u) * v;
        out.at(y, x, c) = to_byte(p * gain[c]);
      }
    }
  }
  return out;
}

detection::Box moved(const detection::Box& b, const Move& m, int width) {
  const double left = m.flip ? width - b.x - b.width : b.x;
  return {left * m.scale + m.shift_x, b.y * m.scale + m.shift_y, b.width * m.scale, b.height * m.scale};
}

}  // namespace

std::vector<Example> load_examples(const detection::Dataset& data, int width, int height) {
  std::vector<Example> examples;
  examples.reserve(data.samples.size());
  for (const detection::Sample& sample : data.samples) {
    detection::Letterbox box;
    Example example;
    example.picture = detection::letterbox(detection::load_picture(sample), width, height, box);
    for (detection::Annotation a : sample.annotations) {
      if (a.crowd) continue;
      a.box = box.to_network(a.box);
      example.objects.push_back(a);
    }
    examples.push_back(std::move(example));
  }
  return examples;
}

Example augmented(const Example& example, const Augmentation& how, const CounterRandom& random) {
  const int w = example.picture.shape.width, h = example.picture.shape.height;
  const auto range = [&](std::uint64_t i, double low, double high) {
    return low + (high - low) * random.uniform(i);
  };
  Move m;
  m.flip = random.uniform(0) < 0.5;
  m.scale = range(1, 1 / how.zoom, how.zoom);
  // Zooms about the centre, then shifts.
  m.shift_x = w * ((1 - m.scale) / 2 + range(2, -how.shift, how.shift));
  m.shift_y = h * ((1 - m.scale) / 2 + range(3, -how.shift, how.shift));
  const double level = range(4, 1 / how.gain, how.gain);
  const double gain[3] = {level * range(5, 1 - how.tint, 1 + how.tint), level,
                          level * range(6, 1 - how.tint, 1 + how.tint)};
  Example result{moved(example.picture, m, gain), {}};
  for (detection::Annotation a : example.objects) {
    const detection::Box whole = moved(a.box, m, w), seen = detection::clip(whole, w, h);
    if (seen.area() < 0.35 * whole.area() || std::max(seen.width, seen.height) < 5) continue;
    a.box = seen;
    result.objects.push_back(a);
  }
  return result;
}

Batch make_batch(std::span<const Example> examples) {
  const Shape shape = examples.front().picture.shape;
  const auto n = static_cast<std::int64_t>(examples.size());
  torch::Tensor bytes = torch::empty({n, shape.height, shape.width, 3}, torch::kUInt8);
  Batch batch;
  std::uint8_t* to = bytes.data_ptr<std::uint8_t>();
  for (const Example& e : examples) {
    to = std::copy(e.picture.values.begin(), e.picture.values.end(), to);
    batch.truth.push_back(e.objects);
  }
  // Channel-last in memory, which oneDNN convolves fastest. All later maps keep that order.
  batch.pictures = bytes.permute({0, 3, 1, 2}).to(torch::kFloat32);
  return batch;
}

std::vector<std::size_t> shuffled(std::size_t count, const CounterRandom& random) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[random.below(i, i)]);
  return order;
}

}  // namespace irc::train
