// SPDX-License-Identifier: Apache-2.0
// Manifests of a batch of points. The word CODE_VERSION stands for this program's version, so that the search
// gets beyond the check of the version.
#include "fuzz.h"
#include "irc/core/error.h"
#include "irc/explore/shards.h"

namespace irc::fuzz {

void run(Input input) {
  static const Scratch scratch;
  static constexpr std::string_view version_mark = "CODE_VERSION";
  std::string text(text_of(input));
  if (const auto at = text.find(version_mark); at != std::string::npos)
    text.replace(at, version_mark.size(), explore::code_version);
  const explore::Folder folder{scratch.path() / "batch"};
  scratch.write("batch/manifest.json", text);
  const auto manifest = explore::read_manifest(folder.manifest());
  explore::write_batch(folder, manifest, {"/usr/bin/irc", explore::default_array_limit});
  const auto again = explore::read_manifest(folder.manifest());
  demand(again.shards.size() == manifest.shards.size(), "a manifest that was written reads back as the same");
}

void seeds(const AddSeed& add) {
  const auto of = [](const std::string& shards) {
    return R"({"schema":1,"code_version":"CODE_VERSION","experiment":"e","stage":"rung 1 of 1","shards":)" +
           shards + "}\n";
  };
  add("none.json", of("[]"));
  add("wrong.json", of(R"([[{"id":")" + explore::sha256("wrong") +
                       R"(","config_toml":"","config_error":"array.rows: -1 found","config":"robust.toml",)" +
                       R"("settings":["array.rows=-1"]}]])"));
  add("version.json", R"({"schema":1,"code_version":"0.1.0","experiment":"e","stage":"s","shards":[]})");
}

}  // namespace irc::fuzz
