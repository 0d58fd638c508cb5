// SPDX-License-Identifier: Apache-2.0
#include "irc/study/evaluation.h"

#include <nlohmann/json.hpp>
#include <set>

#include "irc/core/error.h"
#include "irc/core/json.h"
#include "irc/explore/campaign.h"
#include "irc/explore/metrics.h"
#include "irc/explore/point.h"
#include "irc/explore/record_check.h"

namespace irc::study {

namespace {

using nlohmann::json;

double value(const char* name, const json& result) {
  return explore::metric_value(*explore::find_metric(name), result, 0);
}

void read_result(const json& result, Outcome& out) {
  out.map_ideal = value("map_ideal", result);
  out.map = value("map_nonideal", result);
  out.map_worst = value("map_worst", result);
  out.map_std = value("map_std", result);
  out.map_ci95 = result.at("map").at("ci95").get<double>();
  out.map_per_chip = result.at("map").at("per_chip").get<std::vector<double>>();
  out.energy_j = value("energy_j_per_image", result);
  out.latency_s = value("latency_s_per_image", result);
  out.bit_error_rate = value("bit_error_rate", result);
  out.images = result.at("images").get<std::uint64_t>();
}

/// The points that the store lacks, each once, in the order of the evaluations.
std::vector<const explore::Point*> to_evaluate(const std::vector<explore::Point>& points,
                                               const explore::Store& store) {
  std::vector<const explore::Point*> missing;
  std::set<std::string> seen;
  for (const auto& point : points)
    if (seen.insert(point.id).second && !explore::is_known(store, point)) missing.push_back(&point);
  return missing;
}

}  // namespace

Outcome outcome_of(const explore::Record& record, bool refused) {
  Outcome out;
  out.wall_s = record.wall_s;
  if (record.status == explore::Record::Status::failed) {
    out.status = refused ? Outcome::Status::refused : Outcome::Status::failed;
    out.error = record.error;
    return out;
  }
  try {
    const auto result = parse_json(record.result, "result");
    if (const auto problem = explore::result_problem(result))
      throw InputError("the stored result cannot be used: " + *problem);
    read_result(result, out);
    out.status = Outcome::Status::done;
  } catch (const InputError& error) {
    out.error = error.what();  // for instance because the run has no mAP
  }
  return out;
}

std::vector<Outcome> evaluate(const std::vector<Evaluation>& evaluations, explore::Store& store,
                              const explore::WorkerOptions& workers, const Progress& progress) {
  explore::ConfigPoints maker;
  std::vector<explore::Point> points;
  points.reserve(evaluations.size());
  for (const auto& evaluation : evaluations)
    points.push_back(maker.make(evaluation.config, evaluation.settings));
  const auto missing = to_evaluate(points, store);
  std::size_t done = 0;
  const auto tell = [&] {
    if (progress) progress(done, missing.size());
  };
  tell();
  explore::evaluate_into(
      store, missing, workers,
      [&] {
        ++done;
        tell();
      },
      [] { return false; });
  std::vector<Outcome> out;
  out.reserve(points.size());
  for (const auto& point : points) {
    const auto record = store.find(point.id);
    if (!record) throw InternalError("an evaluated point is not in the store " + store.path());
    out.push_back(outcome_of(*record, !point.config_error.empty()));
  }
  return out;
}

}  // namespace irc::study
