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

/// One detector on one accelerator with every nonideality off, compared with the ideal reference.
struct ReferenceCase {
  std::string detector,           ///< name of the detector
      timing,                     ///< "lt" or "at"
      activations;                ///< where binary maps are kept
  std::uint32_t burst = 0;        ///< largest number of vectors in one macro transaction
  std::uint64_t macros = 0;       ///< number of macros
  std::uint64_t bit_errors = 0,   ///< wrong bits, over all binary maps of all layers
      bits = 0;                   ///< compared bits
  std::uint64_t head_errors = 0;  ///< output values that differ
  /// No difference, and at least one bit compared.
  bool passed() const { return bit_errors == 0 && head_errors == 0 && bits > 0; }
};

/// Runs every shipped detector (or those named) in LT and AT, with bursts of 1, 7 and 64 vectors and 1 to 4
/// macros. Call it once per process. Throws InputError for an unknown detector.
std::vector<ReferenceCase> validate_reference(const std::vector<std::string>& detectors, std::uint64_t seed);

/// One layer on one geometry: cycles of the simulation compared with the closed form of docs/mapping.md.
struct LatencyCase {
  std::string name,              ///< layer and geometry
      timing;                    ///< "lt" or "at"
  std::uint64_t commands = 0;    ///< compared commands, setup included
  std::uint64_t cycles = 0,      ///< simulated, summed over the image's commands
      closed_form_cycles = 0;    ///< by the closed form, likewise
  std::uint64_t mismatches = 0;  ///< commands whose cycles differ
  /// All commands take exactly the cycles of the closed form, and at least one was compared.
  bool passed() const { return mismatches == 0 && commands > 0 && cycles == closed_form_cycles; }
};
/// Runs all latency cases. Call it once per process.
std::vector<LatencyCase> validate_latency();

/// One column, read with several vectors: currents of the exact solver compared with ngspice's.
struct SpiceCase {
  /// Allowed difference, relative to the current or to the floor, whichever is larger.
  static constexpr double bound = 1e-8;
  /// 1e-8 of this current is 1e-16 A, which is ngspice's abstol. Below that, the comparison would test where
  /// ngspice stops and not the circuit.
  static constexpr double floor_a = 1e-8;
  std::string name,                     ///< of the case
      ground,                           ///< how the source lines are grounded
      conduction;                       ///< conduction model of the cells
  std::size_t rows = 0;                 ///< cells of the column
  double v_wl_v = 0,                    ///< word-line voltage
      r_bl_ohm = 0,                     ///< wire resistance of the bit line per cell
      r_sl_ohm = 0,                     ///< wire resistance of the source line per cell
      r_clamp_ohm = 0;                  ///< resistance of the clamp
  std::size_t currents = 0;             ///< number of compared currents
  double max_relative_error = 0;        ///< largest difference, relative as `bound` says
  double min_current_a = 0,             ///< smallest compared current
      max_current_a = 0;                ///< largest compared current
  std::uint64_t newton_iterations = 0,  ///< of the exact solver, over all currents
      fallback_vectors = 0;             ///< currents that needed the damped solver
  /// At least one current was compared and all are within `bound`.
  bool passed() const { return currents > 0 && max_relative_error <= bound; }
};

/// Compares the column currents of a tile (without read noise) for a batch of vectors. The netlist uses the
/// transistor and conduction of `card`. Throws InputError if ngspice is not installed.
SpiceCase compare_with_spice(const array::ProgrammedTile& tile, const array::WordLineBatch& batch,
                             const device::TechnologyCard& card);

/// Runs columns of 1 to 1024 rows (with `long_run` also 4608) over word-line voltages, groundings, wires,
/// conduction and activity, with all variation of the cells. `progress` receives the number of finished cases
/// and of all cases. Throws InputError if ngspice is not installed.
std::vector<SpiceCase> validate_spice(bool long_run, std::uint64_t seed,
                                      const std::function<void(std::uint64_t, std::uint64_t)>& progress = {});

/// Column currents of one tile by the fast engine compared with the exact solver's, and the differential
/// decisions that follow. The same decisions from the plain sum of the cells' currents are given for
/// comparison.
struct EngineCase {
  std::string name;                ///< of the case
  std::size_t rows = 0;            ///< rows of the tile
  double v_wl_v = 0,               ///< word-line voltage
      r_ohm = 0,                   ///< wire resistance per cell
      activity = 0;                ///< share of driven rows
  bool edges = false;              ///< some windows extend over the edge of the image
  double kept = 0;                 ///< mean of exact current over the ideal sum
  std::size_t currents = 0;        ///< number of compared currents
  std::uint64_t outside = 0;       ///< of these, handed to the exact solver
  double rms_relative_error = 0,   ///< root mean square over the currents
      max_relative_error = 0;      ///< largest over the currents
  std::size_t decision_flips = 0,  ///< decisions that the fast engine changes
      ideal_sum_flips = 0,         ///< decisions that the plain sum changes
      decisions = 0;               ///< number of decisions
  /// Whether the engine computed more than half of the currents itself.
  bool in_domain() const { return 2 * outside < currents; }
  /// At most 0.4 % rms error, 2 % largest error and 1 % changed decisions. A current that was handed to the
  /// exact solver has no error.
  bool passed() const;
};
/// Runs all cases of the fast engine. `seed` names the draws.
std::vector<EngineCase> validate_engine(std::uint64_t seed);

