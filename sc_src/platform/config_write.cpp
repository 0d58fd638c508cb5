// SPDX-License-Identifier: Apache-2.0
// Writes the values in force so that reading the text gives the same values.
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "config_parts.h"

namespace irc::platform {
namespace {

/// Writes sections of "key = value" lines.
class Writer {
 public:
  void section(const std::string& name) { text_ += (text_.empty() ? "[" : "\n[") + name + "]\n"; }
  void add(const char* key, double value) { line(key, toml_real(value)); }
  void add(const char* key, bool value) { line(key, value ? "true" : "false"); }
  void add(const char* key, std::string_view value) { line(key, toml_quoted(value)); }
  void add(const char* key, std::uint64_t value) { line(key, std::to_string(value)); }
  void add(const char* key, std::uint32_t value) { line(key, std::to_string(value)); }
  void add(const char* key, int value) { line(key, std::to_string(value)); }
  void add(const char* key, const std::vector<std::string>& values) {
    std::string list;
    for (const auto& value : values) list += (list.empty() ? "" : ", ") + toml_quoted(value);
    line(key, "[" + list + "]");
  }
  template <typename Enum, std::size_t n>
  void add(const char* key, const std::array<std::string_view, n>& names, Enum value) {
    add(key, names[static_cast<std::size_t>(value)]);
  }
  std::string text() && { return std::move(text_); }

