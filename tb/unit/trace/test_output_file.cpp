// SPDX-License-Identifier: Apache-2.0
#include "irc/core/error.h"
#include "output_file.h"
#include "scene.h"

using namespace irc;
using namespace irc::trace;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("a file has its name when it is complete") {
  Folder folder;
  OutputFile file(folder.path / "table", false);
  file.print("{} {}\n", 1, "two");
  CHECK_FALSE(std::filesystem::exists(folder.path / "table"));
  CHECK_FALSE(file.finish().has_value());
  CHECK(folder.read("table") == "1 two\n");
  CHECK(folder.files() == 1);
}

TEST_CASE("a file that is not finished leaves nothing") {
  Folder folder;
  for (const bool zstd : {false, true}) {
    OutputFile file(folder.path / "table", zstd);
    for (int i = 0; i < 100000; ++i) file.print("{}\n", i);
    CHECK(folder.files() == 1);
  }
  CHECK(folder.files() == 0);
}

TEST_CASE("a place that cannot be written is refused at once") {
  Folder folder;
  CHECK_THROWS_WITH(OutputFile(folder.path / "none" / "table", false),
                    ContainsSubstring("none/table") && ContainsSubstring("No such file"));
  CHECK_THROWS_WITH(OutputFile(folder.path, false), ContainsSubstring("Is a directory"));
}

TEST_CASE("compressed, a file is a Zstandard frame and smaller") {
  Folder folder;
  OutputFile file(folder.path / "table.zst", true);
  for (int i = 0; i < 10000; ++i) file.print("the same line\n");
  CHECK_FALSE(file.finish().has_value());
  const auto bytes = folder.read("table.zst");
  CHECK(bytes.substr(0, 4) == "\x28\xb5\x2f\xfd");  // RFC 8878, 3.1.1
  CHECK(bytes.size() < 1000);
}
