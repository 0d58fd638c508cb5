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
#include "irc/core/random.h"
#include "irc/core/toml.h"
#include "irc/platform/config.h"
#include "irc/platform/run.h"
#include "support/catch.h"

namespace irc::test {
namespace {

using nlohmann::json;

constexpr unsigned processor_limit_s = 60, time_limit_s = 300;  // the machine may be busy
constexpr std::uint64_t memory_limit_bytes = std::uint64_t{8} << 30;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;  // needs terabytes of addresses, and much more time
#else
constexpr bool sanitized = false;
#endif

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
  if (key.whole && message.empty()) {  // seeds
    key.high = 9e18;
    key.values = {"0", beyond};
    return;
  }
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
      const rlimit memory{memory_limit_bytes, memory_limit_bytes}, no_core{0, 0},
          processor{processor_limit_s, processor_limit_s};
      if (!sanitized) setrlimit(RLIMIT_AS, &memory);
      setrlimit(RLIMIT_CPU, &processor);
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

std::vector<std::vector<std::string>> key_ends(const std::vector<SweepKey>& keys,
                                               const std::vector<std::string>& sections) {
  std::vector<std::vector<std::string>> settings;
  for (const auto& key : keys) {
    const auto inside = [&](const std::string& section) { return key.name.starts_with(section + "."); };
    if (!sections.empty() && std::none_of(sections.begin(), sections.end(), inside)) continue;
    for (const auto& value : key.values) settings.push_back({key.name + "=" + value});
  }
  return settings;
}

namespace {

/// The smallest, the largest, or a value between them. Ranges over several decades are drawn by decade.
std::string draw_value(const SweepKey& key, const CounterRandom& random, std::uint64_t& counter) {
  const auto next = [&] { return random.bits(counter++); };
  if (!key.number || next() % 3 != 0) return key.values[next() % key.values.size()];
  const double share = static_cast<double>(next() >> 11) * 0x1p-53;
  const double low = key.low > 0 ? key.low : key.high * 1e-9;
  const bool decades = key.low >= 0 && key.high > 1000 * key.low;
  const double value =
      decades ? low * std::pow(key.high / low, share) : key.low + share * (key.high - key.low);
  return key.whole ? std::to_string(static_cast<long long>(std::max(key.low, std::floor(value))))
                   : toml_real(value);
}

}  // namespace

std::vector<std::vector<std::string>> random_pairs(const std::vector<SweepKey>& keys, std::uint64_t count,
                                                   std::uint64_t seed) {
  const CounterRandom random(seed, Stream::test);
  std::uint64_t counter = 0;
  std::vector<std::vector<std::string>> settings;
  while (settings.size() < count) {
    const auto& a = keys[random.bits(counter++) % keys.size()];
    const auto& b = keys[random.bits(counter++) % keys.size()];
    if (a.name == b.name) continue;
    const auto first = a.name + "=" + draw_value(a, random, counter);
    settings.push_back({first, b.name + "=" + draw_value(b, random, counter)});
  }
  return settings;
}

void check_settings(const std::vector<std::string>& base, const std::vector<SweepKey>& keys,
                    std::vector<std::vector<std::string>> settings) {
  if (sanitized) {
    std::vector<std::vector<std::string>> some;
    for (std::size_t i = 0; i < settings.size(); i += 8) some.push_back(settings[i]);
    settings = std::move(some);
  }
  std::size_t ran = 0, refused = 0;
  for (const auto& outcome : run_settings(base, settings)) {
    ran += outcome.code == 0;
    refused += outcome.code == 3;
    const auto fault = fault_of(outcome, keys);
    if (!fault.empty()) FAIL_CHECK(fault);
  }
  WARN(settings.size() << " settings, " << ran << " ran, " << refused << " were refused");
  CHECK(ran > refused);
}

std::string fault_of(const SweepOutcome& outcome, const std::vector<SweepKey>& keys) {
  std::string what;
  for (const auto& set : outcome.sets) what += "--set " + set + " ";
  what += ": ";
  if (outcome.code == 0) return "";
  if (outcome.code == 128 + SIGALRM || outcome.code == 128 + SIGXCPU || outcome.code == 128 + SIGKILL)
    return what + "no end within " + std::to_string(processor_limit_s) + " s";
  if (outcome.code == 1) return what + "a number of the result is not finite: " + outcome.message;
  if (outcome.code != static_cast<int>(ExitCode::bad_input))
    return what + "code " + std::to_string(outcome.code) + ": " + outcome.message;
  // The message names a key, which need not be one of those that were set.
  // Messages about a card's file name its keys without the section [card] of a configuration.
  for (const auto& key : keys) {
    const auto name = key.name.starts_with("card.") ? key.name.substr(5) : key.name;
    if (outcome.message.find(name) != std::string::npos) return "";
  }
  // Or it says in words what does not fit: "its 1154 rows need 12 macros of 98 rows".
  for (const auto& set : outcome.sets) {
    const auto key = set.substr(0, set.find('='));
    if (outcome.message.find(key.substr(key.rfind('.') + 1)) != std::string::npos) return "";
  }
  return what + "refused, but no key is named: " + outcome.message;
}

}  // namespace irc::test
