// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <systemc>
#include <vector>

#include "irc/mapping/compiler.h"
#include "irc/model/host_dma.h"
#include "irc/model/interconnect.h"
#include "irc/model/irc_accelerator.h"
#include "irc/model/protocol_checker.h"
#include "irc/model/system_memory.h"
#include "irc/platform/config.h"

namespace irc::platform {

/// Bus addresses of a platform.
inline constexpr std::uint64_t memory_base = 0;
inline constexpr std::uint64_t csr_base = std::uint64_t{1} << 40;
inline constexpr std::uint64_t data_base = csr_base + (std::uint64_t{1} << 32);

/// One host, one memory and one accelerator behind an interconnect, running one compiled detector. Several
/// may stand in one simulation; all are built before `simulate`.
class Platform {
 public:
  /// Runs in the host's thread. What it throws comes out of `simulate`.
  using Job = std::function<void(Platform&, model::HostDriver&)>;

  /// \param name  unique among the platforms of a simulation
  /// Throws InputError where program and configuration do not fit.
  Platform(const std::string& name, const RunConfig& config, const mapping::Program& program,
           std::uint64_t chip_seed, Job job, bool check_protocol = false);

  model::IrcAccelerator& accelerator() { return *accelerator_; }
  const model::HostDma& host() const { return *host_; }
  /// Reads the activation buffer by debug transport: no simulated time.
  void peek_buffer(std::uint64_t first_word, std::span<std::uint64_t> words);
  /// Writes it, likewise.
  void poke_buffer(std::uint64_t first_word, std::span<const std::uint64_t> words);

 private:
  friend void simulate(std::span<const std::unique_ptr<Platform>> platforms);
  void debug_access(tlm::tlm_command command, std::uint64_t first_word, std::uint64_t* words,
                    std::size_t count);
  template <typename From, typename To>
  void connect(From& from, To& to);

  Job job_;
  bool check_protocol_;
  std::string name_;
  sc_core::sc_signal<bool> irq_;
  std::unique_ptr<model::SystemMemory> memory_;
  std::unique_ptr<model::Interconnect> interconnect_;
  std::unique_ptr<model::IrcAccelerator> accelerator_;
  std::unique_ptr<model::HostDma> host_;
  std::vector<std::unique_ptr<model::ProtocolChecker>> checkers_;
};

/// Runs the kernel until the host of every platform has finished its job. Only once per process. Rethrows the
/// first failure of a job, with the accelerator's own words added; throws InternalError if the simulation
/// ends before the jobs do.
void simulate(std::span<const std::unique_ptr<Platform>> platforms);

}  // namespace irc::platform
