// SPDX-License-Identifier: Apache-2.0
#include "irc/explore/campaign.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "irc/core/json.h"
#include "json_place.h"

namespace irc::explore {

using nlohmann::json;

namespace {

/// Throws where a point that was just evaluated is missing again. The exploration would never end.
void check_kept(const Store& store, const Plan& next, const std::set<std::string>& evaluated) {
  for (const auto i : next.missing)
    if (evaluated.contains(next.points[i].id))
      throw InputError(store.path() + ": point " + next.points[i].id +
                       ": its record was written and cannot be read again");
}

}  // namespace

PlannedStore plan_for(const Store& store, const Experiment& experiment, PointMaker& maker) {
  PlannedStore out{store.all(), {}};
  out.plan = plan(experiment, maker, out.records);
  for (const auto& bad : out.plan.foreign) store.report_bad(bad.id, bad.problem);
  return out;
}

bool is_known(const Store& store, const Point& point) {
  const auto record = store.find(point.id);
  if (!record) return false;
  const auto problem = foreign_record(point, *record);
  if (problem) store.report_bad(point.id, *problem);
  return !problem;
}

void keep(Store& store, const Point& point, const Record& record) {
  const auto known = store.find(point.id);
  if (known && foreign_record(point, *known)) store.forget(point.id);
  store.put(point.id, record);
}

bool evaluate_into(Store& store, const std::vector<const Point*>& points, const WorkerOptions& workers,
                   const std::function<void()>& one_done, const std::function<bool()>& stopped) {
  const auto done = [&](const Point& point, const Record& record) {
    keep(store, point, record);
    one_done();
  };
  // Another process may have evaluated the point in the meantime.
  const auto skip = [&](const Point& point) {
    if (!is_known(store, point)) return false;
    one_done();
    return true;
  };
  return evaluate(points, workers, done, skip, stopped);
}

Plan explore(const Experiment& experiment, Store& store, const WorkerOptions& workers,
             const Observer& observer) {
  PointMaker maker(experiment);
  remember_experiment(store, experiment);
  std::set<std::string> evaluated;
  while (true) {
    auto [records, next] = plan_for(store, experiment, maker);
    if (observer.stage_done && records.size() > 0) observer.stage_done(next, records);
    if (next.complete()) return next;
    check_kept(store, next, evaluated);
    std::vector<const Point*> missing;
    for (const auto i : next.missing) missing.push_back(&next.points[i]);
    std::uint64_t count = 0;
    // Clang 14 does not capture a name of a structured binding.
    const auto one_done = [&, stage = next.stage] {
      if (observer.progress) observer.progress(stage, ++count, missing.size());
    };
    if (observer.progress) observer.progress(next.stage, 0, missing.size());
    evaluate_into(store, missing, workers, one_done, [] { return false; });
    for (const auto* point : missing) evaluated.insert(point->id);
  }
}

void remember_experiment(Store& store, const Experiment& experiment) {
  std::error_code ignored;
  const bool is_file = std::filesystem::exists(experiment.file, ignored);
  json out = {
      {"file", is_file ? std::filesystem::absolute(experiment.file).string() : "embedded:" + experiment.file},
      {"text", experiment.text},
      {"settings", experiment.options.settings}};
  if (experiment.options.seed) out["seed"] = *experiment.options.seed;
  const auto text = out.dump();
  if (store.experiment() != text) store.set_experiment(text);
}

Experiment read_stored_experiment(const Store& store) {
  const auto text = store.experiment();
  if (text.empty())
    throw InputError(store.path() + ": holds no experiment; name the experiment file instead of the store");
  const auto source = store.path() + ": meta.experiment";
  const auto document = parse_json(text, source);
  const detail::JsonPlace stored(document, source);
  ExperimentOptions options;
  const auto settings = stored.member("settings", "an array of texts");
  for (std::size_t i = 0; i < settings.size(); ++i) options.settings.push_back(settings.item(i).text());
  if (stored.has("seed")) options.seed = stored.member("seed", "an integer").whole();
  return parse_experiment(stored.member("text", "a text").text(), stored.member("file", "a text").text(),
                          options);
}

}  // namespace irc::explore
