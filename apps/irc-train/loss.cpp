// SPDX-License-Identifier: Apache-2.0
#include "loss.h"

#include <algorithm>
#include <cmath>

namespace irc::train {

namespace {

/// Size of the region around an object's centre that also learns its box.
constexpr double spread = 0.12;         // standard deviation of the Gaussian, share of the side
constexpr double least_sigma = 0.45;    // cells
constexpr double box_heat_floor = 0.3;  // cells with less heat learn no box

void add_object(const detection::Annotation& object, int stride, torch::TensorAccessor<float, 3> heat,
                torch::TensorAccessor<float, 3> boxes, torch::TensorAccessor<float, 2> weight) {
  const auto& b = object.box;
  const auto rows = static_cast<int>(heat.size(1)), columns = static_cast<int>(heat.size(2));
  const double cx = (b.x + b.width / 2) / stride, cy = (b.y + b.height / 2) / stride;
  const int x0 = std::clamp(static_cast<int>(cx), 0, columns - 1),
            y0 = std::clamp(static_cast<int>(cy), 0, rows - 1);
  const double sx = std::max(least_sigma, spread * b.width / stride),
               sy = std::max(least_sigma, spread * b.height / stride);
  for (int y = 0; y < rows; ++y)
    for (int x = 0; x < columns; ++x) {
      const double dx = (x - x0) / sx, dy = (y - y0) / sy;
      const double value = x == x0 && y == y0 ? 1 : std::exp(-0.5 * (dx * dx + dy * dy));
      if (value < 0.01) continue;
      const auto v = static_cast<float>(value);
      heat[object.category][y][x] = std::max(heat[object.category][y][x], v);
      if (value < box_heat_floor || v <= weight[y][x]) continue;
      weight[y][x] = v;
      const double edges[4] = {b.x, b.y, b.x + b.width, b.y + b.height};
      for (int k = 0; k < 4; ++k) boxes[k][y][x] = static_cast<float>(edges[k] / stride);
    }
}

}  // namespace

Targets make_targets(const std::vector<std::vector<detection::Annotation>>& truth, int classes, int height,
                     int width, int stride) {
  const auto n = static_cast<std::int64_t>(truth.size());
  const int rows = height / stride, columns = width / stride;
  Targets t{torch::zeros({n, classes, rows, columns}), torch::zeros({n, 4, rows, columns}),
            torch::zeros({n, rows, columns})};
  auto heat = t.heat.accessor<float, 4>();
  auto boxes = t.boxes.accessor<float, 4>();
  auto weight = t.weight.accessor<float, 3>();
  for (std::int64_t i = 0; i < n; ++i)
    for (const detection::Annotation& object : truth[static_cast<std::size_t>(i)])
      add_object(object, stride, heat[i], boxes[i], weight[i]);
  return t;
}

torch::Tensor detection_loss(const torch::Tensor& head, const Targets& t, double box_weight) {
  using torch::Tensor;
  const std::int64_t classes = t.heat.size(1);
  const Tensor logits = head.slice(1, 0, classes), p = torch::sigmoid(logits);
  const Tensor centre = t.heat.eq(1).to(head.dtype());
  const Tensor found = (1 - p).pow(2) * torch::log_sigmoid(logits) * centre;
  const Tensor empty = (1 - t.heat).pow(4) * p.pow(2) * torch::log_sigmoid(-logits) * (1 - centre);
  const Tensor focal = -(found.sum() + empty.sum()) / centre.sum().clamp_min(1);

  const Tensor d = head.slice(1, classes).clamp(-4, 4).exp();
  const Tensor cx = torch::arange(head.size(3), head.options()) + 0.5;
  const Tensor cy = (torch::arange(head.size(2), head.options()) + 0.5).view({-1, 1});
  const Tensor left = cx - d.select(1, 0), top = cy - d.select(1, 1), right = cx + d.select(1, 2),
               bottom = cy + d.select(1, 3);
  const Tensor tl = t.boxes.select(1, 0), tt = t.boxes.select(1, 1), tr = t.boxes.select(1, 2),
               tb = t.boxes.select(1, 3);
  const Tensor overlap = (torch::min(right, tr) - torch::max(left, tl)).clamp_min(0) *
                         (torch::min(bottom, tb) - torch::max(top, tt)).clamp_min(0);
  const Tensor both = (right - left) * (bottom - top) + (tr - tl) * (tb - tt) - overlap;
  const Tensor hull =
      (torch::max(right, tr) - torch::min(left, tl)) * (torch::max(bottom, tb) - torch::min(top, tt));
  const Tensor giou = overlap / both.clamp_min(1e-6) - (hull - both) / hull.clamp_min(1e-6);
  const Tensor box = ((1 - giou) * t.weight).sum() / t.weight.sum().clamp_min(1);
  return focal + box_weight * box;
}

}  // namespace irc::train
