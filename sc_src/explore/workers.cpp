// SPDX-License-Identifier: Apache-2.0
// Worker processes: one per point.
#include "irc/explore/workers.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <chrono>
#include <cstdio>
#include <list>
#include <nlohmann/json.hpp>
#include <thread>

#include "irc/core/error.h"
#include "irc/platform/resources.h"
#include "irc/platform/run.h"

namespace irc::explore {

namespace {

namespace bp = boost::process;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

/// Assumed of a worker until one has reported what it took: five times the shipped detectors.
constexpr std::uint64_t first_guess_bytes = std::uint64_t{512} << 20;
constexpr std::size_t most_error_bytes = 2000;
constexpr int most_attempts = 2;

/// An unnamed file that nobody has to clear away, not even after a kill.
class Scratch {
 public:
  Scratch() : file_(std::tmpfile()) {
    if (!file_) throw InputError("cannot make a temporary file (disk full?)");
  }
  ~Scratch() { std::fclose(file_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  FILE* file() const { return file_; }
  void write(const std::string& text) {
    const bool whole =
        std::fwrite(text.data(), 1, text.size(), file_) == text.size() && std::fflush(file_) == 0;
    if (!whole) throw InputError("cannot write a temporary file (disk full?)");
    std::rewind(file_);
  }
  std::string read() const {
    std::rewind(file_);
    std::string text;
    char block[65536];
    while (const auto n = std::fread(block, 1, sizeof block, file_)) text.append(block, n);
    return text;
  }

 private:
  FILE* file_;
};

/// One worker process at its point.
class Worker {
 public:
  Worker(const Point& its_point, int its_attempt, const std::string& program, std::uint64_t threads)
      : point(its_point), attempt(its_attempt), started_(Clock::now()) {
    in_.write(point.config_toml);
    // A worker does not outlive who wants its result.
    const auto die_with_parent = [](auto&) { prctl(PR_SET_PDEATHSIG, SIGKILL); };
    try {
      child_ =
          bp::child(bp::exe = program, bp::args = {"explore", "worker", "--threads", std::to_string(threads)},
                    bp::std_in<in_.file(), bp::std_out> out_.file(), bp::std_err > err_.file(),
                    bp::extend::on_exec_setup = die_with_parent);
    } catch (const bp::process_error& error) {
      throw InputError("cannot start a worker, " + program + ": " + error.what());
    }
  }
  ~Worker() {
    std::error_code ignored;
    if (child_.valid() && child_.running(ignored)) child_.terminate(ignored);
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  bool running() {
    std::error_code ignored;
    return child_.running(ignored);
  }
  bool killed() const { return WIFSIGNALED(child_.native_exit_code()); }

  Record record() const {
    Record record;
    record.config_toml = point.config_toml;
    record.wall_s = std::chrono::duration<double>(Clock::now() - started_).count();
    const auto fail = [&](const std::string& words) {
      record.status = Record::Status::failed;
      record.error = words;
      return record;
    };
    if (killed())
      return fail("the worker was ended by signal " + std::to_string(WTERMSIG(child_.native_exit_code())) +
                  ", twice");
    if (child_.exit_code() != 0) return fail(error_text());
    const auto answer = json::parse(out_.read(), nullptr, false);
    if (!answer.is_object() || !answer.contains("result")) return fail("the worker's answer cannot be read");
    record.result = answer.at("result").dump();
    record.peak_rss_bytes = answer.value("peak_rss_bytes", std::uint64_t{0});
    return record;
  }

  const Point& point;
  const int attempt;

 private:
  std::string error_text() const {
    auto text = err_.read();
    if (text.size() > most_error_bytes) text = "..." + text.substr(text.size() - most_error_bytes);
    while (text.ends_with('\n')) text.pop_back();
    if (text.starts_with("irc: ")) text.erase(0, 5);
    return text.empty() ? "the worker ended with exit code " + std::to_string(child_.exit_code()) : text;
  }

  Scratch in_, out_, err_;
  bp::child child_;
  Clock::time_point started_;
};

std::uint64_t or_processors(std::uint64_t count) {
  return count != 0 ? count : std::max(1u, std::thread::hardware_concurrency());
}

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
  // The store has the configuration anyway, and what depends on the machine is kept apart.
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
      if (worker->killed() && worker->attempt < most_attempts) {
        waiting.emplace_back(&worker->point, worker->attempt + 1);
      } else {
        const auto record = worker->record();
        largest_bytes = std::max(largest_bytes, record.peak_rss_bytes);
        if (largest_bytes != 0) each_bytes = largest_bytes + largest_bytes / 4;
        done(worker->point, record);
      }
      worker = running.erase(worker);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace irc::explore
