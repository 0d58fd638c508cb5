// SPDX-License-Identifier: Apache-2.0
#include "power_sink.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "csv_sink.h"
#include "steps.h"

namespace irc::trace {
namespace {

using Joules = energy::EnergyLedger::Joules;

class PowerSink : public Sink {
 public:
  PowerSink(OutputFile& file, const Window& traced, Picoseconds width_ps, std::int64_t most_rows)
      : file_(file),
        origin_ps_(picoseconds(traced.begin_s)),
        limit_ps_(end_of(traced)),
        width_ps_(width_ps),
        most_rows_(most_rows) {
    file_.print("window_start_s,window_end_s,mean_power_w,peak_power_w,energy_j");
    for (const auto component : energy::components()) file_.print(",{}_j", energy::name(component));
    file_.print("\n");
  }

  void write(const Record& record) override {
    if (record.is_span()) return;
    // Energy outside the traced window is not shown.
    const Part part{std::max(record.start_ps, origin_ps_), std::min(record.end_ps, limit_ps_), record.joules,
                    static_cast<double>(record.duration_ps())};
    if (!window_ps_) first_row_ = row_of(part.start_ps);
    if (row_of(std::max(part.start_ps, part.end_ps - 1)) - first_row_ >= most_rows_) return fail();
    power_w_.add(part.start_ps, part.end_ps, record.power_w());
    move_to(part.start_ps);
    if (file_.failed()) return;
    book(part);
    if (part.end_ps > window_end_ps()) parts_.push_back(part);
  }

  void finish() override {
    power_w_.finish();
    if (!window_ps_) return;
    while (!parts_.empty() && !file_.failed()) next_window();
    print_window();
  }

 private:
  struct Part {
    Picoseconds start_ps, end_ps;
    Joules joules;
    double duration_ps;
  };

  /// Number of windows since the beginning of the traced window.
  std::int64_t row_of(Picoseconds time_ps) const { return (time_ps - origin_ps_) / width_ps_; }

  void fail() {
    file_.fail(
        fmt::format("cannot write '{}': it would have more than {} windows of {} s, which is the limit; "
                    "choose wider windows or a shorter trace",
                    file_.path().string(), most_rows_, static_cast<double>(width_ps_) * 1e-12));
  }

  Picoseconds window_end_ps() const { return *window_ps_ + width_ps_; }

  void move_to(Picoseconds time_ps) {
    if (!window_ps_) window_ps_ = origin_ps_ + row_of(time_ps) * width_ps_;
    while (window_end_ps() <= time_ps && !file_.failed()) next_window();
  }

  void next_window() {
    print_window();
    window_ps_ = window_end_ps();
    joules_ = {};
    for (const auto& part : parts_) book(part);
    std::erase_if(parts_, [&](const Part& part) { return part.end_ps <= window_end_ps(); });
  }

  /// Adds a part's share of the open window. A part that takes no time belongs to the window in which it
  /// begins.
  void book(const Part& part) {
    const auto overlap_ps =
        static_cast<double>(std::min(part.end_ps, window_end_ps()) - std::max(part.start_ps, *window_ps_));
    const double share = part.duration_ps == 0 ? 1 : overlap_ps / part.duration_ps;
    for (std::size_t c = 0; c < joules_.size(); ++c) joules_[c] += part.joules[c] * share;
  }

  void step(Picoseconds time_ps, double power_w) { steps_.push_back({time_ps, power_w}); }

  /// The largest power in the window, including the step that began before it.
  double peak_w() {
    double peak = level_w_;
    std::size_t used = 0;
    for (; used < steps_.size() && steps_[used].time_ps < window_end_ps(); ++used) {
      // A step that ends where the window begins is no part of it.
      if (steps_[used].time_ps <= *window_ps_) peak = 0;
      level_w_ = steps_[used].power_w;
      peak = std::max(peak, level_w_);
    }
    steps_.erase(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(used));
    return peak;
  }

  void print_window() {
    power_w_.advance(window_end_ps());
    double sum_j = 0;
    for (const double joule : joules_) sum_j += joule;
    print_seconds(file_, *window_ps_);
    file_.print(",");
    print_seconds(file_, window_end_ps());
    file_.print(",{},{},{}", sum_j / (static_cast<double>(width_ps_) * 1e-12), peak_w(), sum_j);
    for (const double joule : joules_) file_.print(",{}", joule);
    file_.print("\n");
  }

  struct Step {
    Picoseconds time_ps;
    double power_w;
  };
  OutputFile& file_;
  Picoseconds origin_ps_, limit_ps_, width_ps_;
  std::int64_t most_rows_, first_row_ = 0;
  std::optional<Picoseconds> window_ps_;  // begin of the open window
  Joules joules_{};
  std::vector<Part> parts_;  // parts that continue after the open window
  std::vector<Step> steps_;
  double level_w_ = 0;
  Steps power_w_{[this](Picoseconds time_ps, double power_w) { step(time_ps, power_w); }};
};

}  // namespace

std::unique_ptr<Sink> make_power_sink(OutputFile& file, const Window& traced, Picoseconds width_ps,
                                      std::int64_t most_rows) {
  return std::make_unique<PowerSink>(file, traced, width_ps, most_rows);
}

}  // namespace irc::trace
