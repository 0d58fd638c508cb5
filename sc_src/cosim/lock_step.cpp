// SPDX-License-Identifier: Apache-2.0
#include "irc/cosim/lock_step.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

namespace irc::cosim {

namespace {

std::uint64_t first_cycle(const Observation& observation) {
  std::uint64_t first = std::numeric_limits<std::uint64_t>::max();
  for (const auto& field : observation.fields)
    if (field.is_cycle) first = std::min(first, field.value);
  return first == std::numeric_limits<std::uint64_t>::max() ? observation.seen : first;
}

std::string in_words(const Observation& observation) {
  std::string text;
  for (const auto& field : observation.fields)
    text += (text.empty() ? "" : ", ") + std::string(field.name) + " " + std::to_string(field.value);
  return text;
}

// Fields and bits in which the two differ, with the RTL's value first.
std::string disagreement(const Observation& rtl, const Observation& model) {
  std::string text;
  for (std::size_t i = 0; i < std::max(rtl.fields.size(), model.fields.size()); ++i) {
    if (i >= rtl.fields.size() || i >= model.fields.size())
      return "the two sides report different numbers of values";
    if (rtl.fields[i].value == model.fields[i].value) continue;
    text += (text.empty() ? "" : "; ") + std::string(rtl.fields[i].name) + ": " +
            std::to_string(rtl.fields[i].value) + " in the RTL, " + std::to_string(model.fields[i].value) +
            " in the model";
  }
  const auto word = [](const auto& bits, std::size_t i) { return i < bits.size() ? bits[i] : 0; };
  std::uint64_t wrong = 0, first = 0;
  for (std::size_t i = 0; i < std::max(rtl.bits.size(), model.bits.size()); ++i) {
    const std::uint64_t differ = word(rtl.bits, i) ^ word(model.bits, i);
    if (differ != 0 && wrong == 0) first = 64 * i + static_cast<std::uint64_t>(std::countr_zero(differ));
    wrong += static_cast<std::uint64_t>(std::popcount(differ));
  }
  if (wrong > 0)
    text += (text.empty() ? "" : "; ") + std::to_string(wrong) + " of its " + rtl.bits_name +
            " differ, the first is number " + std::to_string(first) + " (" +
            std::to_string(word(rtl.bits, first / 64) >> (first % 64) & 1) + " in the RTL)";
  return text;
}

}  // namespace

void LockStep::observe(const std::string& name, Side side, Observation observation) {
  if (difference_) return;
  ++observations_;
  if (suspended_) return;
  auto& stream = streams_[name];
  if (stream.waiting.empty() || stream.side == side) {
    stream.side = side;
    stream.waiting.push_back(std::move(observation));
    return;
  }
  const Observation other = std::move(stream.waiting.front());
  stream.waiting.pop_front();
  if (side == Side::rtl) {
    compare(name, observation, other);
  } else {
    compare(name, other, observation);
  }
}

void LockStep::compare(const std::string& name, const Observation& rtl, const Observation& model) {
  const std::string text = disagreement(rtl, model);
  if (text.empty()) {
    ++agreed_[name];
    bits_agreed_ += 64 * model.bits.size();
    return;
  }
  differ(name, std::min(first_cycle(rtl), first_cycle(model)), text + " (model: " + in_words(model) + ")");
}

void LockStep::differ(const std::string& stream, std::uint64_t cycle, const std::string& text) {
  if (difference_ || suspended_) return;
  difference_ = Difference{stream, agreed_[stream], cycle, text};
}

void LockStep::resume() {
  for (auto& [name, stream] : streams_) stream.waiting.clear();
  suspended_ = false;
}

void LockStep::finish() {
  const auto waits = [](const auto& entry) { return !entry.second.waiting.empty(); };
  const auto since = [](const auto& entry) { return first_cycle(entry.second.waiting.front()); };
  auto earliest = streams_.end();
  for (auto entry = streams_.begin(); entry != streams_.end(); ++entry)
    if (waits(*entry) && (earliest == streams_.end() || since(*entry) < since(*earliest))) earliest = entry;
  if (earliest == streams_.end()) return;
  const auto& [name, stream] = *earliest;
  differ(name, since(*earliest),
         std::string("only the ") + (stream.side == Side::rtl ? "RTL" : "model") +
             " has: " + in_words(stream.waiting.front()) + " (and " +
             std::to_string(stream.waiting.size() - 1) + " more)");
}

}  // namespace irc::cosim
