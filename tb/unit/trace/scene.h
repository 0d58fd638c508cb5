// SPDX-License-Identifier: Apache-2.0
// A few events, and a folder for their files.
#pragma once
#include <unistd.h>
#include <cstdint>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>
#include "support/catch.h"

#include "irc/core/file.h"
#include "irc/trace/recorder.h"
#include "parameters.h"

namespace irc::trace {

class Folder {
 public:
  Folder() {
    std::string form = (std::filesystem::temp_directory_path() / "irc-trace-XXXXXX").string();
    REQUIRE(mkdtemp(form.data()) != nullptr);
    path = form;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string read(std::string_view name) const { return read_file(path / name); }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path), {}));
  }
  std::filesystem::path path;
};

/// With two_macros(), a driven word line takes 128 fF (0.5 V)^2 + 5 fJ = 37 fJ, a bit line 250 fF (0.2 V)^2 +
/// 3 fJ = 13 fJ, a decision 50 fJ and its control 100 fJ, a bit read 10 fJ, a register bit 2 fJ, an add 30
/// fJ, a bit written 20 fJ. The bit-line current comes from 0.2 V, the bias current from 0.8 V.
using energy::two_macros;

inline RecorderOptions options(const std::string& formats) {
  RecorderOptions o;
  o.energy = two_macros();
  o.layers = {"image", "stem", "conv, \"wide\"", "head"};
  o.requests = parse_requests(formats);
  return o;
}

/// Two vectors in two row groups on macro 1, from `start_ns` on: LOAD 4 (a whole window) then 1, DRIVE 1,
/// SETTLE 2, SENSE 3 per group, STORE 5.
inline std::vector<Event> burst(double start_ns, double end_ns, std::uint32_t first_vector = 0) {
  std::vector<Event> groups;
  for (std::uint32_t g = 0; g < 2; ++g) {
    Event e;
    e.kind = EventKind::macro_operation;
    e.layer = 2;
    e.tile = 7;
    e.macro = 1;
    e.row_group = g;
    e.row_groups = 2;
    e.row_vectors = 2;
    e.vector_begin = first_vector;
    e.vector_end = first_vector + 2;
    e.start_s = start_ns * 1e-9;
    e.end_s = end_ns * 1e-9;
    e.load_s = 4e-9;
    e.load_full_s = 4e-9;
    e.load_slide_s = 1e-9;
    e.drive_s = 1e-9;
    e.settle_s = 2e-9;
    e.sense_s = 3e-9;
    e.store_s = 5e-9;
    e.active_word_lines = 20;
    e.switched_rows = g == 0 ? 100 : 0;
    e.bits_read = g == 0 ? 100 : 0;
    e.bit_lines = 64;
    e.decisions = 32;
    e.adds = g == 0 ? 0 : 32;
    e.bits_written = g == 0 ? 32 : 0;
    e.array_current_a = 4e-3;
    e.bias_current_a = 1e-3;
    groups.push_back(e);
  }
  return groups;
}

inline Event moved(EventKind kind, double start_ns, double end_ns, std::uint64_t bytes, std::uint32_t layer) {
  Event e;
  e.kind = kind;
  e.layer = layer;
  e.start_s = start_ns * 1e-9;
  e.end_s = end_ns * 1e-9;
  e.bytes = bytes;
  return e;
}

inline Event command(double start_ns, double end_ns, std::uint32_t layer) {
  Event e = moved(EventKind::layer, start_ns, end_ns, 0, layer);
  e.cycles = static_cast<std::uint64_t>(end_ns - start_ns + 0.5);
  return e;
}

/// A table by column name. Fields are not quoted unless they contain commas.
struct Table {
  std::vector<std::string> names;
  std::vector<std::map<std::string, std::string>> rows;

  explicit Table(const std::string& text) {
    std::size_t at = 0;
    while (at < text.size()) {
      std::vector<std::string> fields(1);
      bool quoted = false;
      for (; text[at] != '\n' || quoted; ++at) {
        if (text[at] == '"') {
          quoted = !quoted;
        } else if (text[at] == ',' && !quoted) {
          fields.emplace_back();
        } else {
          fields.back() += text[at];
        }
      }
      ++at;
      if (names.empty()) {
        names = fields;
        continue;
      }
      REQUIRE(fields.size() == names.size());
      rows.emplace_back();
      for (std::size_t i = 0; i < names.size(); ++i) rows.back()[names[i]] = fields[i];
    }
  }
  double number(std::size_t row, const std::string& name) const { return std::stod(rows.at(row).at(name)); }
  double sum(const std::string& name) const {
    double total = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) total += number(row, name);
    return total;
  }
};

/// A time of a row in nanoseconds, rounded to picoseconds.
inline double ns(const Table& table, std::size_t row, const std::string& name) {
  return std::round(table.number(row, name) * 1e12) / 1e3;
}

}  // namespace irc::trace
