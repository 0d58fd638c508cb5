// SPDX-License-Identifier: Apache-2.0
#include "scene.h"

using namespace irc;
using namespace irc::trace;

namespace {

struct Expected {
  const char* phase;
  const char* row_group;
  double start_ns, end_ns;
  double energy_j;
};

Table phases_of(const std::vector<Event>& events, double end_ns) {
  Folder folder;
  Recorder recorder(options("csv:phase"), folder.path);
  recorder.begin_picture(0, 4);
  for (const auto& event : events) recorder.on_event(event);
  recorder.on_event(command(0, end_ns, 2));
  REQUIRE(recorder.finish().failures.empty());
  Table table(folder.read("trace.csv"));
  std::erase_if(table.rows, [](const auto& row) { return row.at("phase").empty(); });
  return table;
}

}  // namespace

// By hand. Per vector: LOAD 4 then 1 cycles, two groups of 1 + 2 + 3, STORE 5.
//   LOAD(0) 10..14, compute(0) 14..26, STORE(0) 26..31
//   LOAD(1) begins with compute(0): 14..15; compute(1) begins when STORE(0) begins: 26..38, STORE(1) 38..43
// Energies of one vector: LOAD 50 bits of 2 + 10 fJ; DRIVE 10 lines of 37 fJ, 32 bit lines of 13 fJ; SETTLE
// 0.2 V 2 mA 2 ns; SENSE 0.2 V 2 mA 3 ns, 0.8 V 0.5 mA 3 ns, 16 decisions of 50 + 100 fJ; STORE 16 adds of 30
// fJ, 16 bits of 20 fJ.
TEST_CASE("phases of a burst, to the nanosecond and the femtojoule") {
  const auto table = phases_of(burst(10, 43), 50);
  const double load = 600e-15, drive = 786e-15, settle = 0.8e-12, sense = 1.2e-12 + 1.2e-12 + 2.4e-12,
               store = 480e-15 + 320e-15;
  const std::vector<Expected> expected{
      {"load", "", 10, 14, load},      {"drive", "0", 14, 15, drive},   {"load", "", 14, 15, load},
      {"settle", "0", 15, 17, settle}, {"sense", "0", 17, 20, sense},   {"drive", "1", 20, 21, drive},
      {"settle", "1", 21, 23, settle}, {"sense", "1", 23, 26, sense},   {"store", "", 26, 31, store},
      {"drive", "0", 26, 27, drive},   {"settle", "0", 27, 29, settle}, {"sense", "0", 29, 32, sense},
      {"drive", "1", 32, 33, drive},   {"settle", "1", 33, 35, settle}, {"sense", "1", 35, 38, sense},
      {"store", "", 38, 43, store}};
  REQUIRE(table.rows.size() == expected.size());
  std::vector<bool> met(expected.size(), false);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    // Of rows with the same start, the longest comes first, so a row is found by its content.
    const auto& r = table.rows[row];
    bool found = false;
    for (std::size_t i = 0; i < expected.size() && !found; ++i) {
      const auto& e = expected[i];
      if (met[i] || r.at("phase") != e.phase || ns(table, row, "start_s") != e.start_ns) continue;
      found = met[i] = true;
      CHECK(r.at("row_group") == e.row_group);
      CHECK(ns(table, row, "end_s") == e.end_ns);
      CHECK(table.number(row, "energy_j") == Approx(e.energy_j).epsilon(1e-12));
    }
    CHECK(found);
    if (row > 0) CHECK(ns(table, row, "start_s") >= ns(table, row - 1, "start_s"));
  }
  CHECK(table.rows.front().at("vector_begin") == "0");
  CHECK(table.rows.back().at("vector_begin") == "1");
  CHECK(table.rows.back().at("vector_end") == "2");
  CHECK(table.rows.back().at("picture") == "4");
}

