// SPDX-License-Identifier: Apache-2.0
// Reads an experiment file: the parameters, the metrics and the strategy.
#include "irc/explore/experiment.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "experiment_parts.h"
#include "irc/explore/keys.h"
#include "irc/explore/pareto.h"
#include "irc/platform/resources.h"
#include "irc/platform/workload.h"

namespace irc::explore {

namespace {

constexpr std::array<std::string_view, 5> strategy_names{"grid", "random", "lhs", "sobol", "nsga2"};
constexpr std::array<std::string_view, 3> goal_names{"none", "max", "min"};
constexpr std::array<std::string_view, 3> scale_names{"linear", "log", "category"};
constexpr std::size_t most_points = 1'000'000;

void read_head(const TomlTable& head, const ExperimentOptions& options, Experiment& out) {
  out.name = head.string("name");
  const auto plain = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
  if (out.name.empty() || !std::all_of(out.name.begin(), out.name.end(), plain))
    throw head.error("name", "letters, digits, - and _: results are stored under this name");
  out.title = head.find_string("title").value_or(out.name);
  out.description = head.find_string("description").value_or("");
  const auto seed = static_cast<std::uint64_t>(head.find_integer("seed", 0).value_or(1));
  out.seed = options.seed.value_or(seed);
  out.yield_drop = head.find_real("yield_drop", 0, 1).value_or(out.yield_drop);
  out.config =
      located_file(head.where("config"), head.find_string("config").value_or(platform::default_preset));
  out.settings.push_back("run.seed=" + std::to_string(out.seed));
  if (!head.has("set")) return;
  for (const auto& setting : head.strings("set")) out.settings.push_back(setting);
}

void read_metrics(const TomlTable& table, Experiment& out) {
  std::vector<std::string> known;
  for (const auto& metric : all_metrics()) known.emplace_back(metric.name);
  // Metrics keep the order of the file, because the first one sorts the front.
  auto names = table.keys();
  std::stable_sort(names.begin(), names.end(),
                   [&](const auto& a, const auto& b) { return table.where(a).line < table.where(b).line; });
  for (const auto& name : names) {
    const auto* metric = find_metric(name);
    if (!metric)
      throw InputError(table.where(name), "'" + table.path(name) + "': there is no metric '" + name + "'" +
                                              suggestion(name, known) + " (docs/exploration.md lists them)");
    out.metrics.push_back({*metric, static_cast<Goal>(table.choice(name, goal_names))});
  }
  if (out.metrics.empty())
    throw InputError(table.where(),
                     "'metrics' is empty or missing: expected lines such as map_drop = \"min\"");
}

void read_constraints(const TomlTable& head, Experiment& out) {
  if (!head.has("constraints")) return;
  for (const auto& text : head.strings("constraints"))
    out.constraints.push_back(detail::parse_constraint(text, head.where("constraints")));
  detail::check_constraints(out.constraints, head.where("constraints"));
  // A metric with a bound is also reported.
  for (const auto& constraint : out.constraints) {
    const auto same = [&](const Reported& r) { return r.metric.name == constraint.metric.name; };
    if (std::none_of(out.metrics.begin(), out.metrics.end(), same))
      out.metrics.push_back({constraint.metric, Goal::none});
  }
}

void refuse(const TomlTable& table, std::initializer_list<std::string_view> keys, StrategyKind kind) {
  for (const auto key : keys)
    if (table.has(key))
      throw table.error(key, "no such key with kind = \"" + std::string(strategy_name(kind)) + "\"");
}

void check_nsga2(const TomlTable& table, const Experiment& experiment) {
  if (!has_pagmo())
    throw table.error("kind", "grid, random, lhs or sobol; nsga2 needs pagmo, and this build has no pagmo");
  if (experiment.objectives().size() < 2)
    throw table.error("kind",
                      "at least two metrics with a goal, \"min\" or \"max\", for a multi-objective search");
  if (experiment.strategy.population % 4 != 0)
    throw table.error("population", "a multiple of 4, which NSGA-II needs to pair parents");
}

void read_strategy(const TomlTable& table, Experiment& out) {
  auto& s = out.strategy;
  s.kind = static_cast<StrategyKind>(table.choice("kind", strategy_names));
  const bool nsga2 = s.kind == StrategyKind::nsga2, grid = s.kind == StrategyKind::grid;
  if (grid) refuse(table, {"points"}, s.kind);
  if (!nsga2) refuse(table, {"population", "generations", "crossover", "mutation"}, s.kind);
  if (nsga2) {
    s.population = static_cast<std::uint64_t>(table.find_integer("population", 8, 10000).value_or(24));
    s.generations = static_cast<std::uint64_t>(table.find_integer("generations", 1, 10000).value_or(10));
    s.points = static_cast<std::uint64_t>(table.find_integer("points", 1, most_points).value_or(0));
    s.crossover = table.find_real("crossover", 0, 0.999).value_or(s.crossover);
    const double each = 1.0 / static_cast<double>(std::max<std::size_t>(1, out.space.parameters.size()));
    s.mutation = table.find_real("mutation", 0, 1).value_or(each);
    check_nsga2(table, out);
  } else if (grid) {
    for (const auto& parameter : out.space.parameters)
      if (parameter.continuous())
        throw InputError(parameter.where,
                         "parameter '" + parameter.name +
                             "': expected 'steps' beside 'range' (or 'values'), as a grid needs them");
    if (out.space.grid_size() > most_points)
      throw table.error("kind", "a grid of at most 1000000 points (this one has " +
                                    std::to_string(out.space.grid_size()) +
                                    "); use random, lhs, sobol or nsga2 for larger spaces");
  } else {
    s.points = static_cast<std::uint64_t>(table.integer("points", 1, most_points));
  }
}

void read_ladder(const TomlTable& root, Experiment& out) {
  if (!root.has("fidelity")) {
    out.ladder.push_back({});
    return;
  }
  constexpr auto all = std::numeric_limits<std::uint64_t>::max();
  const auto amount = [&](std::uint64_t n) { return n == 0 ? all : n; };
  for (const auto& table : root.tables("fidelity")) {
    Rung rung;
    rung.images = static_cast<std::uint64_t>(table.find_integer("images", 0, 1'000'000'000).value_or(0));
    rung.chips = static_cast<std::uint64_t>(table.find_integer("chips", 1, 100000).value_or(0));
    if (out.ladder.empty()) {
      if (table.has("keep"))
        throw table.error("keep", "no value on the first rung, where all points are evaluated");
    } else {
      const auto& below = out.ladder.back();
      if (amount(rung.images) < amount(below.images))
        throw table.error("images",
                          "at least as many images as on the previous rung; 0 means all of the data set");
      if (rung.chips != 0 && rung.chips < below.chips)
        throw table.error("chips", "at least as many chips as on the previous rung");
      rung.keep = table.find_real("keep", 1e-9, 1).value_or(0.5);
    }
    out.ladder.push_back(rung);
  }
  if (out.ladder.empty()) out.ladder.push_back({});
  if (out.ladder.size() > 1 && out.objectives().empty())
    throw InputError(root.where("fidelity"),
                     "'fidelity': several rungs need a metric with a goal, \"min\" or "
                     "\"max\", which decides which points are promoted");
}

/// Reports a mistake in the file's settings at the file, and not as one of the command line.
void check_settings(const TomlTable& head, const ExperimentOptions& options, Experiment& out) {
  try {
    platform::load_run_config(out.config, out.settings);
  } catch (const InputError& error) {
    throw InputError(
        head.where(),
        std::string("'experiment': the configuration given by 'config' and 'set' cannot be read: ") +
            error.what());
  }
  out.settings.insert(out.settings.end(), options.settings.begin(), options.settings.end());
  platform::load_run_config(out.config, out.settings);
}

Experiment read(const TomlDocument& document, const std::string& file, const ExperimentOptions& options) {
  Experiment out;
  const auto root = document.root();
  const auto head = root.table("experiment");
  out.file = file;
  out.options = options;
  out.text = toml_text(root);
  read_head(head, options, out);
  check_settings(head, options, out);
  out.space = detail::read_space(root, configuration_keys(out.config, out.settings));
  read_metrics(root.find_table("metrics"), out);
  read_constraints(head, out);
  read_strategy(root.table("strategy"), out);
  read_ladder(root, out);
  root.finish();
  return out;
}

}  // namespace

std::vector<Reported> Experiment::objectives() const {
  std::vector<Reported> out;
  std::copy_if(metrics.begin(), metrics.end(), std::back_inserter(out),
               [](const Reported& reported) { return reported.goal != Goal::none; });
  return out;
}

Experiment read_experiment(const std::string& path, const ExperimentOptions& options) {
  return read(TomlDocument::read(path, platform::embedded), path, options);
}

Experiment parse_experiment(std::string_view text, const std::string& name,
                            const ExperimentOptions& options) {
  return read(TomlDocument::parse(text, name, platform::embedded), name, options);
}

std::string_view strategy_name(StrategyKind kind) {
  return strategy_names[static_cast<std::size_t>(kind)];
}
std::string_view goal_name(Goal goal) {
  return goal_names[static_cast<std::size_t>(goal)];
}
std::string_view scale_name(Parameter::Scale scale) {
  return scale_names[static_cast<std::size_t>(scale)];
}

}  // namespace irc::explore
