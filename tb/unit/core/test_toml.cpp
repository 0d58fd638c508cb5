// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include "support/catch.h"
#include "support/temporary_folder.h"

#include "irc/core/toml.h"

using namespace irc;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::Equals;
using Catch::Matchers::StartsWith;

namespace {

TomlTable parse(std::string_view text, const std::vector<std::string>& overrides = {},
                const TomlResources& resources = {}) {
  return TomlDocument::parse(text, "p.toml", resources, overrides).root();
}

template <typename Action>
std::string message_of(Action&& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

/// A folder into which texts can be written.
struct Folder : tb::TemporaryFolder {
  std::string write(const std::string& name, const std::string& text) const {
    const auto file = path() / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
    return file.string();
  }
};

constexpr std::string_view sample = R"(title = "x"
[array]
rows = 2048
v_wl_v = 0.5
mapping = "ternary"
on = true
list = [1, 2, 3]
names = ["a", "b"]

[[case]]
id = 1
[[case]]
id = 2
)";

}  // namespace

TEST_CASE("typed values are read as TOML defines them") {
  const auto root = parse(sample);
  const auto array = root.table("array");
  CHECK(root.string("title") == "x");
  CHECK(array.integer("rows") == 2048);
  CHECK(array.real("rows") == 2048.0);
  CHECK(array.real("v_wl_v", 0, 1.2) == 0.5);
  CHECK(array.boolean("on"));
  const std::string_view kinds[] = {"binary", "ternary"};
  CHECK(array.choice("mapping", kinds) == 1);
  CHECK(array.integers("list") == std::vector<std::int64_t>{1, 2, 3});
  CHECK(array.reals("list") == std::vector<double>{1, 2, 3});
  CHECK(array.strings("names") == std::vector<std::string>{"a", "b"});
  const auto cases = root.tables("case");
  REQUIRE(cases.size() == 2);
  CHECK(cases[1].integer("id") == 2);
  CHECK(cases[0].integer("id") == 1);
  CHECK_NOTHROW(root.finish());
}

TEST_CASE("find returns nothing for missing keys and an empty table for a missing section") {
  const auto root = parse(sample);
  CHECK_FALSE(root.find_real("absent"));
  CHECK_FALSE(root.find_integer("absent"));
  CHECK_FALSE(root.find_boolean("absent"));
  CHECK_FALSE(root.find_string("absent"));
  const auto section = root.find_table("section");
  CHECK_FALSE(section.find_real("x"));
  CHECK_FALSE(root.has("section"));
  CHECK(root.has("array"));
  CHECK(section.keys().empty());
}

TEST_CASE("a type or range error names place, key, value and expectation") {
  const auto array = parse(sample).table("array");
  CHECK(message_of([&] { array.real("v_wl_v", 0.6, 1.2); }) ==
        "p.toml:4:10: 'array.v_wl_v': found 0.5, expected a number from 0.6 to 1.2");
  CHECK(message_of([&] { array.integer("rows", 1, 1024); }) ==
        "p.toml:3:8: 'array.rows': found 2048, expected an integer from 1 to 1024");
  CHECK(message_of([&] { array.integer("v_wl_v"); }) ==
        "p.toml:4:10: 'array.v_wl_v': found 0.5, expected an integer");
  CHECK(message_of([&] { array.boolean("rows"); }) ==
        "p.toml:3:8: 'array.rows': found 2048, expected true or false");
  CHECK_THAT(message_of([&] { array.real("mapping", 0); }),
             ContainsSubstring("p.toml:5:11") &&
                 ContainsSubstring("found \"ternary\", expected a number of at least 0.0"));
  CHECK_THAT(message_of([&] { array.integers("list", 0, 2); }),
             ContainsSubstring("p.toml:7:15: 'array.list[2]': found 3"));
  const std::string_view kinds[] = {"binary", "ternari"};
  CHECK_THAT(message_of([&] { array.choice("mapping", kinds); }),
             ContainsSubstring("one of binary | ternari (did you mean ternari?)"));
  CHECK_THAT(message_of([&] { array.table("rows"); }), ContainsSubstring("found 2048, expected a table"));
}

TEST_CASE("infinity and nan are no numbers for a configuration") {
  const auto root = parse("a = nan\nb = inf\nc = -inf");
  CHECK_THROWS_AS(root.real("a"), InputError);
  CHECK_THROWS_AS(root.real("b"), InputError);
  CHECK_THROWS_AS(root.real("c"), InputError);
}

