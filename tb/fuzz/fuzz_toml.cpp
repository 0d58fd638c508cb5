// SPDX-License-Identifier: Apache-2.0
// TOML documents: a text, then overrides, one a line. What was read can be written, and reads back as the
// same.

#include "fuzz.h"
#include "irc/core/toml.h"

namespace irc::fuzz {
namespace {

std::optional<std::string_view> resource(std::string_view name) {
  if (name == "base.toml") return "a = 1\n[table]\nb = 2.5\nc = \"text\"\n";
  if (name == "chain.toml") return "base = \"base.toml\"\n[table]\nb = 3\n";
  if (name == "circle.toml") return "base = \"circle.toml\"\n";
  return std::nullopt;
}

}  // namespace

void run(Input input) {
  const auto parts = parts_of(input, 2);
  const auto overrides = lines_of(parts[1]);
  const auto document = TomlDocument::parse(parts[0], "fuzz.toml", resource, overrides);
  json_text(document.root());
  const auto text = toml_text(document.root());
  const auto again = TomlDocument::parse(text, "again.toml");
  demand(toml_text(again.root()) == text, "a document that was written reads back as the same");
  demand(refused([&] { document.root().finish(); }) || document.root().keys().empty(),
         "keys that nobody asked for are reported");
}

void seeds(const AddSeed& add) {
  add("values.toml",
      "a = 1\nb = 0x10\nc = 1_000.5e-3\nd = inf\ne = nan\nf = true\ng = 'literal'\nh = \"\\u00e4\\n\"\n"
      "i = 1979-05-27T07:32:00Z\nj = 07:32:00\nk = \"\"\"\nlong\"\"\"\n");
  add("tables.toml", "[a]\nb.c = 1\n[a.d]\ne = [1, 2, [3, 'x']]\n[[f]]\ng = {h = 1}\n[[f]]\n[f.i]\nj = 2\n");
  add("base.toml", "base = \"base.toml\"\n[table]\nb = 7\n");
  add("chain.toml", "base = \"chain.toml\"\ntable.b = 7\n");
  add("circle.toml", "base = \"circle.toml\"\n");
  add("overrides.toml",
      joined_parts({"[table]\nb = 1\n", "table.b=2\ntable.c=word\nx.y.z=[1,2]\nnew={a=1}"}));
}

}  // namespace irc::fuzz
