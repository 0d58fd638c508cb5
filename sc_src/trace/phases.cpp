// SPDX-License-Identifier: Apache-2.0
#include "phases.h"

#include <algorithm>
#include <limits>

namespace irc::trace {
namespace {

using energy::Activity;
using Joules = energy::EnergyLedger::Joules;

Joules scaled(Joules joules, double factor) {
  for (auto& joule : joules) joule *= factor;
  return joules;
}

void add_up(Joules& sum, const Joules& part) {
  for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += part[c];
}

/// Divides the work of an operation among its phases. Work that no other phase takes belongs to SENSE. Counts
/// are divided instead of energies, because a difference of energies may leave a rounding error, possibly
/// negative, where there is no work.
struct Parts {
  Activity load, drive, settle, sense, store;
  Parts(const Event& event, const Activity& work) : sense(work) {
    load.register_bits = work.register_bits;
    load.bits_read = std::min(work.bits_read, work.register_bits);
    drive.word_lines = work.word_lines;
    drive.bit_lines = work.bit_lines;
    settle.array_charge.add(event.array_current_a * event.settle_s);
    settle.hrs_charge.add(event.hrs_current_a * event.settle_s);
    settle.off_charge.add(event.off_current_a * event.settle_s);
    store.adds = work.adds;
    store.bits_read = work.bits_read - load.bits_read;
    store.bits_written = work.bits_written;
    sense.register_bits = sense.bits_read = sense.word_lines = sense.bit_lines = sense.adds =
        sense.bits_written = 0;
    sense.array_charge = sense.hrs_charge = sense.off_charge = {};
    sense.array_charge.add(event.array_current_a * event.sense_s);
    sense.hrs_charge.add(event.hrs_current_a * event.sense_s);
    sense.off_charge.add(event.off_current_a * event.sense_s);
  }
};

}  // namespace

PhaseShares::PhaseShares(std::span<const Event> groups, const Context& context,
                         const energy::EnergyLedger& prices) {
  const Event& first = groups.front();
  const double per_vector = 1.0 / static_cast<double>(first.vector_end - first.vector_begin);
  const auto empty = [&](const Event& event, Phase phase) {
    Record record = record_of(event, context, prices);
    record.kind = Record::Kind::phase;
    record.phase = phase;
    record.counts = {};
    record.joules = {};
    return record;
  };
  load = empty(first, Phase::load);
  store = empty(first, Phase::store);
  for (const Event& event : groups) {
    const auto work = prices.work_of(event);
    const Parts parts(event, work);
    const Joules load_j = prices.price(parts.load), drive_j = prices.price(parts.drive),
                 settle_j = prices.price(parts.settle), sense_j = prices.price(parts.sense),
                 store_j = prices.price(parts.store);

    Record share = empty(event, Phase::drive);
    share.joules = scaled(drive_j, per_vector);
    share.counts.active_word_lines = static_cast<double>(event.active_word_lines) * per_vector;
    share.counts.bit_lines = static_cast<double>(event.bit_lines) * per_vector;
    drive.push_back(share);
    share.phase = Phase::settle;
    share.joules = scaled(settle_j, per_vector);
    share.counts.bit_lines = 0;
    share.counts.array_current_a = event.array_current_a * per_vector;
    settle.push_back(share);
    share.phase = Phase::sense;
    share.joules = scaled(sense_j, per_vector);
    share.counts.decisions = static_cast<double>(event.decisions) * per_vector;
    share.counts.bias_current_a = event.bias_current_a * per_vector;
    share.counts.macs = static_cast<double>(event.macs) * per_vector;
    share.counts.fallback_vectors = static_cast<double>(event.fallback_vectors) * per_vector;
    sense.push_back(share);
    add_up(load.joules, scaled(load_j, per_vector));
    add_up(store.joules, scaled(store_j, per_vector));
    store.counts.adds += static_cast<double>(event.adds) * per_vector;
  }
}

MacroPhases::MacroPhases(const Command& command, std::uint32_t macro, const Context& context,
                         const energy::EnergyLedger& prices, const Window& window)
    : command_(command), context_(context), prices_(prices), t_clk_s_(prices.parameters().t_clk_s) {
  for (const auto& burst : command.bursts()) {
    const Event& event = command.events()[burst.first_event];
    if (event.macro == macro && event.end_s > window.begin_s && event.start_s < window.end_s)
      bursts_.push_back(&burst);
  }
}

const Record* MacroPhases::peek() {
  while (burst_ < bursts_.size() && (next_ == ready_.size() || ready_[next_].start_ps >= earliest_to_come()))
    add_vector();
  return next_ < ready_.size() ? &ready_[next_] : nullptr;
}

Picoseconds MacroPhases::earliest_to_come() const {
  const Event& event = command_.events()[bursts_[burst_]->first_event];
  const auto start = picoseconds(event.start_s);
  if (vector_ == 0) return start;
  return std::max(start, picoseconds(static_cast<double>(pipeline_.earliest_load()) * t_clk_s_));
}

void MacroPhases::begin_burst() {
  const Burst& burst = *bursts_[burst_];
  shares_.clear();
  shares_.emplace_back(command_.events().subspan(burst.first_event, burst.groups), context_, prices_);
  pipeline_ = burst.before;
}

void MacroPhases::add_vector() {
  const Burst& burst = *bursts_[burst_];
  const Event& event = command_.events()[burst.first_event];
  if (vector_ == 0) begin_burst();
  ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(next_));
  next_ = 0;
  const BurstCycles cycles(event, t_clk_s_);
  const auto at = pipeline_.advance(cycles.start, cycles.load(event, vector_), cycles.groups * cycles.group(),
                                    cycles.store);
  const auto& shares = shares_.front();
  add(shares.load, at.load_start, at.load_end);
  std::uint64_t cycle = at.compute_start;
  for (std::size_t g = 0; g < burst.groups; ++g) {
    add(shares.drive[g], cycle, cycle + cycles.drive);
    add(shares.settle[g], cycle + cycles.drive, cycle + cycles.drive + cycles.settle);
    add(shares.sense[g], cycle + cycles.drive + cycles.settle, cycle + cycles.group());
    cycle += cycles.group();
  }
  add(shares.store, at.store_start, at.store_end);
  std::sort(ready_.begin(), ready_.end(), before);
  if (++vector_ < event.vector_end - event.vector_begin) return;
  vector_ = 0;
  ++burst_;
}

