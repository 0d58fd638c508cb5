// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <string>
#include <string_view>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/explore/report.h"
#include "sample.h"

namespace {

using irc::explore::report_csv;
using irc::explore::report_html;
using irc::explore::test::hostile_text;
using irc::explore::test::sample;
using nlohmann::json;

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

/// The document, as the page's script reads it.
std::string embedded_text(const std::string& page) {
  const std::string_view opening = "<script type=\"application/json\" id=\"data\">";
  const auto begin = page.find(opening) + opening.size();
  return page.substr(begin, page.find("</script>", begin) - begin);
}

std::string refusal(const std::function<void(json&)>& spoil) {
  auto data = sample(3);
  spoil(data);
  try {
    report_html(data);
  } catch (const irc::InputError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a report is one page that needs nothing else") {
  auto page = report_html(sample(20));
  CHECK(page.rfind("<!DOCTYPE html>", 0) == 0);
  // The page contains the licences of its parts; their addresses are plain text.
  const auto licence = page.find("<pre id=\"licence\"");
  REQUIRE(licence != page.npos);
  const auto length = page.find("</pre>", licence) - licence;
  CHECK(page.substr(licence, length).find("Apache License") != std::string::npos);
  CHECK(page.substr(licence, length).find("Redistribution and use in source and binary forms") !=
        std::string::npos);
  page.erase(licence, length);
  CHECK(page.find("{{") == page.npos);
  CHECK(page.find("default-src 'none'") != page.npos);
  CHECK(count(page, "<script src") == 0);
  CHECK(count(page, "@import") == 0);
  // Within an SVG, "url(#name)" refers to the drawing itself.
  CHECK(count(page, "url(") == count(page, "url(#"));
  // The namespaces of SVG are names that are never loaded.
  CHECK(count(page, "http://") == count(page, "http://www.w3.org/"));
  CHECK(count(page, "https://") == 0);
  CHECK(count(page, "<script") == count(page, "</script>"));
  CHECK(page.find("Apache ECharts 6") != page.npos);
}

TEST_CASE("the page holds the points as given") {
  const auto data = sample(20);
  const auto read = json::parse(embedded_text(report_html(data)));
  CHECK(read["experiment"] == data["experiment"]);
  REQUIRE(read["points"].size() == 20);
  for (std::size_t i = 0; i < 20; ++i)
    for (const auto* key : {"id", "status", "parameters", "config_toml", "on_front"})
      CHECK(read["points"][i][key] == data["points"][i][key]);
  CHECK(read["points"][0]["metrics"] == data["points"][0]["metrics"]);

  const auto& layer = data["points"][0]["layers"][2];
  const auto& packed = read["points"][0]["layers"][2];
  CHECK(read["layer_names"][packed[0].get<std::size_t>()] == layer["name"]);
  CHECK(packed[1] == layer["cycles"]);
  CHECK(packed[2].get<double>() == Approx(layer["latency_s"].get<double>()).epsilon(1e-4));
  // Thirteen of the fourteen components have energy.
  REQUIRE(layer["energy_j"].size() == 14);
  REQUIRE(packed.size() == 3 + 2 * 13);
  for (std::size_t i = 3; i < packed.size(); i += 2) {
    const auto component = read["layer_components"][packed[i].get<std::size_t>()].get<std::string>();
    CHECK(packed[i + 1].get<double>() == Approx(layer["energy_j"][component].get<double>()).epsilon(1e-4));
  }
}

TEST_CASE("no text gets out of its place") {
  const auto page = report_html(sample(60, true));
  const auto text = embedded_text(page);
  CHECK(text.find_first_of("<>&") == text.npos);
  CHECK(text.find("\xE2\x80\xA8") == text.npos);
  CHECK(text.find("\xE2\x80\xA9") == text.npos);
  CHECK(json::parse(text)["experiment"]["title"] == hostile_text());
  CHECK(count(page, "<img") == 0);
  CHECK(page.find("<title>&lt;/script&gt;&lt;img src=x onerror=") != page.npos);
  // Placeholders in data are plain text.
  CHECK(count(page, "{{data}}") == count(text, "{{data}}") + 1);
}

TEST_CASE("a text that is no UTF-8 is replaced, not refused") {
  auto data = sample(2);
  data["points"][0]["error"] = "broken \xC3 here";
  data["experiment"]["title"] = "broken \xC3 title";
  const auto read = json::parse(embedded_text(report_html(data)));
  CHECK(read["points"][0]["error"] == "broken \xEF\xBF\xBD here");
}

TEST_CASE("500 points stay below 3 MB") {
  constexpr std::size_t limit = 3'000'000;
  auto data = sample(500);
  CHECK(report_html(data).size() < limit);

  // A deep network has five times the layers. Only the front keeps them, and the page says so.
  for (auto& point : data["points"]) {
    if (!point.contains("layers")) continue;
    const auto layers = point["layers"];
    for (int i = 0; i < 4; ++i)
      for (const auto& layer : layers) point["layers"].push_back(layer);
  }
  const auto page = report_html(data);
  CHECK(page.size() < limit);
  const auto read = json::parse(embedded_text(page));
  CHECK(read["layers_of_front_only"] == true);
  for (const auto& point : read["points"]) CHECK(point.contains("layers") == (point["on_front"] == true));
}

TEST_CASE("numbers that are none become nothing") {
  auto data = sample(2);
  data["points"][0]["metrics"]["area_m2"] = std::numeric_limits<double>::quiet_NaN();
  data["points"][0]["layers"][0]["latency_s"] = std::numeric_limits<double>::infinity();
  const auto read = json::parse(embedded_text(report_html(data)));
  CHECK(read["points"][0]["metrics"]["area_m2"].is_null());
  CHECK(read["points"][0]["layers"][0][2].is_null());
}

TEST_CASE("what may be absent may be absent") {
  const json data = {
      {"schema", 1},
      {"experiment", {{"name", "small"}, {"parameters", json::array()}, {"metrics", json::array()}}},
      {"points", {{{"id", "ab"}, {"status", "failed"}, {"parameters", json::object()}}}}};
  const auto page = report_html(data);
  CHECK(page.find("<title>small") != page.npos);
  CHECK(report_csv(data) == "id,status,on_front,error\r\nab,failed,false,\r\n");
}

TEST_CASE("a malformed document is refused with the place and what was expected") {
  using Catch::Matchers::ContainsSubstring;
  CHECK(refusal([](json&) {}) == "accepted");
  CHECK_THAT(refusal([](json& d) { d = json::array(); }),
             ContainsSubstring("the document is []; expected an object"));
  CHECK_THAT(refusal([](json& d) { d.erase("schema"); }),
             ContainsSubstring("schema is missing; expected a number"));
  CHECK_THAT(refusal([](json& d) { d["schema"] = 2; }),
             ContainsSubstring("schema is 2; this version of ircsim reads schema 1"));
  CHECK_THAT(refusal([](json& d) { d["experiment"].erase("name"); }),
             ContainsSubstring("experiment.name is missing"));
  CHECK_THAT(refusal([](json& d) { d["experiment"]["metrics"][1]["goal"] = "most"; }),
             ContainsSubstring("experiment.metrics[1].goal is \"most\"; expected one of max, min, none"));
  CHECK_THAT(
      refusal([](json& d) { d["experiment"]["parameters"][1]["key"] = "array.v_wl_v"; }),
      ContainsSubstring("experiment.parameters[1].key is \"array.v_wl_v\" as before; keys must differ"));
  CHECK_THAT(refusal([](json& d) { d["points"][2]["status"] = "lost"; }),
             ContainsSubstring("points[2].status is \"lost\"; expected one of done, failed, infeasible"));
  CHECK_THAT(refusal([](json& d) { d["points"][1]["metrics"]["area_m2"] = "big"; }),
             ContainsSubstring("points[1].metrics.area_m2 is \"big\"; expected a number or null"));
  CHECK_THAT(refusal([](json& d) { d["points"][1]["id"] = d["points"][0]["id"]; }),
             ContainsSubstring("as before; ids must differ"));
  CHECK_THAT(refusal([](json& d) { d["points"][0]["layers"][3]["name"] = 4; }),
             ContainsSubstring("points[0].layers[3].name is 4; expected a string"));
  CHECK_THAT(refusal([](json& d) {
               d["tradeoff"]["series"][0]["points"][5] = {1, 2, 3};
             }),
             ContainsSubstring("tradeoff.series[0].points[5] is [1,2,3]; expected [x, y]"));
  CHECK_THAT(refusal([](json& d) { d["points"] = std::string(500, 'x'); }),
             ContainsSubstring("...; expected an array"));
}

TEST_CASE("the table of points is CSV") {
  auto data = sample(2);
  data["points"][0]["error"] = "two, \"three\"";
  data["points"][1].erase("metrics");
  const auto table = report_csv(data);
  CHECK(table.rfind(
            "id,status,on_front,array.v_wl_v,array.rows_per_operation,sense.readout,card.rram.sigma_hrs,"
            "map_nonideal,energy_j_per_image,latency_s_per_image,area_m2,tops_per_w,spread.map_nonideal,"
            "fidelity.chips,fidelity.images,error\r\n",
            0) == 0);
  CHECK(count(table, "\r\n") == 3);
  CHECK(table.find("\"two, \"\"three\"\"\"\r\n") != table.npos);
  CHECK(table.find("," + data["points"][0]["metrics"]["map_nonideal"].dump() + ",") != table.npos);
  CHECK(table.find(",,,,,,") != table.npos);
}