TEST_CASE("a missing required key says where it was looked for") {
  const auto root = parse(sample);
  CHECK(message_of([&] { root.table("array").real("t_s", 0, 1); }) ==
        "p.toml:2:1: 'array.t_s' is missing: expected a number from 0.0 to 1.0");
  CHECK_THAT(message_of([&] { root.table("sense"); }),
             Equals("p.toml: 'sense' is missing: expected a table, [sense]"));
}

TEST_CASE("unknown keys are reported with what was probably meant") {
  const auto read = [](std::string_view text) {
    return message_of([&] {
      const auto root = parse(text);
      root.find_string("title");
      const auto array = root.find_table("array");
      array.find_integer("rows");
      array.find_real("v_wl_v");
      const auto sense = root.find_table("sense");
      sense.find_integer("bits");
      root.finish();
    });
  };
  CHECK(read("[array]\nrows = 1\n[sense]\nbits = 2") == "no error");
  CHECK(read("[array]\nrosw = 1") == "p.toml:2:1: unknown key 'rosw' in [array]: did you mean 'rows'?");
  CHECK(read("[aray]\nrows = 1") == "p.toml:1:2: unknown key or section 'aray': did you mean 'array'?");
  CHECK(read("[array]\nbits = 1") == "p.toml:2:1: unknown key 'bits' in [array]: it belongs in [sense]");
  CHECK(read("[array]\ntitle = 1") ==
        "p.toml:2:1: unknown key 'title' in [array]: it belongs at the top of the file");
  CHECK(read("[array]\nzzzzzzzzzz = 1") ==
        "p.toml:2:1: unknown key 'zzzzzzzzzz' in [array]; expected one of: rows, v_wl_v");
  CHECK(read("[array]\nv_wl_mv = 450") ==
        "p.toml:2:1: unknown key 'v_wl_mv' in [array]: values are in SI and the key says the unit: did you "
        "mean "
        "'v_wl_v', in V? (1 mv = 1e-3 V)");
  CHECK_THAT(read("[array]\nv_wl = 450"), ContainsSubstring("did you mean 'v_wl_v', in V?"));
  SECTION("the first in the file, not in the alphabet") {
    CHECK_THAT(read("[array]\nzz = 1\naa = 1"), StartsWith("p.toml:2:1: unknown key 'zz'"));
  }
}

TEST_CASE("keys inside arrays of tables are checked too") {
  const auto root = parse("[[case]]\nid = 1\nextra = 2");
  for (const auto& c : root.tables("case")) c.integer("id");
  CHECK_THAT(message_of([&] { root.finish(); }),
             ContainsSubstring("p.toml:3:1: unknown key 'extra' in [case[0]]"));
}

TEST_CASE("syntax errors carry line and column") {
  CHECK_THAT(message_of([] { parse("a = 1\nb = = 2"); }), StartsWith("p.toml:2:5: not valid TOML"));
  CHECK_THAT(message_of([] { parse("a = 1\na = 2"); }),
             StartsWith("p.toml:2:") && ContainsSubstring("cannot redefine"));
  CHECK_THROWS_AS(parse("[a\nb = 1"), InputError);
  CHECK_THAT(message_of([] { parse("a = 1\n[=]"); }), StartsWith("p.toml:2:2: not valid TOML"));
  CHECK_THAT(message_of([] { parse("[.a]"); }), StartsWith("p.toml:1:2: not valid TOML"));
  CHECK_THROWS_AS(parse("a = \"\xff\xfe\""), InputError);
  CHECK_THROWS_AS(parse(std::string(100000, '[')), InputError);
  CHECK_THROWS_AS(parse("a = " + std::string(100000, '[')), InputError);
  CHECK_THROWS_AS(parse("a = 99999999999999999999999"), InputError);
}

TEST_CASE("files that are no text files are refused") {
  const Folder folder;
  CHECK_THAT(message_of([&] { TomlDocument::read((folder.path() / "no.toml").string()); }),
             ContainsSubstring("neither a file") && ContainsSubstring("no.toml"));
  CHECK_THAT(message_of([&] { TomlDocument::read(folder.path().string()); }),
             ContainsSubstring("is a folder"));
  CHECK_THAT(message_of([&] { TomlDocument::read("/dev/zero"); }), ContainsSubstring("character device"));
  const auto large = folder.write("large.toml", "");
  std::filesystem::resize_file(large, std::uintmax_t{10} << 30);
  CHECK_THAT(message_of([&] { TomlDocument::read(large); }),
             ContainsSubstring("large.toml") && ContainsSubstring("at most 16777216"));
}

