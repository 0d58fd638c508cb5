// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/core/printable.h"
#include "irc/detection/draw.h"
#include "irc/detection/write.h"
#include "irc/mapping/bias_split.h"
#include "irc/platform/chip_statistics.h"
#include "irc/platform/run.h"
#include "irc/platform/version.h"
#include "report_parts.h"

namespace irc::platform {

nlohmann::json detail::metric(double value) {
  return value == detection::no_truth ? nlohmann::json(nullptr) : nlohmann::json(value);
}

std::string detail::points(double value) {
  return value == detection::no_truth ? "no annotations" : fmt::format("{:.2f} %", 100 * value);
}

namespace {

using detail::metric;
using detail::points;
using nlohmann::json;

/// Whether the images of the run contain objects. Annotated images may contain none.
bool has_truth(const RunResult& result) {
  return result.map_ideal != detection::no_truth;
}

double sum(const std::map<std::string, double>& parts) {
  double total = 0;
  for (const auto& [name, value] : parts) total += value;
  return total;
}

double part(const LayerReport& layer, const char* name) {
  const auto found = layer.energy_j.find(name);
  return found == layer.energy_j.end() ? 0 : found->second;
}

/// Adds up one of the layers' tables over all layers, key by key.
std::map<std::string, double> over_layers(const RunResult& result,
                                          std::map<std::string, double> LayerReport::*table) {
  std::map<std::string, double> total;
  for (const auto& layer : result.layers)
    for (const auto& [name, joules] : layer.*table) total[name] += joules;
  return total;
}

/// Energy of every component over all layers, per image.
std::map<std::string, double> by_component(const RunResult& result) {
  return over_layers(result, &LayerReport::energy_j);
}

bool in_macros(std::string_view component) {
  constexpr std::string_view of_macros[] = {"word_line", "array", "clamp", "precharge",     "bias",
                                            "reference", "sense", "mux",   "macro_control", "accumulate"};
  return std::find(std::begin(of_macros), std::end(of_macros), component) != std::end(of_macros);
}

/// One line on where the energy goes. The macros often take the smallest part.
std::string energy_split(const RunResult& result) {
  double macros_j = 0, rest_j = 0, dram_j = 0, digital_j = 0;
  for (const auto& [name, joules] : by_component(result)) {
    (in_macros(name) ? macros_j : name == "dram" ? dram_j : name == "digital" ? digital_j : rest_j) += joules;
  }
  const double percent = result.energy_j > 0 ? 100 / result.energy_j : 0;
  return fmt::format("dram {:.1f} %, digital unit {:.1f} %, macros {:.1f} %, rest {:.1f} %", dram_j * percent,
                     digital_j * percent, macros_j * percent, rest_j * percent);
}

std::string layer_table(const RunResult& result, const RunConfig& config) {
  std::string out = "energy per image and component in nJ\n" +
                    fmt::format(
                        "{:<16} {:<7} {:>5} {:>5} {:>8} {:>9} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} "
                        "{:>8} {:>8} {:>9}  {}\n",
                        "layer", "unit", "rows", "cols", "ops", "cycles", "time us", "w.line", "array",
                        "clamp", "bias", "sense", "control", "leakage", "rest", "total", "bit errors");
  for (const auto& layer : result.layers) {
    const double total = sum(layer.energy_j);
    double rest = total;
    std::string shown;
    for (const auto* name : {"word_line", "array", "clamp", "bias", "sense", "macro_control", "leakage"}) {
      const double joules = part(layer, name);
      shown += fmt::format(" {:>8.2f}", joules * 1e9);
      rest -= joules;
    }
    out += fmt::format(
        "{:<16} {:<7} {:>5} {:>5} {:>8.0f} {:>9} {:>9.3f}{} {:>8.2f} {:>9.2f}  {}\n",
        printable(layer.name, 16), layer.unit, layer.rows, layer.columns, layer.operations, layer.cycles,
        static_cast<double>(layer.cycles) * config.timing.t_clk_s * 1e6, shown, rest * 1e9, total * 1e9,
        layer.bits == 0
            ? "-"
            : fmt::format("{:.3f} % of {}",
                          100.0 * static_cast<double>(layer.bit_errors) / static_cast<double>(layer.bits),
                          layer.bits));
  }
  return out;
}

/// The array layers, grouped by the evaluator that computed most of their currents.
std::string evaluator_line(const RunResult& result) {
  std::map<std::string, std::string> layers;
  for (const auto& layer : result.layers) {
    const auto& by = layer.evaluated_by;
    const auto most = std::max({by.ideal, by.fast, by.exact});
    if (most == 0) continue;
    auto& list = layers[most == by.ideal ? "ideal" : most == by.fast ? "fast" : "exact"];
    list += (list.empty() ? " " : ", ") + printable(layer.name);
  }
  std::string out;
  for (const auto& [name, list] : layers) out += (out.empty() ? "" : "; ") + name + list;
  return out;
}

/// A unique .png name for an image, because data sets repeat names across folders and formats.
std::string drawing_name(const std::string& file_name, std::set<std::string>& taken) {
  const auto stem = std::filesystem::path(file_name).stem().string();
  std::string name = stem + ".png";
  for (int copy = 2; !taken.insert(name).second; ++copy) name = stem + "-" + std::to_string(copy) + ".png";
  return name;
}

json interval(const Interval& found) {
  return {found.low, found.high};
}

/// Share of chips that lose at most run.yield_drop against the ideal network.
json yield(const RunResult& result, double drop) {
  const auto good = result.good_chips(drop), chips = std::uint64_t{result.chips.size()};
  return {{"drop", drop},
          {"good_chips", good},
          {"share", static_cast<double>(good) / static_cast<double>(chips)},
          {"ci95", interval(share_ci95(good, chips))}};
}

/// Time of trimming. The chip's amplifiers are measured in parallel, each with one decision after another.
double trim_s(const RunResult& result, const RunConfig& config) {
  return static_cast<double>(result.trim.steps) * config.timing.amplifier_cycles * config.timing.t_clk_s;
}

json trim(const RunResult& result, const RunConfig& config) {
  if (!config.sense.trim.enabled) return nullptr;
  return {{"decisions", result.trim.decisions},
          {"energy_j", result.trim_j},
          {"time_s", trim_s(result, config)},
          {"offset_before_a", result.trim.offset_before_a},
          {"offset_after_a", result.trim.offset_after_a},
          {"out_of_range", result.trim.out_of_range}};
}

std::string yield_line(const RunResult& result, double drop) {
  const auto good = result.good_chips(drop), chips = std::uint64_t{result.chips.size()};
  const auto range = share_ci95(good, chips);
  return fmt::format("{} of {} chips lose at most {:.2f} points: {:.1f} % ({:.1f} to {:.1f} %, 95 %)", good,
                     chips, 100 * drop, 100.0 * static_cast<double>(good) / static_cast<double>(chips),
                     100 * range.low, 100 * range.high);
}

std::string chips_line(const RunResult& result) {
  if (result.chips.size() == 1 || !has_truth(result)) return points(result.map_mean());
  const auto spread = std_ci95(result.map_std(), result.chips.size());
  return fmt::format("{} +- {:.2f} (95 %) mean of {} chips, std {:.2f} ({:.2f} to {:.2f}, 95 %), worst {}",
                     points(result.map_mean()), 100 * result.map_ci95(), result.chips.size(),
                     100 * result.map_std(), 100 * spread.low, 100 * spread.high, points(result.map_worst()));
}

std::string trim_line(const RunResult& result, const RunConfig& config) {
  return fmt::format(
      "{} decisions, {:.3f} uJ, {:.3f} us per chip; offset {:.1f} nA to {:.1f} nA rms, {} out of range",
      result.trim.decisions, result.trim_j * 1e6, trim_s(result, config) * 1e6,
      result.trim.offset_before_a * 1e9, result.trim.offset_after_a * 1e9, result.trim.out_of_range);
}

}  // namespace

json to_json(const RunResult& result, const RunConfig& config, const Workload& workload) {
  json per_chip = json::array();
  for (const auto& chip : result.chips) per_chip.push_back(metric(chip.map));
  json layers = json::array();
  for (const auto& layer : result.layers)
    layers.push_back({{"name", layer.name},
                      {"unit", layer.unit},
                      {"rows", layer.rows},
                      {"columns", layer.columns},
                      {"operations", layer.operations},
                      {"cycles", layer.cycles},
                      {"energy_j", layer.energy_j},
                      {"array_j", layer.array_j},
                      {"bit_errors", layer.bit_errors},
                      {"bits", layer.bits},
                      {"fallback_vectors", layer.fallback_vectors},
                      {"newton_iterations", layer.newton_iterations},
                      {"evaluated_by",
                       {{"ideal", layer.evaluated_by.ideal},
                        {"fast", layer.evaluated_by.fast},
                        {"exact", layer.evaluated_by.exact}}},
                      {"engine_error", layer.evaluated_by.engine_error}});
  json split = json::array();
  for (const auto& layer : mapping::layers_split_by_bias(workload.graph(), config.geometry))
    split.push_back({{"layer", layer.layer},
                     {"weight_rows", layer.weight_rows},
                     {"bias_rows", layer.bias_rows},
                     {"array_rows", layer.array_rows},
                     {"rows_per_operation", layer.rows_per_operation},
                     {"votes", layer.votes},
                     {"votes_without_bias", layer.votes_without_bias},
                     {"warning", layer.text()}});
  double coco = 0;
  for (const auto& chip : result.chips) coco += chip.coco / static_cast<double>(result.chips.size());
  const bool truth = has_truth(result);
  return {{"schema", 1},
          {"version", version},
          {"seed", config.run.seed},
          {"config", to_json(config)},
          {"model", workload.graph().name},
          {"dataset", workload.dataset().name},
          {"data", detail::data_json(workload)},
          {"map",
           {{"metric", "voc_all_point@0.5"},
            {"ideal", metric(result.map_ideal)},
            {"nonideal", metric(result.map_mean())},
            {"per_chip", per_chip},
            {"std", truth ? json(result.map_std()) : json(nullptr)},
            {"std_ci95", truth && result.chips.size() > 1
                             ? interval(std_ci95(result.map_std(), result.chips.size()))
                             : json(nullptr)},
            {"yield", truth ? yield(result, config.run.yield_drop) : json(nullptr)},
            {"ci95", truth ? json(result.map_ci95()) : json(nullptr)},
            {"worst", metric(result.map_worst())},
            {"coco", truth ? json(coco) : json(nullptr)},
            {"coco_ideal", metric(result.coco_ideal)},
            {"ideal_all_images", metric(result.map_ideal_all)},
            {"per_class", detail::per_class_json(result, workload)}}},
          {"latency_s_per_image", result.latency_s},
          {"cycles_per_image", result.cycles_per_picture},
          {"energy_j_per_image", result.energy_j},
          {"energy_j", by_component(result)},
          {"array_j", over_layers(result, &LayerReport::array_j)},
          {"area_m2", result.area_m2},
          {"area_by_component_m2", result.area_by_component_m2},
          {"tops_per_w", result.tops_per_w},
          {"setup_s", result.setup_s},
          {"setup_j", result.setup_j},
          {"trim_decisions", result.trim.decisions},
          {"trim", trim(result, config)},
          {"simulated_s", result.simulated_s},
          {"wall_s", result.wall_s},
          {"images", result.pictures},
          {"images_reference", result.reference_pictures},
          {"chips", result.chips.size()},
          {"head", detail::head_json(result, workload)},
          {"split_by_bias", split},
          {"layers", layers}};
}

std::string to_text(const RunResult& result, const RunConfig& config, const Workload& workload) {
  std::string out = layer_table(result, config) + "\n";
  const auto line = [&](const std::string& what, const std::string& value) {
    out += fmt::format("{:<22} {}\n", what, value);
  };
  line("detector",
       fmt::format("{} on {}", printable(workload.graph().name), printable(workload.dataset().name)));
  line("mAP@0.5 ideal",
       fmt::format("{} on all {} images", points(result.map_ideal_all), result.reference_pictures));
  if (result.pictures < result.reference_pictures) {
    line("sampled", fmt::format("the accelerator ran {} of {} images (run.nonideal_images); a small sample "
                                "cannot show a small drop",
                                result.pictures, result.reference_pictures));
    line("mAP@0.5 ideal", fmt::format("{} on these {}", points(result.map_ideal), result.pictures));
  }
  line("mAP@0.5 nonideal", chips_line(result));
  if (has_truth(result)) {
    line("drop", fmt::format("{:.2f} points", 100 * (result.map_ideal - result.map_mean())));
    if (result.chips.size() > 1) line("yield", yield_line(result, config.run.yield_drop));
    for (const auto& [what, value] : detail::per_class_lines(result, workload)) line(what, value);
  }
  for (const auto& [what, value] : detail::unmatched_lines(workload)) line(what, value);
  line("latency", fmt::format("{:.3f} us per image ({} cycles of {:.3g} ns)", result.latency_s * 1e6,
                              result.cycles_per_picture, config.timing.t_clk_s * 1e9));
  line("energy", fmt::format("{:.3f} uJ per image, {:.2f} TOPS/W ({:.1f} M MAC)", result.energy_j * 1e6,
                             result.tops_per_w, result.macs_per_picture * 1e-6));
  line("energy goes to", energy_split(result));
  if (config.run.evaluator == "auto") line("evaluated by", evaluator_line(result));
  line("setup", fmt::format("{:.3f} ms, {:.3f} uJ per chip (programming with verify)", result.setup_s * 1e3,
                            result.setup_j * 1e6));
  if (config.sense.trim.enabled) line("trim", trim_line(result, config));
  line("area", fmt::format("{:.3f} mm2", result.area_m2 * 1e6));
  line("simulated / wall", fmt::format("{:.3g} s / {:.3g} s = 1 : {:.0f}", result.simulated_s, result.wall_s,
                                       result.simulated_s > 0 ? result.wall_s / result.simulated_s : 0.0));
  return out;
}

void check_writable(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw InputError("--out " + folder + ": this folder cannot be made: " + error.message());
  const auto probe = std::filesystem::path(folder) / ".irc-probe";
  atomic_write(probe, "");
  std::filesystem::remove(probe, error);
}

std::vector<std::string> write_outputs(const RunResult& result, const RunConfig& config,
                                       const Workload& workload, const std::string& folder) {
  check_writable(folder);
  const std::filesystem::path root(folder);
  // If writing is interrupted, an earlier run's result must not lie beside this run's images, nor its traces
  // and figures beside this run's result.
  std::error_code none_there;
  std::filesystem::remove(root / "result.json", none_there);
  for (const auto name : trace::file_names()) std::filesystem::remove(root / name, none_there);
  for (const auto& name : figure_files()) std::filesystem::remove(root / name, none_there);
  std::vector<std::string> paths;
  std::set<std::string> taken;
  detection::Dataset run = workload.dataset();
  run.samples.clear();
  for (const auto index : result.indices) run.samples.push_back(workload.dataset().samples[index]);
  const std::size_t pictures = std::min<std::size_t>(config.run.draw, result.indices.size());
  for (std::size_t i = 0; i < pictures; ++i) {
    Picture picture = workload.picture(result.indices[i]);
    detection::draw_detections(picture, result.detections[i], run.samples[i].annotations, run.categories);
    const auto path = root / drawing_name(run.samples[i].file_name, taken);
    detection::write_png(path, picture);
    paths.push_back(path.string());
  }
  detection::write_detections(root / "detections.json", run, result.detections);
  paths.push_back((root / "detections.json").string());
  for (const auto& path : detail::write_heads(result, folder)) paths.push_back(path);
  // Written last, so that a result.json means a finished run.
  atomic_write(root / "result.json",
               to_json(result, config, workload).dump(2, ' ', false, json::error_handler_t::replace) + "\n");
  paths.push_back((root / "result.json").string());
  return paths;
}

}  // namespace irc::platform
