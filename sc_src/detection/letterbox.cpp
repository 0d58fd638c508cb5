// SPDX-License-Identifier: Apache-2.0
#include "irc/detection/letterbox.h"

#include <algorithm>
#include <string>

#include "irc/core/error.h"

namespace irc::detection {
namespace {

std::string size_text(int width, int height) {
  return std::to_string(width) + " x " + std::to_string(height);
}

void check_size(const char* what, int width, int height) {
  // The bound keeps every sum of resample() far below 64 bits: (2^17 * 2)^2 * 255 < 2^44.
  constexpr int limit = 1 << 17;
  if (width > 0 && height > 0 && width <= limit && height <= limit) return;
  throw InputError(std::string(what) + " is " + size_text(width, height) +
                   " pixels; expected a width and a height of 1 to " + std::to_string(limit));
}

/// The source pixels of one output pixel along an axis, and their integer weights.
struct Taps {
  int first = 0;
  std::vector<std::uint32_t> weights;
};
struct Axis {
  std::vector<Taps> taps;
  std::uint64_t total = 1;  ///< sum of the weights of every output
};

/// Output o covers [o * in, (o + 1) * in) where source pixel i covers [i * out, (i + 1) * out).
Axis area_axis(int in, int out) {
  Axis axis{std::vector<Taps>(static_cast<std::size_t>(out)), static_cast<std::uint64_t>(in)};
  for (std::int64_t o = 0; o < out; ++o) {
    const std::int64_t begin = o * in, end = begin + in;
    Taps& taps = axis.taps[static_cast<std::size_t>(o)];
    taps.first = static_cast<int>(begin / out);
    for (std::int64_t i = begin / out; i * out < end; ++i)
      taps.weights.push_back(
          static_cast<std::uint32_t>(std::min(end, (i + 1) * out) - std::max(begin, i * out)));
  }
  return axis;
}

/// The centre of output o lies at ((2 o + 1) * in - out) / (2 out) in source pixel centres.
Axis linear_axis(int in, int out) {
  Axis axis{std::vector<Taps>(static_cast<std::size_t>(out)), 2 * static_cast<std::uint64_t>(out)};
  const std::int64_t total = 2 * static_cast<std::int64_t>(out);
  for (std::int64_t o = 0; o < out; ++o) {
    const std::int64_t last = (in - 1) * total;
    const std::int64_t position = std::clamp<std::int64_t>((2 * o + 1) * in - out, 0, last);
    Taps& taps = axis.taps[static_cast<std::size_t>(o)];
    taps.first = static_cast<int>(position / total);
    const auto right = static_cast<std::uint32_t>(position % total);
    taps.weights.push_back(static_cast<std::uint32_t>(total) - right);
    if (right > 0) taps.weights.push_back(right);
  }
  return axis;
}

Axis plan(int in, int out) {
  return out < in ? area_axis(in, out) : linear_axis(in, out);
}

/// One source row resampled along x, not rounded: 3 sums per output pixel.
void resample_row(const Picture& picture, int y, const Axis& axis, std::vector<std::uint64_t>& sums) {
  for (std::size_t x = 0; x < axis.taps.size(); ++x) {
    const Taps& taps = axis.taps[x];
    for (int c = 0; c < 3; ++c) {
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < taps.weights.size(); ++i)
        sum += std::uint64_t{taps.weights[i]} * picture.at(y, taps.first + static_cast<int>(i), c);
      sums[x * 3 + static_cast<std::size_t>(c)] = sum;
    }
  }
}

/// Keeps the current source rows, because consecutive outputs share at most their border rows.
class RowCache {
 public:
  RowCache(const Picture& picture, const Axis& axis) : picture_(picture), axis_(axis) {
    for (auto& slot : slots_) slot.sums.resize(axis.taps.size() * 3);
  }
  const std::vector<std::uint64_t>& row(int y) {
    Slot& slot = slots_[static_cast<std::size_t>(y) % 2];
    if (slot.y != y) resample_row(picture_, slot.y = y, axis_, slot.sums);
    return slot.sums;
  }

