// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "irc/platform/workload.h"
#include "irc/trace/recorder.h"

namespace irc::platform {

/// One layer (a node of the network that takes a command), averaged per picture except where said.
struct LayerReport {
  std::string name;
  std::string unit;                        ///< array | digital | buffer
  std::uint64_t rows = 0;                  ///< word lines of a whole convolution, bias rows included
  std::uint64_t columns = 0;               ///< bit lines over all tiles
  double operations = 0;                   ///< macro operations (vectors times row groups)
  std::uint64_t cycles = 0;                ///< from descriptor fetch to interrupt
  std::map<std::string, double> energy_j;  ///< by component
  std::map<std::string, double> array_j;   ///< the component `array` by state: lrs, hrs, off
  std::uint64_t bit_errors = 0, bits = 0;  ///< against the ideal reference, over the whole run
  std::uint64_t fallback_vectors = 0;      ///< over the whole run
  std::uint64_t newton_iterations = 0;     ///< over the whole run
  EvaluatedBy evaluated_by;                ///< bit-line currents over the whole run
};

struct ChipReport {
  double map = detection::no_truth;
  double coco = detection::no_truth;
  std::vector<double> per_class{};  ///< AP@0.5 by the data set's categories; empty without annotations
};

/// What a run found. Latency and energy are per picture, averaged over pictures and chips.
struct RunResult {
  std::uint64_t pictures = 0;                  ///< run through the nonideal accelerator, per chip
  std::uint64_t reference_pictures = 0;        ///< run through the ideal reference
  double map_ideal = detection::no_truth;      ///< on the same pictures as the nonideal runs
  double map_ideal_all = detection::no_truth;  ///< on all pictures
  double coco_ideal = detection::no_truth;
  std::vector<double> per_class_ideal;  ///< AP@0.5 by category, on the same pictures as the nonideal runs
  std::vector<ChipReport> chips;
  std::uint64_t cycles_per_picture = 0;
  double latency_s = 0, energy_j = 0, area_m2 = 0, tops_per_w = 0;
  std::map<std::string, double> area_by_component_m2;
  double macs_per_picture = 0;
  double setup_s = 0, setup_j = 0;  ///< programming and parameters, per chip
  double simulated_s = 0, wall_s = 0;
  std::vector<LayerReport> layers;
  sense::CalibrationReport trim;  ///< of the last chip, over its macros; all zero without sense.trim
  double trim_j = 0;              ///< energy of trimming, per chip; part of setup_j
  trace::Window first_picture;    ///< simulated time of chip 0's first picture, the host's part included

  std::vector<std::size_t> indices;                           ///< pictures of the data set that were run
  std::vector<std::vector<detection::Detection>> detections;  ///< of chip 0, one list per index
  /// The detector's raw output, one map per index: of chip 0, and of the ideal reference. Both are empty
  /// without run.write_head.
  std::vector<DenseMap<float>> heads, ideal_heads;

  double map_mean() const;
  double map_std() const;  ///< sample standard deviation over chips, 0 for one chip
  double map_worst() const;
  /// Mean over chips of one category's AP; detection::no_truth where it has no objects.
  double class_mean(std::size_t category) const;
  /// Half width of the 95 % confidence interval of the mean over chips (Student's t); 0 for one chip.
  double map_ci95() const;
  /// Chips that lose at most `drop` of mAP against the ideal.
  std::uint64_t good_chips(double drop) const;
};

/// Called now and then: what is going on, how much of it is done.
using Progress = std::function<void(const std::string& what, std::uint64_t done, std::uint64_t total)>;

/// What writes the traces and the power profile that `config` asks for into `folder`; nothing where it asks
/// for none. Throws InputError where a file cannot be made.
std::unique_ptr<trace::Recorder> make_recorder(const RunConfig& config, const Workload& workload,
                                               const std::string& folder);

/// Runs the workload on the ideal reference and on the configured accelerator. One call per process (SystemC
/// elaborates once).
/// \param recorder  hears all that the accelerator does, of every chip; may be null
RunResult run(const RunConfig& config, const Workload& workload, const Progress& progress,
              trace::Recorder* recorder = nullptr);

/// result.json of docs/results.md.
nlohmann::json to_json(const RunResult& result, const RunConfig& config, const Workload& workload);
/// Per-layer table and summary for people.
std::string to_text(const RunResult& result, const RunConfig& config, const Workload& workload);
/// Writes result.json, detections.json, annotated pictures and, with run.write_head, the heads into `folder`
/// (created if need be); each file whole or not at all. Returns the paths. Throws InputError where it cannot
/// be written.
std::vector<std::string> write_outputs(const RunResult& result, const RunConfig& config,
                                       const Workload& workload, const std::string& folder);
/// Names of the files that hold heads: float32 arrays (NumPy's .npy) of [image, channel, row, column], in the
/// order of RunResult::indices.
inline constexpr const char* head_file = "head.npy";
inline constexpr const char* ideal_head_file = "head_ideal.npy";
/// The figures of the power profile: power.svg and .png of `folder`'s power.csv, and energy_layers.svg and
/// .png of the table energy_layers.csv, which it writes too.
struct Figures {
  std::vector<std::string> paths;
  std::string skipped;  ///< why there are tables only; empty if there are figures
};
/// Names of all of these but power.csv.
std::vector<std::string> figure_files();
/// Throws InputError where the table cannot be written.
/// \param power  draw power.svg and .png too; not where power.csv has no rows
Figures write_figures(const RunResult& result, const RunConfig& config, const std::string& folder,
                      bool power = true);
/// Throws InputError if `folder` cannot be made or written; called before hours of work, not after.
void check_writable(const std::string& folder);

}  // namespace irc::platform
