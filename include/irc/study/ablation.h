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

/// One design of an ablation: a set of techniques.
struct Rung {
  /// The place of a design in the table.
  enum class Kind {
    naive,    ///< no technique
    added,    ///< one technique added to the naive design
    ladder,   ///< a step of the ladder from naive to robust
    removed,  ///< one technique removed from the robust design
    robust    ///< all techniques
  };
  Kind kind = Kind::naive;         ///< place in the table
  std::string label;               ///< for people
  std::vector<bool> on;            ///< per technique: whether it is on
  std::vector<std::string> tags;   ///< training tags of its detector, sorted
  std::string model;               ///< the detector; empty if there is none
  std::vector<std::string> notes;  ///< of the adjustments that it needed
};

/// One set of conditions: which sources of error are on.
struct Column {
  std::string name,                   ///< short name
      label;                          ///< for people
  std::vector<std::string> settings;  ///< every switch, "section.key=value"
  Amount amount;                      ///< images and chips
};

/// All designs without duplicates: naive, each technique added alone, the steps of the ladder between, each
/// technique removed alone, robust. The ladder's first and last step are already among the added and removed
/// ones.
std::vector<Rung> rungs_of(const AblationStudy& study);
/// The columns: `none`, each nonideality alone, `all`.
std::vector<Column> columns_of(const AblationStudy& study);
/// The evaluation of a design in a column. The design must have a detector.
Evaluation evaluation_of(const AblationStudy& study, const Rung& rung, const Column& column);

/// The effect of a technique with all nonidealities on, as a change of the nonideal mAP.
struct Effect {
  std::optional<Mean> added;          ///< naive with the technique, minus naive
  std::optional<Mean> removed;        ///< robust, minus robust without the technique
  std::optional<double> added_ideal,  ///< like `added` for the ideal mAP: the effect on the network itself
      removed_ideal;                  ///< like `removed` for the ideal mAP
};

/// A study with its results.
struct Ablation {
  AblationStudy study;          ///< as read
  std::vector<Rung> rungs;      ///< the designs
  std::vector<Column> columns;  ///< the conditions
  /// By design and column; nothing where the design has no detector.
  std::vector<std::vector<std::optional<Outcome>>> outcomes;
  std::vector<Effect> effects;  ///< per technique; a value is empty where one of its sides is not done
  std::size_t failed = 0;       ///< number of failed outcomes; refused ones do not count

  /// The outcome of a design under all nonidealities, or nullptr where it is not done.
  const Outcome* under_all(std::size_t rung) const;
};

/// Combines outcomes, given by design and column, with the study and computes the effects.
Ablation assemble(const AblationStudy& study, std::vector<std::vector<std::optional<Outcome>>> outcomes);

/// Evaluates what the store lacks and assembles the result. Throws as `evaluate` does.
Ablation run_ablation(const AblationStudy& study, explore::Store& store,
                      const explore::WorkerOptions& workers, const Progress& progress);

/// The content of ablation.md. Like the next two, it does not depend on machine, workers or interruptions.
std::string to_markdown(const Ablation& ablation);
/// The content of ablation.csv.
std::string to_csv(const Ablation& ablation);
/// The document of --json.
nlohmann::json to_json(const Ablation& ablation);

/// Draws ablation.svg and ablation.png into `folder`. Returns the reason why there is no figure, or an empty
/// string.
std::string draw_ablation(const Ablation& ablation, const std::string& folder);

}  // namespace irc::study
