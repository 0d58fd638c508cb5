// SPDX-License-Identifier: Apache-2.0
// Where glog is installed, libtorch defines a CHECK of its own. It is included first, and its CHECK is
// removed.
#include <torch/torch.h>
#undef CHECK
#include <cmath>
#include "support/catch.h"

#include "exporter.h"
#include "hardware.h"
#include "importer.h"
#include "irc/core/error.h"
#include "irc/scene/scene.h"

namespace {

using namespace irc::train;
using irc::platform::load_config;

std::vector<std::string> all_off() {
  std::vector<std::string> sets;
  for (const char* name : {"device_variation", "cycle_to_cycle", "vt_mismatch", "read_noise", "stuck_at",
                           "drift", "off_leakage", "wire_resistance", "clamp_resistance", "clamp_variation",
                           "offset", "sense_noise", "sensing_range", "level_errors", "bias_variation"})
    sets.push_back(std::string("nonidealities.") + name + "=false");
  return sets;
}

torch::Tensor random_bits(std::vector<std::int64_t> shape) {
  return torch::rand(shape).gt(0.6).to(torch::kFloat);
}
torch::Tensor random_ternary(std::vector<std::int64_t> shape) {
  return (torch::rand(shape) * 3).floor() - 1;
}

TEST_CASE("hardware without nonidealities computes the ideal sum and bias") {
  torch::manual_seed(3);
  const Hardware hardware(load_config("robust.toml", all_off()));
  const int stride = GENERATE(1, 2);
  const torch::Tensor x = random_bits({2, 5, 6, 8}), w = random_ternary({7, 5, 3, 3});
  const torch::Tensor bias = (torch::rand({7}) * 9).floor() - 4;
  const torch::Tensor expected = torch::conv2d(x, w, bias, stride, 1);
  const torch::Tensor found = hardware.sums(x, w, bias, stride);
  // Amplifiers compare with half a unit, and trim leaves half a step.
  CHECK((found - expected).abs().max().item<double>() < 0.05);
}

TEST_CASE("variation spreads the sums as the cells' drawn currents say, and every step draws anew") {
  torch::manual_seed(4);
  auto sets = all_off();
  sets[0] = "nonidealities.device_variation=true";
  sets[2] = "nonidealities.vt_mismatch=true";
  const auto config = load_config("robust.toml", sets);
  const Hardware hardware(config);
  const torch::Tensor x = torch::ones({1, 64, 1, 1}), w = torch::zeros({512, 64, 3, 3});
  w.slice(1, 0, 32).fill_(1);  // 32 low cells are driven at the only place
  const torch::Tensor first = hardware.sums(x, w, torch::zeros({512}), 1).flatten();
  const torch::Tensor second = hardware.sums(x, w, torch::zeros({512}), 1).flatten();
  // Mismatch dominates. To first order, sigma(I)/I = g_m sigma_Vt / I for each cell, over 32 cells.
  const auto& card = config.card;
  const auto current_a = [&](double shift_v) {
    const irc::device::CellParameters cell{card.rram.lrs.r_ohm, card.transistor.v_t_v + shift_v,
                                           irc::device::CellState::lrs};
    return irc::device::solve_cell(card, cell, config.conditions.v_bl_v, 0, config.conditions.v_wl_v).i_a;
  };
  const double sigma_v = card.transistor.sigma_v_t_v();
  const double slope = (current_a(-0.5 * sigma_v) - current_a(0.5 * sigma_v)) / config.unit_current_a;
  const double expected = std::sqrt(32.0) * slope;
  CHECK(first.std().item<double>() == Approx(expected).epsilon(0.25));
  CHECK((first - second).abs().max().item<double>() > 0.1 * expected);
}

TEST_CASE("amplifiers of the training surrogate decide as the simulator's bank") {
  const auto config =
      load_config("robust.toml",
                  {"nonidealities.sense_noise=false", "sense.injected_bias_sigma=0", "sense.offset_sigma_a=0",
                   "sense.trim=false", "sense.i_min_a=2e-5", "sense.i_max_a=6e-5"});
  const Hardware hardware(config);
  const irc::sense::SenseAmplifierBank bank(config.sense, config.nonidealities, 1, 0, 1);
  const torch::Tensor plus = torch::rand({1, 400, 1}) * 120, minus = plus + torch::randn({1, 400, 1}) * 4;
  const torch::Tensor found = hardware.sensed(plus, minus);
  const double unit_a = config.unit_current_a, threshold = config.sense.threshold_a / unit_a;
  int ones = 0;
  for (std::int64_t i = 0; i < 400; ++i) {
    const double p = plus[0][i][0].item<double>(), m = minus[0][i][0].item<double>();
    const double d = found[0][i][0].item<double>();
    if (std::abs(d - threshold) < 1e-3) continue;  // float against double
    CHECK((d > threshold) == (bank.decide(0, p * unit_a, m * unit_a, 0) == 1));
    ones += d > threshold;
  }
  CHECK(ones > 20);
  CHECK(ones < 380);
}

TEST_CASE("votes of row groups are counted and weighed") {
  torch::manual_seed(5);
  auto sets = all_off();
  sets.push_back("array.rows_per_operation=4");
  const auto config = load_config("naive.toml", sets);
  const Hardware hardware(config);
  const torch::Tensor x = random_bits({1, 3, 4, 4}), w = random_ternary({5, 3, 3, 3}).abs() * 2 - 1;
  const torch::Tensor found = hardware.sums(x, w, {}, 1);
  // Expected values by hand: rows in the order kernel row, kernel column, channel, four at a time.
  const torch::Tensor padded = torch::constant_pad_nd(x, {1, 1, 1, 1});
  for (int o = 0; o < 5; ++o)
    for (int px = 0; px < 16; ++px) {
      double votes = 0, group = 0;
      for (int r = 0; r < 27; ++r) {
        const int c = r % 3, kx = r / 3 % 3, ky = r / 9;
        group += (padded[0][c][px / 4 + ky][px % 4 + kx] * w[o][c][ky][kx]).item<double>();
        if (r % 4 == 3 || r == 26) {
          votes += group > 0.5 ? 1 : -1;
          group = 0;
        }
      }
      CHECK(found[0][o][px / 4][px % 4].item<double>() == Approx(votes * config.level_units));
    }
}

TEST_CASE("the droop's form follows the exact solver where wires matter") {
  const auto strapped = load_config("robust.toml");
  const Droop little = fit_droop(strapped, 576, 0);
  CHECK(little.residual_rms < 0.01);
  const Droop none = fit_droop(load_config("robust.toml", all_off()), 576, 0);
  CHECK(none.scale == Approx(1).epsilon(1e-6));
  CHECK(std::abs(none.bend) < 1e-8);
  // More wire resistance loses more current.
  const Droop more = fit_droop(load_config("robust.toml", {"array.r_bl_ohm=1", "array.r_sl_ohm=1"}), 576, 0);
  CHECK(more.bend + 1 - more.scale > little.bend + 1 - little.scale);
}

TEST_CASE("what training does not model is refused") {
  CHECK_THROWS_AS(Hardware(load_config("naive.toml", {"sense.kind=\"multi_bit\"", "sense.bits=3"})),
                  irc::InputError);
  CHECK_NOTHROW(Hardware(load_config("naive.toml")));
}

TEST_CASE("a net that starts from an exported detector computes what the file computes") {
  NetOptions o;
  o.width = 64;
  o.height = 48;
  o.classes = irc::scene::class_names();
  o.channels = {8, 12, 16, 20, 24};
  o.strides = {2, 2, 1, 2, 1};
  DetectorNet first(o);
  const irc::network::Graph graph = to_graph(first, "first", "");
  o.seed = 2;
  DetectorNet second(o);
  CHECK(import_graph(second, graph) < 0.02);
  const irc::network::Graph again = to_graph(second, "second", "");
  const auto* a = std::get_if<irc::network::Conv>(&graph.nodes[2].op);
  const auto* b = std::get_if<irc::network::Conv>(&again.nodes[2].op);
  REQUIRE(a != nullptr);
  REQUIRE(b != nullptr);
  std::size_t different = 0;
  for (std::size_t i = 0; i < a->weights.size(); ++i) different += a->weights[i] != b->weights[i];
  CHECK(static_cast<double>(different) < 0.03 * static_cast<double>(a->weights.size()));
  o.channels = {8, 12, 16, 20, 32};
  DetectorNet other(o);
  CHECK_THROWS_AS(import_graph(other, graph), irc::InputError);
}

}  // namespace
