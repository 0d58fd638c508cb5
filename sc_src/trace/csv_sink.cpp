// SPDX-License-Identifier: Apache-2.0
#include "csv_sink.h"

#include <fmt/compile.h>

#include <array>

#include "irc/core/csv.h"
#include "irc/core/printable.h"

namespace irc::trace {
namespace {

/// A text field, quoted where RFC 4180 demands it.
std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  return csv_quoted(text);
}

class CsvSink : public Sink {
 public:
  CsvSink(OutputFile& file, const std::vector<std::string>& layers) : file_(file) {
    for (const auto& layer : layers) layers_.push_back(quoted(printable(layer)));
    file_.print(
        "kind,phase,chip,picture,layer,layer_name,macro,tile,row_group,vector_begin,vector_end,start_s,end_s,"
        "active_word_lines,bit_lines,decisions,adds,array_current_a,bias_current_a,macs,bytes,cycles,"
        "programmed_cells,fallback_vectors,energy_j");
    for (const auto component : energy::components()) file_.print(",{}_j", energy::name(component));
    file_.print("\n");
  }

  void write(const Record& record) override {
    if (record.is_span()) return;
    where(record);
    const auto& c = record.counts;
    for (const double count : {c.active_word_lines, c.bit_lines, c.decisions, c.adds, c.array_current_a,
                               c.bias_current_a, c.macs, c.bytes, c.cycles, c.cells, c.fallback_vectors})
      number(count);
    number(record.energy_j());
    for (const double joule : record.joules) number(joule);
    file_.buffer().push_back('\n');
    file_.flush_if_full();
  }

  void finish() override {}

 private:
  void where(const Record& r) {
    auto out = std::back_inserter(file_.buffer());
    fmt::format_to(out, FMT_COMPILE("{},{},{},"), name(r.event), name(r.phase), r.context.chip);
    if (r.context.picture != Context::setup) fmt::format_to(out, FMT_COMPILE("{}"), r.context.picture);
    fmt::format_to(out, FMT_COMPILE(",{},{},"), r.layer, layers_[r.layer]);
    const bool of_macro =
        r.event == EventKind::macro_operation || r.event == EventKind::program || r.event == EventKind::trim;
    if (of_macro) fmt::format_to(out, FMT_COMPILE("{}"), r.macro);
    file_.buffer().push_back(',');
    if (of_macro && r.event != EventKind::trim) fmt::format_to(out, FMT_COMPILE("{}"), r.tile);
    if (r.event != EventKind::macro_operation) {
      fmt::format_to(out, FMT_COMPILE(",,,,"));
    } else {
      file_.buffer().push_back(',');
      // LOAD and STORE serve all row groups, so they have no row group.
      if (r.phase != Phase::load && r.phase != Phase::store)
        fmt::format_to(out, FMT_COMPILE("{}"), r.row_group);
      fmt::format_to(out, FMT_COMPILE(",{},{},"), r.vector_begin, r.vector_end);
    }
    print_seconds(file_, r.start_ps);
    file_.buffer().push_back(',');
    print_seconds(file_, r.end_ps);
  }

  void number(double value) {
    if (value == 0) {
      file_.buffer().push_back(',');
      file_.buffer().push_back('0');
    } else {
      fmt::format_to(std::back_inserter(file_.buffer()), FMT_COMPILE(",{}"), value);
    }
  }

  OutputFile& file_;
  std::vector<std::string> layers_;
};

}  // namespace

std::string_view name(EventKind kind) {
  static constexpr std::array<std::string_view, 9> names{"macro_operation",  "program",  "digital_mac",
                                                         "digital_move",     "dma_read", "dma_write",
                                                         "descriptor_fetch", "trim",     "layer"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view name(Phase phase) {
  static constexpr std::array<std::string_view, 6> names{"", "load", "drive", "settle", "sense", "store"};
  return names[static_cast<std::size_t>(phase)];
}

void print_seconds(OutputFile& file, Picoseconds time_ps) {
  constexpr Picoseconds second = 1'000'000'000'000;
  fmt::format_to(std::back_inserter(file.buffer()), FMT_COMPILE("{}.{:012}"), time_ps / second,
                 time_ps % second);
}

std::unique_ptr<Sink> make_csv_sink(OutputFile& file, const std::vector<std::string>& layers) {
  return std::make_unique<CsvSink>(file, layers);
}

}  // namespace irc::trace