/// One published macro: predicted over published values, with the shipped coefficients and with those fitted
/// without this macro.
struct SiliconCase {
  /// No ratio may be further off than this. The bound detects broken models; it is no claim of accuracy.
  static constexpr double case_bound = 8.0;
  SiliconMacro macro;                  ///< as published
  SiliconPrediction predicted;         ///< as predicted
  std::optional<double> energy_ratio,  ///< predicted over published
      latency_ratio,                   ///< likewise
      area_ratio;                      ///< likewise
  std::optional<double>
      loo_energy_ratio,   ///< fitted macros only: with coefficients fitted without its publication
      loo_latency_ratio;  ///< likewise
  std::optional<double> refitted_energy_ratio,  ///< with today's fit instead of the card's values
      refitted_latency_ratio;                   ///< likewise
  /// Energy and latency are within case_bound. A macro outside the fit is shown but not judged.
  bool passed() const;
};

/// Mean and largest factor by which ratios miss 1 in either direction: exp(mean |ln ratio|) and exp(max |ln
/// ratio|). Both are meaningless where count is 0.
struct RatioError {
  std::size_t count = 0;  ///< number of ratios
  double mean = 1,        ///< mean factor
      worst = 1;          ///< largest factor
};

/// Result of the comparison with published macros.
struct SiliconValidation {
  // Targets are printed as met or missed. Only the bounds decide about the exit code.
  static constexpr double energy_mean_target = 1.5,  ///< for the mean factor of energy
      energy_worst_target = 2.5,                     ///< for the largest factor of energy
      latency_mean_target = 1.25;                    ///< for the mean factor of latency
  std::vector<SiliconCase> cases;                    ///< one per macro
  /// Assumptions that energy depends on, that nobody fitted, and that all macros share unless one says
  /// otherwise: key of the card and value.
  std::vector<std::pair<std::string, double>> assumed_for_all;
  SiliconCoefficients shipped,  ///< of the card silicon_28nm
      refitted;                 ///< what the fit gives today
  RatioError energy,            ///< over the fitted macros
      latency,                  ///< over the fitted macros
      loo_energy,               ///< over the fitted macros, each without its publication
      loo_latency;              ///< likewise
  RatioError refitted_energy,   ///< over the fitted macros, with today's fit instead of the card's values
      refitted_latency;         ///< likewise
  RatioError unseen_energy,     ///< over the macros outside the fit
      unseen_latency;           ///< likewise
  /// Every case is within its bound and both means are within their targets.
  bool passed() const;
};

/// Compares published RRAM macros (configs/silicon/macros.toml, or another such file) with the energy, area
/// and read-time models of `irc run` on the card silicon_28nm (docs/energy.md). `overrides`
/// ("section.key=value") change that card. Throws InputError.
SiliconValidation validate_silicon(const std::string& macros = "silicon/macros.toml",
                                   const std::vector<std::string>& overrides = {});
/// The same for other macros or another card, for tests.
SiliconValidation validate_silicon(const std::vector<SiliconMacro>& macros,
                                   const device::TechnologyCard& card);

/// The result as JSON.
nlohmann::json to_json(const SiliconValidation& validation);
/// The result as text for people. `fit`: print the fitted coefficients beside the card's.
std::string to_text(const SiliconValidation& validation, bool fit);
/// Input of gnuplot: predicted over published energy and latency, drawn as an SVG file `svg`.
std::string silicon_plot_script(const SiliconValidation& validation, const std::string& svg);
/// Runs gnuplot. Returns the reason why there is no figure ("gnuplot is not installed"), or an empty string.
std::string plot_silicon(const SiliconValidation& validation, const std::string& svg);

/// The reference cases as JSON.
nlohmann::json to_json(const std::vector<ReferenceCase>& cases);
/// The latency cases as JSON.
nlohmann::json to_json(const std::vector<LatencyCase>& cases);
/// The ngspice cases as JSON.
nlohmann::json to_json(const std::vector<SpiceCase>& cases);
/// The cases of the fast engine as JSON.
nlohmann::json to_json(const std::vector<EngineCase>& cases);
/// The reference cases as text for people.
std::string to_text(const std::vector<ReferenceCase>& cases);
/// The latency cases as text for people.
std::string to_text(const std::vector<LatencyCase>& cases);
/// The ngspice cases as text for people.
std::string to_text(const std::vector<SpiceCase>& cases);
/// The cases of the fast engine as text for people.
std::string to_text(const std::vector<EngineCase>& cases);

}  // namespace irc::platform
