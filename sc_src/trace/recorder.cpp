// SPDX-License-Identifier: Apache-2.0
#include "irc/trace/recorder.h"

#include <algorithm>
#include <cmath>

#include "command.h"
#include "csv_sink.h"
#include "irc/core/error.h"
#include "output_file.h"
#include "perfetto_sink.h"
#include "phases.h"
#include "power_sink.h"
#include "vcd_sink.h"

namespace irc::trace {
namespace {

bool shows(const Window& window, Picoseconds start_ps, Picoseconds end_ps) {
  const auto begin_ps = picoseconds(window.begin_s);
  if (start_ps >= end_of(window)) return false;
  return end_ps > begin_ps || (start_ps == end_ps && start_ps == begin_ps);
}

Picoseconds width_of(double power_window_s) {
  if (!(power_window_s >= 1e-12 && power_window_s <= longest_s))
    throw InputError(
        fmt::format("power profile: a window of {} s, expected 1e-12 to {}", power_window_s, longest_s));
  return picoseconds(power_window_s);
}

}  // namespace

struct Recorder::State {
  struct Output {
    Level level;
    std::unique_ptr<OutputFile> file;
    std::unique_ptr<Sink> sink;
  };

  State(RecorderOptions given, const std::filesystem::path& folder)
      : options(std::move(given)),
        prices(options.energy),
        command(prices, options.energy.macros, needs_events()) {
    for (const auto& request : options.requests) {
      auto file =
          std::make_unique<OutputFile>(folder / file_name(request.format), request.format == Format::csv_zst);
      auto sink = make_sink(request, *file);
      outputs.push_back({request.level, std::move(file), std::move(sink)});
    }
    if (options.power_window_s == 0) return;
    const auto width_ps = width_of(options.power_window_s);
    auto file = std::make_unique<OutputFile>(folder / power_file_name, false);
    auto sink = make_power_sink(*file, options.window, width_ps);
    outputs.push_back({Level::operation, std::move(file), std::move(sink)});
  }

  bool needs_events() const {
    return options.power_window_s != 0 ||
           std::any_of(options.requests.begin(), options.requests.end(),
                       [](const Request& request) { return request.level != Level::layer; });
  }

  std::unique_ptr<Sink> make_sink(const Request& request, OutputFile& file) const {
    switch (request.format) {
      case Format::vcd:
        return make_vcd_sink(file, options.layers, options.energy.macros, options.window, request.level);
      case Format::perfetto:
        return make_perfetto_sink(file, options.layers, options.energy.macros, request.level);
      default:
        return make_csv_sink(file, options.layers);
    }
  }

  bool wants(Level level) const {
    return std::any_of(outputs.begin(), outputs.end(),
                       [&](const Output& out) { return out.level == level && !out.file->failed(); });
  }

  void write(Level level, const Record& record) {
    if (!shows(options.window, record.start_ps, record.end_ps)) return;
    for (auto& out : outputs)
      if (out.level == level && !out.file->failed()) out.sink->write(record);
  }

  /// Writes the entries of the finished command, or of a single event between commands.
  void deliver() {
    if (wants(Level::layer)) write(Level::layer, command.total(context));
    if (wants(Level::operation))
      for (const auto& record : command.operations(context, true)) write(Level::operation, record);
    if (wants(Level::phase))
      deliver_phases(command, options.energy.macros, context, prices, options.window,
                     [this](const Record& record) { write(Level::phase, record); });
    command.clear();
  }

  RecorderOptions options;
  energy::EnergyLedger prices;  // used for prices only; books nothing
  Command command;
  Context context;
  std::vector<Output> outputs;
  bool shown = false;  // whether anything lies in the window
  double end_s = 0;    // of the last event
};

Recorder::Recorder(RecorderOptions options, const std::filesystem::path& folder)
    : state_(std::make_unique<State>(std::move(options), folder)) {}

Recorder::~Recorder() = default;

void Recorder::begin_setup(std::uint64_t chip) {
  state_->context = {chip, Context::setup};
}

void Recorder::begin_picture(std::uint64_t chip, std::uint64_t picture) {
  state_->context = {chip, static_cast<std::int64_t>(picture)};
}

void Recorder::on_event(const Event& event) {
  state_->command.add(event);
  // Trim events occur between commands.
  if (event.kind != EventKind::layer && event.kind != EventKind::trim) return;
  // All other events belong to a command.
  state_->shown |= shows(state_->options.window, picoseconds(event.start_s), picoseconds(event.end_s));
  state_->end_s = std::max(state_->end_s, event.end_s);
  state_->deliver();
}

Recorder::Outcome Recorder::finish() {
  Outcome outcome;
  outcome.shows_nothing = !state_->shown;
  outcome.end_s = state_->end_s;
  for (auto& out : state_->outputs) {
    if (!out.file->failed()) out.sink->finish();
    if (const auto failure = out.file->finish()) {
      outcome.failures.push_back(*failure);
    } else {
      outcome.paths.push_back(out.file->path().string());
    }
  }
  return outcome;
}

}  // namespace irc::trace
