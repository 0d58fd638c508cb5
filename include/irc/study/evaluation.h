// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "irc/explore/store.h"
#include "irc/explore/workers.h"

namespace irc::study {

/// One run that a study asks for: a configuration with settings applied to it.
struct Evaluation {
  std::string config;                 ///< file or preset, as platform::load_config takes it
  std::vector<std::string> settings;  ///< "section.key=value", applied in order
};

/// Result of an evaluation. Numbers come from result.json of `irc run`, in SI units and shares instead of
/// percent.
struct Outcome {
  /// State of an evaluation.
  enum class Status {
    done,     ///< finished
    refused,  ///< the configuration does not fit together, so this design does not exist
    failed    ///< it ran and failed, or has no mAP
  };
  Status status = Status::failed;  ///< state of the evaluation
  std::string error;               ///< why it is not done; the values below then have no meaning

  double map_ideal = 0;              ///< mAP of the ideal reference on the same images
  std::vector<double> map_per_chip;  ///< mAP of the accelerator, chip by chip in the order of their seeds
  double map = 0;                    ///< mean over chips
  double map_std = 0;                ///< sample standard deviation over chips, 0 for one chip
  double map_ci95 = 0;  ///< half width of the 95 % confidence interval of the mean over chips, 0 for one chip
  double map_worst = 0;       ///< worst chip
  double energy_j = 0,        ///< per image
      latency_s = 0;          ///< per image
  double bit_error_rate = 0;  ///< wrong bits over compared bits, over all layers' binary maps
  std::uint64_t images = 0;   ///< images run on the accelerator, per chip
  double wall_s = 0;          ///< wall-clock time of the worker, which depends on the load of the machine

  /// Whether there is a result.
  bool done() const { return status == Status::done; }
};

/// The outcome of a store's record. A record that is no result of a run counts as failed.
Outcome outcome_of(const explore::Record& record, bool refused);

/// Progress callback: how many of the evaluations that the store lacked are done, and how many there are.
using Progress = std::function<void(std::size_t done, std::size_t total)>;

/// Evaluates those that the store lacks, each in its own process, and returns one outcome per evaluation, in
/// their order. Equal configurations are evaluated once. Every result is stored at once, so an interrupted
/// study continues where it stopped. Throws InputError where the store cannot be written or no worker can be
/// started. An error of a single evaluation is given in its outcome.
std::vector<Outcome> evaluate(const std::vector<Evaluation>& evaluations, explore::Store& store,
                              const explore::WorkerOptions& workers, const Progress& progress);

}  // namespace irc::study
