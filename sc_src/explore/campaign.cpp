// SPDX-License-Identifier: Apache-2.0
#include "irc/explore/campaign.h"

#include <filesystem>
#include <nlohmann/json.hpp>

namespace irc::explore {

using nlohmann::json;

bool evaluate_into(Store& store, const std::vector<const Point*>& points, const WorkerOptions& workers,
                   const std::function<void()>& one_done, const std::function<bool()>& stopped) {
  const auto done = [&](const Point& point, const Record& record) {
    store.put(point.id, record);
    one_done();
  };
  // Another process may have evaluated the point in the meantime.
  const auto skip = [&](const Point& point) {
    if (!store.contains(point.id)) return false;
    one_done();
    return true;
  };
  return evaluate(points, workers, done, skip, stopped);
}

Plan explore(const Experiment& experiment, Store& store, const WorkerOptions& workers,
             const Observer& observer) {
  PointMaker maker(experiment);
  remember_experiment(store, experiment);
  while (true) {
    const auto records = store.all();
    auto next = plan(experiment, maker, records);
    if (observer.stage_done && records.size() > 0) observer.stage_done(next, records);
    if (next.complete()) return next;
    std::vector<const Point*> missing;
    for (const auto i : next.missing) missing.push_back(&next.points[i]);
    std::uint64_t count = 0;
    const auto one_done = [&] {
      if (observer.progress) observer.progress(next.stage, ++count, missing.size());
    };
    if (observer.progress) observer.progress(next.stage, 0, missing.size());
    evaluate_into(store, missing, workers, one_done, [] { return false; });
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
  const auto stored = json::parse(store.experiment(), nullptr, false);
  if (!stored.is_object())
    throw InputError(store.path() + ": holds no experiment; name the experiment file instead of the store");
  ExperimentOptions options;
  options.settings = stored.at("settings").get<std::vector<std::string>>();
  if (stored.contains("seed")) options.seed = stored.at("seed").get<std::uint64_t>();
  return parse_experiment(stored.at("text").get<std::string>(), stored.at("file").get<std::string>(),
                          options);
}

}  // namespace irc::explore
