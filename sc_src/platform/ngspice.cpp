// SPDX-License-Identifier: Apache-2.0
#include <sys/wait.h>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <cstdlib>
#include <filesystem>

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/platform/spice.h"
#include "programs.h"

namespace irc::platform {

namespace {

namespace fs = std::filesystem;
namespace bp = boost::process;

/// Finds the number after "i(vclamp) = ", if there is one.
bool find_current(const std::string& log, double& current_a) {
  const std::string key = "i(vclamp) = ";
  const auto at = log.find(key);
  if (at == std::string::npos) return false;
  const char* begin = log.c_str() + at + key.size();
  char* end = nullptr;
  current_a = std::strtod(begin, &end);
  return end != begin;
}

}  // namespace

std::string find_ngspice() {
  return find_program("ngspice");
}

std::string require_ngspice() {
  auto found = find_ngspice();
  if (found.empty())
    throw InputError(
        "ngspice is not installed, and it is what the solver is held against: apt-get install ngspice (or "
        "scripts/setup.sh)");
  return found;
}

double ngspice_current_a(const std::string& ngspice, const std::string& netlist) {
  const ScratchFolder folder;
  const auto circuit = folder / "column.cir", log = folder / "log";
  atomic_write(circuit, netlist);
  // -n: a user's .spiceinit must not change the comparison.
  bp::child child(bp::exe = ngspice,
                  bp::args = std::vector<std::string>{"-n", "-b", "-o", log.string(), circuit.string()},
                  bp::std_in<bp::null, bp::std_out> bp::null, bp::std_err > bp::null);
  child.wait();
  const auto text = fs::exists(log) ? read_file(log) : std::string();
  double current_a = 0;
  if (find_current(text, current_a)) return -current_a;  // SPICE counts a source's current into its + node
  const auto tail = text.size() > 600 ? text.substr(text.size() - 600) : text;
  const int status = child.native_exit_code();
  const auto how = WIFSIGNALED(status) ? "stopped by signal " + std::to_string(WTERMSIG(status))
                                       : "exit code " + std::to_string(WEXITSTATUS(status));
  throw InternalError("ngspice gave no current (" + how + "); the end of its log:\n" + tail);
}

}  // namespace irc::platform
