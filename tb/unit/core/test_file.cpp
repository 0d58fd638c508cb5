// SPDX-License-Identifier: Apache-2.0
#include "irc/core/file.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "irc/core/error.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace irc;
using Catch::Matchers::ContainsSubstring;
namespace fs = std::filesystem;
using Folder = tb::TemporaryFolder;

TEST_CASE("a regular file is read whole, through a link, too") {
  const Folder folder;
  const std::string bytes("a\0b\r\n", 5);
  std::ofstream(folder.path() / "file", std::ios::binary) << bytes;
  fs::create_symlink("file", folder.path() / "link");
  CHECK(read_file(folder.path() / "file") == bytes);
  CHECK(read_file(folder.path() / "link") == bytes);
  CHECK(read_file("/proc/self/stat").size() > 10);  // a file whose size is not known beforehand
}

TEST_CASE("what is no regular file is refused by name and never opened") {
  const Folder folder;
  const auto pipe = folder.path() / "pipe", socket_path = folder.path() / "socket";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);  // to open it would wait for ever
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE(socket_path.string().size() < sizeof address.sun_path);
  std::strcpy(address.sun_path, socket_path.c_str());
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  fs::create_symlink("pipe", folder.path() / "link");
  const std::pair<fs::path, const char*> cases[] = {{pipe, "is a pipe"},
                                                    {folder.path() / "link", "is a pipe"},
                                                    {socket_path, "is a socket"},
                                                    {"/dev/zero", "is a character device"},
                                                    {folder.path(), "Is a directory"},
                                                    {folder.path() / "none", "No such file"}};
  for (const auto& [path, words] : cases) {
    CHECK_THROWS_WITH(read_file(path), ContainsSubstring(path.string()) && ContainsSubstring(words));
    CHECK_THROWS_AS(check_regular_file(path), InputError);
  }
  close(listener);
}

TEST_CASE("a file beyond the limit is refused before it is read") {
  const Folder folder;
  const auto path = folder.path() / "large";
  std::ofstream(path) << "12345678";
  CHECK(read_file(path, 8).size() == 8);
  CHECK_THROWS_WITH(read_file(path, 7), ContainsSubstring("8 bytes") && ContainsSubstring("at most 7"));
  fs::resize_file(path, std::uintmax_t{1} << 40);  // a hole that takes no space
  CHECK_THROWS_WITH(read_file(path), ContainsSubstring("large") && ContainsSubstring("1099511627776"));
  CHECK_THROWS_WITH(read_file("/proc/self/stat", 4), ContainsSubstring("at most 4"));
}
