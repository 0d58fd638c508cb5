// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "scene.h"

using namespace irc;
using namespace irc::trace;
using nlohmann::json;

namespace {

json document_of(const std::string& level, const std::vector<Event>& events) {
  Folder folder;
  Recorder recorder(options("perfetto:" + level), folder.path);
  recorder.begin_picture(2, 9);
  for (const auto& event : events) recorder.on_event(event);
  REQUIRE(recorder.finish().failures.empty());
  return json::parse(folder.read("trace.perfetto.json"));
}

json trace_of(const std::string& level, const std::vector<Event>& events) {
  return document_of(level, events).at("traceEvents");
}

/// "B name ts" and "E name ts" of one track, in order.
std::vector<std::string> slices(const json& events, int process, int thread) {
  std::vector<std::string> out;
  for (const auto& e : events)
    if ((e["ph"] == "B" || e["ph"] == "E") && e["pid"] == process && e["tid"] == thread)
      out.push_back(e["ph"].get<std::string>() + " " + e["name"].get<std::string>() + " " + e["ts"].dump());
  return out;
}

std::vector<Event> a_burst() {
  auto events = burst(10, 43);
  events.push_back(command(0, 50, 2));
  return events;
}

}  // namespace

TEST_CASE("layer, operation and phase lie in each other") {
  const auto events = trace_of("phase", a_burst());
  CHECK(slices(events, 1, 1) == std::vector<std::string>{"B chip 2, picture 9 0.0", "B conv, \"wide\" 0.0",
                                                         "E conv, \"wide\" 0.05",
                                                         "E chip 2, picture 9 0.05"});
  const auto array = slices(events, 11, 1);
  REQUIRE(array.size() == 2 * (2 + 12));
  CHECK(array[0] == "B conv, \"wide\" 0.014");
  CHECK(array[1] == "B tile 7 0.014");
  CHECK(array[2] == "B drive 0.014");
  CHECK(array[3] == "E drive 0.015");
  CHECK(array[array.size() - 3] == "E sense 0.038");
  CHECK(array[array.size() - 2] == "E tile 7 0.038");
  CHECK(array[array.size() - 1] == "E conv, \"wide\" 0.038");
  CHECK(slices(events, 11, 2) ==
        std::vector<std::string>{"B load 0.01", "E load 0.014", "B load 0.014", "E load 0.015"});
  CHECK(slices(events, 11, 3).size() == 4);
}

TEST_CASE("a level leaves out what is below it") {
  const auto operations = trace_of("operation", a_burst());
  CHECK(slices(operations, 11, 1).size() == 4);
  CHECK(slices(operations, 11, 2).empty());
  const auto layers = trace_of("layer", a_burst());
  CHECK(slices(layers, 11, 1).empty());
  CHECK(slices(layers, 1, 1).size() == 4);
}

TEST_CASE("slices that repeat the energy of others say so, and only they") {
  for (const std::string level : {"layer", "operation", "phase"}) {
    INFO(level);
    const auto document = document_of(level, a_burst());
    const auto note = document["otherData"]["energy"].get<std::string>();
    CHECK((note.find("No slice repeats") != std::string::npos) == (level == "layer"));
    double own_j = 0, all_j = 0;
    for (const auto& e : document["traceEvents"]) {
      if (e["ph"] != "B" || !e.contains("args")) continue;
      const auto& args = e["args"];
      all_j += args["energy_j"].get<double>();
      if (!args.contains("energy_j_includes")) own_j += args["energy_j"].get<double>();
      const auto name = e["name"].get<std::string>();
      const bool repeats =
          e["pid"] == 11 && (name == "conv, \"wide\"" || (name == "tile 7" && level == "phase"));
      INFO(name);
      CHECK(args.contains("energy_j_includes") == repeats);
    }
    // What is left is the energy of the layer, whatever the level.
    const double command_j = 50 * 5e-12 + 50e-9 * 566e-6;
    CHECK(own_j == Approx(command_j + 28.344e-12));
    CHECK((all_j > 1.01 * own_j) == (level != "layer"));
  }
}

TEST_CASE("counters: rows while they are driven, power of all that is at work") {
  const auto events = trace_of("operation", a_burst());
  std::map<std::string, std::vector<std::pair<double, double>>> counters;
  for (const auto& e : events)
    if (e["ph"] == "C")
      counters[e["pid"].dump() + e["name"].get<std::string>()].push_back({e["ts"], e["args"]["value"]});
  // 20 word lines per group over 2 vectors.
  CHECK(counters["11active rows"] == std::vector<std::pair<double, double>>{{0.014, 10}, {0.038, 0}});
  const auto& power = counters["1power (W)"];
  REQUIRE(power.size() == 4);
  // The command's own power: 2 + 3 pJ per cycle, and leakage of 256000 cells at 1 nW, 2 x 50 uW, 10 uW, 200
  // uW.
  const double own_w = 5e-3 + 256e-6 + 310e-6;
  CHECK(power[0].second == Approx(own_w));
  // The burst of 28.344 pJ is spread over its 33 ns.
  CHECK(power[1].second == Approx(own_w + 28.344e-12 / 33e-9));
  CHECK(power[2] == std::pair<double, double>{0.043, power[0].second});
  CHECK(power[3] == std::pair<double, double>{0.05, 0.0});
}

TEST_CASE("arrows go from a transaction to the first work after its arrival") {
  std::vector<Event> events{moved(EventKind::dma_read, 0, 10, 48, 1),
                            moved(EventKind::dma_read, 10, 20, 48, 1),
                            moved(EventKind::dma_read, 20, 30, 48, 1)};
  Event row = moved(EventKind::digital_mac, 20, 22, 8, 1);
  events.push_back(row);  // the first two have arrived
  row.start_s = 30e-9;
  row.end_s = 32e-9;
  events.push_back(row);  // the third has arrived; the others feed nothing twice
  row.start_s = 40e-9;
  row.end_s = 42e-9;
  events.push_back(row);  // nothing new
  events.push_back(command(0, 50, 1));
  // Nothing in this command feeds the next.
  events.push_back(moved(EventKind::dma_read, 55, 60, 48, 1));
  events.push_back(command(50, 60, 1));
  row.start_s = 70e-9;
  row.end_s = 72e-9;
  events.push_back(row);
  events.push_back(command(60, 80, 1));
  std::map<int, std::pair<double, double>> arrows;
  for (const auto& e : trace_of("operation", events)) {
    if (e["ph"] == "s") arrows[e["id"]].first = e["ts"];
    if (e["ph"] == "f") arrows[e["id"]].second = e["ts"];
  }
  CHECK(arrows ==
        std::map<int, std::pair<double, double>>{{1, {0, 0.02}}, {2, {0.01, 0.02}}, {3, {0.02, 0.03}}});
}
