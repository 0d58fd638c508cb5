// SPDX-License-Identifier: Apache-2.0
#include "irc/core/error.h"
#include "irc/core/toml.h"
#include "support/catch.h"

using namespace irc;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string repeated(const std::string& text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

std::string dotted(std::size_t parts) {
  return repeated("a.", parts - 1) + "a";
}

std::string message_of(const std::string& text) {
  try {
    TomlDocument::parse(text, "p.toml");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a TOML text is refused at the line where it nests too deep") {
  const auto deep = ContainsSubstring("nested deeper than 64 levels");
  for (const std::size_t levels : {65, 100, 8000, 200000}) {
    const std::string many = dotted(levels);
    CHECK_THAT(message_of("x = 1\n" + many + " = 1"), deep && ContainsSubstring("p.toml:2:"));
    CHECK_THAT(message_of("[" + many + "]"), deep);
    CHECK_THAT(message_of("\xef\xbb\xbf[" + many + "]"), deep);
    CHECK_THAT(message_of("[[" + many + "]]"), deep);
    CHECK_THAT(message_of("x = {y = 1, " + many + " = 1}"), deep);
    CHECK_THAT(message_of("x = [{y = 1}, {" + many + " = 1}]"), deep);
    CHECK_THAT(message_of("x = [\n1, # ] ]\n" + repeated("[", levels) + repeated("]", levels) + "]"), deep);
    CHECK_THAT(message_of("x = " + repeated("{a = ", levels) + "1" + repeated("}", levels)), deep);
    CHECK_THAT(message_of(repeated("'a' . ", levels) + "\"b\" = 1"), deep);
    CHECK_THAT(message_of("x = '''\n'''''\n" + many + " = 1"), deep);
    CHECK_THAT(message_of("x = \"\"\"\\\"\"\"\"\"\"\n" + many + " = 1"), deep);
    CHECK_THAT(message_of("x = 'it\\'\n" + many + " = 1"), deep);
  }
  // Half of the levels in the section, half in the keys.
  CHECK_THAT(message_of("[" + dotted(33) + "]\n" + dotted(32) + " = 1"), deep);
}

TEST_CASE("levels that are only written in strings and comments do not count") {
  const std::string many = dotted(5000), brackets(5000, '[');
  CHECK(message_of("x = \"" + many + brackets + "\"\n# " + many + brackets + "\ny = 1 # " + brackets) == "");
  CHECK(message_of("x = '''\n" + brackets + "\n" + many + "'''\n'" + many + "' = \"\"\"" + brackets +
                   "\"\"\"") == "");
  CHECK(message_of("[" + dotted(32) + "]\n" + dotted(32) + " = 1.5\n[" + dotted(32) + ".b]\nx = 1") == "");
  CHECK(message_of("x = " + repeated("[", 63) + repeated("]", 63)) == "");
  std::string wide = "x = [";
  for (int i = 0; i < 5000; ++i) wide += "[1.5, 2.5], {a.b = 1, c = []},";
  CHECK(message_of(wide + "]") == "");
}

TEST_CASE("deep keys on the command line are refused with a short message") {
  const auto refused = [](const std::string& set) {
    try {
      TomlDocument::parse("", "p.toml", {}, {set});
    } catch (const InputError& error) {
      CHECK_THAT(error.what(), ContainsSubstring("--set a.a.a") && ContainsSubstring("nested deeper"));
      CHECK(std::string(error.what()).size() < 400);
      return true;
    }
    return false;
  };
  CHECK(refused(dotted(8000) + "=1"));
  CHECK(refused(dotted(65) + "=word"));
  CHECK_FALSE(refused(dotted(64) + "=1"));
  CHECK_THROWS_AS(TomlDocument::parse("", "p.toml", {}, {"a=" + repeated("[", 8000) + repeated("]", 8000)}),
                  InputError);
}