// Clamps are supplied from 0.8 V and references take half the current. Energy that depends on charge is
// divided by the phases' lengths, 2 to 3.
TEST_CASE("everything that a current costs is divided as the current is") {
  Folder folder;
  auto o = options("csv:phase");
  o.energy.v_bl_supply_v = 0.8;
  o.energy.against_references = true;
  Recorder recorder(o, folder.path);
  for (const auto& event : burst(10, 43)) recorder.on_event(event);
  recorder.on_event(command(0, 50, 2));
  REQUIRE(recorder.finish().failures.empty());
  const Table table(folder.read("trace.csv"));
  std::map<std::string, double> clamp_j, reference_j;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    clamp_j[table.rows[row].at("phase")] += table.number(row, "clamp_j");
    reference_j[table.rows[row].at("phase")] += table.number(row, "reference_j");
  }
  // Two groups of 4 mA: 0.6 V over 2 and 3 ns, and 0.8 V with half the current.
  CHECK(clamp_j["settle"] == Approx(2 * 0.6 * 4e-3 * 2e-9));
  CHECK(clamp_j["sense"] == Approx(2 * 0.6 * 4e-3 * 3e-9));
  CHECK(reference_j["settle"] == Approx(2 * 0.8 * 2e-3 * 2e-9));
  CHECK(reference_j["sense"] == Approx(2 * 0.8 * 2e-3 * 3e-9));
  CHECK(clamp_j["drive"] == 0);
}

TEST_CASE("counts stand in one phase, so they can be added up") {
  const auto table = phases_of(burst(10, 43), 50);
  CHECK(table.sum("decisions") == Approx(64));
  CHECK(table.sum("adds") == Approx(32));
  CHECK(table.sum("bit_lines") == Approx(128));
  double driven = 0;
  for (std::size_t row = 0; row < table.rows.size(); ++row)
    if (table.rows[row].at("phase") == "drive") driven += table.number(row, "active_word_lines");
  CHECK(driven == Approx(40));
}

// The second burst comes at 26, again with a whole window. LOAD(2) begins with compute(1) at 26: 26..30.
// compute(2) begins at 38 with STORE(1). STORE(2) begins when compute(2) is over, at 50.
TEST_CASE("a burst waits for what the one before left in the pipeline") {
  auto events = burst(10, 43);
  for (const auto& event : burst(26, 67, 2)) events.push_back(event);
  const auto table = phases_of(events, 70);
  std::map<std::string, std::vector<double>> starts;
  for (std::size_t row = 0; row < table.rows.size(); ++row)
    starts[table.rows[row].at("phase")].push_back(ns(table, row, "start_s"));
  CHECK(starts["load"] == std::vector<double>{10, 14, 26, 38});
  CHECK(starts["store"] == std::vector<double>{26, 38, 50, 62});
  // The last STORE ends when the event says that the burst ends.
  CHECK(ns(table, table.rows.size() - 1, "end_s") == 67);
}

// The prices of these counts do not divide evenly. SENSE must not get the rounding errors of the others, and
// never a negative one.
TEST_CASE("no phase has what is another's, nor less than nothing") {
  auto events = burst(10, 43);
  for (auto& event : events) {
    event.active_word_lines = 23;
    event.switched_rows = event.row_group == 0 ? 97 : 0;
    event.bits_read = 141;
    event.bits_written = 37;
    event.adds = 29;
    event.bit_lines = 61;
    event.array_current_a = 3.7e-3;
  }
  Folder folder;
  auto o = options("csv:phase");
  o.energy.v_bl_supply_v = 0.7;
  o.energy.card.energy.sram_read_j_per_bit = 1.1e-14;
  o.energy.card.energy.sram_write_j_per_bit = 2.3e-14;
  o.energy.card.energy.word_line_register_j = 1.7e-15;
  Recorder recorder(o, folder.path);
  for (const auto& event : events) recorder.on_event(event);
  recorder.on_event(command(0, 50, 2));
  REQUIRE(recorder.finish().failures.empty());
  const Table table(folder.read("trace.csv"));
  std::size_t senses = 0;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    for (const auto component : energy::components())
      CHECK(table.number(row, std::string(energy::name(component)) + "_j") >= 0);
    if (table.rows[row].at("phase") != "sense") continue;
    ++senses;
    for (const char* other : {"word_line_j", "precharge_j", "buffer_j", "accumulate_j"})
      CHECK(table.number(row, other) == 0);
  }
  CHECK(senses == 4);
}
