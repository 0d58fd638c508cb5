// SPDX-License-Identifier: Apache-2.0
// Runs chips side by side in worker processes. A worker runs one or several chips.
#include "irc/platform/chip_workers.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <list>
#include <optional>
#include <ostream>
#include <thread>
#include <utility>

#include "irc/core/bytes.h"
#include "irc/core/error.h"
#include "irc/platform/resources.h"
#include "irc/platform/worker_process.h"

namespace irc::platform {

namespace {

constexpr std::string_view job_mark = "irc chips";
constexpr auto poll_interval = std::chrono::milliseconds(5);

// --- the job: one file that all workers map into memory ----------------------------------------------------

void put(ByteWriter& out, const detection::Sample& sample, bool with_pixels) {
  out.put(sample.id);
  out.put(sample.file_name);
  out.put(sample.path);
  out.put(sample.width);
  out.put(sample.height);
  out.put(sample.annotations);
  const Picture none;
  const auto& pixels = with_pixels ? sample.pixels : none;
  out.put(pixels.shape);
  out.put(pixels.values);
}

void get(ByteReader& in, detection::Sample& sample) {
  in.get(sample.id);
  in.get(sample.file_name);
  in.get(sample.path);
  in.get(sample.width);
  in.get(sample.height);
  in.get(sample.annotations);
  in.get(sample.pixels.shape);
  in.get(sample.pixels.values);
}

/// The pixels of generated scenes that are run are part of the job, because generating an image takes about
/// as long as running it.
void put(ByteWriter& out, const detection::Dataset& dataset, const std::vector<std::size_t>& indices) {
  std::vector<bool> wanted(dataset.samples.size(), false);
  for (const auto index : indices) wanted[index] = true;
  out.put(dataset.name);
  out.put(dataset.categories);
  out.put(dataset.category_ids);
  out.put(dataset.annotated);
  out.put(std::uint64_t{dataset.samples.size()});
  for (std::size_t i = 0; i < dataset.samples.size(); ++i) put(out, dataset.samples[i], wanted[i]);
}

void get(ByteReader& in, detection::Dataset& dataset) {
  in.get(dataset.name);
  in.get(dataset.categories);
  in.get(dataset.category_ids);
  in.get(dataset.annotated);
  for (auto left = in.get<std::uint64_t>(); left > 0; --left) get(in, dataset.samples.emplace_back());
}

/// The reference's binary maps; empty where they were not kept.
std::string bytes_of(const BitComparison::Maps& maps) {
  ByteWriter out;
  if (!maps) return {};
  out.put(std::uint64_t{maps->binary.size()});
  for (const auto& map : maps->binary) {
    out.put(map.shape);
    out.put(map.bits.words());
  }
  return out.bytes();
}

BitComparison::Maps maps_of(std::string_view bytes) {
  if (bytes.empty()) return nullptr;
  ByteReader in(bytes);
  auto maps = std::make_shared<network::Reference::Maps>();
  std::vector<std::uint64_t> words;
  for (auto left = in.get<std::uint64_t>(); left > 0; --left) {
    auto& map = maps->binary.emplace_back(in.get<Shape>());
    in.get(words);
    if (words.size() != map.bits.words().size()) throw InternalError("a map of another size than its shape");
    std::copy(words.begin(), words.end(), map.bits.words().begin());
  }
  return maps;
}

void write_job(const RunConfig& config, const Workload& workload, const Preparation& preparation,
               ScratchFile& job) {
  ByteWriter head;
  head.put(to_toml(config));
  head.put(preparation.indices);
  put(head, workload.dataset(), preparation.indices);
  job.append(job_mark);
  job.append(head.bytes());
  for (const auto index : preparation.indices) {
    ByteWriter maps;
    maps.put(bytes_of(preparation.maps[index]));
    job.append(maps.bytes());
  }
  job.finish();
}

/// A memory-mapped file that other processes map as well.
class MappedFile {
 public:
  explicit MappedFile(int file) {
    struct stat status {};
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0) return;
    void* begin = mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_SHARED, file, 0);
    if (begin == MAP_FAILED) return;
    bytes_ = {static_cast<const char*>(begin), static_cast<std::size_t>(status.st_size)};
  }
  ~MappedFile() {
    if (!bytes_.empty()) munmap(const_cast<char*>(bytes_.data()), bytes_.size());
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  /// Empty where the file cannot be mapped.
  std::string_view bytes() const { return bytes_; }

 private:
  std::string_view bytes_;
};

// --- output of workers: frames of a kind, a length and that many bytes -------------------------------------

enum class Frame : std::uint8_t { picture, chip };
constexpr std::size_t frame_head_bytes = sizeof(Frame) + sizeof(std::uint64_t);

void send(std::ostream& out, Frame kind, const std::string& bytes) {
  ByteWriter frame;
  frame.put(kind);
  frame.put(bytes);
  out.write(frame.bytes().data(), static_cast<std::streamsize>(frame.bytes().size())).flush();
  if (!out) throw InputError("a worker cannot write its result (is the disk full?)");
}

/// A worker process with its chips.
class ChipWorker {
 public:
  ChipWorker(const std::string& program, ChipRange range, std::uint64_t threads, const ScratchFile& job)
      : range_(range),
        process_(program,
                 {"run-chips", std::to_string(range.first), std::to_string(range.count), "--threads",
                  std::to_string(threads)},
                 job) {}

