// SPDX-License-Identifier: Apache-2.0
#include "perfetto_sink.h"

#include <fmt/compile.h>

#include <compare>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "csv_sink.h"
#include "steps.h"

namespace irc::trace {
namespace {

/// The track on which a slice is drawn.
struct Track {
  std::uint32_t process, thread;
  auto operator<=>(const Track&) const = default;
};
constexpr std::uint32_t controller = 1, dma = 2, digital_unit = 3, first_macro = 10;
constexpr Track commands{controller, 1}, dma_reads{dma, 1}, dma_writes{dma, 2}, digital_rows{digital_unit, 1};
constexpr Picoseconds forever = std::numeric_limits<Picoseconds>::max();
constexpr std::uint32_t array_thread = 1, load_thread = 2, store_thread = 3;

/// A JSON string with quotes.
std::string json_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

/// What a user has to know before adding up the energies of the slices.
const char* energy_note(Level level) {
  switch (level) {
    case Level::layer:
      return "No slice repeats the energy_j of another.";
    case Level::operation:
      return "On a macro's array track, a layer slice repeats the energy_j of the tile slices inside it. All "
             "other slices have energy_j of their own.";
    case Level::phase:
      return "On a macro's array track, a layer slice and its tile slices repeat the energy_j of their "
             "phases, "
             "those on the load and store tracks too. All other slices have energy_j of their own.";
  }
  return "";
}

class PerfettoSink : public Sink {
 public:
  PerfettoSink(OutputFile& file, const std::vector<std::string>& layers, std::size_t macros, Level level)
      : file_(file), level_(level) {
    for (const auto& layer : layers) layers_.push_back(json_text(layer));
    file_.print(
        "{{\"displayTimeUnit\":\"ns\",\"otherData\":{{\"producer\":\"ircsim\",\"level\":\"{}\",\"energy\":{}}"
        "},\n",
        trace::name(level), json_text(energy_note(level)));
    file_.print(
        "\"traceEvents\":[\n{{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\",\"args\":{{\"name\":"
        "\"controller\"}}}}");
    name_thread(commands, "commands");
    if (level_ != Level::layer) name_units(macros);
    for (std::uint32_t m = 0; m < macros && level_ != Level::layer; ++m)
      rows_.emplace_back([this, m](Picoseconds time_ps, double rows) {
        counter(first_macro + m, "active rows", time_ps, rows);
      });
  }

  void write(const Record& record) override {
    if (!record.is_span()) power_w_.add(record.start_ps, record.end_ps, record.power_w());
    switch (record.kind) {
      case Record::Kind::command:
        command(record);
        break;
      case Record::Kind::layer_span:
        begin(macro_track(record, array_thread), layers_[record.layer], record);
        args(record, ",\"energy_j_includes\":\"the tile slices inside\"");
        break;
      case Record::Kind::burst_span:
        burst(record);
        break;
      case Record::Kind::operation:
        operation(record);
        break;
      case Record::Kind::phase:
        phase(record);
        break;
    }
    file_.flush_if_full();
  }

  void finish() override {
    power_w_.finish();
    for (auto& rows : rows_) rows.finish();
    end_work();
    for (const auto& [track, open] : open_) end_slices(track, forever);
    file_.print("\n]}}\n");
  }

 private:
  struct Slice {
    std::string json_name;
    Picoseconds end_ps;
  };
  struct Read {
    Picoseconds start_ps, end_ps;
    Track track;
  };

  static Track macro_track(const Record& record, std::uint32_t thread) {
    return {first_macro + record.macro, thread};
  }

  void name_units(std::size_t macros) {
    name_process(dma, "host memory and DMA");
    name_thread(dma_reads, "read");
    name_thread(dma_writes, "write");
    name_process(digital_unit, "digital unit");
    name_thread(digital_rows, "rows");
    for (std::uint32_t m = 0; m < macros; ++m) {
      const std::uint32_t process = first_macro + m;
      name_process(process, fmt::format("macro {}", m));
      name_thread({process, array_thread}, "array");
      if (level_ != Level::phase) continue;
      name_thread({process, load_thread}, "load");
      name_thread({process, store_thread}, "store");
    }
  }

