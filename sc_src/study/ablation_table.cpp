// SPDX-License-Identifier: Apache-2.0
// Writes an ablation as tables for people: ablation.md.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ablation_text.h"

namespace irc::study {

namespace detail {

std::string_view kind_name(Rung::Kind kind) {
  constexpr std::string_view names[] = {"naive", "added", "ladder", "removed", "robust"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view status_name(const std::optional<Outcome>& outcome) {
  if (!outcome) return "no_net";
  constexpr std::string_view names[] = {"done", "refused", "failed"};
  return names[static_cast<std::size_t>(outcome->status)];
}

std::string points(double share) {
  const auto text = fmt::format("{:.1f}", 100 * share);
  return text == "-0.0" ? "0.0" : text;
}

std::string signed_points(double share) {
  const auto text = points(share);
  return text.starts_with('-') || text == "0.0" ? text : "+" + text;
}

}  // namespace detail

namespace {

using detail::points;
using detail::signed_points;

/// Escapes vertical bars, which would end a cell of a Markdown table.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string table_row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const auto& text : cells) out += " " + cell(text) + " |";
  return out + "\n";
}

std::string table_head(const std::vector<std::string>& cells) {
  std::string out = table_row(cells) + "|---|";
  for (std::size_t i = 1; i < cells.size(); ++i) out += "---:|";
  return out + "\n";
}

/// Numbered notes below the tables, each listed once.
class Notes {
 public:
  std::string mark(const std::string& text) {
    const auto known = std::find(texts_.begin(), texts_.end(), text);
    const auto number = static_cast<std::size_t>(known - texts_.begin()) + 1;
    if (known == texts_.end()) texts_.push_back(text);
    return " [" + std::to_string(number) + "]";
  }
  std::string text() const {
    std::string out;
    for (std::size_t i = 0; i < texts_.size(); ++i)
      out += std::to_string(i + 1) + ". " + cell(texts_[i]) + "\n";
    return out;
  }

 private:
  std::vector<std::string> texts_;
};

std::string list(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out.empty() ? "none" : out;
}

/// The text that replaces a missing number; empty where there is a number.
std::string missing(const Rung& rung, const std::optional<Outcome>& outcome, Notes& notes) {
  if (!outcome)
    return "no such net" +
           notes.mark("no detector is given that was trained with exactly these techniques: " +
                      list(rung.tags));
  if (outcome->done()) return {};
  const bool refused = outcome->status == Outcome::Status::refused;
  return (refused ? "refused" : "failed") + notes.mark(outcome->error);
}

std::string mean_std(const Outcome& outcome) {
  if (outcome.map_per_chip.size() < 2) return points(outcome.map);
  return points(outcome.map) + " ± " + points(outcome.map_std);
}

std::string label(const Rung& rung, Notes& notes) {
  auto out = rung.label;
  for (const auto& note : rung.notes) out += notes.mark(note);
  return out;
}

std::vector<std::string> column_labels(const Ablation& a) {
  std::vector<std::string> out;
  for (const auto& column : a.columns) out.push_back(column.label);
  return out;
}

/// A table with one line per design and one column per condition. `value` formats a finished outcome.
template <typename Value>
std::string matrix(const Ablation& a, Notes& notes, const Value& value) {
  auto head = column_labels(a);
  head.insert(head.begin(), {"design", "ideal"});
  auto out = table_head(head);
  for (std::size_t r = 0; r < a.rungs.size(); ++r) {
    std::vector<std::string> cells{label(a.rungs[r], notes)};
    const auto* whole = a.under_all(r);
    cells.push_back(whole != nullptr ? points(whole->map_ideal) : "");
    for (const auto& outcome : a.outcomes[r]) {
      const auto words = missing(a.rungs[r], outcome, notes);
      cells.push_back(words.empty() ? value(*outcome) : words);
    }
    out += table_row(cells);
  }
  return out;
}

std::string interval(const Mean& mean) {
  if (!mean.ci95) return signed_points(mean.value);
  return signed_points(mean.value) + " ± " + points(*mean.ci95);
}

std::string verdict(const std::optional<Mean>& change, const char* more, const char* less) {
  if (!change) return "not known";
  if (!change->ci95) return "one chip: not known";
  if (!change->measurable()) return "no measurable effect";
  return change->value > 0 ? more : less;
}

std::string effect_table(const Ablation& a) {
  auto out = table_head({"technique", "added alone to naive", "of it, ideal", "verdict",
                         "removed from robust", "of it, ideal", "verdict"});
  for (std::size_t t = 0; t < a.effects.size(); ++t) {
    const auto& effect = a.effects[t];
    // For a removal the table shows what is lost, so the sign is reversed.
    auto removal = effect.removed;
    if (removal) removal->value = -removal->value;
    const auto text = [](const std::optional<Mean>& mean) { return mean ? interval(*mean) : "not known"; };
    const auto ideal = [](const std::optional<double>& share, double sign) {
      return share ? signed_points(sign * *share) : "";
    };
    out += table_row({a.study.techniques[t].label, text(effect.added), ideal(effect.added_ideal, 1),
                      verdict(effect.added, "gains", "costs"), text(removal), ideal(effect.removed_ideal, -1),
                      verdict(removal, "gains", "costs")});
  }
  return out;
}

/// The ladder step by step, with all nonidealities on.
std::string ladder_table(const Ablation& a, Notes& notes) {
  auto out = table_head(
      {"step", "ideal", "none", "all", "drop", "worst chip", "wrong bits", "energy (uJ)", "latency (us)"});
  std::vector<bool> on(a.study.techniques.size(), false);
  for (std::size_t step = 0; step <= on.size(); ++step) {
    if (step > 0) on[step - 1] = true;
    const auto rung = std::find_if(a.rungs.begin(), a.rungs.end(),
                                   [&](const Rung& candidate) { return candidate.on == on; });
    const auto& outcomes = a.outcomes[static_cast<std::size_t>(rung - a.rungs.begin())];
    const auto name = step == 0 ? "naive" : "+ " + a.study.techniques[step - 1].label;
    const auto words = missing(*rung, outcomes.back(), notes);
    if (!words.empty()) {
      out += table_row({name, "", "", words, "", "", "", "", ""});
      continue;
    }
    const auto& all = *outcomes.back();
    out +=
        table_row({name, points(all.map_ideal), outcomes.front()->done() ? points(outcomes.front()->map) : "",
                   mean_std(all), points(all.map_ideal - all.map), points(all.map_worst),
                   fmt::format("{:.2f} %", 100 * all.bit_error_rate),
                   fmt::format("{:.2f}", 1e6 * all.energy_j), fmt::format("{:.1f}", 1e6 * all.latency_s)});
  }
  return out;
}

std::string amount_text(const Amount& amount) {
  return (amount.images == 0 ? std::string("all") : std::to_string(amount.images)) + " pictures, " +
         std::to_string(amount.chips) + (amount.chips == 1 ? " chip" : " chips");
}

}  // namespace

std::string to_markdown(const Ablation& a) {
  const auto& s = a.study;
  Notes notes;
  std::string out = "# " + s.title + "\n\n";
  out += fmt::format(
      "{} designs under {} conditions; seed {}, the same chips everywhere. Column `all`: {}; each "
      "nonideality "
      "alone: {}; `none`, where all chips are equal: one chip. mAP in points (VOC all-point AP at overlap "
      "0.5): mean "
      "over chips ± standard deviation over chips. `ideal` is the bit-exact network on the pictures of "
      "`all`; `none` "
      "is the array without nonidealities, so what it is short of `ideal` is lost by reading sums in "
      "parts.\n\n",
      a.rungs.size(), a.columns.size(), s.seed, amount_text(s.whole), amount_text(s.single));
  if (!s.settings.empty()) out += "Settings of all designs: `" + list(s.settings) + "`.\n\n";
  out += "## The ladder, everything on\n\n" + ladder_table(a, notes);
  out += "\n## What a technique is worth, everything on\n\n" + effect_table(a);
  out += fmt::format(
      "\nPoints of mAP ± half width of the 95 % confidence interval over {} chips, paired chip by chip "
      "(Student's t); "
      "the spread of pictures is not in it. Left: naive with the technique less naive. Right: robust without "
      "it less "
      "robust. \"Of it, ideal\" is the change of the ideal mAP: what another net brings or costs by itself. "
      "\"No measurable effect\": the interval holds 0.\n",
      s.whole.chips);
  out += "\n## mAP\n\n" + matrix(a, notes, [](const Outcome& o) { return mean_std(o); });
  out += "\n## Drop from the ideal network on the same pictures\n\n" +
         matrix(a, notes, [](const Outcome& o) { return points(o.map_ideal - o.map); });
  const auto words = notes.text();
  if (!words.empty()) out += "\n## Notes\n\n" + words;
  return out;
}

}  // namespace irc::study
