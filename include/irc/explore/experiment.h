// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "irc/core/toml.h"
#include "irc/explore/metrics.h"
#include "irc/explore/space.h"

namespace irc::explore {

/// A metric that is reported, and which direction is better.
struct Reported {
  Metric metric;           ///< the metric
  Goal goal = Goal::none;  ///< which direction is better
};

/// A bound on a metric.
struct Constraint {
  Metric metric;        ///< the metric
  bool at_most = true;  ///< true: upper bound; false: lower bound
  double bound = 0;     ///< in the metric's unit
  std::string text;     ///< as written: "map_drop <= 0.05"

  /// How far `value` lies beyond the bound; 0 where the constraint holds.
  double violation(double value) const;
};

/// Effort of one evaluation: one step of the ladder.
struct Rung {
  std::uint64_t images = 0;  ///< number of images; 0: as the configuration says
  std::uint64_t chips = 0;   ///< number of chips; 0: as the configuration says
  double keep = 1;           ///< share of the points of the rung below that are evaluated on this one
};

/// How the points of an experiment are chosen.
enum class StrategyKind {
  grid,    ///< all combinations of values
  random,  ///< independent random points
  lhs,     ///< Latin hypercube
  sobol,   ///< Sobol sequence
  nsga2    ///< genetic search (NSGA-II)
};

/// Strategy of an experiment and its numbers.
struct Strategy {
  StrategyKind kind = StrategyKind::grid;  ///< how points are chosen
  std::uint64_t points = 0;  ///< random, lhs, sobol: number of points; nsga2: no new generation after this
                             ///< many points, 0: no limit
  std::uint64_t population = 24;   ///< nsga2: points of a generation, a multiple of 4
  std::uint64_t generations = 10;  ///< nsga2: number of generations
  double crossover = 0.9;          ///< nsga2: probability
  double mutation = 0;             ///< nsga2: probability per parameter
};

/// Additions of a command line to an experiment.
struct ExperimentOptions {
  std::vector<std::string> settings;  ///< --set of configuration keys, for every point
  std::optional<std::uint64_t> seed;  ///< --seed
};

/// The content of an experiment file, checked. docs/exploration.md describes the format.
struct Experiment {
  std::string file;                     ///< as the user named it
  std::string name,                     ///< short name
      title,                            ///< heading of the report
      description;                      ///< text of the report
  std::uint64_t seed = 1;               ///< of sampling and search, and of the points' chips (run.seed)
  std::string config;                   ///< configuration from which every point starts
  std::vector<std::string> settings;    ///< "section.key=value" applied to it, for every point
  double yield_drop = 0.02;             ///< for the metric `yield`: largest drop of mAP of a good chip
  Space space;                          ///< the parameters that vary
  std::vector<Reported> metrics;        ///< in the order of the file
  std::vector<Constraint> constraints;  ///< bounds that a feasible point keeps
  Strategy strategy;                    ///< how points are chosen
  std::vector<Rung> ladder;             ///< from cheap to expensive, at least one rung
  std::string text;                     ///< the file and its bases as one TOML text
  ExperimentOptions options;            ///< the additions it was read with

  /// Metrics with a goal.
  std::vector<Reported> objectives() const;
};

/// Reads an experiment: a file, or one that is built into the program ("experiments/vwl-rhrs-sigma.toml").
/// Throws InputError with file, line, key, value and expectation for unknown keys, parameters and metrics
/// (with the nearest known name), empty ranges, and constraints that no result can meet.
Experiment read_experiment(const std::string& path, const ExperimentOptions& options = {});
/// Parses a text in the same way. `name` stands for the file, and paths are looked up beside it.
Experiment parse_experiment(std::string_view text, const std::string& name,
                            const ExperimentOptions& options = {});

/// Name of a strategy as in an experiment file.
std::string_view strategy_name(StrategyKind kind);
/// Name of a goal: "none", "max" or "min".
std::string_view goal_name(Goal goal);
/// Name of a scale: "linear", "log" or "category".
std::string_view scale_name(Parameter::Scale scale);

}  // namespace irc::explore
