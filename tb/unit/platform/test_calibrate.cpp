// SPDX-License-Identifier: Apache-2.0
// Tests chip statistics, and the search of a layer's working point on errors made up by hand.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include "support/catch.h"

#include "config_text.h"
#include "irc/core/random.h"
#include "irc/detection/average_precision.h"
#include "irc/detection/readers.h"
#include "irc/platform/calibrate.h"
#include "irc/platform/calibration_split.h"
#include "irc/platform/chip_statistics.h"
#include "irc/platform/point_search.h"
#include "irc/platform/workload.h"

using namespace irc;
using namespace irc::platform;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

namespace {

using Counts = std::vector<std::uint64_t>;

const std::vector<mapping::ArrayLayer> array_layers{{"conv3", 3}, {"conv4", 5}};

/// Whether the point with the fewest errors is better than the configured one by more than one standard
/// error.
bool one_error_off(const PointSearch& search) {
  const auto& all = search.measurements();
  const auto& least = *std::min_element(all.begin(), all.end(),
                                        [](const auto& a, const auto& b) { return a.total < b.total; });
  const auto gain = error_difference(search.configured().errors, least.errors);
  return gain.fewer > gain.standard_error;
}

/// Runs a whole search whose measurements come from `errors`.
template <typename Errors>
PointSearch searched(const SearchSpace& space, const Errors& errors) {
  PointSearch search(space);
  for (int round = 0; round < PointSearch::rounds; ++round)
    for (const auto& point : search.candidates(round)) search.measured(point, errors(point));
  return search;
}

}  // namespace

TEST_CASE("Clopper-Pearson intervals are those of the tables") {
  // Published tables of exact 95 % limits for n = 10 and 20.
  const struct {
    std::uint64_t good, all;
    double low, high;
  } table[] = {{0, 10, 0, 0.3085},      {1, 10, 0.0025, 0.4450}, {5, 10, 0.1871, 0.8129},
               {8, 10, 0.4439, 0.9748}, {10, 10, 0.6915, 1},     {1, 20, 0.0013, 0.2487}};
  for (const auto& row : table) {
    INFO(row.good << " of " << row.all);
    const auto found = share_ci95(row.good, row.all);
    CHECK(found.low == Approx(row.low).margin(6e-5));
    CHECK(found.high == Approx(row.high).margin(6e-5));
  }
  // Closed form at the ends: (1 - p)^n = 0.025.
  for (const std::uint64_t n : {1, 4, 100}) {
    const double edge = std::pow(0.025, 1.0 / static_cast<double>(n));
    CHECK(share_ci95(0, n).low == 0);
    CHECK(share_ci95(0, n).high == Approx(1 - edge).epsilon(1e-9));
    CHECK(share_ci95(n, n).low == Approx(edge).epsilon(1e-9));
    CHECK(share_ci95(n, n).high == 1);
  }
  CHECK_THROWS_AS(share_ci95(0, 0), InternalError);
  CHECK_THROWS_AS(share_ci95(3, 2), InternalError);
}

TEST_CASE("intervals of mean and standard deviation are those of the tables") {
  CHECK(mean_ci95(1, 2) == Approx(12.706 / std::sqrt(2.0)).epsilon(1e-4));        // t(1) = 12.706
  CHECK(mean_ci95(2, 10) == Approx(2 * 2.2622 / std::sqrt(10.0)).epsilon(1e-4));  // t(9) = 2.2622
  const auto spread = std_ci95(2, 10);  // chi-square(9): 2.7004 and 19.0228
  CHECK(spread.low == Approx(2 * std::sqrt(9 / 19.0228)).epsilon(1e-4));
  CHECK(spread.high == Approx(2 * std::sqrt(9 / 2.7004)).epsilon(1e-4));
  CHECK(mean_ci95(1, 1) == 0);
  CHECK(std_ci95(1, 1).high == 0);
}

TEST_CASE("the yield counts chips at most the drop away, and those only") {
  const std::vector<double> chips{0.80, 0.75, 0.7499, 0.90, detection::no_truth};
  CHECK(chips_within(chips, 0.8, 0.05) ==
        2 + 1);  // 0.75 = 0.8 - 0.05 to the last bit; more than ideal is good
  CHECK(chips_within(chips, 0.8, 0.0) == 2);
  CHECK(chips_within(chips, 0.8, 1.0) == 4);  // a chip without a value is never good
  CHECK(chips_within(chips, 0.99, 0.01) == 0);
  RunResult result;
  result.map_ideal = 0.5;
  for (const double map : {0.47, 0.44, 0.5}) result.chips.push_back({map, map});
  CHECK(result.good_chips(0.0385) == 2);
  CHECK(result.good_chips(0.07) == 3);
}

