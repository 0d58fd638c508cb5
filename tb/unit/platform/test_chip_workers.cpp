// SPDX-License-Identifier: Apache-2.0
// Tests chips in processes of their own: how they are divided and combined, and what is reported about a
// worker that fails.
#include <signal.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <sstream>
#include "support/catch.h"

#include "irc/core/bytes.h"
#include "irc/core/error.h"
#include "irc/platform/chip_workers.h"
#include "irc/platform/config.h"
#include "support/stand_in.h"

using namespace irc;
using namespace irc::platform;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

namespace {

using Script = irc::test::StandIn;

struct Job {
  RunConfig config = load_config("robust.toml", {"run.limit=1", "run.evaluator=ideal", "run.chips=3"});
  Workload workload{config};

  RunResult run(const Script& script, std::uint64_t threads = 2) {
    return run_in_workers(config, workload, [](const std::string&, std::uint64_t, std::uint64_t) {},
                          {script.path(), threads});
  }
};

/// A chip's tally with charges of opposite sizes, which a sum in double would round away.
ChipRun chip(std::uint64_t number) {
  ChipRun run;
  run.chip = number;
  run.tally.layers.resize(3);
  run.tally.layers[1].cycles = 1000 + number;
  run.tally.layers[2].bit_errors = 7 * number;
  run.tally.layers[2].evaluated_by.fast = 1;
  auto& work = run.tally.picture_work[2];
  work.decisions = 5;
  work.array_charge.add(number % 2 == 0 ? 1.0 : 1e-20);
  run.tally.setup_work[static_cast<std::uint32_t>(number)].cells = 3;
  run.tally.setups = 1;
  run.tally.pictures = 4;
  run.tally.cycles = 4 * (1000 + number);
  run.tally.setup_time = 11;
  run.tally.total_time = 13;
  run.report = {0.1 * static_cast<double>(number), detection::no_truth};
  run.trim.offset_after_a = 1e-9 / 3;
  if (number == 0) run.detections = {{{{1, 2, 3, 0.1}, 2, 1.0 / 3}}, {}};
  return run;
}

std::string error_of(Job& job, const Script& script) {
  try {
    job.run(script);
  } catch (const InternalError& error) {
    return std::string("internal: ") + error.what();
  } catch (const InputError& error) {
    return std::string("input: ") + error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("chips are dealt out in their order, evenly") {
  for (std::uint64_t chips = 1; chips <= 13; ++chips)
    for (std::uint64_t workers = 1; workers <= chips; ++workers) {
      const auto ranges = chip_ranges(chips, workers);
      INFO(chips << " chips, " << workers << " workers");
      REQUIRE(ranges.size() == workers);
      std::uint64_t next = 0;
      for (const auto range : ranges) {
        CHECK(range.first == next);
        CHECK(range.count >= chips / workers);
        CHECK(range.count <= (chips + workers - 1) / workers);
        next += range.count;
      }
      CHECK(next == chips);
    }
  CHECK(chip_workers(3, 2) == 2);
  CHECK(chip_workers(2, 16) == 2);
  CHECK(chip_workers(8, 1) == 1);
  CHECK(chip_workers(0, 4) == 1);
  CHECK(chip_workers(1000000, 0) >= 1);
}

TEST_CASE("tallies of chips add up to the same bits in any grouping") {
  Tally one_by_one, left, right, backwards;
  for (std::uint64_t n = 0; n < 6; ++n) {
    one_by_one += chip(n).tally;
    (n < 2 ? left : right) += chip(n).tally;
    backwards += chip(5 - n).tally;
  }
  left += right;
  for (auto* tally : {&one_by_one, &left, &backwards}) {
    CHECK(tally->layers[1].cycles == 6015);
    CHECK(tally->layers[2].bit_errors == 105);
    CHECK(tally->picture_work[2].decisions == 30);
    CHECK(tally->setup_work.size() == 6);
    CHECK(tally->setups == 6);
    CHECK(tally->pictures == 24);
    CHECK(tally->total_time == 78);
    // The part beside three coulomb is complete, to the last step of the sum.
    auto& charge = tally->picture_work[2].array_charge;
    CHECK(charge.value_c() == 3.0);
    charge.add(-3.0);
    CHECK(charge.value_c() == Approx(3e-20).epsilon(1e-6));
    CHECK(charge.value_c() == one_by_one.picture_work[2].array_charge.value_c());
  }
  CHECK(right.pictures == 16);
  Tally other;
  other.layers.resize(4);
  CHECK_THROWS_AS(one_by_one += other, InternalError);
}

TEST_CASE("a chip's run goes to another process and back") {
  for (const std::uint64_t number : {0u, 3u}) {
    const auto sent = chip(number);
    const auto bytes = to_bytes(sent);
    const auto got = chip_run_of(bytes);
    CHECK(to_bytes(got) == bytes);
    CHECK(got.chip == number);
    CHECK(got.report.map == sent.report.map);
    CHECK(got.trim.offset_after_a == sent.trim.offset_after_a);
    CHECK(got.detections.size() == sent.detections.size());
    CHECK(got.tally.picture_work.at(2).array_charge.value_c() ==
          sent.tally.picture_work.at(2).array_charge.value_c());
    for (std::size_t length = 0; length < bytes.size(); length += 7)
      CHECK_THROWS_AS(chip_run_of(std::string_view(bytes).substr(0, length)), InternalError);
    CHECK_THROWS_WITH(chip_run_of(bytes + "x"), ContainsSubstring("1 bytes too many"));
  }
}

TEST_CASE("bytes that end early are refused before memory is taken") {
  ByteWriter out;
  out.put(std::uint64_t{1} << 62);
  ByteReader in(out.bytes());
  std::vector<double> values;
  CHECK_THROWS_AS(in.get(values), InternalError);
  ByteReader text(out.bytes());
  CHECK_THROWS_AS(text.view(), InternalError);
}

TEST_CASE("a worker that fails is named by its chip, and by what it said") {
  Job job;
  // Only the first worker fails, so that it is certain which chip the message names.
  const std::string first_only = "[ \"$2\" = 0 ] || exec sleep 60\n";
  CHECK_THAT(
      error_of(job, Script(first_only + "kill -9 $$\n")),
      StartsWith("internal: chip 0") &&
          ContainsSubstring("was killed by signal 9 (SIGKILL); the kernel does this when memory runs out") &&
          ContainsSubstring("--threads"));
  CHECK_THAT(error_of(job, Script(first_only + "echo 'irc: picture.png: gone' >&2\nexit 3\n")),
             StartsWith("input: chip 0") && ContainsSubstring(": picture.png: gone"));
  CHECK_THAT(error_of(job, Script(first_only + "echo 'irc: out of memory' >&2\nexit 70\n")),
             StartsWith("internal: chip 0") && ContainsSubstring("out of memory"));
  CHECK_THAT(error_of(job, Script("exit 70\n")), ContainsSubstring("exit code 70"));
  CHECK_THAT(error_of(job, Script("exit 0\n")), StartsWith("internal: ") && ContainsSubstring("ended early"));
  CHECK_THAT(error_of(job, Script("printf '\\000\\377'\n")), ContainsSubstring("ended early"));
  // Chip 2 belongs to the second worker.
  CHECK_THAT(error_of(job, Script("[ \"$2\" = 0 ] && exec sleep 60\nkill -11 $$\n")),
             StartsWith("internal: chip 2") && ContainsSubstring("signal 11 (SIGSEGV)"));
  CHECK_THROWS_WITH(
      run_in_workers(job.config, job.workload, [](const std::string&, std::uint64_t, std::uint64_t) {},
                     {"/nowhere/irc", 2}),
      ContainsSubstring("cannot start a worker, /nowhere/irc"));
}

TEST_CASE("workers know their chips and share the threads") {
  Job job;
  const Script script(
      "echo \"$*\" >\"new$2\"; mv \"new$2\" \"said$2\"\n"  // the rename makes the file appear complete
      "while ! { [ -e said0 ] && [ -e said2 ]; }; do sleep 0.01; done\n");
  CHECK_THAT(error_of(job, script), ContainsSubstring("ended early"));
  std::ostringstream said;
  for (const auto* name : {"said0", "said2"}) said << std::ifstream(script.folder / name).rdbuf();
  CHECK(said.str() == "run-chips 0 2 --threads 1\nrun-chips 2 1 --threads 1\n");
}

TEST_CASE("no worker outlives a run that failed") {
  Job job;
  const Script script(
      "if [ \"$2\" = 0 ]; then echo $$ >pid.new; mv pid.new pid; exec sleep 60; fi\n"
      "while ! [ -e pid ]; do sleep 0.01; done\nexit 70\n");
  CHECK_THAT(error_of(job, script), StartsWith("internal: chip 2"));
  pid_t pid = 0;
  std::ifstream(script.folder / "pid") >> pid;
  REQUIRE(pid > 0);
  CHECK(kill(pid, 0) != 0);
  CHECK(errno == ESRCH);
}

TEST_CASE("a worker refuses what is no job") {
  std::ostringstream out;
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  CHECK_THROWS_AS(work_on_chips(fileno(file), {0, 1}, out), UsageError);
  std::fputs("no job at all, but of some length", file);
  std::fflush(file);
  CHECK_THROWS(work_on_chips(fileno(file), {0, 1}, out));
  std::fclose(file);
  CHECK(out.str().empty());
}
