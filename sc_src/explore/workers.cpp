// SPDX-License-Identifier: Apache-2.0
// Worker processes, one per point.
#include "irc/explore/workers.h"

#include <sys/resource.h>

#include <chrono>
#include <list>
#include <nlohmann/json.hpp>
#include <thread>

#include "irc/core/error.h"
#include "irc/core/json.h"
#include "irc/explore/record_check.h"
#include "irc/platform/resources.h"
#include "irc/platform/run.h"
#include "irc/platform/worker_process.h"
#include "json_place.h"

namespace irc::explore {

namespace {

using nlohmann::json;
using platform::or_processors;
using Clock = std::chrono::steady_clock;

/// Assumed memory of a worker until one has reported its own: five times that of the shipped detectors.
constexpr std::uint64_t first_guess_bytes = std::uint64_t{512} << 20;
constexpr int most_attempts = 2;

/// One worker process with its point.
class Worker {
 public:
  Worker(const Point& its_point, int its_attempt, const std::string& program, std::uint64_t threads)
      : point(its_point),
        attempt(its_attempt),
        in_(its_point.config_toml),
        process_(program, {"explore", "worker", "--threads", std::to_string(threads)}, in_.file),
        started_(Clock::now()) {}

  bool running() { return process_.running(); }
  bool killed() const { return process_.signal() != 0; }
  /// The worker has a result and cannot hand it over, which says nothing about its point.
  bool mute() const { return !killed() && process_.exit_code() == mute_exit_code; }
  std::string error_text() const { return process_.error_text(); }

  Record record() const {
    Record record;
    record.config_toml = point.config_toml;
    record.wall_s = std::chrono::duration<double>(Clock::now() - started_).count();
    const auto fail = [&](const std::string& words) {
      record.status = Record::Status::failed;
      record.error = words;
      return record;
    };
    if (killed()) return fail("the worker was " + platform::killed_by(process_.signal()) + " (twice)");
    if (process_.exit_code() != 0) return fail(process_.error_text());
    try {
      read_answer(record);
    } catch (const InputError& error) {
      return fail(std::string("the worker's answer cannot be used: ") + error.what());
    }
    return record;
  }

  const Point& point;
  const int attempt;

 private:
  void read_answer(Record& record) const {
    const auto document = parse_json(process_.output(), "its output");
    const detail::JsonPlace answer(document, "");
    const auto& result = answer.member("result", "an object").value();
    // A record that no reader accepts would be evaluated again and again.
    if (const auto problem = result_problem(result)) throw InputError(*problem);
    if (answer.has("peak_rss_bytes")) record.peak_rss_bytes = answer.member("peak_rss_bytes", "").whole();
    record.result = result.dump();
  }

  struct Input {
    explicit Input(const std::string& text) {
      file.append(text);
      file.finish();
    }
    platform::ScratchFile file;
  };

  Input in_;
  platform::WorkerProcess process_;
  Clock::time_point started_;
};

Record refused(const Point& point) {
  Record record;
  record.status = Record::Status::failed;
  record.error = point.config_error;
  return record;
}

}  // namespace

std::string work(const std::string& config_toml, std::uint64_t threads) {
  auto config = platform::resolve(TomlDocument::parse(config_toml, "point", platform::embedded));
  config.run.threads = threads;
  const platform::Workload workload(config);
  const auto result =
      platform::run(config, workload, [](const std::string&, std::uint64_t, std::uint64_t) {});
  auto document = platform::to_json(result, config, workload);
  // The store has the configuration already, and values that depend on the machine are kept separately.
  document.erase("config");
  document.erase("wall_s");
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return json{{"result", document}, {"peak_rss_bytes", static_cast<std::uint64_t>(usage.ru_maxrss) * 1024}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

bool evaluate(const std::vector<const Point*>& points, const WorkerOptions& options,
              const std::function<void(const Point&, const Record&)>& done,
              const std::function<bool(const Point&)>& skip, const std::function<bool()>& stopped) {
  const auto wanted = or_processors(options.workers);
  const auto threads = std::max<std::uint64_t>(1, or_processors(options.threads) / wanted);
  const auto budget = options.memory_bytes != 0 ? options.memory_bytes : available_memory() / 10 * 9;
  std::uint64_t each_bytes = first_guess_bytes, largest_bytes = 0;
  std::list<Worker> running;
  std::list<std::pair<const Point*, int>> waiting;
  std::string no_answer;
  for (const auto* point : points) waiting.emplace_back(point, 1);
  while (!waiting.empty() || !running.empty()) {
    if (stopped()) return false;
    while (!waiting.empty() && running.size() < worker_limit(wanted, budget, each_bytes)) {
      const auto [point, attempt] = waiting.front();
      waiting.pop_front();
      if (skip(*point)) continue;
      if (point->config_toml.empty())
        done(*point, refused(*point));
      else
        running.emplace_back(*point, attempt, options.program, threads);
    }
    for (auto worker = running.begin(); worker != running.end();) {
      if (worker->running()) {
        ++worker;
        continue;
      }
      const bool again = worker->killed() || worker->mute();
      if (again && worker->attempt < most_attempts) {
        waiting.emplace_back(&worker->point, worker->attempt + 1);
      } else if (worker->mute()) {
        no_answer = worker->error_text();
      } else {
        const auto record = worker->record();
        largest_bytes = std::max(largest_bytes, record.peak_rss_bytes);
        if (largest_bytes != 0) each_bytes = largest_bytes + largest_bytes / 4;
        done(worker->point, record);
      }
      worker = running.erase(worker);
    }
    // The workers that ended at the same time have handed over theirs.
    if (!no_answer.empty())
      throw InputError("a worker cannot hand over its result, so the point is not recorded: " + no_answer);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace irc::explore