TEST_CASE("the yield's drop is a key with the abstract's figure as default") {
  CHECK(resolved("").run.yield_drop == 0.0385);
  CHECK(resolved("[run]\nyield_drop = 0.02").run.yield_drop == 0.02);
  CHECK_THAT(complaint("[run]\nyield_drop = 2"),
             StartsWith("p.toml:2") && ContainsSubstring("run.yield_drop"));
}

TEST_CASE("a difference between errors has the standard error of the paired units") {
  const auto of = [](const Counts& from, const Counts& to) { return error_difference(from, to); };
  // Differences 2 and 6: their mean is 4, their variance 8; the variance of the sum of two is 16.
  CHECK(of({10, 20}, {8, 14}).fewer == 8);
  CHECK(of({10, 20}, {8, 14}).standard_error == Approx(4));
  CHECK(of({8, 14}, {10, 20}).fewer == -8);
  CHECK(of({8, 14}, {10, 20}).standard_error == Approx(4));
  // What all units share, such as a hard image, does not count.
  CHECK(of({1010, 20}, {1008, 14}).standard_error == Approx(4));
  // Units that agree by chance do not make a few bits certain.
  CHECK(of({5, 5}, {4, 4}).standard_error == Approx(std::sqrt(2.0)));
  CHECK(of({7, 9}, {7, 9}).standard_error == 0);
  // A single unit: Poisson counts, whose variances add up.
  CHECK(of({100}, {44}).fewer == 56);
  CHECK(of({100}, {44}).standard_error == Approx(12));
  CHECK_THROWS_AS(of({}, {}), InternalError);
  CHECK_THROWS_AS(of({1, 2}, {1}), InternalError);
}

TEST_CASE("the limit of chance is that of the tables, for one of many") {
  CHECK(chance_limit(1, 1) == Approx(1.6449).epsilon(1e-4));    // normal, 5 %
  CHECK(chance_limit(1, 5) == Approx(2.3263).epsilon(1e-4));    // normal, 1 %
  CHECK(chance_limit(2, 1) == Approx(6.3138).epsilon(1e-4));    // t(1), 5 %
  CHECK(chance_limit(10, 2) == Approx(2.2622).epsilon(1e-4));   // t(9), 2.5 %
  CHECK(chance_limit(31, 10) == Approx(2.7500).epsilon(1e-4));  // t(30), 0.5 %
  CHECK_THROWS_AS(chance_limit(0, 1), InternalError);
  CHECK_THROWS_AS(chance_limit(1, 0), InternalError);
}

TEST_CASE("the search lifts the bias as far as errors fall, no further") {
  const SearchSpace space{{0, 0.5}, 8e-6, true};
  // Errors vanish from 5 uA on, so 5 uA is the smallest of the tried biases without errors.
  const auto lifted = searched(space, [](const PointValues& point) {
    return point.injected_bias_a < 4.99e-6 ? Counts{100} : Counts{0};
  });
  CHECK(lifted.best().point.injected_bias_a == Approx(5e-6).margin(0.51e-6));
  CHECK(lifted.best().point.injected_bias_a >= 4.99e-6);
  CHECK(lifted.best().point.threshold_units == 0.5);
  CHECK(lifted.best().total == 0);
  CHECK(lifted.configured().total == 100);
}

TEST_CASE("where all points err alike the search leaves the configured one") {
  const SearchSpace space{{6e-6, 0.5}, 8e-6, true};
  const auto search = searched(space, [](const PointValues&) { return Counts{7, 0, 3}; });
  CHECK(search.best().point == space.configured);
  CHECK(search.best().total == 10);
}

TEST_CASE("a gain counts above the limit of chance, not below") {
  // Two points, ten units. The differences are gain + 3 and gain - 3: standard error 10, limit t(9) = 1.8331.
  for (const std::uint64_t gain : {1, 2}) {
    const auto search = searched({{1e-6, 0.5}, 0, false}, [&](const PointValues& point) {
      Counts errors(10, 100);
      for (std::size_t i = 0; point.injected_bias_a == 0 && i < errors.size(); ++i)
        errors[i] -= i % 2 == 0 ? gain + 3 : gain - 3;
      return errors;
    });
    REQUIRE(search.measurements().size() == 2);
    CHECK((search.best().point.injected_bias_a == 0) == (gain == 2));
  }
}