void MacroPhases::add(const Record& share, std::uint64_t begin_cycle, std::uint64_t end_cycle) {
  // A phase without cycles exists only to keep energy that would be lost without it.
  if (begin_cycle == end_cycle && share.energy_j() == 0) return;
  Record record = share;
  record.vector_begin += vector_;
  record.vector_end = record.vector_begin + 1;
  record.start_ps = picoseconds(static_cast<double>(begin_cycle) * t_clk_s_);
  record.end_ps = picoseconds(static_cast<double>(end_cycle) * t_clk_s_);
  ready_.push_back(record);
}

void deliver_phases(const Command& command, std::size_t macros, const Context& context,
                    const energy::EnergyLedger& prices, const Window& window,
                    const std::function<void(const Record&)>& write) {
  auto others = command.operations(context, true);
  std::erase_if(others, [](const Record& r) {
    return r.kind == Record::Kind::operation && r.event == EventKind::macro_operation;
  });
  std::vector<MacroPhases> phases;
  for (std::uint32_t macro = 0; macro < macros; ++macro)
    phases.emplace_back(command, macro, context, prices, window);
  for (std::size_t other = 0;;) {
    const Record* first = other < others.size() ? &others[other] : nullptr;
    MacroPhases* source = nullptr;
    for (auto& macro : phases) {
      const Record* record = macro.peek();
      if (record == nullptr || (first != nullptr && before(*first, *record))) continue;
      first = record;
      source = &macro;
    }
    if (first == nullptr) return;
    write(*first);
    source == nullptr ? static_cast<void>(++other) : source->pop();
  }
}

}  // namespace irc::trace
