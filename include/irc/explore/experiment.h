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

/// A metric that is reported, and what is better of it.
struct Reported {
  Metric metric;
  Goal goal = Goal::none;
};

/// A bound on a metric.
struct Constraint {
  Metric metric;
  bool at_most = true;  ///< else: at least
  double bound = 0;
  std::string text;  ///< as written: "map_drop <= 0.05"

  /// How far `value` lies on the wrong side; 0 where the constraint holds.
  double violation(double value) const;
};

/// How much work one evaluation is: a step of the ladder.
struct Rung {
  std::uint64_t images = 0;  ///< pictures; 0: what the configuration says
  std::uint64_t chips = 0;   ///< chips; 0: what the configuration says
  double keep = 1;           ///< share of the points of the rung below that come up to this one
};

enum class StrategyKind { grid, random, lhs, sobol, nsga2 };

struct Strategy {
  StrategyKind kind = StrategyKind::grid;
  std::uint64_t points = 0;       ///< random, lhs, sobol; nsga2: no new generation after so many, 0: no limit
  std::uint64_t population = 24;  ///< nsga2: points of a generation, a multiple of 4
  std::uint64_t generations = 10;
  double crossover = 0.9;  ///< nsga2: probability
  double mutation = 0;     ///< nsga2: probability per parameter
};

/// What a command line adds to an experiment.
struct ExperimentOptions {
  std::vector<std::string> settings;  ///< --set of configuration keys, for every point
  std::optional<std::uint64_t> seed;  ///< --seed
};

/// What an experiment file says, checked. docs/exploration.md describes the format.
struct Experiment {
  std::string file;  ///< as named by the user
  std::string name, title, description;
  std::uint64_t seed = 1;             ///< of sampling and search, and of the points' chips (run.seed)
  std::string config;                 ///< configuration every point starts from
  std::vector<std::string> settings;  ///< "section.key=value" on top of it, for every point
  double yield_drop = 0.02;           ///< of the metric `yield`
  Space space;
  std::vector<Reported> metrics;
  std::vector<Constraint> constraints;
  Strategy strategy;
  std::vector<Rung> ladder;   ///< from cheap to dear, at least one
  std::string text;           ///< the file and its bases as one TOML text
  ExperimentOptions options;  ///< what was read with it

  /// Metrics with a goal.
  std::vector<Reported> objectives() const;
};

/// Reads an experiment: a file, or one that travels inside the program ("experiments/vwl-rhrs-sigma.toml").
/// Throws InputError with file, line, key, value and expectation: unknown keys, parameters and metrics (with
/// the nearest known name), empty ranges, constraints that nothing can meet.
Experiment read_experiment(const std::string& path, const ExperimentOptions& options = {});
/// The same of a text; `name` stands for the file, and paths are looked up beside it.
Experiment parse_experiment(std::string_view text, const std::string& name,
                            const ExperimentOptions& options = {});

std::string_view strategy_name(StrategyKind kind);
std::string_view goal_name(Goal goal);
std::string_view scale_name(Parameter::Scale scale);

}  // namespace irc::explore
