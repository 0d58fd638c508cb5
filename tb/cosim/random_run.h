// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "cosim_bench.h"
#include "irc/core/random.h"
#include "random_program.h"

namespace irc::tb {

/// The host of random programs. For each it fills the memory, rings the doorbell, disturbs, waits, and reads
/// the results. The bench compares all that it reads; the host adds checks that only it can do.
class RandomRun {
 public:
  explicit RandomRun(CosimBench& bench) : bench_(bench) {}

  /// Runs a case to its end. The bench's LockStep holds a difference.
  void run(const RandomCase& random_case);

  std::uint64_t cases() const { return cases_; }
  std::uint64_t reunions() const { return reunions_; }
  /// Number of cases by the value of ERROR.
  const std::map<std::uint32_t, std::uint64_t>& errors() const { return errors_; }

 private:
  void start(const RandomCase& random_case);
  bool busy();
  void disturb();
  void disturb_start();
  void refused();
  void take_result(const RandomCase& random_case);
  bool different() const { return bench_.lock_step.difference().has_value(); }

  std::uint32_t read(std::uint64_t offset);
  void write(std::uint64_t offset, std::uint32_t value);
  std::uint64_t below(std::uint64_t n) { return random_->below(n, draws_++); }

  CosimBench& bench_;
  std::optional<CounterRandom> random_;
  std::uint64_t draws_ = 0, cases_ = 0, reunions_ = 0;
  std::map<std::uint32_t, std::uint64_t> errors_;
};

inline std::uint32_t RandomRun::read(std::uint64_t offset) {
  std::uint8_t bytes[4];
  bench_.read(CosimBench::csr_base + offset, bytes);
  std::uint32_t value;
  std::memcpy(&value, bytes, 4);
  return value;
}

inline void RandomRun::write(std::uint64_t offset, std::uint32_t value) {
  std::uint8_t bytes[4];
  std::memcpy(bytes, &value, 4);
  bench_.write(CosimBench::csr_base + offset, bytes);
}

inline bool RandomRun::busy() {
  return (read(model::csr::status) & model::csr::status_busy) != 0;
}

inline void RandomRun::run(const RandomCase& random_case) {
  constexpr std::uint64_t most_cycles = 500000;
  random_.emplace(
      CounterRandom(random_case.seed, Stream::test).fork(random_case.number).fork(~std::uint64_t{0}));
  draws_ = 0;
  start(random_case);
  if (random_case.register_traffic) disturb_start();
  const auto begin = bench_.cycles();
  while (busy() && !different()) {
    if (random_case.register_traffic)
      for (auto i = below(3); i > 0; --i) disturb();
    bench_.settle(static_cast<unsigned>(1 + below(60)));
    if (bench_.cycles() - begin > most_cycles)
      bench_.lock_step.differ("host", bench_.cycles(), "the program does not end");
  }
  if (!different()) take_result(random_case);
  ++cases_;
}

inline void RandomRun::start(const RandomCase& random_case) {
  bench_.set_back_pressure({random_case.back_pressure, random_case.seed + 2 * random_case.number});
  bench_.write(random_case.memory.address, random_case.memory.bytes);
  if (below(8) == 0) write(model::csr::control, model::csr::control_reset);
  write(model::csr::irq_status, 7);
  write(model::csr::picture, random_case.picture);
  write(model::csr::program_low, static_cast<std::uint32_t>(random_case.program_address));
  write(model::csr::program_high, static_cast<std::uint32_t>(random_case.program_address >> 32));
  write(model::csr::irq_enable, static_cast<std::uint32_t>(below(8)));
  write(model::csr::doorbell, model::csr::doorbell_run);
}

/// Doorbell and reset are ignored while busy. Only directly after the start is the accelerator certainly
/// busy, and a finished program that is started again does the same again.
inline void RandomRun::disturb_start() {
  for (auto i = below(3); i > 0 && !bench_.apart(); --i)
    write(below(2) == 0 ? model::csr::doorbell : model::csr::control, static_cast<std::uint32_t>(below(4)));
}

inline void RandomRun::disturb() {
  switch (below(6)) {
    case 0:
      write(model::csr::irq_status, static_cast<std::uint32_t>(below(8)));
      return;
    case 1:
      write(model::csr::irq_enable, static_cast<std::uint32_t>(below(8)));
      return;
    case 2:
      // The address of the next program, which `start` writes again.
      write(below(2) == 0 ? model::csr::program_low : model::csr::program_high,
            static_cast<std::uint32_t>(below(1u << 31)));
      return;
    case 3:
      refused();
      return;
    default:
      read(model::csr::registers[below(model::csr::registers.size())].offset);
  }
}

/// Accesses outside the register map must be refused.
inline void RandomRun::refused() {
  const std::vector<std::uint64_t> read_only{
      model::csr::id,      model::csr::version,     model::csr::status,    model::csr::error,
      model::csr::command, model::csr::layers_done, model::csr::cycles_low};
  const auto kind = below(3);
  try {
    std::vector<std::uint8_t> bytes(kind == 0 ? 1 + below(3) : 4, 0xff);
    if (kind == 0) {
      bench_.write(CosimBench::csr_base + model::csr::irq_enable, bytes);
    } else if (kind == 1) {
      bench_.write(CosimBench::csr_base + read_only[below(read_only.size())], bytes);
    } else {
      bench_.read(CosimBench::csr_base + 4 * (15 + below(1000)), bytes);
    }
  } catch (const model::HostError&) {
    return;
  }
  bench_.lock_step.differ("registers", bench_.cycles(), "an access that must be refused was not");
}

inline void RandomRun::take_result(const RandomCase& random_case) {
  if (bench_.apart()) {
    ++reunions_;
    bench_.await_model();
    write(model::csr::irq_status, 7);
    bench_.reunite();
  }
  const auto error = read(model::csr::error);
  for (const auto& r : model::csr::registers) read(r.offset);
  bench_.settle(64);
  ++errors_[error];
  if (random_case.flaw.empty() && error != 0)
    bench_.lock_step.differ(
        "host", bench_.cycles(),
        fmt::format("a sound program failed with error {} in command {}: {}", error,
                    read(model::csr::command), mapping::text(static_cast<mapping::CommandError>(error))));
  bench_.lock_step.finish();
}

}  // namespace irc::tb
