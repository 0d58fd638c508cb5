// SPDX-License-Identifier: Apache-2.0
#include "irc/explore/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "irc/core/printable.h"

namespace irc::explore {

namespace {

std::string plain(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text ? printable(*text) : value_text(value);
}

using Line = std::vector<std::string>;

/// Aligns columns, with a rule below the first line.
std::string aligned(const std::vector<Line>& lines) {
  std::vector<std::size_t> widths(lines.front().size(), 0);
  for (const auto& line : lines)
    for (std::size_t c = 0; c < line.size(); ++c) widths[c] = std::max(widths[c], line[c].size());
  std::string out;
  for (const auto& line : lines) {
    for (std::size_t c = 0; c < line.size(); ++c)
      out += fmt::format("{}{:>{}}", c == 0 ? "" : "  ", line[c], widths[c]);
    out += "\n";
  }
  return out;
}

/// Four digits, in the usual multiple of the unit.
std::string shown(const Metric& metric, double value) {
  if (metric.unit == "J") return fmt::format("{:.4g} uJ", value * 1e6);
  if (metric.unit == "s") return fmt::format("{:.4g} us", value * 1e6);
  if (metric.unit == "m2") return fmt::format("{:.4g} mm2", value * 1e6);
  return fmt::format("{:.4g}", value);
}

std::string shown(const std::optional<Value>& value) {
  if (!value) return "-";
  const auto* number = std::get_if<double>(&*value);
  return number ? fmt::format("{:.4g}", *number) : plain(*value);
}

}  // namespace

std::vector<Row> rows_of(const Experiment& experiment, const Plan& plan, const Records& records) {
  std::vector<Row> rows;
  std::vector<Outcome> outcomes;
  std::size_t top = 0;
  const std::set<std::size_t> missing(plan.missing.begin(), plan.missing.end());
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    const auto& point = plan.points[i];
    const auto record = records.find(point.id);
    if (record == records.end() || missing.contains(i)) continue;
    rows.push_back({&point, outcome_of(experiment, record->second), false});
    outcomes.push_back(rows.back().outcome);
    top = std::max(top, point.rung);
  }
  std::vector<bool> eligible;
  for (const auto& row : rows) eligible.push_back(row.point->rung == top);
  for (const auto i : front_of(outcomes, eligible)) rows[i].on_front = true;
  return rows;
}

std::string front_text(const Experiment& experiment, const std::vector<Row>& rows, std::size_t most) {
  std::vector<const Row*> front;
  for (const auto& row : rows)
    if (row.on_front) front.push_back(&row);
  if (front.empty()) return "no feasible point\n";
  // Sorted by the first objective, which is the order along the front.
  std::stable_sort(front.begin(), front.end(), [](const Row* a, const Row* b) {
    return a->outcome.objectives.front() < b->outcome.objectives.front();
  });
  std::vector<Line> lines{{"point"}};
  for (const auto& parameter : experiment.space.parameters)
    lines.front().push_back(printable(parameter.label));
  for (const auto& reported : experiment.metrics) lines.front().emplace_back(reported.metric.name);
  for (const auto* row : front) {
    if (lines.size() > most) break;
    Line line{row->point->id.substr(0, 8)};
    for (const auto& value : row->point->assignment) line.push_back(shown(value));
    for (std::size_t m = 0; m < experiment.metrics.size(); ++m)
      line.push_back(shown(experiment.metrics[m].metric, row->outcome.values[m]));
    lines.push_back(std::move(line));
  }
  const auto more = front.size() + 1 - lines.size();
  return aligned(lines) + (more > 0 ? fmt::format("and {} more on the front\n", more) : "");
}

}  // namespace irc::explore