TEST_CASE("of points that gain the least bias within one standard error of the fewest errors is taken") {
  // From 5.2 uA on there are the fewest errors. At 5 uA there are 10 or 20 more, with a standard error of 10.
  for (const std::uint64_t more : {1, 2}) {
    const auto search = searched({{0, 0.5}, 8e-6, false}, [&](const PointValues& point) {
      if (point.injected_bias_a < 4.99e-6) return Counts(10, 1000);
      Counts errors(10, 500);
      for (std::size_t i = 0; point.injected_bias_a < 5.2e-6 && i < errors.size(); ++i)
        errors[i] += i % 2 == 0 ? more + 3 : more - 3;
      return errors;
    });
    CHECK(search.best().point.injected_bias_a == Approx(more == 1 ? 5e-6 : 5.5e-6));
  }
}

TEST_CASE("the search does not follow noise, and sees gains in it") {
  constexpr int searches = 1000;
  constexpr double mean = 1000, sigma = 20;
  const SearchSpace space{{4e-6, 0.5}, 8e-6, true};
  int taken = 0, lucky = 0, found = 0;
  for (int i = 0; i < searches; ++i) {
    const CounterRandom random(7, Stream::test);
    std::uint64_t draw = 0;
    const auto noisy = [&](double expected) {
      Counts errors(8);
      for (auto& count : errors)
        count = static_cast<std::uint64_t>(
            std::lround(expected + sigma * random.fork(static_cast<std::uint64_t>(i)).normal(draw++)));
      return errors;
    };
    const auto equal = searched(space, [&](const PointValues&) { return noisy(mean); });
    taken += equal.best().point == space.configured ? 0 : 1;
    lucky += one_error_off(equal) ? 1 : 0;
    // From 7 uA on there are 100 fewer per unit: 800 in all, with a standard error of about 20 * sqrt(2 * 8)
    // = 80.
    const auto better = searched(space, [&](const PointValues& point) {
      return noisy(point.injected_bias_a < 6.99e-6 ? mean : mean - 100);
    });
    found += better.best().point.injected_bias_a > 6.99e-6 ? 1 : 0;
  }
  // At most 5 % by Bonferroni's inequality, plus three standard deviations for 1000 searches.
  CHECK(taken <= 0.05 * searches + 3 * std::sqrt(0.05 * 0.95 * searches));
  CHECK(lucky > searches / 2);  // a rule of one standard error would have followed these
  CHECK(found >= 0.95 * searches);
}

TEST_CASE("the search moves the threshold where errors say so") {
  const SearchSpace space{{0, 0.5}, 0, true};
  const auto away = [](const PointValues& point) {
    return Counts{static_cast<std::uint64_t>(1000 * std::abs(point.threshold_units - 0.3))};
  };
  const auto search = searched(space, away);
  CHECK(search.best().point.threshold_units == Approx(0.3).margin(0.0625));
  CHECK(search.best().total < search.configured().total);
  const auto fixed = searched({{0, 0.5}, 0, false}, away);
  CHECK(fixed.best().point == PointValues{0, 0.5});
  CHECK(fixed.measurements().size() == 1);  // there is no range to lift inputs into, and no threshold
}

TEST_CASE("points of a search are measured on the same units") {
  PointSearch search({{0, 0.5}, 0, true});
  CHECK_THROWS_AS(search.measured({0, 0.5}, {}), InternalError);
  search.measured({0, 0.5}, {1, 2});
  CHECK_THROWS_AS(search.measured({0, 0.25}, {1}), InternalError);
  search.measured({0, 0.5}, {0, 0});  // measured before, so the first counts stay
  CHECK(search.configured().total == 3);
}

TEST_CASE("layers have working points of their own, by name") {
  const std::string base =
      "base = \"robust.toml\"\n[sense]\ninjected_bias_a = 1e-6\nthreshold_units = 0.25\n";
  const auto config = resolved(base + "[sense.layers.conv4]\ninjected_bias_a = 3e-6\n");
  REQUIRE(config.layers.size() == 1);
  CHECK(config.layers[0].name == "conv4");
  CHECK(config.layers[0].threshold_units == 0.25);  // [sense] gives what the layer leaves open
  const auto points = config.working_points(array_layers);
  REQUIRE(points.size() == 1);
  CHECK(points.at(5).injected_bias_a == 3e-6);
  CHECK(points.at(5).threshold_a == 0.25 * config.unit_current_a);
  CHECK(config.accelerator(1, array_layers).sense.layers == points);
  const auto again = resolved(to_toml(config));
  CHECK(again.working_points(array_layers) == points);
  CHECK(to_toml(again) == to_toml(config));
  const auto wrong = base + "[sense.layers.conv4]\n";
  CHECK_THAT(complaint(wrong + "injected_bias_a = -1"), StartsWith("p.toml:6"));
  CHECK_THAT(complaint(wrong + "bias = 1"), StartsWith("p.toml:6"));
  CHECK_THAT(complaint(wrong + "threshold_units = 1", {"sense.kind=multi_bit"}),
             ContainsSubstring("multi_bit"));
}