  /// Takes new output of the worker. Returns whether the worker is done. Throws where the output is not what
  /// was asked for.
  bool poll(const ChipObserver& observer) {
    const bool over = !process_.running();  // asked before the output is read, so that nothing is missed
    const auto news = process_.output(taken_);
    taken_ += news.size();
    unread_ += news;
    while (take_frame(observer)) {
    }
    if (over) check_end();
    return over;
  }

 private:
  bool take_frame(const ChipObserver& observer) {
    if (unread_.size() < frame_head_bytes) return false;
    ByteReader in(unread_);
    const auto kind = in.get<Frame>();
    if (in.get<std::uint64_t>() > in.left()) return false;
    in = ByteReader(std::string_view(unread_).substr(sizeof kind));
    const auto bytes = in.view();
    if (kind == Frame::picture) {
      observer.picture_done();
    } else {
      auto run = chip_run_of(bytes);
      if (run.chip != next_chip()) throw InternalError(who() + "its worker ran another chip");
      ++done_;
      observer.chip_done(std::move(run));
    }
    unread_.erase(0, unread_.size() - in.left());
    return true;
  }

  void check_end() const {
    if (const int number = process_.signal(); number != 0)
      throw InternalError(who() + "its worker was " + killed_by(number) +
                          (number == SIGKILL ? ". A smaller --threads starts fewer workers" : ""));
    const int code = process_.exit_code();
    if (code == static_cast<int>(ExitCode::bad_input)) throw InputError(who() + process_.error_text());
    if (code != 0) throw InternalError(who() + process_.error_text());
    if (done_ != range_.count) throw InternalError(who() + "its worker ended early");
  }

  std::uint64_t next_chip() const { return range_.first + done_; }
  std::string who() const {
    return "chip " + std::to_string(std::min(next_chip(), range_.first + range_.count - 1)) +
           " (the first is 0): ";
  }

  ChipRange range_;
  WorkerProcess process_;
  std::uint64_t done_ = 0, taken_ = 0;
  std::string unread_;
};

}  // namespace

std::uint64_t chip_workers(std::uint64_t chips, std::uint64_t threads) {
  return std::max<std::uint64_t>(1, std::min(chips, or_processors(threads)));
}

std::vector<ChipRange> chip_ranges(std::uint64_t chips, std::uint64_t workers) {
  std::vector<ChipRange> ranges;
  std::uint64_t first = 0;
  for (std::uint64_t w = 0; w < workers; ++w) {
    const auto count = chips / workers + (w < chips % workers ? 1 : 0);
    if (count != 0) ranges.push_back({first, count});
    first += count;
  }
  return ranges;
}

RunResult run_in_workers(const RunConfig& config, const Workload& workload, const Progress& progress,
                         const ChipWorkers& workers) {
  const auto started = std::chrono::steady_clock::now();
  const auto preparation = prepare(config, workload, progress);
  ScratchFile job;
  write_job(config, workload, *preparation, job);

  const auto count = chip_workers(config.run.chips, workers.threads);
  const auto threads = std::max<std::uint64_t>(1, or_processors(workers.threads) / count);
  std::vector<ChipRun> finished(config.run.chips);
  std::uint64_t done = 0;
  const ChipObserver observer{
      [&] { progress("accelerator", ++done, finished.size() * preparation->indices.size()); },
      [&](ChipRun run) { finished.at(run.chip) = std::move(run); }};
  std::list<ChipWorker> running;
  for (const auto range : chip_ranges(finished.size(), count))
    running.emplace_back(workers.program, range, threads, job);
  while (!running.empty()) {
    running.remove_if([&](ChipWorker& worker) { return worker.poll(observer); });
    if (!running.empty()) std::this_thread::sleep_for(poll_interval);
  }
  auto result = summarize(config, workload, *preparation, std::move(finished));
  result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return result;
}

void work_on_chips(int job, ChipRange range, std::ostream& out) {
  const MappedFile file(job);
  if (!file.bytes().starts_with(job_mark))
    throw UsageError(
        "run-chips: standard input is no job. irc run starts this command for its workers; it is not for use "
        "by hand");
  ByteReader in(file.bytes().substr(job_mark.size()));
  std::string config_toml;
  in.get(config_toml);
  const auto config = resolve(TomlDocument::parse(config_toml, "run", embedded));
  Preparation preparation;
  in.get(preparation.indices);
  detection::Dataset dataset;
  get(in, dataset);
  std::vector<std::string_view> maps(dataset.samples.size());
  for (const auto index : preparation.indices) maps.at(index) = in.view();
  const Workload workload(config, std::move(dataset));
  preparation.program = mapping::compile(workload.graph(), config.geometry, config.activations);
  preparation.reference = std::make_shared<network::Reference>(workload.graph());
  preparation.maps_of = [&](std::size_t index) { return maps_of(maps[index]); };
  run_chips(config, workload, preparation, range,
            {[&] { send(out, Frame::picture, {}); },
             [&](const ChipRun& run) { send(out, Frame::chip, to_bytes(run)); }},
            nullptr);
}

}  // namespace irc::platform
