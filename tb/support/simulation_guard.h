// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <systemc>

namespace irc::tb {

/// A warning or worse that the kernel or a module reported.
struct CollectedReport {
  sc_core::sc_severity severity;
  std::string type;
  std::string message;
};

/// Runs one simulation and fails the test case when anything was reported as a warning or worse, or when a
/// stimulus did not finish. Create it before the first module, once per process, because SystemC elaborates
/// only once.
///
///   SimulationGuard simulation;
///   SystemMemory memory("memory", ...);
///   simulation.stimulus("reader", [&] { ...; CHECK(...); });
///   simulation.run(sc_time(1, SC_MS));
///
/// The simulation stops when every stimulus has returned. run() rethrows what a stimulus throws, including a
/// failed REQUIRE.
class SimulationGuard {
 public:
  SimulationGuard();
  ~SimulationGuard();
  SimulationGuard(const SimulationGuard&) = delete;
  SimulationGuard& operator=(const SimulationGuard&) = delete;

  /// Reports of this message type are expected: they are collected, but not shown, not thrown and no failure.
  void allow(const std::string& type) { allowed_.insert(type); }

  /// A thread of the testbench, with a stack of 1 MiB for Catch2's macros.
  void stimulus(const std::string& name, std::function<void()> body);

  /// Simulates until every stimulus is over, for at most `limit`. Fails the case on any problem.
  void run(const sc_core::sc_time& limit);
  /// The same, but returns the problems, which are empty on success.
  std::vector<std::string> problems_of_run(const sc_core::sc_time& limit);

  const std::vector<CollectedReport>& reports() const { return reports_; }
  std::size_t count(const std::string& type) const;

 private:
  class Thread;
  static void handle(const sc_core::sc_report& report, const sc_core::sc_actions& actions);
  void collect(const sc_core::sc_report& report, sc_core::sc_actions actions);
  void thread_over();

  std::set<std::string> allowed_;
  std::vector<CollectedReport> reports_;
  std::vector<std::unique_ptr<Thread>> threads_;
  std::size_t threads_running_ = 0;
  std::exception_ptr thrown_;
};

}  // namespace irc::tb
