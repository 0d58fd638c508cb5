// SPDX-License-Identifier: Apache-2.0
// Writers of a store are killed at random. A record that `put` has acknowledged is never lost, and no record
// is ever half written. IRC_KILLS is the number of kills.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include "support/catch.h"

#include "fixture.h"
#include "irc/core/random.h"
#include "support/temporary_folder.h"

using namespace irc;
using namespace irc::explore;
using namespace irc::explore::test;

namespace {

constexpr int kills = IRC_KILLS;
constexpr int longest_ms = 25;

/// The record of number i. It is longer than a page of the database.
Record numbered_record(std::uint64_t i) {
  auto document = result(0.1, 1e-6);
  document["number"] = i;
  document["filler"] = std::string(9000, static_cast<char>('a' + i % 26));
  return done(document);
}

/// Writes records from number `first` on until it is killed, and tells each number that is stored.
[[noreturn]] void write_until_killed(const std::string& path, std::uint64_t first, int told) {
  try {
    Store store(path, Store::Mode::create);
    for (auto i = first;; ++i) {
      store.put(address(std::to_string(i)), numbered_record(i));
      if (::write(told, &i, sizeof i) != static_cast<ssize_t>(sizeof i)) _exit(1);
    }
  } catch (const std::exception&) {
    _exit(1);
  }
}

/// Runs a writer, kills it after `pause_us`, and returns one more than the last number it had told, or
/// `first`.
std::uint64_t killed_writer(const std::string& path, std::uint64_t first, useconds_t pause_us) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) write_until_killed(path, first, ends[1]);
  ::close(ends[1]);
  usleep(pause_us);
  kill(child, SIGKILL);
  std::uint64_t next = first, number = 0;
  while (::read(ends[0], &number, sizeof number) == static_cast<ssize_t>(sizeof number)) next = number + 1;
  ::close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  return next;
}

}  // namespace

TEST_CASE("a killed writer loses no record that it has stored, and leaves none half written") {
  irc::tb::TemporaryFolder folder;
  const auto path = folder / "s.sqlite";
  const CounterRandom dice(IRC_KILLS, Stream::test);
  std::uint64_t next = 0;
  for (int k = 0; k < kills; ++k) {
    const auto pause_us =
        static_cast<useconds_t>(dice.below(longest_ms * 1000, static_cast<std::uint64_t>(k)));
    next = killed_writer(path, next, pause_us);
    Store store(path, Store::Mode::create);
    // The writer may have stored one more record than it has told.
    if (store.contains(address(std::to_string(next)))) ++next;
    // The whole store is read now and then, because it grows.
    if (k % 50 != 0 && k != kills - 1) continue;
    const auto all = store.all();
    REQUIRE(store.bad().empty());
    REQUIRE(all.size() == next);
    for (std::uint64_t i = 0; i < next; ++i)
      REQUIRE(all.at(address(std::to_string(i))).result == numbered_record(i).result);
  }
  CHECK(next > 0);
}