TEST_CASE("a layer's name is looked up where the detector is known") {
  const auto config = resolved("base = \"robust.toml\"\n\n[sense.layers.conv33]\ninjected_bias_a = 1e-6\n");
  CHECK_THROWS_WITH(config.working_points(array_layers),
                    StartsWith("p.toml:3") && ContainsSubstring("'conv33' found") &&
                        ContainsSubstring("in the array: conv3 conv4 (did you mean conv3?)"));
  CHECK_THROWS_WITH(config.working_points({}), ContainsSubstring("in the array: (none)"));
  // Without a detector, layers cannot be told apart.
  CHECK_THROWS_WITH(config.accelerator(1),
                    StartsWith("p.toml:3") && ContainsSubstring("sense.layers.conv33"));
  CHECK(resolved("base = \"robust.toml\"").accelerator(1).sense.layers.empty());
}

TEST_CASE("a configuration with points of layers is read without its detector") {
  const TemporaryFile model("model.onnx", "no detector");
  const TemporaryFile file("layers.toml",
                           "base = \"robust.toml\"\n[sense.layers.conv3]\ninjected_bias_a = 1e-6\n");
  const std::vector<std::string> with_model{"run.model=" + model.path()};
  CHECK(load_config(file.path(), with_model).layers.size() == 1);
  CHECK_THROWS_WITH(load_run_config(file.path(), with_model), ContainsSubstring(model.path()));
  CHECK_NOTHROW(load_run_config("robust.toml", with_model));  // no layer names, so nothing to look up
}

TEST_CASE("a run on the scenes of its calibration is refused") {
  CHECK_THAT(complaint("[run]\nscene_seed = 4004\n[calibration]\nscene_seed = 4004"),
             StartsWith("p.toml:2") && ContainsSubstring("4004"));
  CHECK(complaint("[run]\nscene_seed = 4005\n[calibration]\nscene_seed = 4004") == "no error");
}

TEST_CASE("a run on a picture of its calibration is refused, by whatever name") {
  const std::string samples = std::string(IRC_SOURCE_DIR) + "/models/traffic-samples";
  auto config = resolved("");
  const auto refused = [&](const detection::Dataset& dataset) {
    try {
      check_calibration(config, dataset);
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  const auto all = detection::read_folder(samples + "/images");
  detection::Dataset one;
  one.samples = {all.samples.at(2)};
  config.run.images = samples + "/images";
  CHECK(refused(all) == "no error");  // no calibration
  config.calibration.images = samples + "/scenes.json";
  CHECK_THAT(refused(all), ContainsSubstring("scene-3003-0.png") && ContainsSubstring("scenes.json"));
  CHECK_THAT(refused(one), ContainsSubstring("scene-3003-2.png"));
  one.samples[0].path = samples + "/images/../images/scene-3003-2.png";
  CHECK_THAT(refused(one), ContainsSubstring("scene-3003-2.png"));
  one.samples[0].path = samples + "/README.md";
  CHECK(refused(one) == "no error");
  config.calibration.images = samples + "/elsewhere";
  CHECK_THAT(refused(one), ContainsSubstring("calibration.images") && ContainsSubstring("elsewhere"));
  config.run.images.clear();  // generated scenes are no files
  CHECK(refused(one) == "no error");
}

TEST_CASE("a calibrated configuration reads back as what was found") {
  CalibrationResult result;
  LayerCalibration layer;
  layer.name = "conv3";
  layer.found = {3.25e-6, 0.375};
  result.layers.push_back(layer);
  const auto config = resolved("base = \"robust.toml\"\n");
  auto split = config;
  split.run.scene_seed = 4004;
  const auto text = calibrated_toml(result, config, split, "robust.toml", {"array.v_wl_v=0.65"});
  const auto again = resolved(text);
  CHECK(again.conditions.v_wl_v == 0.65);
  REQUIRE(again.layers.size() == 1);
  CHECK(again.layers[0].injected_bias_a == 3.25e-6);
  CHECK(again.layers[0].threshold_units == 0.375);
  CHECK(again.calibration.scene_seed == 4004u);
  CHECK_THAT(complaint(text, {"run.scene_seed=4004"}), ContainsSubstring("calibration.scene_seed"));
}
