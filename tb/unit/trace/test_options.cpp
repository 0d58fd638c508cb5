// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/trace/options.h"

using namespace irc;
using namespace irc::trace;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("trace formats each have a level") {
  using R = Request;
  CHECK(parse_requests("").empty());
  CHECK(parse_requests("  ").empty());
  CHECK(parse_requests("csv") == std::vector<R>{{Format::csv, Level::operation}});
  CHECK(parse_requests("vcd:phase, csv.zst:layer,perfetto : operation") ==
        std::vector<R>{{Format::vcd, Level::phase},
                       {Format::csv_zst, Level::layer},
                       {Format::perfetto, Level::operation}});
}

TEST_CASE("unknown formats and levels are told with the nearest name") {
  CHECK_THROWS_WITH(parse_requests("vdc"),
                    ContainsSubstring("'vdc'") && ContainsSubstring("did you mean 'vcd'"));
  CHECK_THROWS_WITH(parse_requests("fst"), ContainsSubstring("expected vcd, perfetto, csv or csv.zst") &&
                                               !ContainsSubstring("did you"));
  CHECK_THROWS_WITH(parse_requests("csv:phases"), ContainsSubstring("did you mean 'phase'"));
  CHECK_THROWS_WITH(parse_requests("csv:layer,csv:phase"), ContainsSubstring("twice"));
  for (const char* text : {",", "csv,", "csv:", ":phase", "csv:phase:layer", "csv vcd", "CSV"})
    CHECK_THROWS_AS(parse_requests(text), InputError);
}

TEST_CASE("times carry their unit") {
  // The result is exactly the double of the literal, so that a window's end equals an event's time.
  CHECK(parse_time_s("10us") == 10e-6);
  CHECK(parse_time_s(" 2.5 ms ") == 2.5e-3);
  CHECK(parse_time_s("0.1s") == 0.1);
  CHECK(parse_time_s("7ns") == 7e-9);
  CHECK(parse_time_s("1e3ps") == 1e-9);
  CHECK(parse_time_s("0s") == 0);
  for (const char* text : {"", "10", "us", "10 min", "-1us", "nan s", "infs", "1us2", "1US"})
    CHECK_THROWS_WITH(parse_time_s(text),
                      ContainsSubstring(std::string("'") + text + "'") && ContainsSubstring("10us"));
}

TEST_CASE("windows may be open at either end") {
  CHECK(parse_window("10us..20us") == Window{10e-6, 20e-6});
  CHECK(parse_window("..1ms") == Window{0, 1e-3});
  CHECK(parse_window("1.5ms..").begin_s == 1.5e-3);
  CHECK(std::isinf(parse_window("1.5ms..").end_s));
  CHECK(parse_window("..") == Window{});
  for (const char* text : {"", "10us", "20us..10us", "1us..1us", "1us...2us", "..0s", "1us..2us..3us"})
    CHECK_THROWS_AS(parse_window(text), InputError);
}
