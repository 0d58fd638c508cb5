// SPDX-License-Identifier: Apache-2.0
#include "vcd_sink.h"

#include <algorithm>
#include <limits>
#include <queue>

#include "csv_sink.h"
#include "irc/core/printable.h"
#include "steps.h"
#include "vcd_writer.h"

namespace irc::trace {
namespace {

using Signal = VcdWriter::Signal;

/// Replaces white space, at which GTKWave ends a string, and escapes other control characters.
std::string one_word(const std::string& text) {
  std::string word = text.empty() ? "-" : text;
  for (char& c : word)
    if (static_cast<unsigned char>(c) <= ' ') c = '_';
  return printable(word);
}

class VcdSink : public Sink {
 public:
  VcdSink(OutputFile& file, const std::vector<std::string>& layers, std::size_t macros, const Window& window,
          Level level)
      : vcd_(file), level_(level), macros_(macros) {
    for (const auto& layer : layers) layers_.push_back(one_word(layer));
    begin_ps_ = picoseconds(window.begin_s);
    end_ps_ = end_of(window);
    declare();
    vcd_.begin(begin_ps_);
  }

  void write(const Record& record) override {
    const auto start_ps = std::max(record.start_ps, begin_ps_);
    if (!record.is_span()) power_w_.add(start_ps, std::max(record.end_ps, start_ps), record.power_w());
    flush(start_ps);
    switch (record.event) {
      case EventKind::layer:
        begin_command(record, start_ps);
        break;
      case EventKind::macro_operation:
        if (record.kind == Record::Kind::phase) {
          begin_phase(record, start_ps);
        } else if (record.kind == Record::Kind::burst_span && level_ == Level::operation) {
          begin_burst(record, start_ps);
        }
        break;
      case EventKind::program:
        state(record, macros_[record.macro].state, start_ps, "program");
        number(record, macros_[record.macro].tile, start_ps, record.tile);
        number(record, macros_[record.macro].layer, start_ps, record.layer);
        break;
      case EventKind::digital_mac:
        state(record, digital_, start_ps, "mac");
        break;
      case EventKind::digital_move:
        state(record, digital_, start_ps, "move");
        break;
      case EventKind::dma_read:
        number(record, dma_read_, start_ps, 1);
        break;
      case EventKind::dma_write:
        number(record, dma_write_, start_ps, 1);
        break;
      case EventKind::descriptor_fetch:
        number(record, fetch_, start_ps, 1);
        break;
      case EventKind::trim:
        break;
    }
    if (!record.is_span()) book(record);
  }

  void finish() override {
    power_w_.finish();
    flush(std::numeric_limits<Picoseconds>::max());
    vcd_.finish();
  }

 private:
  struct Macro {
    Signal state, layer, tile, row_group, vector, loading, storing, active_word_lines, bit_line_current_a,
        energy_j;
    double sum_j = 0;
  };
  struct Change {
    Picoseconds time_ps;
    bool begins;  // at equal times, begins count before ends
    std::uint64_t order;
    Signal signal;
    enum class Type : std::uint8_t { number, real, text, energy } type;
    double value;           // number, real: the value; energy: the amount to add
    std::string_view word;  // text
    std::uint32_t macro;    // energy
    bool later_than(const Change& other) const {
      return std::tuple(time_ps, begins, order) > std::tuple(other.time_ps, other.begins, other.order);
    }
  };
  struct Later {
    bool operator()(const Change& a, const Change& b) const { return a.later_than(b); }
  };
  static constexpr std::uint32_t no_macro = std::numeric_limits<std::uint32_t>::max();

  void declare() {
    vcd_.begin_scope("irc");
    energy_j_ = vcd_.real("energy_j");
    power_signal_ = vcd_.real("power_w");
    vcd_.begin_scope("controller");
    command_ = vcd_.text("layer");
    chip_ = vcd_.integer("chip");
    picture_ = vcd_.integer("picture");
    setup_ = vcd_.bit("setup");
    vcd_.end_scope();
    vcd_.begin_scope("dma");
    fetch_ = vcd_.bit("descriptor_fetch");
    dma_read_ = vcd_.bit("read");
    dma_write_ = vcd_.bit("write");
    vcd_.end_scope();
    vcd_.begin_scope("digital_unit");
    digital_ = vcd_.text("state");
    vcd_.end_scope();
    for (std::size_t m = 0; m < macros_.size(); ++m) declare_macro(macros_[m], m);
    vcd_.end_scope();
  }

  void declare_macro(Macro& macro, std::size_t number) {
    vcd_.begin_scope(fmt::format("macro{}", number));
    macro.state = vcd_.text("phase");
    macro.loading = vcd_.bit("loading");
    macro.storing = vcd_.bit("storing");
    macro.layer = vcd_.integer("layer");
    macro.tile = vcd_.integer("tile");
    macro.row_group = vcd_.integer("row_group");
    macro.vector = vcd_.integer("vector");
    macro.active_word_lines = vcd_.real("active_word_lines");
    macro.bit_line_current_a = vcd_.real("bit_line_current_a");
    macro.energy_j = vcd_.real("energy_j");
    vcd_.end_scope();
  }

  void begin_command(const Record& record, Picoseconds start_ps) {
    state(record, command_, start_ps, layers_[record.layer]);
    number(record, chip_, start_ps, record.context.chip, false);
    const bool setup = record.context.picture == Context::setup;
    number(record, setup_, start_ps, setup ? 1 : 0, false);
    if (!setup) number(record, picture_, start_ps, static_cast<std::uint64_t>(record.context.picture), false);
  }

