// SPDX-License-Identifier: Apache-2.0
#include "irc/explore/point.h"

#include <algorithm>
#include <sstream>

#include "digest.h"
#include "irc/explore/design.h"
#include "irc/platform/resources.h"
#include "irc/platform/workload.h"

namespace irc::explore {

namespace {

/// Assignments that sample the whole space to try its values.
std::vector<Assignment> probes(const Experiment& experiment) {
  if (experiment.strategy.kind != StrategyKind::nsga2) return design(experiment);
  Experiment sampled = experiment;
  sampled.strategy.kind = StrategyKind::sobol;
  sampled.strategy.points = 256;
  return design(sampled);
}

/// Why no probe resolves with this value of the parameter; empty if one does.
std::string trouble(const Experiment& experiment, PointMaker& maker, const std::vector<Assignment>& points,
                    std::size_t parameter, const Value& value) {
  std::string first;
  for (auto assignment : points) {
    if (!assignment[parameter]) continue;
    // The value may switch other parameters on or off. The probe then says nothing about it.
    assignment[parameter] = value;
    const auto counts = [&](std::size_t p) {
      return experiment.space.counts(p, assignment) == assignment[p].has_value();
    };
    bool consistent = true;
    for (std::size_t p = 0; p < assignment.size(); ++p) consistent = consistent && counts(p);
    if (!consistent) continue;
    const auto point = maker.make(assignment, 0);
    if (point.config_error.empty()) return {};
    if (first.empty()) first = point.config_error;
  }
  return first;
}

std::string address_head() {
  return std::string("irc point 1\ncode ") + code_version + "\n";
}

/// A resolved configuration without the lines of [run] that hold paths. platform::to_toml writes each value
/// on a line of its own.
std::string without_paths(const std::string& config_toml) {
  std::string out, line;
  bool in_run = false;
  for (std::istringstream in(config_toml); std::getline(in, line);) {
    if (line.starts_with("[")) in_run = line == "[run]";
    const bool is_path =
        line.starts_with("model =") || line.starts_with("images =") || line.starts_with("image_root =");
    if (!in_run || !is_path) out += line + "\n";
  }
  return out;
}

}  // namespace

bool same_configuration(const std::string& a_toml, const std::string& b_toml) {
  return a_toml == b_toml || without_paths(a_toml) == without_paths(b_toml);
}

std::optional<std::string> foreign_record(const Point& point, const Record& record) {
  if (same_configuration(record.config_toml, point.config_toml)) return std::nullopt;
  return "config_toml is not the configuration of this content address; expected the configuration of the "
         "point";
}

std::vector<std::string> PointMaker::overrides(const Assignment& assignment, std::size_t rung) const {
  auto out = experiment_.settings;
  const auto& ladder = experiment_.ladder[rung];
  if (ladder.images != 0) out.push_back("run.limit=" + std::to_string(ladder.images));
  if (ladder.chips != 0) out.push_back("run.chips=" + std::to_string(ladder.chips));
  const auto own = experiment_.space.overrides(assignment);
  out.insert(out.end(), own.begin(), own.end());
  return out;
}

const std::string& ConfigPoints::digest_of(const std::string& path) {
  const auto known = digests_.find(path);
  if (known != digests_.end()) return known->second;
  return digests_.emplace(path, detail::content_digest(path)).first->second;
}

std::string ConfigPoints::address_of(platform::RunConfig config) {
  const auto& model = digest_of(config.run.model);
  const auto& images = digest_of(config.run.images);
  config.run.model = config.run.images = config.run.image_root = "";
  return sha256(address_head() + "model " + model + "\nimages " + images + "\n" + platform::to_toml(config));
}

std::string ConfigPoints::address(const std::string& config_toml) {
  return address_of(platform::resolve(TomlDocument::parse(config_toml, "point", platform::embedded)));
}

Point ConfigPoints::make(const std::string& base, const std::vector<std::string>& settings) {
  Point point;
  point.config = base;
  point.settings = settings;
  try {
    auto config = platform::load_run_config(base, settings);
    config.run.threads = 0;
    config.run.draw = 0;
    config.run.write_head = false;
    point.config_toml = platform::to_toml(config);
    point.id = address_of(std::move(config));
  } catch (const InputError& error) {
    point.config_toml.clear();
    point.config_error = error.what();
    std::string lines;
    for (const auto& setting : settings) lines += setting + "\n";
    point.id = sha256(address_head() + "wrong\n" + base + "\n" + lines);
  }
  return point;
}

Point PointMaker::make(const Assignment& assignment, std::size_t rung) {
  auto point = points_.make(experiment_.config, overrides(assignment, rung));
  point.assignment = assignment;
  point.rung = rung;
  return point;
}

std::string PointMaker::config_diff(const Point& point) const {
  const auto text = "base = " + toml_quoted(experiment_.config) + "\n";
  const auto settings = TomlDocument::parse("", "", {}, overrides(point.assignment, point.rung));
  return text + "\n" + toml_text(settings.root());
}

void check_values(const Experiment& experiment, PointMaker& maker) {
  const auto points = probes(experiment);
  for (std::size_t p = 0; p < experiment.space.parameters.size(); ++p) {
    const auto& parameter = experiment.space.parameters[p];
    const auto values =
        parameter.continuous() ? std::vector<Value>{parameter.low, parameter.high} : parameter.values;
    for (const auto& value : values) {
      const auto words = trouble(experiment, maker, points, p, value);
      if (!words.empty())
        throw InputError(
            parameter.where,
            "parameter '" + parameter.name + "': with the value " + value_text(value) +
                " no point of the experiment has a valid configuration. The first says: " + words);
    }
  }
}

}  // namespace irc::explore
