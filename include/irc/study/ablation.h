// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "irc/study/ablation_study.h"
#include "irc/study/evaluation.h"
#include "irc/study/statistics.h"

namespace irc::study {

/// One design: a set of techniques.
struct Rung {
  enum class Kind { naive, added, ladder, removed, robust };
  Kind kind = Kind::naive;
  std::string label;
  std::vector<bool> on;            ///< by technique
  std::vector<std::string> tags;   ///< of its net, sorted
  std::string model;               ///< empty: there is no such net
  std::vector<std::string> notes;  ///< of the adjustments it needed
};

/// Conditions: which sources of error are on.
struct Column {
  std::string name, label;
  std::vector<std::string> settings;  ///< every switch
  Amount amount;
};

/// Naive, each technique added alone, the steps of the ladder between (the first and the last step are
/// among the former and the latter), each technique removed alone, robust. No design twice.
std::vector<Rung> rungs_of(const AblationStudy& study);
/// `none`, each nonideality alone, `all`.
std::vector<Column> columns_of(const AblationStudy& study);
/// The evaluation at a rung's place in a column; the rung must have a net.
Evaluation evaluation_of(const AblationStudy& study, const Rung& rung, const Column& column);

/// What a technique does with everything on: change of the nonideal mAP.
struct Effect {
  std::optional<Mean> added;    ///< naive with it, less naive
  std::optional<Mean> removed;  ///< robust, less robust without it
  std::optional<double> added_ideal,
      removed_ideal;  ///< the same of the ideal mAP: what the net itself changes
};

/// A study with its results.
struct Ablation {
  AblationStudy study;
  std::vector<Rung> rungs;
  std::vector<Column> columns;
  /// By rung and column; nothing where the rung has no net.
  std::vector<std::vector<std::optional<Outcome>>> outcomes;
  std::vector<Effect> effects;  ///< by technique; empty where a side is not done
  std::size_t failed = 0;       ///< outcomes that failed, refused ones not counted

  /// The outcome of a rung under all nonidealities, or null where it is not done.
  const Outcome* under_all(std::size_t rung) const;
};

/// Puts outcomes in their places and works out the effects.
Ablation assemble(const AblationStudy& study, std::vector<std::vector<std::optional<Outcome>>> outcomes);

/// Evaluates what the store lacks. Throws as `evaluate` does.
Ablation run_ablation(const AblationStudy& study, explore::Store& store,
                      const explore::WorkerOptions& workers, const Progress& progress);

/// ablation.md, ablation.csv and the document of --json. Nothing in them depends on machine, workers or
/// interruptions.
std::string to_markdown(const Ablation& ablation);
std::string to_csv(const Ablation& ablation);
nlohmann::json to_json(const Ablation& ablation);

/// Draws ablation.svg and ablation.png into `folder`. Empty, or why there is no figure.
std::string draw_ablation(const Ablation& ablation, const std::string& folder);

}  // namespace irc::study
