// SPDX-License-Identifier: Apache-2.0
#include "difference.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <cstring>

#include "cosim_bench.h"
#include "irc/core/error.h"

extern char** environ;

namespace irc::tb {

namespace {

constexpr std::uint64_t cycles_before = 40, cycles_after = 8;

/// The same command line with options for waveforms in place of those it had.
CommandLine with_waves(const cosim::Difference& difference, const CommandLine& command_line,
                       const CommandLine& files) {
  constexpr std::array own{"--wave", "--model-wave", "--from", "--to", "--wave-on-difference"};
  const auto is = [](const std::string& word, const std::string& option) {
    return word == option || word.starts_with(option + "=");
  };
  CommandLine words;
  for (std::size_t i = 0; i < command_line.size(); ++i) {
    const auto& word = command_line[i];
    const auto found =
        std::find_if(own.begin(), own.end(), [&](const char* option) { return is(word, option); });
    if (found == own.end()) words.push_back(word);
    if (found != own.end() && word == *found) ++i;  // its value
  }
  words.insert(words.end(), files.begin(), files.end());
  const std::uint64_t c = difference.cycle;
  for (const auto& word : {std::string("--from"), std::to_string(c - std::min(c, cycles_before)),
                           std::string("--to"), std::to_string(c + cycles_after)})
    words.push_back(word);
  return words;
}

/// Runs the program and returns its exit code. Its output is dropped, because it was printed before.
int run_quietly(const CommandLine& words) {
  std::vector<char*> argv;
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int error = posix_spawn(&child, "/proc/self/exe", &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw InputError(std::string("this program cannot be run again: ") + std::strerror(error));
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
    throw InputError("the second run, for the waveforms, was ended by a signal");
  return WEXITSTATUS(status);
}

}  // namespace

void report_difference(const CosimBench& bench, const CommandLine& command_line) {
  const auto& difference = *bench.lock_step.difference();
  fmt::print("DIFFERENCE in {} after {} that agreed, cycle {}", difference.stream, difference.index,
             difference.cycle);
  if (const auto* command = bench.command_at(difference.cycle)) {
    fmt::print(": program {}, command {}", command->program, command->index);
    if (command->layer) fmt::print(", layer {}", *command->layer);
    fmt::print(", since cycle {}", command->begin);
  }
  fmt::print("\n  {}\n", difference.text);
  fmt::print(
      "  to look at it: {}\n",
      fmt::join(with_waves(difference, command_line, {"--wave", "bug.vcd", "--model-wave", "model.vcd"}),
                " "));
}

void write_waves(const cosim::Difference& difference, const std::string& prefix,
                 const CommandLine& command_line) {
  const std::string rtl = prefix + ".rtl.vcd", model = prefix + ".model.vcd";
  const int code = run_quietly(with_waves(difference, command_line, {"--wave", rtl, "--model-wave", model}));
  if (code != 1)
    throw InputError(fmt::format(
        "the second run, for the waveforms, ended with code {}, expected the difference again", code));
  fmt::print("  waveforms: {} and {}\n", rtl, model);
}

}  // namespace irc::tb
