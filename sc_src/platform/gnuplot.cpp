// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/gnuplot.h"

#include <fmt/format.h>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <boost/process/start_dir.hpp>
#include <vector>

#include "irc/core/file.h"
#include "irc/core/printable.h"
#include "programs.h"

namespace irc::platform {

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

std::string draw_figure(const std::string& folder, const std::string& name, int height,
                        const std::string& script) {
  // The script is given twice, because gnuplot's `replot` keeps too much of the first terminal.
  const auto picture = [&](const std::string& terminal, const char* suffix) {
    return fmt::format(
        "reset\nset datafile separator comma\nset terminal {} noenhanced\nset output '{}.{}'\n{}unset "
        "output\n",
        terminal, name, suffix, script);
  };
  return run_gnuplot(picture(fmt::format("svg size 900,{} background rgb 'white'", height * 3 / 4), "svg") +
                         picture(fmt::format("pngcairo size 1200,{}", height), "png"),
                     folder);
}

std::string gnuplot_text(const std::string& text) {
  std::string out = "\"";
  for (const char c : printable(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace irc::platform
