// SPDX-License-Identifier: Apache-2.0
#include "irc/core/temporary_file.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fcntl.h>
#include <fstream>

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace irc;
using Catch::Matchers::ContainsSubstring;
namespace fs = std::filesystem;

namespace {

/// A folder whose entries can be counted.
struct Folder : tb::TemporaryFolder {
  std::ptrdiff_t entries() const {
    return std::distance(fs::directory_iterator(path()), fs::directory_iterator());
  }
};

/// A process that works on temporary files until it is killed.
class Writer {
 public:
  explicit Writer(const fs::path& folder) {
    int ready[2];
    REQUIRE(pipe(ready) == 0);
    pid_ = fork();
    if (pid_ == 0) {
      TemporaryFile a(folder / "a.csv"), b(folder / "b.csv");
      a.write("half of a line");
      const auto scratch = folder / "scratch-1";
      fs::create_directory(scratch);
      std::ofstream(scratch / "log") << "text";
      const int lock = open(scratch.c_str(), O_RDONLY | O_DIRECTORY);
      if (!lock_new(lock) || ::write(ready[1], "x", 1) != 1) _exit(1);
      for (;;) pause();
    }
    char byte = 0;
    REQUIRE(read(ready[0], &byte, 1) == 1);
    close(ready[0]);
    close(ready[1]);
  }
  ~Writer() { end(); }
  void end() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  pid_t pid_ = 0;
};

}  // namespace

TEST_CASE("what a killed process has left is removed, and nothing else") {
  const Folder folder;
  std::vector<fs::path> others;
  for (const char* name : {"a.csv.tmp-12", "b.csv.irc.tmp-12", "b.csv.irc.tmp-1x-2", ".irc.tmp-", "scratch"})
    std::ofstream(others.emplace_back(folder.path() / name)) << "of the user";
  fs::create_directory(others.emplace_back(folder.path() / "c.irc.tmp-1-2"));
  const auto clean = [&] {
    remove_abandoned_files(folder.path());
    remove_abandoned_folders(folder.path(), "scratch-");
  };
  Writer writer(folder.path());
  CHECK(folder.entries() == std::ptrdiff_t(others.size()) + 3);
  clean();  // the writer still works on its files
  CHECK(folder.entries() == std::ptrdiff_t(others.size()) + 3);
  writer.end();
  clean();
  CHECK(folder.entries() == std::ptrdiff_t(others.size()));
  for (const auto& path : others) CHECK(fs::exists(path));
  CHECK_NOTHROW(remove_abandoned_files(folder.path() / "none"));
}

TEST_CASE("processes that clean do not take new folders from each other") {
  const Folder folder;
  std::vector<pid_t> children;
  for (int child = 0; child < 4; ++child) {
    children.push_back(fork());
    if (children.back() != 0) continue;
    int lost = 0;
    try {
      for (int round = 0; round < 500; ++round) {
        remove_abandoned_folders(folder.path(), "scratch-");
        const auto made = make_locked_folder(folder.path(), "scratch-");
        std::ofstream(made.path / "log") << "text";
        remove_abandoned_folders(folder.path(), "scratch-");
        lost += !fs::exists(made.path / "log");
        fs::remove_all(made.path);
        close(made.lock);
      }
    } catch (const InputError&) {
      lost = 1;
    }
    _exit(lost == 0 ? 0 : 1);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  CHECK(folder.entries() == 0);
}

TEST_CASE("a place where no folder can be made is an error with its path") {
  const Folder folder;
  CHECK_THROWS_WITH(make_locked_folder(folder.path() / "none", "scratch-"),
                    ContainsSubstring((folder.path() / "none").string()));
}

TEST_CASE("the first file that a process writes to a folder cleans the folder") {
  const Folder folder;
  { Writer writer(folder.path()); }
  fs::remove_all(folder.path() / "scratch-1");
  CHECK(folder.entries() == 2);
  atomic_write(folder.path() / "new", "text");
  CHECK(folder.entries() == 1);
}

TEST_CASE("a temporary file becomes the whole file or nothing") {
  const Folder folder;
  const auto path = folder.path() / "out";
  {
    TemporaryFile file(path);
    CHECK(file.write("abc") == 0);
    CHECK_FALSE(fs::exists(path));
    CHECK(folder.entries() == 1);
  }
  CHECK(folder.entries() == 0);
  TemporaryFile file(path);
  CHECK(file.write("abc") == 0);
  CHECK(file.write(std::string(100000, 'x')) == 0);
  CHECK(file.keep() == 0);
  CHECK(read_file(path).size() == 100003);
  CHECK(folder.entries() == 1);
  // A folder has appeared in its place meanwhile.
  TemporaryFile late(folder.path() / "late");
  fs::create_directories(folder.path() / "late" / "inside");
  CHECK(late.keep() == EISDIR);
  CHECK(folder.entries() == 2);
  // A long name still leaves room for the temporary one.
  const auto name = std::string(255, 'n');
  CHECK_NOTHROW(atomic_write(folder.path() / name, "text"));
  CHECK(read_file(folder.path() / name) == "text");
}

TEST_CASE("a link stays, and what is no file is not replaced") {
  const Folder folder, other;
  fs::create_symlink(other.path() / "target", folder.path() / "link");
  std::ofstream(other.path() / "target") << "old";
  atomic_write(folder.path() / "link", "new");
  CHECK(fs::is_symlink(folder.path() / "link"));
  CHECK(read_file(other.path() / "target") == "new");
  CHECK(other.entries() == 1);
  const auto pipe = folder.path() / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK_THROWS_WITH(atomic_write(pipe, "x"), ContainsSubstring("pipe': it is a device, a pipe or a socket"));
  CHECK(fs::is_fifo(pipe));
  CHECK_THROWS_WITH(atomic_write("/dev/null", "x"), ContainsSubstring("'/dev/null': it is a device"));
  CHECK(fs::is_character_file("/dev/null"));
  CHECK_THROWS_WITH(atomic_write(other.path(), "x"), ContainsSubstring("Is a directory"));
}