 private:
  void line(const char* key, const std::string& value) { text_ += std::string(key) + " = " + value + "\n"; }
  std::string text_;
};

void write_array(Writer& out, const RunConfig& config) {
  const auto& g = config.geometry;
  const auto& c = config.conditions;
  out.section("array");
  out.add("macros", g.macros);
  out.add("rows", g.rows);
  out.add("column_pairs", g.column_pairs);
  out.add("amplifiers", g.amplifiers);
  out.add("rows_per_operation", g.rows_per_operation);
  out.add("mapping", detail::mapping_names, g.scheme);
  out.add("bias", detail::bias_names, g.bias);
  out.add("bias_rows", g.bias_rows);
  out.add("v_wl_v", c.v_wl_v);
  out.add("v_bl_v", c.v_bl_v);
  out.add("v_wl_off_v", c.v_wl_off_v);
  out.add("r_bl_ohm", c.r_bl_ohm);
  out.add("r_sl_ohm", c.r_sl_ohm);
  out.add("r_clamp_ohm", c.r_clamp_ohm);
  out.add("source_line_ground", detail::ground_names, c.ground);
}

void write_sense(Writer& out, const RunConfig& config) {
  const auto& s = config.sense;
  out.section("sense");
  out.add("kind", detail::sense_names, s.kind);
  out.add("bits", s.bits);
  out.add("signed_levels", s.signed_levels);
  out.add("i_min_a", s.i_min_a);
  out.add("i_max_a", s.i_max_a);
  out.add("offset_sigma_a", s.offset_sigma_a);
  out.add("offset_growth_per_a", s.offset_growth_per_a);
  out.add("gm_floor", s.gm_floor);
  out.add("noise_sigma_a", s.noise_sigma_a);
  out.add("injected_bias_a", s.injected_bias_a);
  out.add("injected_bias_sigma", s.injected_bias_sigma);
  out.add("reference_current_a", s.reference_current_a);
  out.add("level_sigma_a", s.level_sigma_a);
  out.add("threshold_units", config.threshold_units);
  out.add("level_units", config.level_units);
  out.add("trim", s.trim.enabled);
  out.add("trim_step_a", s.trim.step_a);
  out.add("trim_range_a", s.trim.range_a);
  out.add("trim_reads", s.trim.reads);
  for (const auto& layer : config.layers) {
    out.section("sense.layers." + toml_quoted(layer.name));
    out.add("injected_bias_a", layer.injected_bias_a);
    if (s.kind != sense::SenseConfig::Kind::multi_bit) out.add("threshold_units", layer.threshold_units);
  }
}

void write_calibration(Writer& out, const RunConfig& config) {
  const auto& c = config.calibration;
  if (!c.scene_seed && c.images.empty()) return;
  out.section("calibration");
  if (c.scene_seed) out.add("scene_seed", *c.scene_seed);
  out.add("images", std::string_view(c.images));
  out.add("split", std::string_view(c.split));
}

void write_nonidealities(Writer& out, const RunConfig& config) {
  out.section("nonidealities");
  for (const auto& [key, field] : detail::switch_names) out.add(key, config.nonidealities.*field);
}

void write_timing(Writer& out, const RunConfig& config) {
  const auto& t = config.timing;
  out.section("timing");
  out.add("mode", detail::mode_names, config.mode);
  out.add("t_clk_s", t.t_clk_s);
  out.add("t_wl_s", config.times.t_wl_s);
  out.add("t_bl_s", config.times.t_bl_s);
  out.add("t_sa_s", config.times.t_sa_s);
  out.add("settle_accuracy", config.times.settle_accuracy);
  out.add("readout_steps", config.times.readout_steps);
  out.add("t_program_row_s", t.t_program_row_s);
  out.add("input_bus_bits", t.input_bus_bits);
  out.add("output_bus_bits", t.output_bus_bits);
  out.add("partial_sum_bits", t.partial_sum_bits);
  out.add("interrupt_cycles", t.interrupt_cycles);
  out.add("burst_vectors", config.burst_vectors);
  out.add("quantum_s", config.quantum_s);
  out.add("activations", detail::activation_names, config.activations);
}

void write_memory_and_digital(Writer& out, const RunConfig& config) {
  const auto& t = config.timing;
  out.section("memory");
  out.add("size_bytes", config.memory_bytes);
  out.add("latency_cycles", t.memory_latency_cycles);
  out.add("bus_bytes", t.bus_bytes);
  out.add("hop_cycles", t.hop_cycles);
  out.section("digital");
  out.add("macs_per_cycle", t.macs_per_cycle);
  out.add("buffer_bits_per_cycle", t.buffer_bits_per_cycle);
  out.section("buffer");
  out.add("size_bits", config.geometry.buffer_bits);
}

void write_run(Writer& out, const RunConfig& config) {
  const auto& r = config.run;
  out.section("run");
  // Without the prefix, a bare name could mean a file where the configuration is read.
  const bool inside = !r.model.empty() && !std::filesystem::path(r.model).is_absolute();
  out.add("model", std::string_view((inside ? std::string(detail::embedded_prefix) : "") + r.model));
  out.add("dataset", std::string_view(r.dataset));
  out.add("images", std::string_view(r.images));
  out.add("image_root", std::string_view(r.image_root));
  out.add("split", std::string_view(r.split));
  out.add("limit", r.limit);
  out.add("nonideal_images", r.nonideal_images);
  out.add("evaluator", std::string_view(r.evaluator));
  out.add("accuracy_budget", r.accuracy_budget);
  out.add("chips", r.chips);
  out.add("seed", r.seed);
  out.add("threads", r.threads);
  out.add("score_threshold", r.score_threshold);
  out.add("nms_iou", r.nms_iou);
  out.add("scenes", r.scenes);
  out.add("scene_seed", r.scene_seed);
  out.add("foreign_classes", detail::foreign_names, r.ignore_foreign_classes);
  out.add("draw", r.draw);
  out.add("write_head", r.write_head);
  out.add("yield_drop", r.yield_drop);
}

void write_detector(Writer& out, const RunConfig& config) {
  const auto& d = config.detector;
  out.section("detector");
  out.add("classes", d.classes);
  out.add("stride", d.stride);
  out.add("box", detail::box_names, d.box);
  out.add("scores", detail::score_names, d.scores);
}

void write_trace(Writer& out, const RunConfig& config) {
  const auto& t = config.trace;
  out.section("trace");
  out.add("formats", std::string_view(t.formats));
  out.add("begin_s", t.window.begin_s);
  out.add("end_s", std::isfinite(t.window.end_s) ? t.window.end_s : 0.0);
  out.add("power_window_s", t.power_window_s);
}

}  // namespace

std::string to_toml(const RunConfig& config) {
  Writer out;
  out.section("technology");
  out.add("card", std::string_view("inline"));
  write_array(out, config);
  write_sense(out, config);
  write_nonidealities(out, config);
  write_timing(out, config);
  write_memory_and_digital(out, config);
  write_run(out, config);
  write_detector(out, config);
  write_trace(out, config);
  write_calibration(out, config);
  return std::move(out).text() + "\n" + config.card_toml;
}

nlohmann::json to_json(const RunConfig& config) {
  auto json = nlohmann::json::parse(json_text(TomlDocument::parse(to_toml(config), "resolved").root()));
  // Results of the resolution, for information. They are no configuration keys.
  json["derived"] = {{"lrs_current_a", config.lrs_current_a},
                     {"hrs_current_a", config.hrs_current_a},
                     {"unit_current_a", config.unit_current_a},
                     {"threshold_a", config.sense.threshold_a},
                     {"drive_cycles", config.timing.drive_cycles},
                     {"settle_cycles", config.timing.settle_cycles},
                     {"amplifier_cycles", config.timing.amplifier_cycles}};
  return json;
}

}  // namespace irc::platform
