// SPDX-License-Identifier: Apache-2.0
#include "command.h"

#include <algorithm>

namespace irc::trace {
namespace {

double real(std::uint64_t n) {
  return static_cast<double>(n);
}

void add_counts(const Event& event, Counts& counts) {
  counts.active_word_lines += real(event.active_word_lines);
  counts.bit_lines += real(event.bit_lines);
  counts.decisions += real(event.decisions);
  counts.adds += real(event.adds);
  counts.array_current_a += event.array_current_a;
  counts.bias_current_a += event.bias_current_a;
  counts.macs += real(event.macs);
  counts.bytes += real(event.bytes);
  counts.cycles += real(event.cycles);
  counts.cells += real(event.pulses);
  counts.fallback_vectors += real(event.fallback_vectors);
}

Record frame_of(const Event& event, const Context& context) {
  Record record;
  record.kind = event.kind == EventKind::layer ? Record::Kind::command : Record::Kind::operation;
  record.event = event.kind;
  record.context = context;
  record.layer = event.layer;
  record.tile = event.tile;
  record.macro = event.macro;
  record.row_group = event.row_group;
  record.row_groups = event.row_groups;
  record.vector_begin = event.vector_begin;
  record.vector_end = event.vector_end;
  record.start_ps = picoseconds(event.start_s);
  record.end_ps = picoseconds(event.end_s);
  return record;
}

void add_up(Record& sum, const Record& part) {
  for (std::size_t c = 0; c < sum.joules.size(); ++c) sum.joules[c] += part.joules[c];
  sum.counts.active_word_lines += part.counts.active_word_lines;
  sum.counts.decisions += part.counts.decisions;
  sum.counts.macs += part.counts.macs;
  sum.counts.array_current_a += part.counts.array_current_a;
}

}  // namespace

BurstCycles::BurstCycles(const Event& event, double t_clk_s) {
  const auto cycles = [t_clk_s](double time_s) {
    return static_cast<std::uint64_t>(std::llround(time_s / t_clk_s));
  };
  start = cycles(event.start_s);
  load_full = cycles(event.load_full_s);
  load_slide = cycles(event.load_slide_s);
  drive = cycles(event.drive_s);
  settle = cycles(event.settle_s);
  sense = cycles(event.sense_s);
  store = cycles(event.store_s);
  groups = event.row_groups;
}

Record record_of(const Event& event, const Context& context, const energy::EnergyLedger& prices) {
  Record record = frame_of(event, context);
  add_counts(event, record.counts);
  record.joules = prices.price(prices.work_of(event));
  return record;
}

Command::Command(const energy::EnergyLedger& prices, std::size_t macros, bool keep_events)
    : prices_(prices), keep_events_(keep_events), pipelines_(macros) {}

void Command::add(const Event& event) {
  ++count_;
  last_ = event;
  if (!keep_events_) {
    add_counts(event, sums_);
    work_ += prices_.work_of(event);
    return;
  }
  if (event.kind == EventKind::macro_operation) add_burst(event);
  events_.push_back(event);
}

void Command::add_burst(const Event& event) {
  if (event.row_group != 0) {
    ++bursts_.back().groups;
    return;
  }
  const double t_clk_s = prices_.parameters().t_clk_s;
  auto& pipeline = pipelines_[event.macro];
  Burst burst;
  burst.first_event = events_.size();
  burst.groups = 1;
  burst.before = pipeline;
  const BurstCycles cycles(event, t_clk_s);
  const std::uint64_t compute = cycles.groups * cycles.group();
  for (std::uint32_t v = 0; v < event.vector_end - event.vector_begin; ++v) {
    const auto vector = pipeline.advance(cycles.start, cycles.load(event, v), compute, cycles.store);
    if (v == 0) burst.active_start_ps = picoseconds(real(vector.compute_start) * t_clk_s);
    burst.active_end_ps = picoseconds(real(vector.compute_end) * t_clk_s);
  }
  bursts_.push_back(burst);
}

void Command::clear() {
  count_ = 0;
  events_.clear();
  bursts_.clear();
  sums_ = {};
  work_ = {};
}

Record Command::total(const Context& context) const {
  Record record = frame_of(last_, context);
  if (!keep_events_) {
    record.counts = sums_;
    record.joules = prices_.price(work_);
    return record;
  }
  energy::Activity work;
  for (const auto& event : events_) {
    add_counts(event, record.counts);
    work += prices_.work_of(event);
  }
  record.joules = prices_.price(work);
  return record;
}

std::vector<Record> Command::operations(const Context& context, bool spans) const {
  std::vector<Record> records;
  records.reserve(events_.size() + (spans ? bursts_.size() + pipelines_.size() : 0));
  for (const auto& event : events_) records.push_back(record_of(event, context, prices_));
  if (spans) add_spans(context, records);
  std::sort(records.begin(), records.end(), before);
  return records;
}

void Command::add_spans(const Context& context, std::vector<Record>& records) const {
  std::vector<Record> layer_spans(pipelines_.size());
  for (const auto& burst : bursts_) {
    Record span = frame_of(events_[burst.first_event], context);
    span.kind = Record::Kind::burst_span;
    span.start_ps = burst.active_start_ps;
    span.end_ps = burst.active_end_ps;
    for (std::size_t g = 0; g < burst.groups; ++g) add_up(span, records[burst.first_event + g]);
    auto& layer = layer_spans[span.macro];
    const bool first = layer.kind != Record::Kind::layer_span;
    if (first) {
      layer = span;
      layer.kind = Record::Kind::layer_span;
    } else {
      layer.end_ps = std::max(layer.end_ps, span.end_ps);
      add_up(layer, span);
    }
    records.push_back(span);
  }
  for (const auto& layer : layer_spans)
    if (layer.kind == Record::Kind::layer_span) records.push_back(layer);
}

}  // namespace irc::trace
