// SPDX-License-Identifier: Apache-2.0
// Turns a parsed document into the values in force, section by section.
#include "irc/platform/config.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "config_parts.h"
#include "irc/core/random.h"
#include "irc/device/cell.h"
#include "irc/device/read_time.h"
#include "irc/device/variation.h"
#include "irc/platform/resources.h"

namespace irc::platform {
namespace {

using detail::whole;

template <typename Enum, std::size_t n>
Enum one_of(const TomlTable& table, std::string_view key, const std::array<std::string_view, n>& names,
            Enum fallback) {
  const auto found = table.find_choice(key, names);
  return found ? static_cast<Enum>(*found) : fallback;
}

void read_geometry(const TomlTable& root, RunConfig& config) {
  const auto array = root.find_table("array");
  auto& g = config.geometry;
  g.macros = whole(array, "macros", g.macros, 1, 4096);
  g.rows = whole(array, "rows", g.rows, 1, 65536);
  g.column_pairs = whole(array, "column_pairs", g.column_pairs, 1, 16384);
  g.amplifiers = whole(array, "amplifiers", g.column_pairs, 1, 16384);
  g.rows_per_operation = whole(array, "rows_per_operation", g.rows_per_operation, 0, 65536);
  g.scheme = one_of(array, "mapping", detail::mapping_names, g.scheme);
  g.bias = one_of(array, "bias", detail::bias_names, g.bias);
  g.bias_rows = whole(array, "bias_rows", g.bias_rows, 0, 65536);
  g.buffer_bits = whole(root.find_table("buffer"), "size_bits", g.buffer_bits, 64, std::int64_t{1} << 40);
}

void read_conditions(const TomlTable& root, RunConfig& config) {
  const auto array = root.find_table("array");
  auto& c = config.conditions;
  // The technology card gives the defaults.
  c.v_wl_v = array.find_real("v_wl_v", 0, 5).value_or(config.card.biases.v_wl_v);
  c.v_bl_v = array.find_real("v_bl_v", 1e-3, 2).value_or(config.card.biases.v_bl_v);
  c.v_wl_off_v = array.find_real("v_wl_off_v", -1, 1).value_or(config.card.biases.v_wl_off_v);
  c.r_bl_ohm = array.find_real("r_bl_ohm", 0, 1e4).value_or(config.card.wires.r_bl_ohm);
  c.r_sl_ohm = array.find_real("r_sl_ohm", 0, 1e4).value_or(config.card.wires.r_sl_ohm);
  c.r_clamp_ohm = array.find_real("r_clamp_ohm", 0, 1e6).value_or(config.card.wires.r_clamp_ohm);
  c.ground = one_of(array, "source_line_ground", detail::ground_names, array::SourceLineGround::bottom);
}

/// Computes the currents of the median cell, which define the unit of everything that is given in unit
/// currents.
void find_unit_current(const TomlTable& root, RunConfig& config) {
  const auto& card = config.card;
  const double v_t_v = card.transistor_at_temperature().v_t_v;
  const auto current = [&](const device::RramState& state, device::CellState name) {
    const double r_ohm = device::median_ohm(card, state, config.nonidealities);
    const device::CellParameters cell{r_ohm, v_t_v, name};
    return device::solve_cell(card, cell, config.conditions.v_bl_v, 0, config.conditions.v_wl_v).i_a;
  };
  config.lrs_current_a = current(card.rram.lrs, device::CellState::lrs);
  config.hrs_current_a = current(card.rram.hrs, device::CellState::hrs);
  config.unit_current_a = config.lrs_current_a - config.hrs_current_a;
  // A cell is compared with the mean of an all-LRS and an all-HRS column, so +1 and -1 are half the
  // difference away from it.
  if (config.geometry.scheme == mapping::WeightScheme::binary_reference) config.unit_current_a *= 0.5;
  if (!(config.unit_current_a > 0))
    throw root.find_table("array").error(
        "v_wl_v",
        "a word-line voltage at which a low-resistance cell conducts more than a high-resistance one");
}

void read_trim(const TomlTable& sense, RunConfig& config) {
  auto& trim = config.sense.trim;
  trim.enabled = sense.find_boolean("trim").value_or(false);
  trim.step_a = sense.find_real("trim_step_a", 0, 1e-2).value_or(0.1 * config.sense.offset_sigma_a);
  trim.range_a = sense.find_real("trim_range_a", 0, 1e-1).value_or(4 * config.sense.offset_sigma_a);
  trim.reads = whole(sense, "trim_reads", 5, 1, 1001);
}

void read_sense(const TomlTable& root, RunConfig& config) {
  const auto sense = root.find_table("sense");
  const auto& card = config.card.sense;
  auto& s = config.sense;
  s.kind = one_of(sense, "kind", detail::sense_names,
                  config.geometry.scheme == mapping::WeightScheme::binary_reference
                      ? sense::SenseConfig::Kind::reference
                      : sense::SenseConfig::Kind::differential);
  config.geometry.one_bit_readout = s.kind != sense::SenseConfig::Kind::multi_bit;
  s.bits = whole(sense, "bits", 1, 1, 8);
  s.signed_levels = sense.find_boolean("signed_levels").value_or(true);
  s.i_min_a = sense.find_real("i_min_a", 0, 1).value_or(card.i_min_a);
  s.i_max_a = sense.find_real("i_max_a", 0, 1).value_or(card.i_max_a);
  s.offset_sigma_a = sense.find_real("offset_sigma_a", 0, 1e-2).value_or(card.offset_sigma_a);
  s.offset_growth_per_a = sense.find_real("offset_growth_per_a", 0, 1e6).value_or(0);
  s.gm_floor = sense.find_real("gm_floor", 1e-6, 1).value_or(0.01);
  s.noise_sigma_a = sense.find_real("noise_sigma_a", 0, 1e-2).value_or(card.noise_sigma_a);
  s.injected_bias_a = sense.find_real("injected_bias_a", 0, 1e-1).value_or(0);
  s.injected_bias_sigma = sense.find_real("injected_bias_sigma", 0, 1).value_or(card.injected_bias_sigma);
  s.reference_current_a = sense.find_real("reference_current_a", 0, 1).value_or(0);
  s.level_sigma_a = sense.find_real("level_sigma_a", 0, 1e-2).value_or(s.offset_sigma_a);
  config.threshold_units = sense.find_real("threshold_units", -1e6, 1e6).value_or(0.5);
  config.level_units = sense.find_real("level_units", 1e-6, 1e6).value_or(1);
  s.threshold_a = config.threshold_units * config.unit_current_a;
  s.i_lsb_a = config.level_units * config.unit_current_a;
  read_trim(sense, config);
}

/// `all` sets every switch, except those that its own file or an overriding file names.
void read_nonidealities(const TomlDocument& document, RunConfig& config) {
  const auto table = document.root().find_table("nonidealities");
  const auto& files = document.files();
  const auto rank = [&](std::string_view key) {
    return std::find(files.begin(), files.end(), table.where(key).file) - files.begin();
  };
  const auto all = table.find_boolean("all");
  if (all && !*all) config.nonidealities = device::Nonidealities::none();
  for (const auto& [key, field] : detail::switch_names) {
    const auto own = table.find_boolean(key);
    if (own && (!all || rank(key) >= rank("all"))) config.nonidealities.*field = *own;
  }
}

double positive_or(const std::optional<double>& given, double derived) {
  return given && *given > 0 ? *given : derived;
}

void read_times(const TomlTable& timing, RunConfig& config) {
  auto& t = config.times;
  t.settle_accuracy = timing.find_real("settle_accuracy", 1e-6, 0.5).value_or(0.01);
  const double columns = 2.0 * static_cast<double>(config.geometry.column_pairs);
  const double rows = static_cast<double>(config.geometry.rows);
  const auto& card = config.card;
  t.t_wl_s = positive_or(timing.find_real("t_wl_s", 0, 1e-3),
                         device::word_line_time_s(card, columns, t.settle_accuracy));
  t.t_bl_s = positive_or(timing.find_real("t_bl_s", 0, 1e-3),
                         device::bit_line_time_s(card, config.conditions.r_clamp_ohm,
                                                 config.conditions.r_bl_ohm, rows, t.settle_accuracy));
  t.t_sa_s = positive_or(timing.find_real("t_sa_s", 0, 1e-3),
                         device::decision_time_s(card.sense, config.unit_current_a));
  t.readout_steps = whole(timing, "readout_steps", 1u, 1, 256);
}

/// Number of whole cycles that last at least `time_s`; at least one.
std::uint32_t cycles(const TomlTable& timing, double time_s, double t_clk_s) {
  // The factor keeps rounding errors from turning 3 ns of 1 ns cycles into 4 cycles.
  const double count = std::ceil(time_s / t_clk_s * (1 - 1e-12));
  if (!(count <= 1e6))
    throw timing.error("t_clk_s", "a longer period: " + toml_real(time_s) + " s must be at most 1e6 of them");
  return std::max(1u, static_cast<std::uint32_t>(count));
}

void read_timing(const TomlTable& root, RunConfig& config) {
  const auto timing = root.find_table("timing");
  auto& t = config.timing;
  config.mode = one_of(timing, "mode", detail::mode_names, config.mode);
  t.t_clk_s = timing.find_real("t_clk_s", 1e-12, 1e-3).value_or(t.t_clk_s);
  read_times(timing, config);
  t.drive_cycles = cycles(timing, config.times.t_wl_s, t.t_clk_s);
  t.settle_cycles = cycles(timing, config.times.t_bl_s, t.t_clk_s);
  t.amplifier_cycles = cycles(timing, config.times.t_sa_s, t.t_clk_s) * config.times.readout_steps;
  t.input_bus_bits = whole(timing, "input_bus_bits", t.input_bus_bits, 1, 65536);
  t.output_bus_bits = whole(timing, "output_bus_bits", t.output_bus_bits, 1, 65536);
  t.partial_sum_bits = whole(timing, "partial_sum_bits", t.partial_sum_bits, 1, 64);
  t.interrupt_cycles = whole(timing, "interrupt_cycles", t.interrupt_cycles, 1, 1000000);
  const auto& programming = config.card.programming;
  t.t_program_row_s = positive_or(timing.find_real("t_program_row_s", 0, 10),
                                  programming.pulses_with_verify * programming.t_pulse_s);
  config.burst_vectors = whole(timing, "burst_vectors", config.burst_vectors, 1, 65536);
  config.quantum_s = timing.find_real("quantum_s", 0, 1).value_or(1e-6);
  config.activations = one_of(timing, "activations", detail::activation_names, config.activations);
}

void read_memory_and_digital(const TomlTable& root, RunConfig& config) {
  const auto memory = root.find_table("memory");
  auto& t = config.timing;
  config.memory_bytes = whole(memory, "size_bytes", std::uint64_t{256} << 20, 4096, std::int64_t{1} << 36);
  t.memory_latency_cycles = whole(memory, "latency_cycles", t.memory_latency_cycles, 0, 1000000);
  t.bus_bytes = whole(memory, "bus_bytes", t.bus_bytes, 1, 4096);
  t.hop_cycles = whole(memory, "hop_cycles", t.hop_cycles, 0, 1000000);
  const auto digital = root.find_table("digital");
  t.macs_per_cycle = whole(digital, "macs_per_cycle", t.macs_per_cycle, 1, 1 << 24);
  t.buffer_bits_per_cycle = whole(digital, "buffer_bits_per_cycle", t.buffer_bits_per_cycle, 1, 1 << 24);
}

/// The path is made absolute, so that the resolved configuration means the same wherever it is read.
std::string located(const TomlTable& table, std::string_view key) {
  const auto given = table.find_string(key).value_or("");
  if (given.empty()) return given;
  return std::filesystem::absolute(beside(table.where(key), given)).lexically_normal().string();
}

std::string embedded_detectors() {
  std::string names;
  for (const auto& name : embedded_names())
    if (name.ends_with(".onnx")) names += " " + name;
  return names;
}

std::string read_model(const TomlTable& run) {
  const auto given = run.find_string("model").value_or("models/traffic.onnx");
  if (given.starts_with(detail::embedded_prefix)) {
    const auto name = given.substr(detail::embedded_prefix.size());
    if (embedded(name)) return name;
    throw run.error("model", "after " + std::string(detail::embedded_prefix) +
                                 " one of the shipped detectors:" + embedded_detectors());
  }
  const auto path = located(run, "model");
  std::error_code ignored;
  if (!path.empty() && std::filesystem::exists(path, ignored)) return path;
  if (embedded(given) || !run.has("model")) return given;
  throw run.error("model", "a network file (ONNX) or one of the shipped detectors:" + embedded_detectors() +
                               " (there is no file " + path + ")");
}

void read_run(const TomlTable& root, RunConfig& config) {
  constexpr std::int64_t many = 1'000'000'000;
  const auto run = root.find_table("run");
  auto& r = config.run;
  r.model = read_model(run);
  const auto dataset = run.find_choice("dataset", detail::dataset_names);
  r.dataset = std::string(detail::dataset_names[dataset.value_or(0)]);
  r.images = located(run, "images");
  r.image_root = located(run, "image_root");
  r.split = run.find_string("split").value_or("");
  r.limit = whole(run, "limit", r.limit, 0, many);
  r.nonideal_images = whole(run, "nonideal_images", r.nonideal_images, 0, many);
  r.evaluator = run.find_string("evaluator").value_or("fast");
  r.accuracy_budget = run.find_real("accuracy_budget", 1e-6, 1).value_or(0.005);
  r.chips = whole(run, "chips", r.chips, 1, 100000);
  r.seed = whole(run, "seed", r.seed, 0, std::numeric_limits<std::int64_t>::max());
  r.threads = whole(run, "threads", r.threads, 0, 4096);
  r.score_threshold = run.find_real("score_threshold", 0, 1).value_or(0.05);
  r.nms_iou = run.find_real("nms_iou", 0, 1).value_or(0.5);
  r.scenes = whole(run, "scenes", std::uint64_t{300}, 1, many);
  r.scene_seed = whole(run, "scene_seed", std::uint64_t{3003}, 0, std::numeric_limits<std::int64_t>::max());
  r.ignore_foreign_classes = run.find_choice("foreign_classes", detail::foreign_names).value_or(0) == 1;
  r.draw = whole(run, "draw", r.draw, 0, many);
  r.write_head = run.find_boolean("write_head").value_or(false);
  // From the abstract: the drop of the paper's accelerator against the ideal network.
  r.yield_drop = run.find_real("yield_drop", 0, 1).value_or(0.0385);
}

void read_calibration(const TomlTable& root, RunConfig& config) {
  const auto table = root.find_table("calibration");
  auto& c = config.calibration;
  if (const auto seed = table.find_integer("scene_seed", 0, std::numeric_limits<std::int64_t>::max()))
    c.scene_seed = static_cast<std::uint64_t>(*seed);
  c.images = located(table, "images");
  c.split = table.find_string("split").value_or("");
}

void read_trace(const TomlTable& root, RunConfig& config) {
  using trace::longest_s;
  const auto table = root.find_table("trace");
  auto& t = config.trace;
  t.formats = table.find_string("formats").value_or("");
  try {
    t.requests = trace::parse_requests(t.formats);
  } catch (const InputError& error) {
    throw table.error("formats", std::string("FORMAT[:LEVEL],... (") + error.what() + ")");
  }
  t.window.begin_s = table.find_real("begin_s", 0, longest_s).value_or(0);
  const double end_s = table.find_real("end_s", 0, longest_s).value_or(0);
  if (end_s != 0) t.window.end_s = end_s;
  if (t.window.end_s <= t.window.begin_s)
    throw table.error("end_s",
                      "more than trace.begin_s (" + toml_real(t.window.begin_s) + " s), or 0 for the end");
  t.power_window_s = table.find_real("power_window_s", 0, longest_s).value_or(0);
  if (t.power_window_s != 0 && t.power_window_s < 1e-12)
    throw table.error("power_window_s", "at least 1e-12 s, or 0 for no power profile");
}

}  // namespace

RunConfig resolve(const TomlDocument& document) {
  RunConfig config;
  const auto root = document.root();
  config.files = document.files();
  detail::read_technology(root, config);
  read_geometry(root, config);
  read_conditions(root, config);
  read_nonidealities(document, config);
  find_unit_current(root, config);
  read_timing(root, config);
  read_memory_and_digital(root, config);
  read_run(root, config);
  detail::read_detector(root, config);
  read_trace(root, config);
  read_sense(root, config);
  read_calibration(root, config);
  detail::read_layers(root, config);
  // Misspelt keys are reported first, because they explain many mismatches.
  root.finish();
  detail::check_together(root, config);
  return config;
}

RunConfig load_config(const std::string& path, const std::vector<std::string>& overrides) {
  return resolve(TomlDocument::read(path, embedded, overrides));
}

std::uint64_t chip_seed(std::uint64_t run_seed, std::uint64_t chip) {
  return CounterRandom(run_seed, Stream::device_lrs).fork(0x63686970).bits(chip);
}

bool generated(const RunOptions& run) {
  return run.dataset == "generated" || (run.dataset == "auto" && run.images.empty());
}

model::AcceleratorConfig RunConfig::accelerator(std::uint64_t chip_seed) const {
  if (!layers.empty())
    throw InputError(
        layers.front().where,
        "'sense.layers." + layers.front().name +
            "' gives a working point to one layer. It has no meaning here, where no detector runs: a macro's "
            "pins do not say to which layer an operation belongs");
  return accelerator(chip_seed, {});
}

model::AcceleratorConfig RunConfig::accelerator(std::uint64_t chip_seed,
                                                std::span<const mapping::ArrayLayer> array_layers) const {
  model::AcceleratorConfig out;
  out.geometry = geometry;
  out.timing = timing;
  out.card = card;
  out.conditions = conditions;
  out.nonidealities = nonidealities;
  out.sense = sense;
  out.sense.layers = working_points(array_layers);
  out.evaluator = array::make_evaluator(run.evaluator, run.accuracy_budget);
  out.mode = mode;
  out.burst_vectors = burst_vectors;
  out.chip_seed = chip_seed;
  out.unit_current_a = unit_current_a;
  out.level_units = level_units;
  return out;
}

}  // namespace irc::platform