  void name_process(std::uint32_t process, const std::string& name) {
    file_.print(",\n{{\"ph\":\"M\",\"pid\":{},\"name\":\"process_name\",\"args\":{{\"name\":\"{}\"}}}}",
                process, name);
    file_.print(
        ",\n{{\"ph\":\"M\",\"pid\":{0},\"name\":\"process_sort_index\",\"args\":{{\"sort_index\":{0}}}}}",
        process);
  }
  void name_thread(Track track, const char* name) {
    file_.print(
        ",\n{{\"ph\":\"M\",\"pid\":{},\"tid\":{},\"name\":\"thread_name\",\"args\":{{\"name\":\"{}\"}}}}",
        track.process, track.thread, name);
  }

  /// Microseconds with every picosecond.
  void time(const char* key, Picoseconds time_ps) {
    constexpr Picoseconds microsecond = 1'000'000;
    fmt::format_to(std::back_inserter(file_.buffer()), FMT_COMPILE(",\"{}\":{}.{:06}"), key,
                   time_ps / microsecond, time_ps % microsecond);
  }
  void head(const char* phase, Track track, std::string_view json_name, Picoseconds time_ps) {
    fmt::format_to(std::back_inserter(file_.buffer()),
                   FMT_COMPILE(",\n{{\"ph\":\"{}\",\"pid\":{},\"tid\":{},\"name\":{}"), phase, track.process,
                   track.thread, json_name);
    time("ts", time_ps);
  }

  /// Begins a slice, without the closing "}", because its arguments follow. Begin and end are separate
  /// events: readers add begin and duration as doubles, and adjacent slices would overlap.
  void begin(Track track, std::string_view json_name, Picoseconds start_ps, Picoseconds end_ps) {
    end_slices(track, start_ps);
    head("B", track, json_name, start_ps);
    open_[track].push_back({std::string(json_name), end_ps});
  }
  void begin(Track track, std::string_view json_name, const Record& record) {
    begin(track, json_name, record.start_ps, record.end_ps);
  }
  /// Ends the slices of a track that are over by `time_ps`.
  void end_slices(Track track, Picoseconds time_ps) {
    auto& open = open_[track];
    for (; !open.empty() && open.back().end_ps <= time_ps; open.pop_back()) {
      head("E", track, open.back().json_name, open.back().end_ps);
      file_.buffer().push_back('}');
    }
  }
  template <typename... Args>
  void args(const Record& record, fmt::format_string<Args...> format, Args&&... values) {
    auto out = std::back_inserter(file_.buffer());
    fmt::format_to(out, ",\"args\":{{\"energy_j\":{}", record.energy_j());
    fmt::format_to(out, format, std::forward<Args>(values)...);
    fmt::format_to(out, "}}}}");
  }

  void counter(std::uint32_t process, const char* name, Picoseconds time_ps, double value) {
    fmt::format_to(std::back_inserter(file_.buffer()),
                   FMT_COMPILE(",\n{{\"ph\":\"C\",\"pid\":{},\"name\":\"{}\""), process, name);
    time("ts", time_ps);
    fmt::format_to(std::back_inserter(file_.buffer()), FMT_COMPILE(",\"args\":{{\"value\":{}}}}}"), value);
  }

  /// Commands are drawn inside the setup of a chip or inside an image.
  void command(const Record& record) {
    if (!work_ || !(*work_ == record.context)) {
      end_work();
      work_ = record.context;
      const auto& of = record.context;
      const auto text = of.picture == Context::setup
                            ? fmt::format("\"chip {}, setup\"", of.chip)
                            : fmt::format("\"chip {}, picture {}\"", of.chip, of.picture);
      begin(commands, text, record.start_ps, forever);
      file_.buffer().push_back('}');
    }
    reads_.clear();
    begin(commands, layers_[record.layer], record);
    args(record, ",\"cycles\":{}", record.counts.cycles);
    work_end_ps_ = record.end_ps;
  }

  void end_work() {
    end_slices(commands, work_end_ps_);
    if (work_) open_[commands].front().end_ps = work_end_ps_;
    end_slices(commands, work_end_ps_);
  }

