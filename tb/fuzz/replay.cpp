// SPDX-License-Identifier: Apache-2.0
// main() of a fuzz target without libFuzzer, for every compiler: runs the target on files, optionally on
// damaged copies of them, and writes the target's seeds.
//   fuzz_NAME [--mutations N] [--seed S] FILE|FOLDER...
//   fuzz_NAME --write-seeds FOLDER
// Exit code 0: every input was read or refused. A fault ends the process; the input is kept as
// fault-fuzz_NAME.bin in the working folder where it is no file already.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include "fuzz.h"

// The names are libFuzzer's and the sanitizers'.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// Part of the sanitizers' run-time library, where there is one.
// NOLINTNEXTLINE(readability-identifier-naming,bugprone-reserved-identifier)
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace {

namespace fs = std::filesystem;

constexpr unsigned slowest_s = 25;              // as -timeout of scripts/fuzz.sh
constexpr std::size_t memory_gib = 4;           // address space, where no sanitizer needs more of it
constexpr std::size_t largest_bytes = 1 << 16;  // of a damaged copy

struct Current {
  std::string name;   // file, or file and number of the damaged copy
  std::string bytes;  // of a damaged copy; empty for a file
  std::string fault;  // where a damaged copy is kept
};
Current& current() {
  static Current input;
  return input;
}

void say(std::string_view text) {
  const auto ignored = ::write(2, text.data(), text.size());
  static_cast<void>(ignored);
}

/// Called in a signal handler: uses system calls only.
void keep_input() {
  say("\nreplay: this input failed: ");
  say(current().name);
  say("\n");
  if (current().bytes.empty()) return;
  const int file = ::open(current().fault.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0644);
  const auto ignored = ::write(file, current().bytes.data(), current().bytes.size());
  static_cast<void>(ignored);
  ::close(file);
  say("replay: kept as ");
  say(current().fault);
  say("\n");
}

void on_signal(int number) {
  if (number == SIGALRM) say("\nreplay: an input takes too long\n");
  keep_input();
  ::_exit(128 + number);
}

void watch() {
  static char stack[1 << 16];  // a stack overflow leaves no other
  stack_t other{};
  other.ss_sp = stack;
  other.ss_size = sizeof stack;
  ::sigaltstack(&other, nullptr);
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_ONSTACK;
  ::sigaction(SIGALRM, &action, nullptr);
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(keep_input);
    ::sigaction(SIGABRT, &action, nullptr);
    return;
  }
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) ::sigaction(number, &action, nullptr);
  const rlimit memory{memory_gib << 30, memory_gib << 30};
  ::setrlimit(RLIMIT_AS, &memory);
}

void run_one(const std::string& bytes) {
  ::alarm(slowest_s);
  // A copy of exactly this size: a sanitizer then sees a read beyond its end.
  const std::vector<std::uint8_t> data(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(data.data(), data.size());
  ::alarm(0);
}

std::string damaged(const std::string& original, const std::vector<std::string>& all, std::mt19937_64& draw) {
  std::string out = original;
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(draw() % n); };
  static constexpr unsigned char special[] = {0,  1,  9,  10, 32,  34,  39,  45,
                                              46, 48, 57, 91, 123, 127, 128, 255};
  for (std::size_t changes = 1 + below(6); changes-- > 0;) {
    const std::size_t at = below(out.size()), length = std::min(out.size() - at, 1 + below(16));
    switch (below(7)) {
      case 0:
        if (!out.empty()) out[at] = static_cast<char>(out[at] ^ (1 << below(8)));
        break;
      case 1:
        if (!out.empty()) out[at] = static_cast<char>(special[below(sizeof special)]);
        break;
      case 2:
        out.insert(at, 1, static_cast<char>(special[below(sizeof special)]));
        break;
      case 3:
        out.erase(at, length);
        break;
      case 4:
        out.insert(below(out.size()), out.substr(at, length));
        break;
      case 5: {
        const auto& other = all[below(all.size())];
        const std::size_t from = below(other.size());
        out.insert(at, other.substr(from, 1 + below(64)));
        break;
      }
      default:  // a number grows
        for (std::size_t i = at; i < out.size(); ++i)
          if (out[i] >= '0' && out[i] <= '9') {
            out.insert(i, std::to_string(draw() >> below(64)));
            break;
          }
    }
  }
  if (out.size() > largest_bytes) out.resize(largest_bytes);
  return out;
}

std::vector<fs::path> files_in(const std::vector<std::string>& names) {
  std::vector<fs::path> files;
  for (const auto& name : names) {
    if (!fs::is_directory(name)) {
      files.emplace_back(name);
      continue;
    }
    for (const auto& entry : fs::directory_iterator(name)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    std::fprintf(stderr, "replay: %s cannot be read\n", file.c_str());
    std::exit(2);
  }
  return {std::istreambuf_iterator<char>(in), {}};
}

int write_seeds(const fs::path& folder) {
  fs::create_directories(folder);
  irc::fuzz::seeds([&](const std::string& name, const std::string& bytes) {
    std::ofstream(folder / name, std::ios::binary) << bytes;
  });
  return 0;
}

}  // namespace

int main(int argc, char* argv[]) {
  std::vector<std::string> names;
  std::size_t mutations = 0, seed = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool has_value = i + 1 < argc;
    if (word == "--write-seeds" && has_value) return write_seeds(argv[i + 1]);
    if (word == "--mutations" && has_value)
      mutations = std::stoul(argv[++i]);
    else if (word == "--seed" && has_value)
      seed = std::stoul(argv[++i]);
    else
      names.push_back(word);
  }
  const auto files = files_in(names);
  if (files.empty()) {
    std::fprintf(stderr, "replay: no input; expected files or folders\n");
    return 2;
  }
  watch();
  current().fault = "fault-" + fs::path(argv[0]).filename().string() + ".bin";
  std::vector<std::string> all;
  for (const auto& file : files) {
    all.push_back(bytes_of(file));
    current().name = file.string();
    run_one(all.back());
  }
  const auto start = std::chrono::steady_clock::now();
  std::mt19937_64 draw(seed);
  for (std::size_t i = 0; i < mutations; ++i) {
    const std::size_t from = i % all.size();
    current().name = files[from].string() + ", damaged copy " + std::to_string(i);
    current().bytes = damaged(all[from], all, draw);
    run_one(current().bytes);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf("%zu files and %zu damaged copies: read or refused (%.1f s)\n", files.size(), mutations,
              took.count());
  return 0;
}
