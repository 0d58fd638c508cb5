// SPDX-License-Identifier: Apache-2.0
#include "support/simulation_guard.h"

#include <algorithm>
#include <utility>

#include "support/catch.h"

namespace irc::tb {
namespace {

// The kernel's report handler is a bare function, so it needs a global way to find this process's guard.
SimulationGuard*& current_guard() {
  static SimulationGuard* guard = nullptr;
  return guard;
}

}  // namespace

class SimulationGuard::Thread : public sc_core::sc_module {
 public:
  Thread(sc_core::sc_module_name name, SimulationGuard& guard, std::function<void()> body)
      : sc_core::sc_module(name), guard_(guard), body_(std::move(body)) {
    SC_HAS_PROCESS(Thread);
    SC_THREAD(run);
    set_stack_size(1 << 20);
  }

 private:
  void run() {
    try {
      body_();
    } catch (const sc_core::sc_unwind_exception&) {
      throw;  // the kernel ends the thread
    } catch (...) {
      guard_.thrown_ = std::current_exception();
      sc_core::sc_stop();
      return;
    }
    guard_.thread_over();
  }

  SimulationGuard& guard_;
  std::function<void()> body_;
};

SimulationGuard::SimulationGuard() {
  current_guard() = this;
  sc_core::sc_report_handler::set_handler(&SimulationGuard::handle);
}

SimulationGuard::~SimulationGuard() {
  sc_core::sc_report_handler::set_handler(nullptr);
  current_guard() = nullptr;
}

void SimulationGuard::handle(const sc_core::sc_report& report, const sc_core::sc_actions& actions) {
  current_guard()->collect(report, actions);
}

void SimulationGuard::collect(const sc_core::sc_report& report, sc_core::sc_actions actions) {
  if (report.get_severity() < sc_core::SC_WARNING) return;
  reports_.push_back({report.get_severity(), report.get_msg_type(), report.get_msg()});
  if (allowed_.count(report.get_msg_type()) != 0) return;
  sc_core::sc_report_handler::default_handler(report, actions);
}

void SimulationGuard::stimulus(const std::string& name, std::function<void()> body) {
  threads_.push_back(std::make_unique<Thread>(name.c_str(), *this, std::move(body)));
  ++threads_running_;
}

void SimulationGuard::thread_over() {
  if (--threads_running_ == 0) sc_core::sc_stop();
}

std::size_t SimulationGuard::count(const std::string& type) const {
  return static_cast<std::size_t>(std::count_if(
      reports_.begin(), reports_.end(), [&](const CollectedReport& report) { return report.type == type; }));
}

std::vector<std::string> SimulationGuard::problems_of_run(const sc_core::sc_time& limit) {
  std::vector<std::string> problems;
  if (threads_.empty()) problems.push_back("the simulation has no stimulus");
  try {
    sc_core::sc_start(limit);
  } catch (const sc_core::sc_report& report) {
    // The report was collected when it was made.
    if (reports_.empty()) problems.push_back(report.what());
  }
  if (thrown_) std::rethrow_exception(thrown_);
  for (const CollectedReport& report : reports_)
    if (allowed_.count(report.type) == 0) problems.push_back("report " + report.type + ": " + report.message);
  if (threads_running_ != 0)
    problems.push_back(std::to_string(threads_running_) + " stimulus threads did not come to their end by " +
                       sc_core::sc_time_stamp().to_string());
  return problems;
}

void SimulationGuard::run(const sc_core::sc_time& limit) {
  for (const std::string& problem : problems_of_run(limit)) FAIL_CHECK(problem);
}

}  // namespace irc::tb