TEST_CASE("a file overrides its base key by key, and values keep the place that set them") {
  const Folder folder;
  folder.write("low.toml", "[array]\nrows = 1\nv_wl_v = 0.4\n[sense]\nbits = 1\n");
  folder.write("sub/mid.toml", "base = \"../low.toml\"\n[array]\nrows = 2\n");
  const auto top = folder.write("top.toml", "base = \"sub/mid.toml\"\n[sense]\nbits = 4\n");
  const auto document = TomlDocument::read(top, {}, {"sense.bits=8"});
  const auto root = document.root();
  CHECK(root.table("array").integer("rows") == 2);
  CHECK(root.table("array").real("v_wl_v") == 0.4);
  CHECK(root.table("sense").integer("bits") == 8);
  CHECK(root.table("array").where("rows").text() == (folder.path() / "sub/mid.toml").string() + ":3:8");
  CHECK(root.table("array").where("v_wl_v").text() == (folder.path() / "low.toml").string() + ":3:10");
  CHECK(root.table("sense").where("bits").text() == "--set sense.bits=8");
  CHECK(root.table("sense").where().text() == top + ":2:1");
  CHECK_NOTHROW(root.finish());
  REQUIRE(document.files().size() == 3);
  CHECK(document.files().back() == top);
}

TEST_CASE("circular and missing bases are errors at the line that names them") {
  const Folder folder;
  const auto a = folder.write("a.toml", "base = \"b.toml\"");
  const auto b = folder.write("b.toml", "\nbase = \"./a.toml\"");
  CHECK_THAT(
      message_of([&] { TomlDocument::read(a); }),
      StartsWith(b + ":2:8: 'base': the files are based on each other") && ContainsSubstring(a + " -> " + b));
  const auto self = folder.write("self.toml", "base = \"self.toml\"");
  CHECK_THAT(message_of([&] { TomlDocument::read(self); }), ContainsSubstring("based on each other"));
  const auto lost = folder.write("lost.toml", "base = \"nowhere.toml\"");
  CHECK_THAT(message_of([&] { TomlDocument::read(lost); }),
             StartsWith(lost + ":1:8: 'base': there is neither"));
  const auto typed = folder.write("typed.toml", "base = 3");
  CHECK_THAT(message_of([&] { TomlDocument::read(typed); }), ContainsSubstring(":1:8: 'base': found 3"));
}

TEST_CASE("a chain of bases has a limit") {
  const Folder folder;
  folder.write("0.toml", "x = 1");
  for (int i = 1; i < 60; ++i)
    folder.write(std::to_string(i) + ".toml", "base = \"" + std::to_string(i - 1) + ".toml\"");
  const auto file = [&](int i) { return (folder.path() / (std::to_string(i) + ".toml")).string(); };
  CHECK(TomlDocument::read(file(32)).root().integer("x") == 1);
  CHECK_THAT(message_of([&] { TomlDocument::read(file(33)); }),
             StartsWith(file(1) + ":1:8: 'base': more than 32 files") && ContainsSubstring(file(33)));
  CHECK_THROWS_AS(TomlDocument::read(file(59)), InputError);
}

TEST_CASE("embedded files serve as documents and as bases") {
  const TomlResources resources = [](std::string_view name) -> std::optional<std::string_view> {
    if (name == "low.toml") return "x = 1\ny = 1";
    if (name == "high.toml") return "base = \"low.toml\"\ny = 2";
    return std::nullopt;
  };
  const auto direct = TomlDocument::read("high.toml", resources);
  CHECK(direct.root().integer("x") == 1);
  CHECK(direct.root().integer("y") == 2);
  CHECK(direct.root().where("x").text() == "embedded:low.toml:1:5");
  const Folder folder;
  const auto mine = folder.write("mine.toml", "base = \"high.toml\"\nx = 7");
  const auto root = TomlDocument::read(mine, resources).root();
  CHECK(root.integer("x") == 7);
  CHECK(root.integer("y") == 2);
}

