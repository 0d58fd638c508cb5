// SPDX-License-Identifier: Apache-2.0
// The guard of the SystemC tests: what it must notice, and what it must let pass.
#include "support/catch.h"

#include "support/simulation_guard.h"

namespace {

using irc::tb::SimulationGuard;
using sc_core::SC_MS;
using sc_core::SC_NS;
using sc_core::sc_time;

sc_time ns(double value) {
  return {value, SC_NS};
}

}  // namespace

TEST_CASE("the guard fails on a warning") {
  SimulationGuard simulation;
  simulation.stimulus("stimulus", [] { SC_REPORT_WARNING("irc/test", "something odd"); });
  CHECK(simulation.problems_of_run(ns(1)).size() == 1);
  CHECK(simulation.count("irc/test") == 1);
}

TEST_CASE("the guard fails when a stimulus does not end") {
  SimulationGuard simulation;
  simulation.stimulus("stimulus", [] { wait(sc_time(1, SC_MS)); });
  CHECK(simulation.problems_of_run(ns(1)).size() == 1);
}

TEST_CASE("the guard fails on an error report and hands exceptions on") {
  SimulationGuard simulation;
  simulation.stimulus("stimulus", [] { SC_REPORT_ERROR("irc/test", "something wrong"); });
  CHECK_THROWS(simulation.problems_of_run(ns(1)));
  CHECK(simulation.count("irc/test") == 1);
}

TEST_CASE("the guard is content with a simulation that ends well") {
  SimulationGuard simulation;
  simulation.allow("irc/test");
  simulation.stimulus("stimulus", [] { SC_REPORT_ERROR("irc/test", "expected"); });
  simulation.stimulus("other", [] { wait(ns(5)); });
  CHECK(simulation.problems_of_run(ns(10)).empty());
  CHECK(sc_core::sc_time_stamp() == ns(5));
}
