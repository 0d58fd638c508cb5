// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "irc/core/error.h"
#include "irc/energy/energy_ledger.h"
#include "scene.h"

using namespace irc;
using namespace irc::trace;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Events between two commands, in an order in which they may become known.
std::vector<Event> some_work() {
  std::vector<Event> events{moved(EventKind::descriptor_fetch, 0, 5, 64, 2),
                            moved(EventKind::dma_read, 5, 9, 48, 2)};
  for (const auto& event : burst(10, 43)) events.push_back(event);
  events.push_back(moved(EventKind::dma_write, 20, 30, 16, 2));
  events.push_back(moved(EventKind::digital_move, 12, 14, 8, 2));
  return events;
}

std::array<std::string, 3> files_of(const std::vector<Event>& events, const std::string& level) {
  Folder folder;
  Recorder recorder(options("csv:" + level + ",vcd:" + level + ",perfetto:" + level), folder.path);
  recorder.begin_picture(0, 0);
  for (const auto& event : events) recorder.on_event(event);
  recorder.on_event(command(0, 50, 2));
  const auto outcome = recorder.finish();
  REQUIRE(outcome.failures.empty());
  REQUIRE(outcome.paths.size() == 3);
  return {folder.read("trace.csv"), folder.read("trace.vcd"), folder.read("trace.perfetto.json")};
}

}  // namespace

TEST_CASE("every level adds up to the ledger's energy, by component") {
  energy::EnergyLedger ledger(two_macros());
  auto events = some_work();
  events.push_back(command(0, 50, 2));
  for (const auto& event : events) ledger.on_event(event);
  REQUIRE(ledger.total_j() > 0);
  for (const auto& [level, rows] : {std::pair{"layer", 1}, {"operation", 7}, {"phase", 21}}) {
    const Table table(files_of(some_work(), level)[0]);
    CHECK(table.rows.size() == static_cast<std::size_t>(rows));
    CHECK(table.sum("energy_j") == Approx(ledger.total_j()).epsilon(1e-13));
    for (const auto component : energy::components())
      CHECK(table.sum(std::string(energy::name(component)) + "_j") ==
            Approx(ledger.total_j(component)).epsilon(1e-13).margin(1e-30));
  }
}

TEST_CASE("the order in which events come cannot be seen") {
  auto shuffled = some_work();
  // Row groups of a burst follow one another, as they are published. All other events may come in any order.
  std::rotate(shuffled.begin(), shuffled.begin() + 2, shuffled.end());
  std::swap(shuffled[2], shuffled[3]);
  for (const char* level : {"layer", "operation", "phase"})
    CHECK(files_of(some_work(), level) == files_of(shuffled, level));
  auto other = some_work();
  other[1].end_s += 1e-12;
  CHECK(files_of(some_work(), "operation") != files_of(other, "operation"));
}

TEST_CASE("a row of the table") {
  const Table table(files_of(some_work(), "operation")[0]);
  const auto& row = table.rows.at(3);  // command, fetch and read begin before it
  CHECK(row.at("kind") == "macro_operation");
  CHECK(row.at("phase").empty());
  CHECK(row.at("chip") == "0");
  CHECK(row.at("picture") == "0");
  CHECK(row.at("layer") == "2");
  CHECK(row.at("layer_name") == "conv, wide");  // quoted in the file; this reader drops the quotes inside
  CHECK(row.at("macro") == "1");
  CHECK(row.at("tile") == "7");
  CHECK(row.at("vector_end") == "2");
  CHECK(row.at("start_s") == "0.000000010000");
  CHECK(row.at("end_s") == "0.000000043000");
  CHECK(row.at("active_word_lines") == "20");
  CHECK(row.at("array_current_a") == "0.004");
  CHECK(table.rows[1].at("macro").empty());
}

TEST_CASE("setting up has no picture, and amplifiers are trimmed between commands") {
  Folder folder;
  Recorder recorder(options("csv:layer"), folder.path);
  recorder.begin_setup(3);
  recorder.on_event(command(0, 50, 2));
  Event trim = moved(EventKind::trim, 60, 60, 0, 0);
  trim.decisions = 10;
  recorder.on_event(trim);
  REQUIRE(recorder.finish().failures.empty());
  const Table table(folder.read("trace.csv"));
  REQUIRE(table.rows.size() == 2);
  CHECK(table.rows[0].at("picture").empty());
  CHECK(table.rows[0].at("chip") == "3");
  CHECK(table.rows[1].at("kind") == "trim");
  CHECK(table.number(1, "sense_j") == Approx(10 * 61e-15));
}

TEST_CASE("a window takes what touches it") {
  for (const auto& [begin_ns, end_ns, kinds] :
       {std::tuple{0.0, 5.0, 2}, {5.0, 9.0, 2}, {9.0, 10.0, 1}, {13.0, 1e9, 5}, {50.0, 60.0, 0}}) {
    Folder folder;
    auto windowed = options("csv:operation");
    windowed.window = {begin_ns * 1e-9, end_ns * 1e-9};
    Recorder recorder(windowed, folder.path);
    for (const auto& event : some_work()) recorder.on_event(event);
    recorder.on_event(command(0, 50, 2));
    REQUIRE(recorder.finish().failures.empty());
    CHECK(Table(folder.read("trace.csv")).rows.size() == static_cast<std::size_t>(kinds));
  }
}

TEST_CASE("a recorder refuses what it cannot do") {
  Folder folder;
  CHECK_THROWS_WITH(Recorder(options("csv"), folder.path / "none"), ContainsSubstring("none/trace.csv"));
  auto wrong = options("");
  wrong.power_window_s = 1e-13;
  CHECK_THROWS_WITH(Recorder(wrong, folder.path), ContainsSubstring("1e-13"));
  CHECK(folder.files() == 0);
  Recorder recorder(options("csv"), folder.path);
  Event event = command(0, 50, 2);
  event.end_s = -1;
  CHECK_THROWS_AS(recorder.on_event(event), InternalError);
}
