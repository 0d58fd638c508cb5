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

/// One run that a study asks for: a configuration with settings on top of it.
struct Evaluation {
  std::string config;                 ///< file or preset, as platform::load_config takes it
  std::vector<std::string> settings;  ///< "section.key=value", applied in order
};

/// What came of an evaluation. Numbers are of `irc run`'s result.json: SI, shares instead of percent.
struct Outcome {
  enum class Status {
    done,
    refused,  ///< the configuration does not fit together: such a design does not exist
    failed    ///< it ran and failed, or has no mAP
  };
  Status status = Status::failed;
  std::string error;  ///< of one that is not done; all values below are of no meaning then

  double map_ideal = 0;              ///< bit-exact reference on the same pictures
  std::vector<double> map_per_chip;  ///< accelerator, chip by chip in the order of their seeds
  double map = 0;                    ///< mean over chips
  double map_std = 0;                ///< sample standard deviation over chips, 0 for one chip
  double map_ci95 = 0;  ///< half width of the 95 % confidence interval of the mean over chips, 0 for one chip
  double map_worst = 0;                ///< worst chip
  double energy_j = 0, latency_s = 0;  ///< per picture
  double bit_error_rate = 0;           ///< wrong bits over all layers' binary maps / bits
  std::uint64_t images = 0;            ///< pictures run on the accelerator, per chip
  double wall_s = 0;                   ///< of the worker, at whatever load the machine had

  bool done() const { return status == Status::done; }
};

/// What a store's record says. A record that is no result of a run counts as failed.
Outcome outcome_of(const explore::Record& record, bool refused);

/// Watches a study: how many of the evaluations that the store lacked are done.
using Progress = std::function<void(std::size_t done, std::size_t total)>;

/// Evaluates those that the store lacks, a process each, and returns one outcome per evaluation, in their
/// order. Equal configurations are evaluated once; every result is in the store as soon as it is there, so a
/// study that is broken off goes on where it was. Throws InputError where the store cannot be written or no
/// worker can be started; what is wrong with a single evaluation stands in its outcome.
std::vector<Outcome> evaluate(const std::vector<Evaluation>& evaluations, explore::Store& store,
                              const explore::WorkerOptions& workers, const Progress& progress);

}  // namespace irc::study
