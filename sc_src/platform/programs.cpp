// SPDX-License-Identifier: Apache-2.0
#include "programs.h"

#include <unistd.h>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <boost/process/start_dir.hpp>
#include <cstdlib>
#include <sstream>
#include <vector>

#include "irc/core/error.h"
#include "irc/core/file.h"

namespace irc::platform {

namespace fs = std::filesystem;

std::string find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const auto file = fs::path(folder.empty() ? "." : folder) / name;
    std::error_code none;
    if (fs::is_regular_file(file, none) && access(file.c_str(), X_OK) == 0) return file.string();
  }
  return {};
}

std::string run_gnuplot(const std::string& script, const std::string& folder) {
  namespace bp = boost::process;
  const auto gnuplot = find_program("gnuplot");
  if (gnuplot.empty()) return "gnuplot is not installed (apt-get install gnuplot-nox)";
  const ScratchFolder scratch;
  const auto file = scratch / "script.gp", log = scratch / "log";
  atomic_write(file, script);
  bp::child child(bp::exe = gnuplot, bp::args = std::vector<std::string>{file.string()},
                  bp::start_dir = folder, bp::std_in<bp::null, bp::std_out> bp::null,
                  bp::std_err > log.string());
  child.wait();
  if (child.exit_code() == 0) return {};
  return "gnuplot failed (exit code " + std::to_string(child.exit_code()) +
         "): " + read_file(log).substr(0, 600);
}

ScratchFolder::ScratchFolder() {
  std::string form = (fs::temp_directory_path() / "irc-XXXXXX").string();
  if (mkdtemp(form.data()) == nullptr)
    throw InputError("cannot make a temporary folder " + form + " (TMPDIR names another place)");
  path_ = form;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace irc::platform
