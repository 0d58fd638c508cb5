// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <optional>

#include "power_sink.h"
#include "scene.h"

using namespace irc;
using namespace irc::trace;
using Catch::Matchers::ContainsSubstring;

namespace {

Table profile(const std::vector<Event>& events, double window_s, Window traced = {}) {
  Folder folder;
  auto o = options("");
  o.power_window_s = window_s;
  o.window = traced;
  Recorder recorder(o, folder.path);
  for (const auto& event : events) recorder.on_event(event);
  REQUIRE(recorder.finish().failures.empty());
  return Table(folder.read("power.csv"));
}

// The command's own power (2 + 3 pJ per cycle and leakage) is 5.566 mW (see test_perfetto.cpp). Moving a byte
// takes 0.25 + 0.75 + 100 pJ and writes 8 bits for 160 fJ.
constexpr double own_w = 5.566e-3, byte_j = 101e-12 + 160e-15;

}  // namespace

TEST_CASE("energy is spread over the time of its operation") {
  // 100 bytes from 15 to 35 ns: 5 ns of that in the second window, 10 ns in the third, 5 ns in the fourth.
  const auto table = profile({moved(EventKind::dma_read, 15, 35, 100, 1), command(0, 45, 1)}, 10e-9);
  REQUIRE(table.rows.size() == 5);
  const double read_w = 100 * byte_j / 20e-9;
  const double mean_w[] = {own_w, own_w + read_w / 2, own_w + read_w, own_w + read_w / 2, own_w / 2};
  const double peak_w[] = {own_w, own_w + read_w, own_w + read_w, own_w + read_w, own_w};
  for (std::size_t row = 0; row < 5; ++row) {
    CHECK(ns(table, row, "window_start_s") == 10.0 * static_cast<double>(row));
    CHECK(ns(table, row, "window_end_s") == 10.0 * static_cast<double>(row + 1));
    CHECK(table.number(row, "mean_power_w") == Approx(mean_w[row]));
    CHECK(table.number(row, "peak_power_w") == Approx(peak_w[row]));
    CHECK(table.number(row, "energy_j") == Approx(mean_w[row] * 10e-9));
  }
  CHECK(table.sum("dram_j") == Approx(100 * 100e-12));
}

TEST_CASE("a peak is of what overlaps in time, not of what shares a window") {
  const auto one_after_other = profile({moved(EventKind::dma_read, 0, 10, 10, 1),
                                        moved(EventKind::dma_read, 10, 20, 10, 1), command(0, 20, 1)},
                                       20e-9);
  const auto together = profile(
      {moved(EventKind::dma_read, 0, 10, 10, 1), moved(EventKind::dma_read, 5, 15, 10, 1), command(0, 20, 1)},
      20e-9);
  const double read_w = 10 * byte_j / 10e-9;
  REQUIRE(one_after_other.rows.size() == 1);
  CHECK(one_after_other.number(0, "peak_power_w") == Approx(own_w + read_w));
  CHECK(together.number(0, "peak_power_w") == Approx(own_w + 2 * read_w));
  CHECK(together.number(0, "mean_power_w") == Approx(one_after_other.number(0, "mean_power_w")));
}

TEST_CASE("what ends where a window begins is not its peak, and gaps have windows too") {
  const auto table =
      profile({moved(EventKind::dma_read, 0, 10, 10, 1), command(0, 10, 1), command(30, 40, 1)}, 10e-9);
  REQUIRE(table.rows.size() == 4);
  CHECK(table.number(1, "peak_power_w") == 0);
  CHECK(table.number(2, "energy_j") == 0);
  CHECK(table.number(3, "peak_power_w") == Approx(own_w));
}

TEST_CASE("work without time is energy of its window and no power") {
  Event trim = moved(EventKind::trim, 10, 10, 0, 0);
  trim.decisions = 10;
  const auto table = profile({command(0, 10, 1), trim, command(10, 20, 1)}, 10e-9);
  REQUIRE(table.rows.size() == 2);
  CHECK(table.number(0, "energy_j") == Approx(own_w * 10e-9));
  CHECK(table.number(1, "energy_j") == Approx(own_w * 10e-9 + 610e-15));
  CHECK(table.number(1, "peak_power_w") == Approx(own_w));
}

TEST_CASE("a traced window cuts the profile") {
  const auto table =
      profile({moved(EventKind::dma_read, 15, 35, 100, 1), command(0, 45, 1)}, 10e-9, {12e-9, 32e-9});
  REQUIRE(table.rows.size() == 2);
  CHECK(ns(table, 0, "window_start_s") == 12);
  const double read_w = 100 * byte_j / 20e-9;
  CHECK(table.number(0, "energy_j") == Approx(own_w * 10e-9 + read_w * 7e-9));
  CHECK(table.number(1, "energy_j") == Approx((own_w + read_w) * 10e-9));
}

namespace {

/// Result of a table with one piece of work from `start_ps` to `end_ps`, after one from 0 to 10 ps.
std::optional<std::string> table_of(const Folder& folder, Picoseconds start_ps, Picoseconds end_ps,
                                    std::int64_t most_rows) {
  OutputFile file(folder.path / "power.csv", false);
  const auto sink = make_power_sink(file, {}, 10, most_rows);
  Record record;
  record.end_ps = 10;
  sink->write(record);
  record.start_ps = start_ps;
  record.end_ps = end_ps;
  sink->write(record);
  sink->finish();
  return file.finish();
}

}  // namespace

TEST_CASE("a profile of too many windows is given up as soon as that is known") {
  Folder folder;
  // Rows 0 to 9 in both cases: long work, and a gap.
  CHECK_FALSE(table_of(folder, 10, 100, 10).has_value());
  CHECK(Table(folder.read("power.csv")).rows.size() == 10);
  CHECK_FALSE(table_of(folder, 95, 95, 10).has_value());
  CHECK(Table(folder.read("power.csv")).rows.size() == 10);
  std::filesystem::remove(folder.path / "power.csv");
  for (const auto start_ps : {Picoseconds{10}, Picoseconds{100}}) {
    const auto failure = table_of(folder, start_ps, 101, 10);
    REQUIRE(failure.has_value());
    CHECK_THAT(*failure,
               ContainsSubstring("power.csv") && ContainsSubstring("more than 10 windows of 1e-11 s"));
  }
  // If rows were written before they are counted, this would take weeks.
  CHECK(table_of(folder, 1'000'000'000'000'000, 1'000'000'000'000'010, most_power_rows).has_value());
  CHECK(folder.files() == 0);
}

TEST_CASE("a profile whose file has failed does no more work") {
  Folder folder;
  OutputFile file(folder.path / "power.csv", false);
  const auto sink = make_power_sink(file, {}, 1, std::numeric_limits<std::int64_t>::max());
  file.fail("the disk is full");
  Record record;
  record.end_ps = 1'000'000'000'000'000;
  sink->write(record);
  record.start_ps = record.end_ps - 1;
  sink->write(record);
  sink->finish();
  CHECK(file.finish() == "the disk is full");
}