TEST_CASE("overrides take TOML values and bare words, the last one wins") {
  const auto root = parse(sample, {"array.rows=4", "array.rows = 8", "array.mapping=ternary",
                                   "new.deep.key=[1, 2]", "new.path=a/b.toml", "new.text=\"with space\""});
  CHECK(root.table("array").integer("rows") == 8);
  CHECK(root.table("array").string("mapping") == "ternary");
  CHECK(root.table("new").table("deep").integers("key") == std::vector<std::int64_t>{1, 2});
  CHECK(root.table("new").string("path") == "a/b.toml");
  CHECK(root.table("new").string("text") == "with space");
  for (const char* bad :
       {"", "=", "rows", "a.=1", ".a=1", "a..b=1", "a b=1", "a=", "a=[1", "a=\"x", "base=x.toml", "a=1\nb=2"})
    CHECK_THROWS_AS(parse("", {bad}), InputError);
  CHECK_THAT(
      message_of([] { parse("[array]\nrows = 1", {"array.rows=many"}).table("array").integer("rows"); }),
      Equals("--set array.rows=many: 'array.rows': found \"many\", expected an integer"));
}

TEST_CASE("names are matched by edit distance") {
  const std::vector<std::string> names{"rows", "column_pairs", "amplifiers"};
  CHECK(nearest_name("rwos", names) == "rows");
  CHECK(nearest_name("colum_pairs", names) == "column_pairs");
  CHECK(nearest_name("amplifier", names) == "amplifiers");
  CHECK_FALSE(nearest_name("voltage", names));
  CHECK_FALSE(nearest_name("", names));
}

TEST_CASE("text and numbers written are read back the same") {
  for (const double value : {0.1, 1.0, -2.5e-15, 1e300, 5e-324, 123456789.0, 0.30000000000000004})
    CHECK(parse("x = " + toml_real(value)).real("x") == value);
  for (const std::string text : {"plain", "quote \" and \\ back", "tab\tnewline\n", "\xc3\xa9\x01"})
    CHECK(parse("x = " + toml_quoted(text)).string("x") == text);
}

TEST_CASE("paths are relative to the file in which they stand") {
  CHECK(beside({"dir/a.toml", 3, 1}, "b.png") == "dir/b.png");
  CHECK(beside({"dir/a.toml", 3, 1}, "../b.png") == "b.png");
  CHECK(beside({"dir/a.toml", 3, 1}, "/abs/b.png") == "/abs/b.png");
  CHECK(beside({"--set run.images=b", 0, 0}, "b") == "b");
  CHECK(beside({"embedded:robust.toml", 3, 1}, "b") == "b");
}

TEST_CASE("a document written out reads the same, as TOML and as JSON") {
  const std::string text = "a = 1\nb = [\"x\", \"y\"]\n\n[c]\nd = 0.25\n\n[c.e]\nf = true\n";
  CHECK(toml_text(parse(text)) == text);
  CHECK(toml_text(parse(text).table("c"), "card") == "[card]\nd = 0.25\n\n[card.e]\nf = true\n");
  CHECK(json_text(parse(text)) == R"({"a":1,"b":["x","y"],"c":{"d":0.25,"e":{"f":true}}})");
  CHECK(json_text(parse("a = inf\nb = 2026-01-02\nc = \"\\\"\"")) ==
        R"({"a":null,"b":"2026-01-02","c":"\""})");
  CHECK(toml_text(parse("\"odd key\" = 1")) == "\"odd key\" = 1\n");
  const auto whole = parse(sample);
  CHECK(json_text(parse(toml_text(whole))) == json_text(whole));
}

TEST_CASE("a document laid over another keeps its positions and is checked there") {
  auto card = TomlDocument::parse("[transistor]\nwidth_m = 1e-7\nlength_m = 2e-7", "card.toml");
  const auto run = parse("[card.transistor]\nwidth_m = 3e-7\nwitdh_m = 1.0");
  card.overlay(run.find_table("card"));
  CHECK_NOTHROW(run.finish());
  const auto transistor = card.root().table("transistor");
  CHECK(transistor.real("width_m") == 3e-7);
  CHECK(transistor.real("length_m") == 2e-7);
  CHECK(transistor.where("width_m").text() == "p.toml:2:11");
  CHECK(transistor.where("length_m").text() == "card.toml:3:12");
  CHECK_THAT(message_of([&] { card.root().finish(); }), StartsWith("p.toml:3:1: unknown key 'witdh_m'"));
}

TEST_CASE("an embedded base is looked for beside its embedded user") {
  const TomlResources resources = [](std::string_view name) -> std::optional<std::string_view> {
    if (name == "cards/default.toml") return "x = 1";
    if (name == "default.toml") return "x = 2";
    if (name == "cards/low.toml" || name == "low.toml") return "base = \"default.toml\"";
    return std::nullopt;
  };
  CHECK(TomlDocument::read("cards/low.toml", resources).root().integer("x") == 1);
  CHECK(TomlDocument::read("low.toml", resources).root().integer("x") == 2);
}
