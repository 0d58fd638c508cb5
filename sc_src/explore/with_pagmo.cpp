// SPDX-License-Identifier: Apache-2.0
// The only file that uses pagmo, for search and hypervolume.
#include <algorithm>
#include <cmath>
#include <pagmo/algorithms/nsga2.hpp>
#include <pagmo/bfe.hpp>
#include <pagmo/population.hpp>
#include <pagmo/problem.hpp>
#include <pagmo/utils/hypervolume.hpp>

#include "irc/core/random.h"
#include "irc/explore/design.h"
#include "planner.h"

namespace irc::explore {

namespace {

using pagmo::vector_double;

/// Thrown through pagmo to end the search: a generation has points without a result, or enough points have
/// been evaluated.
struct SearchEnds {};

/// The i-th of n equal parts of a vector.
vector_double part(const vector_double& whole, std::size_t i, std::size_t n) {
  const auto width = whole.size() / n;
  const auto begin = whole.begin() + static_cast<std::ptrdiff_t>(i * width);
  return {begin, begin + static_cast<std::ptrdiff_t>(width)};
}

/// pagmo puts integers after the real numbers; parameters have the experiment's order.
struct Layout {
  std::vector<std::size_t> order;  ///< parameter at each place of pagmo's vector
  std::size_t integers = 0;

  explicit Layout(const Space& space) {
    for (std::size_t p = 0; p < space.parameters.size(); ++p)
      if (space.parameters[p].continuous()) order.push_back(p);
    integers = space.parameters.size() - order.size();
    for (std::size_t p = 0; p < space.parameters.size(); ++p)
      if (!space.parameters[p].continuous()) order.push_back(p);
  }
};

class Evaluation {
 public:
  explicit Evaluation(detail::Planner& planner) : planner_(planner), layout_(planner.experiment().space) {}

  const Layout& layout() const { return layout_; }
  std::size_t objectives() const { return planner_.experiment().objectives().size(); }

  std::pair<vector_double, vector_double> bounds() const {
    vector_double low, high;
    for (const auto p : layout_.order) {
      const auto& parameter = planner_.experiment().space.parameters[p];
      low.push_back(0);
      high.push_back(parameter.continuous() ? 1 : static_cast<double>(parameter.values.size() - 1));
    }
    return {low, high};
  }

  /// Spread over the space by Sobol's sequence, because random points would leave holes.
  vector_double first_generation() const {
    auto sampled = planner_.experiment();
    sampled.strategy.kind = StrategyKind::sobol;
    sampled.strategy.points = sampled.strategy.population;
    vector_double out;
    for (const auto& u : sample(sampled))
      for (const auto p : layout_.order) {
        const auto& parameter = sampled.space.parameters[p];
        const auto count = static_cast<double>(parameter.values.size());
        out.push_back(parameter.continuous() ? u[p] : std::min(std::floor(u[p] * count), count - 1));
      }
    return out;
  }

  /// Fitness of a whole generation, as concatenated vectors. Throws SearchEnds.
  vector_double generation(const vector_double& decisions) {
    const auto width = layout_.order.size();
    const auto most = planner_.experiment().strategy.points;
    if (most != 0 && planner_.size() >= most) throw SearchEnds{};
    planner_.set_stage("generation " + std::to_string(generation_) + " of " +
                       std::to_string(planner_.experiment().strategy.generations));
    ++generation_;
    std::vector<const Outcome*> outcomes;
    for (std::size_t at = 0; at < decisions.size(); at += width)
      outcomes.push_back(planner_.ask(assignment(std::span(decisions).subspan(at, width)), 0));
    if (!planner_.complete()) throw SearchEnds{};
    vector_double fitness;
    for (const auto* outcome : outcomes)
      for (const double value : outcome->ranking()) fitness.push_back(distinct(value));
    return fitness;
  }

 private:
  Assignment assignment(std::span<const double> decision) const {
    const auto& space = planner_.experiment().space;
    std::vector<double> u(decision.size());
    for (std::size_t i = 0; i < decision.size(); ++i) {
      const auto& parameter = space.parameters[layout_.order[i]];
      u[layout_.order[i]] = parameter.continuous()
                                ? decision[i]
                                : (decision[i] + 0.5) / static_cast<double>(parameter.values.size());
    }
    return space.at(u);
  }

  /// Makes equal values distinct; the earlier is slightly better. Copies then fall behind, and pagmo never
  /// divides by the zero width of a front in which all are equal.
  double distinct(double value) {
    return value + (std::abs(value) * 1e-13 + 1e-300) * static_cast<double>(++count_);
  }

  detail::Planner& planner_;
  Layout layout_;
  std::uint64_t generation_ = 0, count_ = 0;
};

/// The problem and its evaluator for pagmo. pagmo copies and creates them freely, so they only hold a
/// pointer.
struct Problem {
  Evaluation* evaluation = nullptr;
  vector_double fitness(const vector_double& decision) const { return evaluation->generation(decision); }
  std::pair<vector_double, vector_double> get_bounds() const { return evaluation->bounds(); }
  vector_double::size_type get_nobj() const { return evaluation->objectives(); }
  vector_double::size_type get_nix() const { return evaluation->layout().integers; }
  template <typename Archive>
  void serialize(Archive&, unsigned) {}
};

struct Batch {
  Evaluation* evaluation = nullptr;
  vector_double operator()(const pagmo::problem&, const vector_double& decisions) const {
    return evaluation->generation(decisions);
  }
  template <typename Archive>
  void serialize(Archive&, unsigned) {}
};

}  // namespace

void detail::replay_nsga2(Planner& planner) {
  const auto& experiment = planner.experiment();
  const auto& strategy = experiment.strategy;
  const CounterRandom seeds(experiment.seed, Stream::exploration);
  const auto seed = [&](std::uint64_t index) { return static_cast<unsigned>(seeds.bits(index)); };
  Evaluation evaluation(planner);
  try {
    pagmo::population population(pagmo::problem(Problem{&evaluation}), pagmo::population::size_type{0},
                                 seed(0));
    const auto first = evaluation.first_generation();
    const auto fitness = evaluation.generation(first);
    for (std::size_t i = 0; i < strategy.population; ++i)
      population.push_back(part(first, i, strategy.population), part(fitness, i, strategy.population));
    pagmo::nsga2 search(static_cast<unsigned>(strategy.generations), strategy.crossover, 10.0,
                        strategy.mutation, 20.0, seed(1));
    search.set_bfe(pagmo::bfe(Batch{&evaluation}));
    search.evolve(population);
  } catch (const SearchEnds&) {
    // Ends the search. The planner knows which points are missing.
  }
}

bool has_pagmo() {
  return true;
}

double hypervolume(std::span<const Objectives> points, const Objectives& reference) {
  std::vector<vector_double> below;
  for (const auto& point : points)
    if (std::equal(point.begin(), point.end(), reference.begin(), std::less<>())) below.push_back(point);
  return below.empty() ? 0 : pagmo::hypervolume(below).compute(reference);
}

}  // namespace irc::explore
