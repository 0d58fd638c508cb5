// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/gnuplot.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <boost/process/start_dir.hpp>
#include <filesystem>
#include <string_view>
#include <vector>

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/core/printable.h"
#include "programs.h"

namespace irc::platform {
namespace {

bool is_whole(const std::string& bytes, bool png) {
  constexpr std::string_view png_end("IEND\xae\x42\x60\x82", 8), svg_end = "</svg>";
  if (png) return bytes.ends_with(png_end);
  const auto last = bytes.find_last_not_of(" \r\n");
  return last != std::string::npos && std::string_view(bytes).substr(0, last + 1).ends_with(svg_end);
}

}  // namespace

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
  const int status = child.native_exit_code();
  if (WIFSIGNALED(status)) return "gnuplot was stopped by signal " + std::to_string(WTERMSIG(status));
  if (WEXITSTATUS(status) == 0) return {};
  return "gnuplot failed (exit code " + std::to_string(WEXITSTATUS(status)) +
         "): " + read_file(log).substr(0, 600);
}

void keep_picture(const std::filesystem::path& drawn, const std::filesystem::path& path) {
  std::error_code none;
  const auto bytes = std::filesystem::exists(drawn, none) ? read_file(drawn) : std::string();
  // gnuplot does not look at the result of its writes, so only the picture's end tells that it is whole.
  if (!is_whole(bytes, path.extension() == ".png"))
    throw InputError("cannot write '" + path.string() +
                     "': gnuplot ended normally, but left only a part of the picture in " +
                     drawn.parent_path().string() + " (" + std::to_string(bytes.size()) +
                     " bytes); is the disk full? TMPDIR names another folder for it");
  atomic_write(path, bytes);
}

std::string draw_figure(const std::string& folder, const std::string& name, int height,
                        const std::string& script) {
  const ScratchFolder scratch;
  const std::string svg = name + ".svg", png = name + ".png";
  // The script is given twice, because gnuplot's `replot` keeps too much of the first terminal.
  const auto picture = [&](const std::string& terminal, const std::string& file) {
    return fmt::format(
        "reset\nset datafile separator comma\nset terminal {} noenhanced\nset output {}\n{}unset output\n",
        terminal, gnuplot_text((scratch / file).string()), script);
  };
  const auto failure =
      run_gnuplot(picture(fmt::format("svg size 900,{} background rgb 'white'", height * 3 / 4), svg) +
                      picture(fmt::format("pngcairo size 1200,{}", height), png),
                  folder);
  if (!failure.empty()) return failure;
  for (const auto& file : {svg, png}) keep_picture(scratch / file, std::filesystem::path(folder) / file);
  return {};
}

std::string gnuplot_text(const std::string& text) {
  // In double quotes, gnuplot would run what stands between backquotes as a command of the shell.
  std::string out = "'";
  for (const char c : printable(text)) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

}  // namespace irc::platform
