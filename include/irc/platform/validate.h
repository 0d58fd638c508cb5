// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "irc/array/evaluator.h"
#include "irc/mapping/compiler.h"
#include "irc/platform/config.h"
#include "irc/platform/silicon.h"

namespace irc::platform {

/// One detector on one accelerator with every nonideality off, held against the ideal reference.
struct ReferenceCase {
  std::string detector, timing, activations;
  std::uint32_t burst = 0;
  std::uint64_t macros = 0;
  std::uint64_t bit_errors = 0, bits = 0;  ///< over all binary maps of all layers
  std::uint64_t head_errors = 0;           ///< head values that differ
  bool passed() const { return bit_errors == 0 && head_errors == 0 && bits > 0; }
};

/// Every shipped detector (or those named) in LT and AT, with bursts of 1, 7 and 64 vectors and 1 to 4
/// macros. One call per process. Throws InputError for an unknown detector.
std::vector<ReferenceCase> validate_reference(const std::vector<std::string>& detectors, std::uint64_t seed);

/// One layer on one geometry: cycles of the simulation against the closed form of docs/mapping.md.
struct LatencyCase {
  std::string name, timing;
  std::uint64_t commands = 0;                        ///< compared, setup included
  std::uint64_t cycles = 0, closed_form_cycles = 0;  ///< summed over the picture's commands
  std::uint64_t mismatches = 0;                      ///< commands whose cycles differ
  bool passed() const { return mismatches == 0 && commands > 0 && cycles == closed_form_cycles; }
};
/// One call per process.
std::vector<LatencyCase> validate_latency();

/// One column, read with several vectors: the exact evaluator's currents against ngspice's.
struct SpiceCase {
  /// Allowed difference, relative to the current or to the floor, whichever is larger.
  static constexpr double bound = 1e-8;
  /// 1e-8 of it is 1e-16 A, ngspice's abstol: below, its stopping and not the circuit is compared.
  static constexpr double floor_a = 1e-8;
  std::string name, ground, conduction;
  std::size_t rows = 0;
  double v_wl_v = 0, r_bl_ohm = 0, r_sl_ohm = 0, r_clamp_ohm = 0;
  std::size_t currents = 0;  ///< compared
  double max_relative_error = 0;
  double min_current_a = 0, max_current_a = 0;
  std::uint64_t newton_iterations = 0,
                fallback_vectors = 0;  ///< of the exact evaluator, all currents together
  bool passed() const { return currents > 0 && max_relative_error <= bound; }
};

/// Compares the column currents of a tile (without read noise) for a batch of vectors. The netlist's
/// transistor and conduction are those of `card`. Throws InputError if ngspice is not installed.
SpiceCase compare_with_spice(const array::ProgrammedTile& tile, const array::WordLineBatch& batch,
                             const device::TechnologyCard& card);

/// Columns of 1 to 1024 rows (with `long_run` 4608 too) over word-line voltages, groundings, wires,
/// conduction and activity, cells drawn with all their variation. `progress` hears of finished cases.
std::vector<SpiceCase> validate_spice(bool long_run, std::uint64_t seed,
                                      const std::function<void(std::uint64_t, std::uint64_t)>& progress = {});

/// One tile's column currents by the fast engine against the exact evaluator's, and the differential
/// decisions they lead to; beside them what the plain sum of the cells' currents leads to.
struct EngineCase {
  std::string name;
  std::size_t rows = 0;
  double v_wl_v = 0, r_ohm = 0, activity = 0;
  bool edges = false;         ///< some windows hang over the picture's edge
  double kept = 0;            ///< exact current over the ideal sum, mean
  std::size_t currents = 0;   ///< compared
  std::uint64_t outside = 0;  ///< of them handed to the exact solver
  double rms_relative_error = 0, max_relative_error = 0;
  std::size_t decision_flips = 0, ideal_sum_flips = 0, decisions = 0;
  /// Outside the domain the engine keeps 15 % of the ideal sum or less, and must hand everything over.
  bool in_domain() const { return 2 * outside < currents; }
  /// 0.4 % rms, 2 % at most, 1 % of the decisions.
  bool passed() const;
};
std::vector<EngineCase> validate_engine(std::uint64_t seed);

/// One published macro: predicted over published, with the shipped coefficients and with those fitted without
/// it.
struct SiliconCase {
  /// No figure may be further off than this: a bound against broken models, not a claim.
  static constexpr double case_bound = 8.0;
  SiliconMacro macro;
  SiliconPrediction predicted;
  std::optional<double> energy_ratio, latency_ratio, area_ratio;
  std::optional<double> loo_energy_ratio, loo_latency_ratio;            ///< fitted macros only
  std::optional<double> refitted_energy_ratio, refitted_latency_ratio;  ///< with today's fit, not the card's
  /// Energy and latency within case_bound; a macro outside the fit is shown and not judged.
  bool passed() const;
};

/// Mean and worst (meaningless where count is 0) of the factors by which ratios miss 1, either way: exp(mean
/// |ln ratio|), exp(max |ln ratio|).
struct RatioError {
  std::size_t count = 0;
  double mean = 1, worst = 1;
};

struct SiliconValidation {
  // Targets are printed as met or not met. Bounds decide about the exit code.
  static constexpr double energy_mean_target = 1.5, energy_worst_target = 2.5, latency_mean_target = 1.25;
  std::vector<SiliconCase> cases;
  /// What energy rests on, nobody fitted, and all macros share unless one says otherwise: key of the card,
  /// value.
  std::vector<std::pair<std::string, double>> assumed_for_all;
  SiliconCoefficients shipped, refitted;  ///< of the card silicon_28nm; what the fit gives today
  RatioError energy, latency, loo_energy, loo_latency;  ///< over the fitted macros
  RatioError refitted_energy, refitted_latency;         ///< the same with today's fit in place of the card's
  RatioError unseen_energy, unseen_latency;             ///< over the others
  /// Every case within its bound and both means within their targets.
  bool passed() const;
};

/// Published RRAM macros (configs/silicon/macros.toml, or another such file) by the energy, area and
/// read-time models of `irc run` on the card silicon_28nm (docs/energy.md, "Held against published silicon").
/// \param overrides  of that card, "section.key=value" each
SiliconValidation validate_silicon(const std::string& macros = "silicon/macros.toml",
                                   const std::vector<std::string>& overrides = {});
/// The same of other macros or another card, for tests.
SiliconValidation validate_silicon(const std::vector<SiliconMacro>& macros,
                                   const device::TechnologyCard& card);

nlohmann::json to_json(const SiliconValidation& validation);
/// \param fit  print the fitted coefficients beside the card's
std::string to_text(const SiliconValidation& validation, bool fit);
/// gnuplot's input: predicted over published energy and latency, as an SVG picture written to `svg`.
std::string silicon_plot_script(const SiliconValidation& validation, const std::string& svg);
/// Runs gnuplot. Returns why there is no picture ("gnuplot is not installed"); empty where there is one.
std::string plot_silicon(const SiliconValidation& validation, const std::string& svg);

nlohmann::json to_json(const std::vector<ReferenceCase>& cases);
nlohmann::json to_json(const std::vector<LatencyCase>& cases);
nlohmann::json to_json(const std::vector<SpiceCase>& cases);
nlohmann::json to_json(const std::vector<EngineCase>& cases);
std::string to_text(const std::vector<ReferenceCase>& cases);
std::string to_text(const std::vector<LatencyCase>& cases);
std::string to_text(const std::vector<SpiceCase>& cases);
std::string to_text(const std::vector<EngineCase>& cases);

}  // namespace irc::platform