  void burst(const Record& record) {
    const auto track = macro_track(record, array_thread);
    begin(track, fmt::format("\"tile {}\"", record.tile), record);
    args(record, ",\"vectors\":\"{}..{}\",\"row_groups\":{}{}", record.vector_begin, record.vector_end - 1,
         record.row_groups,
         level_ == Level::phase ? ",\"energy_j_includes\":\"this tile's phases, load and store too\"" : "");
    arrows_to(record, track);
    const double reads =
        static_cast<double>(record.vector_end - record.vector_begin) * static_cast<double>(record.row_groups);
    if (level_ == Level::operation)
      rows_[record.macro].add(record.start_ps, record.end_ps, record.counts.active_word_lines / reads);
  }

  void operation(const Record& record) {
    switch (record.event) {
      case EventKind::dma_read:
      case EventKind::descriptor_fetch:
        moved(record, dma_reads);
        if (record.event == EventKind::dma_read)
          reads_.push_back({record.start_ps, record.end_ps, dma_reads});
        break;
      case EventKind::dma_write:
        moved(record, dma_writes);
        break;
      case EventKind::digital_mac:
      case EventKind::digital_move:
        begin(digital_rows, fmt::format("\"{}\"", name(record.event)), record);
        args(record, ",\"layer\":{},\"macs\":{}", layers_[record.layer], record.counts.macs);
        arrows_to(record, digital_rows);
        break;
      case EventKind::program:
        begin(macro_track(record, array_thread), fmt::format("\"program tile {}\"", record.tile), record);
        args(record, ",\"cells\":{}", record.counts.cells);
        arrows_to(record, macro_track(record, array_thread));
        break;
      case EventKind::trim:
        head("i", level_ == Level::layer ? commands : macro_track(record, array_thread), "\"trim\"",
             record.start_ps);
        file_.print(",\"s\":\"t\"");
        args(record, ",\"decisions\":{}", record.counts.decisions);
        break;
      default:
        break;  // macro operations are drawn as the spans of their bursts
    }
  }

  void moved(const Record& record, Track track) {
    begin(track, fmt::format("\"{}\"", name(record.event)), record);
    args(record, ",\"layer\":{},\"bytes\":{}", layers_[record.layer], record.counts.bytes);
  }

  void phase(const Record& record) {
    const std::uint32_t thread = record.phase == Phase::load    ? load_thread
                                 : record.phase == Phase::store ? store_thread
                                                                : array_thread;
    begin(macro_track(record, thread), fmt::format("\"{}\"", name(record.phase)), record);
    if (thread != array_thread) {
      args(record, ",\"vector\":{}", record.vector_begin);
      return;
    }
    args(record, ",\"vector\":{},\"row_group\":{}", record.vector_begin, record.row_group);
    rows_[record.macro].add(record.start_ps, record.end_ps, record.counts.active_word_lines);
  }

  /// Draws an arrow from each finished transaction to the first work of the command that starts after it.
  void arrows_to(const Record& record, Track track) {
    std::erase_if(reads_, [&](const Read& read) {
      if (read.end_ps > record.start_ps) return false;
      head("s", read.track, "\"feeds\"", read.start_ps);
      file_.print(",\"cat\":\"dma\",\"id\":{}}}", ++arrows_);
      head("f", track, "\"feeds\"", record.start_ps);
      file_.print(",\"cat\":\"dma\",\"id\":{},\"bp\":\"e\"}}", arrows_);
      return true;
    });
  }

  OutputFile& file_;
  Level level_;
  std::vector<std::string> layers_;           // as JSON
  std::map<Track, std::vector<Slice>> open_;  // per track, the outermost slice first
  std::optional<Context> work_;               // the work whose slice is open
  Picoseconds work_end_ps_ = 0;
  std::vector<Read> reads_;
  std::uint64_t arrows_ = 0;
  std::vector<Steps> rows_;
  Steps power_w_{
      [this](Picoseconds time_ps, double power_w) { counter(controller, "power (W)", time_ps, power_w); }};
};

}  // namespace

std::unique_ptr<Sink> make_perfetto_sink(OutputFile& file, const std::vector<std::string>& layers,
                                         std::size_t macros, Level level) {
  return std::make_unique<PerfettoSink>(file, layers, macros, level);
}

}  // namespace irc::trace
