// SPDX-License-Identifier: Apache-2.0
#include "irc/explore/metrics.h"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "irc/core/error.h"
#include "irc/detection/average_precision.h"
#include "irc/platform/chip_statistics.h"

namespace irc::explore {

namespace {

using nlohmann::json;

constexpr double unbounded = std::numeric_limits<double>::max();

double number(const json& map, const char* key) {
  const auto& value = map.at(key);
  if (!value.is_number())
    throw InputError(std::string("map.") + key +
                     " has no value: the images have no annotations or contain no objects; use "
                     "more images (run.limit, images of [[fidelity]]) or another data set");
  return value.get<double>();
}

/// A run without energy has no efficiency.
double efficiency(const json& result) {
  const auto& value = result.at("tops_per_w");
  if (!value.is_number()) throw InputError("tops_per_w has no value: the run took no energy");
  return value.get<double>();
}

double ideal(const json& result) {
  return number(result.at("map"), "ideal");
}
double nonideal(const json& result) {
  return number(result.at("map"), "nonideal");
}

/// Share of the chips whose mAP is at most `drop` below the ideal.
double yield(const json& result, double drop) {
  std::vector<double> chips;
  for (const auto& chip : result.at("map").at("per_chip"))
    chips.push_back(chip.is_number() ? chip.get<double>() : detection::no_truth);
  const auto good = platform::chips_within(chips, ideal(result), drop);
  return static_cast<double>(good) / static_cast<double>(chips.size());
}

/// Energy of the parts of a macro: lines, cells, amplifiers and the adders behind them.
double macro_energy(const json& result) {
  double sum = 0;
  for (const char* part : {"word_line", "array", "precharge", "bias", "sense", "mux", "accumulate"})
    sum += result.at("energy_j").value(part, 0.0);
  return sum;
}

double bit_error_rate(const json& result) {
  double errors = 0, bits = 0;
  for (const auto& layer : result.at("layers")) {
    errors += layer.at("bit_errors").get<double>();
    bits += layer.at("bits").get<double>();
  }
  return bits > 0 ? errors / bits : 0;
}

struct Entry {
  Metric metric;
  double (*value)(const json& result, double yield_drop);
};

const std::array entries{
    Entry{{"map_ideal", "mAP, ideal", "1", 0, 1}, [](const json& r, double) { return ideal(r); }},
    Entry{{"map_nonideal", "mAP, nonideal", "1", 0, 1}, [](const json& r, double) { return nonideal(r); }},
    Entry{{"map_drop", "mAP drop", "1", -1, 1}, [](const json& r, double) { return ideal(r) - nonideal(r); }},
    Entry{{"map_worst", "mAP, worst chip", "1", 0, 1},
          [](const json& r, double) { return number(r.at("map"), "worst"); }},
    Entry{{"map_drop_worst", "mAP drop, worst chip", "1", -1, 1},
          [](const json& r, double) { return ideal(r) - number(r.at("map"), "worst"); }},
    Entry{{"map_std", "mAP, standard deviation over chips", "1", 0, 1},
          [](const json& r, double) { return number(r.at("map"), "std"); }},
    Entry{{"coco_nonideal", "COCO AP, nonideal", "1", 0, 1},
          [](const json& r, double) { return number(r.at("map"), "coco"); }},
    Entry{{"yield", "Yield", "1", 0, 1}, [](const json& r, double drop) { return yield(r, drop); }},
    Entry{{"bit_error_rate", "Bit error rate", "1", 0, 1},
          [](const json& r, double) { return bit_error_rate(r); }},
    Entry{{"latency_s_per_image", "Latency per image", "s", 0, unbounded},
          [](const json& r, double) { return r.at("latency_s_per_image").get<double>(); }},
    Entry{{"cycles_per_image", "Cycles per image", "1", 0, unbounded},
          [](const json& r, double) { return r.at("cycles_per_image").get<double>(); }},
    Entry{{"energy_j_per_image", "Energy per image", "J", 0, unbounded},
          [](const json& r, double) { return r.at("energy_j_per_image").get<double>(); }},
    Entry{{"energy_macro_j_per_image", "Energy per image, macros", "J", 0, unbounded},
          [](const json& r, double) { return macro_energy(r); }},
    Entry{{"tops_per_w", "Efficiency", "TOPS/W", 0, unbounded},
          [](const json& r, double) { return efficiency(r); }},
    Entry{{"area_m2", "Area", "m2", 0, unbounded},
          [](const json& r, double) { return r.at("area_m2").get<double>(); }},
    Entry{{"setup_s", "Set-up time per chip", "s", 0, unbounded},
          [](const json& r, double) { return r.at("setup_s").get<double>(); }},
    Entry{{"setup_j", "Set-up energy per chip", "J", 0, unbounded},
          [](const json& r, double) { return r.at("setup_j").get<double>(); }},
};

const Entry* find_entry(std::string_view name) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return entry.metric.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace

std::span<const Metric> all_metrics() {
  static const auto metrics = [] {
    std::array<Metric, entries.size()> all{};
    std::transform(entries.begin(), entries.end(), all.begin(),
                   [](const Entry& entry) { return entry.metric; });
    return all;
  }();
  return metrics;
}

const Metric* find_metric(std::string_view name) {
  const auto* entry = find_entry(name);
  return entry ? &entry->metric : nullptr;
}

double metric_value(const Metric& metric, const json& result, double yield_drop) {
  return find_entry(metric.name)->value(result, yield_drop);
}

std::optional<double> metric_spread(const Metric& metric, const json& result) {
  if (metric.name != "map_nonideal" && metric.name != "map_drop") return std::nullopt;
  const auto& map = result.at("map");
  if (map.at("per_chip").size() < 2 || !map.at("std").is_number()) return std::nullopt;
  return map.at("std").get<double>();
}

}  // namespace irc::explore
