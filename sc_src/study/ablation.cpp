// SPDX-License-Identifier: Apache-2.0
// The designs and conditions of an ablation, their evaluations, and the effects of the techniques.
#include "irc/study/ablation.h"

#include <algorithm>

#include "irc/core/toml.h"

namespace irc::study {

namespace {

bool all_of(const std::vector<std::size_t>& techniques, const std::vector<bool>& on, bool wanted) {
  return std::all_of(techniques.begin(), techniques.end(),
                     [&](std::size_t technique) { return on[technique] == wanted; });
}

bool applies(const Adjustment& adjustment, const std::vector<bool>& on) {
  return all_of(adjustment.on, on, true) && all_of(adjustment.off, on, false);
}

Rung make_rung(const AblationStudy& study, Rung::Kind kind, std::string label, std::vector<bool> on) {
  Rung rung;
  rung.kind = kind;
  rung.label = std::move(label);
  for (std::size_t t = 0; t < on.size(); ++t)
    if (on[t] && !study.techniques[t].net.empty()) rung.tags.push_back(study.techniques[t].net);
  std::sort(rung.tags.begin(), rung.tags.end());
  rung.tags.erase(std::unique(rung.tags.begin(), rung.tags.end()), rung.tags.end());
  for (const auto& net : study.nets)
    if (net.tags == rung.tags) rung.model = net.model;
  for (const auto& adjustment : study.adjustments)
    if (applies(adjustment, on)) rung.notes.push_back(adjustment.note);
  rung.on = std::move(on);
  return rung;
}

std::optional<std::size_t> find_rung(const std::vector<Rung>& rungs, const std::vector<bool>& on) {
  for (std::size_t r = 0; r < rungs.size(); ++r)
    if (rungs[r].on == on) return r;
  return std::nullopt;
}

/// Change from one design to another; nothing where one of them is not done.
void compare(const Outcome* from, const Outcome* to, std::optional<Mean>& change,
             std::optional<double>& ideal) {
  if (from == nullptr || to == nullptr) return;
  change = paired_difference(to->map_per_chip, from->map_per_chip);
  ideal = to->map_ideal - from->map_ideal;
}

Effect effect_of(const Ablation& ablation, std::size_t technique) {
  const std::size_t n = ablation.study.techniques.size();
  std::vector<bool> added(n, false), removed(n, true);
  added[technique] = true;
  removed[technique] = false;
  const auto under_all = [&](const std::vector<bool>& on) {
    return ablation.under_all(*find_rung(ablation.rungs, on));
  };
  Effect out;
  compare(under_all(std::vector<bool>(n, false)), under_all(added), out.added, out.added_ideal);
  compare(under_all(removed), under_all(std::vector<bool>(n, true)), out.removed, out.removed_ideal);
  return out;
}

}  // namespace

std::vector<Rung> rungs_of(const AblationStudy& study) {
  const std::size_t n = study.techniques.size();
  const std::vector<bool> every(n, true);
  std::vector<Rung> rungs;
  const auto add = [&](Rung::Kind kind, const std::string& label, const std::vector<bool>& on) {
    if (!find_rung(rungs, on) && on != every) rungs.push_back(make_rung(study, kind, label, on));
  };
  const auto& label = [&](std::size_t t) -> const std::string& { return study.techniques[t].label; };
  std::vector<bool> on(n, false);
  add(Rung::Kind::naive, "naive", on);
  for (std::size_t t = 0; t < n; ++t) {
    on.assign(n, false);
    on[t] = true;
    add(Rung::Kind::added, "naive + " + label(t), on);
  }
  on.assign(n, false);
  for (std::size_t t = 0; t + 1 < n; ++t) {
    on[t] = true;
    // The last but one step equals the robust design without the last technique, which is listed there.
    if (t + 2 < n) add(Rung::Kind::ladder, "step " + std::to_string(t + 1) + ": ... + " + label(t), on);
  }
  for (std::size_t t = 0; t < n; ++t) {
    on = every;
    on[t] = false;
    add(Rung::Kind::removed, "robust - " + label(t), on);
  }
  rungs.push_back(make_rung(study, Rung::Kind::robust, "robust", every));
  return rungs;
}

std::vector<Column> columns_of(const AblationStudy& study) {
  std::vector<Column> columns;
  const auto add = [&](const std::string& name, const std::string& label, const Amount& amount,
                       const auto& is_on) {
    Column column{name, label, {}, amount};
    for (const auto& [key, value] : study.switches)
      column.settings.push_back(key + "=" + (is_on(key) ? value : "false"));
    columns.push_back(std::move(column));
  };
  add("none", "none", {study.whole.images, 1}, [](const std::string&) { return false; });
  for (const auto& nonideality : study.nonidealities)
    add(nonideality.name, nonideality.label, study.single, [&](const std::string& key) {
      return std::find(nonideality.on.begin(), nonideality.on.end(), key) != nonideality.on.end();
    });
  add("all", "all", study.whole, [](const std::string&) { return true; });
  return columns;
}

Evaluation evaluation_of(const AblationStudy& study, const Rung& rung, const Column& column) {
  Evaluation out{study.naive, study.settings};
  for (std::size_t t = 0; t < study.techniques.size(); ++t)
    for (const auto& key : study.techniques[t].keys)
      out.settings.push_back(key + "=" + (rung.on[t] ? study.robust_values : study.naive_values).at(key));
  for (const auto& adjustment : study.adjustments)
    if (applies(adjustment, rung.on))
      out.settings.insert(out.settings.end(), adjustment.settings.begin(), adjustment.settings.end());
  out.settings.insert(out.settings.end(), column.settings.begin(), column.settings.end());
  for (const auto& setting :
       {"run.model=" + toml_quoted(rung.model), "run.seed=" + std::to_string(study.seed),
        "run.chips=" + std::to_string(column.amount.chips),
        "run.limit=" + std::to_string(column.amount.images), std::string("run.nonideal_images=0"),
        std::string("trace.formats=\"\"")})
    out.settings.push_back(setting);
  return out;
}

const Outcome* Ablation::under_all(std::size_t rung) const {
  const auto& outcome = outcomes[rung].back();
  return outcome && outcome->done() ? &*outcome : nullptr;
}

Ablation assemble(const AblationStudy& study, std::vector<std::vector<std::optional<Outcome>>> outcomes) {
  Ablation out{study, rungs_of(study), columns_of(study), std::move(outcomes), {}, 0};
  for (const auto& row : out.outcomes)
    for (const auto& outcome : row)
      if (outcome && outcome->status == Outcome::Status::failed) ++out.failed;
  for (std::size_t t = 0; t < study.techniques.size(); ++t) out.effects.push_back(effect_of(out, t));
  return out;
}

Ablation run_ablation(const AblationStudy& study, explore::Store& store,
                      const explore::WorkerOptions& workers, const Progress& progress) {
  const auto rungs = rungs_of(study);
  const auto columns = columns_of(study);
  std::vector<Evaluation> evaluations;
  for (const auto& rung : rungs)
    if (!rung.model.empty())
      for (const auto& column : columns) evaluations.push_back(evaluation_of(study, rung, column));
  auto results = evaluate(evaluations, store, workers, progress);
  std::vector<std::vector<std::optional<Outcome>>> outcomes;
  auto next = results.begin();
  for (const auto& rung : rungs) {
    outcomes.emplace_back(columns.size());
    if (rung.model.empty()) continue;
    for (auto& outcome : outcomes.back()) outcome = std::move(*next++);
  }
  return assemble(study, std::move(outcomes));
}

}  // namespace irc::study
