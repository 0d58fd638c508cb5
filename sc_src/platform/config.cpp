// SPDX-License-Identifier: Apache-2.0
// Turns a parsed document into the values in force: reads the keys, and derives what follows from them.
#include "irc/platform/config.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "config_parts.h"
#include "irc/core/random.h"
#include "irc/device/read_time.h"
#include "irc/macro/unit_current.h"
#include "irc/platform/resources.h"

namespace irc::platform {
namespace {

/// Finds the currents that define the unit of everything that is given in unit currents, and what is given
/// so.
void derive_units(const TomlTable& array, RunConfig& config) {
  macro::MacroConfig macro;
  macro.geometry = config.geometry;
  macro.card = config.card;
  macro.conditions = config.conditions;
  macro.nonidealities = config.nonidealities;
  macro.sense = config.sense;
  const auto currents = macro::unit_currents(macro);
  if (!(currents.unit_a > 0))
    throw array.error(
        "v_wl_v",
        "a word-line voltage at which a low-resistance cell conducts more than a high-resistance one");
  macro::derive_units(macro, config.threshold_units, config.level_units);
  config.lrs_current_a = currents.lrs_a;
  config.hrs_current_a = currents.hrs_a;
  config.unit_current_a = macro.unit_current_a;
  config.geometry = macro.geometry;
  config.sense = macro.sense;
}

/// Number of whole cycles that last at least `time_s`; at least one.
std::uint32_t cycles(const TomlTable& timing, double time_s, double t_clk_s) {
  // The factor keeps rounding errors from turning 3 ns of 1 ns cycles into 4 cycles.
  const double count = std::ceil(time_s / t_clk_s * (1 - 1e-12));
  if (!(count <= 1e6))
    throw timing.error("t_clk_s", "a longer period: " + toml_real(time_s) + " s must be at most 1e6 of them");
  return std::max(1u, static_cast<std::uint32_t>(count));
}

/// Analog delays that are 0 follow from the card. All of them become cycles.
void derive_timing(const TomlTable& timing, RunConfig& config) {
  auto& times = config.times;
  auto& t = config.timing;
  const auto& card = config.card;
  const auto derive = [](double& value, double derived) {
    if (!(value > 0)) value = derived;
  };
  const double columns = 2.0 * static_cast<double>(config.geometry.column_pairs);
  const double rows = static_cast<double>(config.geometry.rows);
  derive(times.t_wl_s, device::word_line_time_s(card, columns, times.settle_accuracy));
  derive(times.t_bl_s, device::bit_line_time_s(card, config.conditions.r_clamp_ohm,
                                               config.conditions.r_bl_ohm, rows, times.settle_accuracy));
  derive(times.t_sa_s, device::decision_time_s(card.sense, config.unit_current_a));
  derive(t.t_program_row_s, card.programming.pulses_with_verify * card.programming.t_pulse_s);
  t.drive_cycles = cycles(timing, times.t_wl_s, t.t_clk_s);
  t.settle_cycles = cycles(timing, times.t_bl_s, t.t_clk_s);
  t.amplifier_cycles = cycles(timing, times.t_sa_s, t.t_clk_s) * times.readout_steps;
}

void check_classes(const TomlTable& detector, const DetectorOptions& options) {
  std::set<std::string> seen;
  for (const auto& name : options.classes)
    if (name.empty() || !seen.insert(name).second)
      throw detector.error("classes",
                           "the names of the detector's classes in the order of its head, each once");
}

void derive_trace(const TomlTable& table, TraceOptions& t) {
  try {
    t.requests = trace::parse_requests(t.formats);
  } catch (const InputError& error) {
    throw table.error("formats", std::string("FORMAT[:LEVEL],... (") + error.what() + ")");
  }
  if (t.window.end_s <= t.window.begin_s)
    throw table.error("end_s",
                      "more than trace.begin_s (" + toml_real(t.window.begin_s) + " s), or 0 for the end");
  if (t.power_window_s != 0 && t.power_window_s < 1e-12)
    throw table.error("power_window_s", "at least 1e-12 s, or 0 for no power profile");
}

}  // namespace

RunConfig resolve(const TomlDocument& document) {
  RunConfig config;
  const auto root = document.root();
  config.files = document.files();
  detail::read_keys(document, config);
  derive_units(root.find_table("array"), config);
  derive_timing(root.find_table("timing"), config);
  check_classes(root.find_table("detector"), config.detector);
  derive_trace(root.find_table("trace"), config.trace);
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