 private:
  struct Slot {
    int y = -1;
    std::vector<std::uint64_t> sums;
  };
  const Picture& picture_;
  const Axis& axis_;
  Slot slots_[2];
};

void check_picture(const Picture& picture) {
  check_size("picture", picture.shape.width, picture.shape.height);
  if (picture.shape.channels != 3 || picture.values.size() != picture.shape.size())
    throw InputError("the image has " + std::to_string(picture.shape.channels) + " channels and " +
                     std::to_string(picture.values.size()) + " values; expected RGB, " +
                     std::to_string(picture.shape.pixels() * 3) + " values");
}

}  // namespace

Picture resample(const Picture& picture, int width, int height) {
  check_picture(picture);
  check_size("size to resample to", width, height);
  if (picture.shape.width == width && picture.shape.height == height) return picture;
  const Axis horizontal = plan(picture.shape.width, width), vertical = plan(picture.shape.height, height);
  const std::uint64_t total = horizontal.total * vertical.total;
  RowCache rows(picture, horizontal);
  Picture out(Shape{3, height, width});
  const std::size_t row_size = static_cast<std::size_t>(width) * 3;
  std::vector<std::uint64_t> sums(row_size);
  for (int y = 0; y < height; ++y) {
    const Taps& taps = vertical.taps[static_cast<std::size_t>(y)];
    std::fill(sums.begin(), sums.end(), total / 2);
    for (std::size_t i = 0; i < taps.weights.size(); ++i) {
      const auto& row = rows.row(taps.first + static_cast<int>(i));
      for (std::size_t k = 0; k < row_size; ++k) sums[k] += taps.weights[i] * row[k];
    }
    for (std::size_t k = 0; k < row_size; ++k)
      out.values[static_cast<std::size_t>(y) * row_size + k] = static_cast<std::uint8_t>(sums[k] / total);
  }
  return out;
}

Letterbox letterbox_geometry(int source_width, int source_height, int width, int height) {
  check_size("picture", source_width, source_height);
  check_size("network input", width, height);
  const std::int64_t sw = source_width, sh = source_height;
  // Rounds halves up in integers; at least one pixel.
  const auto fit = [](std::int64_t side, std::int64_t to, std::int64_t from) {
    return static_cast<int>(std::max<std::int64_t>(1, (2 * side * to + from) / (2 * from)));
  };
  const bool by_width = sw * height >= sh * width;
  const int fitted_width = by_width ? width : fit(sw, height, sh);
  const int fitted_height = by_width ? fit(sh, width, sw) : height;
  Letterbox box;
  box.scale =
      by_width ? static_cast<double>(width) / source_width : static_cast<double>(height) / source_height;
  box.scale_x = static_cast<double>(fitted_width) / source_width;
  box.scale_y = static_cast<double>(fitted_height) / source_height;
  box.offset_x = (width - fitted_width) / 2;
  box.offset_y = (height - fitted_height) / 2;
  box.width = width;
  box.height = height;
  box.source_width = source_width;
  box.source_height = source_height;
  return box;
}

Picture letterbox(const Picture& picture, int width, int height, Letterbox& out) {
  check_picture(picture);
  out = letterbox_geometry(picture.shape.width, picture.shape.height, width, height);
  const int fitted_width = static_cast<int>(out.scale_x * out.source_width + 0.5);
  const int fitted_height = static_cast<int>(out.scale_y * out.source_height + 0.5);
  Picture fitted = resample(picture, fitted_width, fitted_height);
  if (fitted_width == width && fitted_height == height) return fitted;
  Picture padded(Shape{3, height, width});
  std::fill(padded.values.begin(), padded.values.end(), letterbox_grey);
  const std::size_t row_size = static_cast<std::size_t>(fitted_width) * 3;
  for (int y = 0; y < fitted_height; ++y)
    std::copy_n(&fitted.at(y, 0, 0), row_size, &padded.at(y + out.offset_y, out.offset_x, 0));
  return padded;
}

Box Letterbox::to_network(const Box& picture_box) const {
  return {picture_box.x * scale_x + offset_x, picture_box.y * scale_y + offset_y, picture_box.width * scale_x,
          picture_box.height * scale_y};
}

Box Letterbox::to_picture(const Box& network_box) const {
  const Box box{(network_box.x - offset_x) / scale_x, (network_box.y - offset_y) / scale_y,
                network_box.width / scale_x, network_box.height / scale_y};
  return clip(box, source_width, source_height);
}

}  // namespace irc::detection
