// SPDX-License-Identifier: Apache-2.0
#include "irc/core/error.h"
#include "scene.h"
#include "vcd_writer.h"

using namespace irc;
using namespace irc::trace;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("a value change dump, letter by letter") {
  Folder folder;
  OutputFile file(folder.path / "dump", false);
  VcdWriter vcd(file);
  vcd.begin_scope("top");
  const auto busy = vcd.bit("busy");
  const auto rows = vcd.integer("rows");
  const auto power = vcd.real("power_w");
  const auto state = vcd.text("state");
  vcd.end_scope();
  vcd.begin(5);
  vcd.advance(10);
  vcd.set_number(busy, 1);
  vcd.set_number(rows, 6);
  vcd.set_real(power, 0.5);
  vcd.set_number(rows, 7);  // the last value of a time counts
  vcd.advance(20);
  vcd.set_number(busy, 1);  // no change
  vcd.advance(30);
  vcd.set_text(state, "drive");
  vcd.finish();
  REQUIRE_FALSE(file.finish().has_value());
  CHECK(folder.read("dump") ==
        "$version ircsim $end\n$timescale 1 ps $end\n$scope module top $end\n"
        "$var wire 1 ! busy $end\n$var wire 32 \" rows [31:0] $end\n$var real 64 # power_w $end\n"
        "$var string 1 $ state $end\n$upscope $end\n$enddefinitions $end\n"
        "#5\n$dumpvars\n0!\nb0 \"\nr0 #\nsidle $\n$end\n"
        "#10\n1!\nb111 \"\nr0.5 #\n#30\nsdrive $\n");
}

TEST_CASE("a dump does not go back in time") {
  Folder folder;
  OutputFile file(folder.path / "dump", false);
  VcdWriter vcd(file);
  vcd.begin(10);
  CHECK_THROWS_AS(vcd.advance(9), InternalError);
}

TEST_CASE("a burst in a dump: phases, stages beside each other, energy when it is spent") {
  Folder folder;
  Recorder recorder(options("vcd:phase"), folder.path);
  recorder.begin_picture(0, 0);
  for (const auto& event : burst(10, 43)) recorder.on_event(event);
  recorder.on_event(command(0, 50, 2));
  REQUIRE(recorder.finish().failures.empty());
  const auto text = folder.read("trace.vcd");
  // macro1 comes after ten signals of the platform and ten of macro0; phase, loading, storing are 5, 6, 7.
  REQUIRE_THAT(text, ContainsSubstring(
                         "$scope module macro1 $end\n$var string 1 5 phase $end\n$var wire 1 6 loading $end\n"
                         "$var wire 1 7 storing $end\n"));
  const auto at = [&](const std::string& time) {
    const auto begin = text.find("\n#" + time + "\n") + 1;
    return text.substr(begin, text.find("\n#", begin) - begin + 1);
  };
  CHECK_THAT(at("10000"), ContainsSubstring("16\n") && !ContainsSubstring(" 5\n"));
  CHECK_THAT(at("14000"),
             ContainsSubstring("sdrive 5\n") && ContainsSubstring("r10 <\n") &&
                 !ContainsSubstring("6\n"));  // LOAD after LOAD
  CHECK_THAT(at("15000"), ContainsSubstring("06\n") && ContainsSubstring("ssettle 5\n") &&
                              ContainsSubstring("r0.002 =\n"));
  CHECK_THAT(at("26000"),
             ContainsSubstring("17\n") && ContainsSubstring("sdrive 5\n") && ContainsSubstring("r0 =\n"));
  CHECK_THAT(at("38000"), ContainsSubstring("sidle 5\n") && ContainsSubstring("r0 <\n"));
  CHECK_THAT(at("43000"), ContainsSubstring("07\n") && !ContainsSubstring(" 5\n"));
  // 16 phases: 2 (600 + 2 (786 + 800 + 4800) + 800) fJ.
  CHECK_THAT(at("43000"), ContainsSubstring("r2.8344"));
}

// The dump and the power profile agree on the energy within a window, whatever it cuts.
TEST_CASE("a window cuts the energy of what reaches beyond it") {
  for (const Window window :
       {Window{}, Window{20e-9, 30e-9}, Window{12e-9, 1}, Window{0, 20e-9}, Window{43e-9, 44e-9}}) {
    Folder folder;
    auto o = options("vcd:operation");
    o.window = window;
    o.power_window_s = 1e-6;
    // Windows of the profile are not shortened, but contain nothing after the traced window.
    Recorder recorder(o, folder.path);
    recorder.begin_picture(0, 0);
    for (const auto& event : burst(10, 43)) recorder.on_event(event);
    recorder.on_event(command(0, 50, 2));
    REQUIRE(recorder.finish().failures.empty());
    const auto text = folder.read("trace.vcd");
    // The platform's energy is the first signal, "!".
    double last_j = 0;
    for (std::size_t at = 0; (at = text.find('r', at)) != std::string::npos; ++at) {
      const auto line = text.substr(at, text.find('\n', at) - at);
      if (text[at - 1] == '\n' && line.ends_with(" !")) last_j = std::stod(line.substr(1));
    }
    CHECK(last_j > 0);
    CHECK(last_j == Approx(Table(folder.read("power.csv")).sum("energy_j")).epsilon(1e-12));
  }
}
