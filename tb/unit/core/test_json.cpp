// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "irc/core/error.h"
#include "irc/core/json.h"
#include "support/catch.h"

using irc::parse_json;

namespace {

std::string refusal(const std::string& text) {
  try {
    parse_json(text, "in.json");
  } catch (const irc::InputError& error) {
    return error.what();
  }
  return "(accepted)";
}

std::string nested(int levels, const std::string& open, const std::string& close) {
  std::string out;
  for (int i = 0; i < levels; ++i) out += open;
  for (int i = 0; i < levels; ++i) out += close;
  return out;
}

}  // namespace

TEST_CASE("JSON texts are nested up to the limit and not deeper") {
  CHECK(parse_json(nested(irc::max_json_depth, "[", "]"), "in.json").is_array());
  CHECK_THAT(refusal(nested(irc::max_json_depth + 1, "[", "]")),
             Catch::Matchers::ContainsSubstring("in.json:1:101: ") &&
                 Catch::Matchers::ContainsSubstring("more than 100 levels deep"));
  // Depth at which the parser's own destructor, copy or print would overflow the stack.
  for (const int levels : {8000, 80000, 2000000}) {
    CHECK_THAT(refusal(nested(levels, "[", "]")), Catch::Matchers::ContainsSubstring("levels deep"));
    CHECK_THAT(refusal(nested(levels, "\n{\"a\":", "}")),
               Catch::Matchers::ContainsSubstring("in.json:102:1: "));
    CHECK_THAT(refusal(nested(levels, "[", "")), Catch::Matchers::ContainsSubstring("levels deep"));
  }
  // Brackets in strings are no nesting.
  const auto text = "\"" + nested(500, "[{", "") + "\\\"[\"";
  CHECK(parse_json("{" + text + ":" + text + "}", "in.json").size() == 1);
}

TEST_CASE("A key that an object sets twice is refused with its place") {
  CHECK_THAT(refusal("{\"a\": 1,\n \"b\": {\"a\": 2},\n \"a\": 3}"),
             Catch::Matchers::ContainsSubstring("in.json:3:2: ") &&
                 Catch::Matchers::ContainsSubstring("\"a\" is set twice"));
  CHECK_THAT(refusal("[{\"k\": {}, \"k\": {}}]"), Catch::Matchers::ContainsSubstring("\"k\" is set twice"));
  CHECK(parse_json("[{\"a\": \"a\"}, {\"a\": [\"a\", \"a\"], \"b\": \"a:b\"}]", "in.json").size() == 2);
}

TEST_CASE("Text that is not JSON is refused with line, column and a plain reason") {
  CHECK_THAT(refusal("{\n  \"a\": ,\n}"), Catch::Matchers::ContainsSubstring("in.json:2:8: ") &&
                                              Catch::Matchers::ContainsSubstring("not valid JSON") &&
                                              !Catch::Matchers::ContainsSubstring("json.exception"));
  CHECK_THAT(refusal("[1,\n 1e999]"), Catch::Matchers::ContainsSubstring("in.json:2:2: ") &&
                                          Catch::Matchers::ContainsSubstring("1e999"));
  for (const char* text :
       {"", "[", "]", "}", "{", "\"", "\"\\", "{\"a\"", ":", "[NaN]", "[1] x", "{]", "\xff"})
    CHECK_THAT(refusal(text), Catch::Matchers::ContainsSubstring("in.json:1:"));
  CHECK(parse_json("\xef\xbb\xbf[1]", "in.json").size() == 1);  // a byte order mark
}
