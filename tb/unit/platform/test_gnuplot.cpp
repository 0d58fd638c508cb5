// SPDX-License-Identifier: Apache-2.0
// Figures, with stand-ins for gnuplot that fail in the ways of the real one.
#include "irc/platform/gnuplot.h"

#include <cstdlib>
#include <fstream>

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace irc;
using namespace irc::platform;
using Catch::Matchers::ContainsSubstring;
namespace fs = std::filesystem;

namespace {

/// A folder with a gnuplot of our own, which is the only program in PATH until the test ends.
class Stage {
 public:
  explicit Stage(const std::string& commands) : old_path_(std::getenv("PATH")) {
    fs::create_directories(folder_ / "bin");
    fs::create_directories(folder_ / "out");
    std::ofstream(folder_ / "bin/gnuplot") << "#!/bin/sh\nPATH=" << old_path_ << "\n" << commands;
    fs::permissions(folder_ / "bin/gnuplot", fs::perms::owner_all);
    setenv("PATH", (folder_ / "bin").c_str(), 1);
  }
  ~Stage() { setenv("PATH", old_path_.c_str(), 1); }
  std::string draw() const { return draw_figure(out().string(), "figure", 400, "plot x\n"); }
  fs::path out() const { return folder_ / "out"; }

 private:
  std::string old_path_;
  tb::TemporaryFolder folder_;
};

/// Writes the first argument to the SVG and the second to the PNG that the script names.
std::string writes(const std::string& svg, const std::string& png) {
  return "svg=$(sed -n \"s/^set output '\\(.*svg\\)'$/\\1/p\" \"$1\")\n"
         "printf '" +
         svg + "' >\"$svg\"\nprintf '" + png + "' >\"${svg%svg}png\"\n";
}

const std::string whole_svg = "<svg></svg>\\n\\n", whole_png = "\\211PNG IEND\\256B`\\202";

}  // namespace

TEST_CASE("a whole figure gets its name") {
  const Stage stage(writes(whole_svg, whole_png));
  CHECK(stage.draw() == "");
  CHECK(read_file(stage.out() / "figure.svg") == "<svg></svg>\n\n");
  CHECK(read_file(stage.out() / "figure.png").ends_with("IEND\xae\x42\x60\x82"));
}

TEST_CASE("a figure that is cut or missing is an error with its path, and leaves no part of it") {
  // gnuplot ends with exit code 0 on a full disk.
  for (const auto& [commands, name] : {std::pair{writes("<svg><path", whole_png), "figure.svg"},
                                       std::pair{writes("", whole_png), "figure.svg"},
                                       std::pair{writes(whole_svg, "\\211PNG"), "figure.png"},
                                       std::pair{std::string("exit 0\n"), "figure.svg"}}) {
    const Stage stage(commands);
    CHECK_THROWS_WITH(stage.draw(), ContainsSubstring("cannot write '" + (stage.out() / name).string()) &&
                                        ContainsSubstring("is the disk full?"));
    CHECK_FALSE(fs::exists(stage.out() / name));
    for (const auto& entry : fs::directory_iterator(stage.out()))
      CHECK(entry.path().filename() == "figure.svg");
  }
}

TEST_CASE("a gnuplot that fails says how") {
  CHECK_THAT(Stage("echo no terminal here >&2\nexit 1\n").draw(),
             ContainsSubstring("exit code 1") && ContainsSubstring("no terminal here"));
  CHECK_THAT(Stage("kill -9 $$\n").draw(), ContainsSubstring("signal 9"));
}

TEST_CASE("a text of the user reaches gnuplot as a text") {
  CHECK(gnuplot_text("plain") == "'plain'");
  CHECK(gnuplot_text("it's") == "'it''s'");
  CHECK(gnuplot_text("a\nb") == "'a\\nb'");
  // Between double quotes, gnuplot would run this as a command.
  CHECK(gnuplot_text("`touch x` \"y\" \\n") == "'`touch x` \"y\" \\n'");
}
