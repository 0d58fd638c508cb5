// SPDX-License-Identifier: Apache-2.0
#include "value_sweep.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <list>
#include <nlohmann/json.hpp>
#include <regex>
#include <systemc>
#include <thread>

#include "irc/core/error.h"
#include "irc/core/toml.h"
#include "irc/platform/config.h"
#include "irc/platform/run.h"

namespace irc::test {
namespace {

using nlohmann::json;

constexpr unsigned time_limit_s = 60;
constexpr std::uint64_t memory_limit_bytes = std::uint64_t{8} << 30;

/// Keys that only choose how much is computed, or that name files.
const std::vector<std::string> left_out = {
    "run.chips",  "run.limit",     "run.scenes",     "run.nonideal_images",
    "run.draw",   "run.images",    "run.image_root", "run.model",
    "run.split",  "run.dataset",   "run.evaluator",  "technology.card",
    "card.notes", "trace.formats", "card.name",      "detector.classes"};

std::string message_of(std::vector<std::string> sets, const std::string& set) {
  sets.push_back(set);
  try {
    platform::load_config("robust.toml", sets);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

/// "a number from -1.0 to 2.0" gives -1 and 2.
void find_range(SweepKey& key, const std::vector<std::string>& base) {
  const std::string beyond = key.whole ? "9223372036854775807" : "1e300";
  const std::string message = message_of(base, key.name + "=" + beyond);
  std::smatch found;
  if (std::regex_search(message, found, std::regex("from (\\S+) to (\\S+)$"))) {
    key.low = std::stod(found[1]);
    key.high = std::stod(found[2]);
    key.values = {found[1], found[2]};
  } else {
    throw InternalError("the range of " + key.name + " is not in this message: " + message);
  }
}

void find_words(SweepKey& key, const std::vector<std::string>& base) {
  const std::string message = message_of(base, key.name + "=\"no such word\"");
  const auto begin = message.find("one of ");
  if (begin == std::string::npos)
    throw InternalError("the words of " + key.name + " are not in this message: " + message);
  std::string words = message.substr(begin + 7);
  words = words.substr(0, words.find(" (did"));
  for (std::size_t at = 0; at < words.size();) {
    const auto end = std::min(words.find(" | ", at), words.size());
    key.values.push_back("\"" + words.substr(at, end - at) + "\"");
    at = end + 3;
  }
}

void add_keys(const json& value, const std::string& name, const std::vector<std::string>& base,
              std::vector<SweepKey>& keys) {
  if (value.is_object()) {
    for (const auto& [key, child] : value.items())
      if (!name.empty() || key != "derived")
        add_keys(child, name.empty() ? key : name + "." + key, base, keys);
    return;
  }
  if (std::find(left_out.begin(), left_out.end(), name) != left_out.end()) return;
  SweepKey key;
  key.name = name;
  key.whole = value.is_number_integer();
  key.number = value.is_number();
  if (value.is_boolean())
    key.values = {"false", "true"};
  else if (key.number)
    find_range(key, base);
  else
    find_words(key, base);
  keys.push_back(std::move(key));
}

std::string not_finite(const json& value, const std::string& place) {
  if (value.is_number_float() && !std::isfinite(value.get<double>())) return place;
  if (!value.is_structured()) return "";
  for (const auto& [key, child] : value.items())
    if (auto found = not_finite(child, place + "/" + key); !found.empty()) return found;
  return "";
}

/// Runs one setting and returns what `main` would.
SweepOutcome run_here(const std::vector<std::string>& sets) {
  SweepOutcome out;
  try {
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_THROW);
    sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_THROW);
    const auto config = platform::load_config("robust.toml", sets);
    const platform::Workload workload(config);
    const auto result =
        platform::run(config, workload, [](const std::string&, std::uint64_t, std::uint64_t) {});
    const auto document = platform::to_json(result, config, workload);
    platform::to_text(result, config, workload);
    out.message = not_finite(document, "");
    out.code = out.message.empty() ? 0 : 1;
  } catch (const InputError& error) {
    out.code = static_cast<int>(ExitCode::bad_input);
    out.message = error.what();
  } catch (const std::exception& error) {
    out.code = static_cast<int>(ExitCode::internal);
    out.message = error.what();
  }
  return out;
}

/// A process that runs one setting and sends its outcome through a pipe.
class Child {
 public:
  Child(const std::vector<std::string>& base, const std::vector<std::string>& sets, std::size_t index)
      : index_(index) {
    int ends[2];
    if (pipe(ends) != 0) throw InternalError("no pipe");
    pid_ = fork();
    if (pid_ == 0) {
      const rlimit memory{memory_limit_bytes, memory_limit_bytes}, no_core{0, 0};
      setrlimit(RLIMIT_AS, &memory);
      setrlimit(RLIMIT_CORE, &no_core);
      alarm(time_limit_s);
      for (const int number : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL}) signal(number, SIG_DFL);
      auto all = base;
      all.insert(all.end(), sets.begin(), sets.end());
      const auto out = run_here(all);
      const auto text = out.message.substr(0, 2000);
      _exit(write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? out.code : 71);
    }
    close(ends[1]);
    from_ = ends[0];
  }
  /// Waits for the end.
  void finish(std::vector<SweepOutcome>& outcomes) {
    auto& out = outcomes[index_];
    char block[512];
    for (ssize_t n; (n = read(from_, block, sizeof block)) > 0;)
      out.message.append(block, static_cast<std::size_t>(n));
    close(from_);
    int status = 0;
    waitpid(pid_, &status, 0);
    out.code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  std::size_t index_;
  pid_t pid_ = 0;
  int from_ = -1;
};

}  // namespace

std::vector<SweepKey> sweep_keys(const std::vector<std::string>& base) {
  std::vector<SweepKey> keys;
  add_keys(platform::to_json(platform::load_config("robust.toml", base)), "", base, keys);
  return keys;
}

std::vector<SweepOutcome> run_settings(const std::vector<std::string>& base,
                                       const std::vector<std::vector<std::string>>& settings) {
  std::vector<SweepOutcome> outcomes(settings.size());
  const std::size_t jobs = std::clamp(std::thread::hardware_concurrency(), 1u, 8u);
  std::list<Child> running;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    outcomes[i].sets = settings[i];
    if (running.size() >= jobs) {
      running.front().finish(outcomes);
      running.pop_front();
    }
    running.emplace_back(base, settings[i], i);
  }
  for (auto& child : running) child.finish(outcomes);
  return outcomes;
}

std::string fault_of(const SweepOutcome& outcome, const std::vector<SweepKey>& keys) {
  std::string what;
  for (const auto& set : outcome.sets) what += "--set " + set + " ";
  what += ": ";
  if (outcome.code == 0) return "";
  if (outcome.code == 128 + SIGALRM) return what + "no end within " + std::to_string(time_limit_s) + " s";
  if (outcome.code == 1) return what + "a number of the result is not finite: " + outcome.message;
  if (outcome.code != static_cast<int>(ExitCode::bad_input))
    return what + "code " + std::to_string(outcome.code) + ": " + outcome.message;
  // The message names a key.
  for (const auto& key : keys)
    if (outcome.message.find(key.name) != std::string::npos) return "";
  return what + "refused, but no key is named: " + outcome.message;
}

}  // namespace irc::test