  void begin_burst(const Record& record, Picoseconds start_ps) {
    const auto& macro = macros_[record.macro];
    state(record, macro.state, start_ps, "compute");
    place(record, start_ps);
    const double reads =
        static_cast<double>(record.vector_end - record.vector_begin) * static_cast<double>(record.row_groups);
    real(record, macro.active_word_lines, start_ps, record.counts.active_word_lines / reads);
    real(record, macro.bit_line_current_a, start_ps, record.counts.array_current_a / reads);
  }

  void begin_phase(const Record& record, Picoseconds start_ps) {
    const auto& macro = macros_[record.macro];
    switch (record.phase) {
      case Phase::load:
        number(record, macro.loading, start_ps, 1);
        break;
      case Phase::store:
        number(record, macro.storing, start_ps, 1);
        break;
      case Phase::drive:
        place(record, start_ps);
        number(record, macro.row_group, start_ps, record.row_group, false);
        [[fallthrough]];
      default:
        state(record, macro.state, start_ps, name(record.phase));
        real(record, macro.active_word_lines, start_ps, record.counts.active_word_lines);
        real(record, macro.bit_line_current_a, start_ps, record.counts.array_current_a);
    }
  }

  void place(const Record& record, Picoseconds start_ps) {
    const auto& macro = macros_[record.macro];
    number(record, macro.layer, start_ps, record.layer, false);
    number(record, macro.tile, start_ps, record.tile, false);
    number(record, macro.vector, start_ps, record.vector_begin, false);
  }

  // Each of these sets a signal while a record lasts; `back` resets it at the end.
  void state(const Record& record, Signal signal, Picoseconds start_ps, std::string_view word) {
    push({start_ps, true, 0, signal, Change::Type::text, 0, word, 0});
    push({record.end_ps, false, 0, signal, Change::Type::text, 0, "idle", 0});
  }
  void number(const Record& record, Signal signal, Picoseconds start_ps, std::uint64_t value,
              bool back = true) {
    push({start_ps, true, 0, signal, Change::Type::number, static_cast<double>(value), {}, 0});
    if (back) push({record.end_ps, false, 0, signal, Change::Type::number, 0, {}, 0});
  }
  void real(const Record& record, Signal signal, Picoseconds start_ps, double value) {
    push({start_ps, true, 0, signal, Change::Type::real, value, {}, 0});
    push({record.end_ps, false, 0, signal, Change::Type::real, 0, {}, 0});
  }
  /// Energy is added when the work is done, or when the window ends. As in the power profile, the share
  /// outside the window is not shown.
  void book(const Record& record) {
    const auto start_ps = std::max(record.start_ps, begin_ps_), end_ps = std::min(record.end_ps, end_ps_);
    const double share = record.duration_ps() == 0 ? 1
                                                   : static_cast<double>(end_ps - start_ps) /
                                                         static_cast<double>(record.duration_ps());
    const bool of_macro = record.event == EventKind::macro_operation || record.event == EventKind::program ||
                          record.event == EventKind::trim;
    push({end_ps,
          false,
          0,
          energy_j_,
          Change::Type::energy,
          record.energy_j() * share,
          {},
          of_macro ? record.macro : no_macro});
  }

  void push(Change change) {
    if (change.time_ps > end_ps_ || (change.time_ps == end_ps_ && change.begins)) return;
    change.order = order_++;
    changes_.push(change);
  }

  /// Writes all changes before `time_ps`.
  void flush(Picoseconds time_ps) {
    while (!changes_.empty() && changes_.top().time_ps < time_ps) {
      const Change& change = changes_.top();
      vcd_.advance(change.time_ps);
      apply(change);
      changes_.pop();
    }
  }

  void apply(const Change& change) {
    switch (change.type) {
      case Change::Type::number:
        vcd_.set_number(change.signal, static_cast<std::uint64_t>(change.value));
        break;
      case Change::Type::real:
        vcd_.set_real(change.signal, change.value);
        break;
      case Change::Type::text:
        vcd_.set_text(change.signal, change.word);
        break;
      case Change::Type::energy:
        total_j_ += change.value;
        vcd_.set_real(energy_j_, total_j_);
        if (change.macro == no_macro) break;
        auto& macro = macros_[change.macro];
        macro.sum_j += change.value;
        vcd_.set_real(macro.energy_j, macro.sum_j);
    }
  }

  VcdWriter vcd_;
  Level level_;
  std::vector<std::string> layers_;
  std::vector<Macro> macros_;
  Signal energy_j_{}, power_signal_{}, command_{}, chip_{}, picture_{}, setup_{}, fetch_{}, dma_read_{},
      dma_write_{}, digital_{};
  Picoseconds begin_ps_ = 0, end_ps_ = std::numeric_limits<Picoseconds>::max();
  double total_j_ = 0;
  std::uint64_t order_ = 0;
  std::priority_queue<Change, std::vector<Change>, Later> changes_;
  Steps power_w_{[this](Picoseconds time_ps, double power_w) {
    push({time_ps, true, 0, power_signal_, Change::Type::real, power_w, {}, 0});
  }};
};

}  // namespace

std::unique_ptr<Sink> make_vcd_sink(OutputFile& file, const std::vector<std::string>& layers,
                                    std::size_t macros, const Window& window, Level level) {
  return std::make_unique<VcdSink>(file, layers, macros, window, level);
}

}  // namespace irc::trace
