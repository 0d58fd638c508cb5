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

/// One layer, which is a node of the network that takes a command. Values are averages per image where
/// nothing else is said.
struct LayerReport {
  std::string name;                        ///< of the node
  std::string unit;                        ///< array | digital | buffer
  std::uint64_t rows = 0;                  ///< word lines of a whole convolution, including bias rows
  std::uint64_t columns = 0;               ///< bit lines over all tiles
  double operations = 0;                   ///< macro operations (vectors times row groups)
  std::uint64_t cycles = 0;                ///< from descriptor fetch to interrupt
  std::map<std::string, double> energy_j;  ///< by component
  std::map<std::string, double> array_j;   ///< the component `array` by state: lrs, hrs, off
  std::uint64_t bit_errors = 0,            ///< wrong bits against the ideal reference, over the whole run
      bits = 0;                            ///< compared bits, over the whole run
  std::uint64_t fallback_vectors = 0;      ///< (vector, column) pairs that needed a fallback, over the run
  std::uint64_t newton_iterations = 0;     ///< over the whole run
  EvaluatedBy evaluated_by;                ///< how many vectors each evaluator took, over the whole run
};

/// Accuracy of one chip; detection::no_truth without annotations.
struct ChipReport {
  double map = detection::no_truth;   ///< mAP@0.5
  double coco = detection::no_truth;  ///< COCO AP
  std::vector<double> per_class{};    ///< AP@0.5 by the data set's categories; empty without annotations
};

/// Result of a run. Latency and energy are per image, averaged over images and chips.
struct RunResult {
  std::uint64_t pictures = 0;              ///< images run through the nonideal accelerator, per chip
  std::uint64_t reference_pictures = 0;    ///< images run through the ideal reference
  double map_ideal = detection::no_truth;  ///< mAP of the ideal network on the images of the nonideal runs
  double map_ideal_all = detection::no_truth;  ///< mAP of the ideal network on all images
  double coco_ideal =
      detection::no_truth;               ///< COCO AP of the ideal network on the images of the nonideal runs
  std::vector<double> per_class_ideal;   ///< AP@0.5 of the ideal network by category, on the same images
  std::vector<ChipReport> chips;         ///< one per chip
  std::uint64_t cycles_per_picture = 0;  ///< busy cycles of the accelerator
  double latency_s = 0,                  ///< time of one image
      energy_j = 0,                      ///< energy of one image
      area_m2 = 0,                       ///< area of the accelerator
      tops_per_w = 0;                    ///< operations per energy, in 1e12 operations per joule
  std::map<std::string, double> area_by_component_m2;  ///< area by component
  double macs_per_picture = 0;                         ///< multiply-accumulates of the network
  double setup_s = 0,               ///< time of programming and loading parameters, per chip
      setup_j = 0;                  ///< energy of the same, per chip
  double simulated_s = 0,           ///< simulated time of the whole run
      wall_s = 0;                   ///< wall-clock time of the whole run
  std::vector<LayerReport> layers;  ///< one per layer, in the order of the network
  sense::CalibrationReport trim;    ///< of the last chip, over its macros; all zero without sense.trim
  double trim_j = 0;                ///< energy of trimming, per chip; part of setup_j
  trace::Window first_picture;      ///< simulated time of chip 0's first image, including the host's part

  std::vector<std::size_t> indices;                           ///< images of the data set that were run
  std::vector<std::vector<detection::Detection>> detections;  ///< of chip 0, one list per index
  /// Raw output of the detector on chip 0, one map per index. Empty without run.write_head.
  std::vector<DenseMap<float>> heads;
  /// Raw output of the detector on the ideal reference, one map per index. Empty without run.write_head.
  std::vector<DenseMap<float>> ideal_heads;

  /// Mean of mAP over the chips.
  double map_mean() const;
  double map_std() const;  ///< sample standard deviation over chips, 0 for one chip
  /// Smallest mAP of all chips.
  double map_worst() const;
  /// Mean over chips of one category's AP; detection::no_truth where it has no objects.
  double class_mean(std::size_t category) const;
  /// Half width of the 95 % confidence interval of the mean over chips (Student's t); 0 for one chip.
  double map_ci95() const;
  /// Number of chips that lose at most `drop` of mAP against the ideal network.
  std::uint64_t good_chips(double drop) const;
};

/// Progress callback: what is under way, how much is done, how much there is.
using Progress = std::function<void(const std::string& what, std::uint64_t done, std::uint64_t total)>;

/// The recorder that writes the traces and the power profile of `config` into `folder`, or nullptr where
/// `config` asks for none. Throws InputError where a file cannot be created.
std::unique_ptr<trace::Recorder> make_recorder(const RunConfig& config, const Workload& workload,
                                               const std::string& folder);

/// Runs the workload on the ideal reference and on the configured accelerator. Call it once per process,
/// because SystemC elaborates once. `recorder` receives all events of the accelerator, for every chip; it may
/// be null.
RunResult run(const RunConfig& config, const Workload& workload, const Progress& progress,
              trace::Recorder* recorder = nullptr);

/// The content of result.json (docs/results.md).
nlohmann::json to_json(const RunResult& result, const RunConfig& config, const Workload& workload);
/// Table per layer and summary, as text for people.
std::string to_text(const RunResult& result, const RunConfig& config, const Workload& workload);
/// Writes result.json, detections.json, annotated images and, with run.write_head, the heads into `folder`,
/// which is created if needed. Each file is written whole or not at all. Returns the paths. Throws InputError
/// where a file cannot be written.
std::vector<std::string> write_outputs(const RunResult& result, const RunConfig& config,
                                       const Workload& workload, const std::string& folder);
/// Name of the file with the heads of chip 0: a float32 array (NumPy's .npy) of [image, channel, row,
/// column], with the images in the order of RunResult::indices.
inline constexpr const char* head_file = "head.npy";
/// Name of the file with the heads of the ideal reference, in the same format.
inline constexpr const char* ideal_head_file = "head_ideal.npy";
/// Figures of the power profile: power.svg and power.png from the table power.csv in the folder, and
/// energy_layers.svg and energy_layers.png from energy_layers.csv, which is written as well.
struct Figures {
  std::vector<std::string> paths;  ///< files that were written
  std::string skipped;             ///< why there are tables only; empty if there are figures
};
/// Names of all these files except power.csv.
std::vector<std::string> figure_files();
/// Writes the figures. `power`: also draw power.svg and power.png; pass false where power.csv has no rows.
/// Throws InputError where the table cannot be written.
Figures write_figures(const RunResult& result, const RunConfig& config, const std::string& folder,
                      bool power = true);
/// Throws InputError if `folder` cannot be created or written. Call it before hours of work, not after.
void check_writable(const std::string& folder);

}  // namespace irc::platform
