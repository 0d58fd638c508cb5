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

inline constexpr std::uint64_t memory_base = 0;                    ///< bus address of the memory
inline constexpr std::uint64_t csr_base = std::uint64_t{1} << 40;  ///< bus address of the register window
inline constexpr std::uint64_t data_base =
    csr_base + (std::uint64_t{1} << 32);  ///< bus address of the activation buffer

/// One host, one memory and one accelerator behind an interconnect, running one compiled detector. A
/// simulation may contain several; build all of them before `simulate`.
class Platform {
 public:
  /// Runs in the host's thread. `simulate` rethrows what it throws.
  using Job = std::function<void(Platform&, model::HostDriver&)>;

  /// `name` must be unique among the platforms of a simulation. Throws InputError where program and
  /// configuration do not fit.
  Platform(const std::string& name, const RunConfig& config, const mapping::Program& program,
           std::uint64_t chip_seed, Job job, bool check_protocol = false);

  /// The accelerator.
  model::IrcAccelerator& accelerator() { return *accelerator_; }
  /// The host.
  const model::HostDma& host() const { return *host_; }
  /// Reads the activation buffer by debug transport, without simulated time.
  void peek_buffer(std::uint64_t first_word, std::span<std::uint64_t> words);
  /// Writes the activation buffer in the same way.
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

/// Runs the kernel until the host of every platform has finished its job. Call it once per process. Rethrows
/// the first failure of a job with the accelerator's own explanation added. Throws InternalError if the
/// simulation ends before the jobs do.
void simulate(std::span<const std::unique_ptr<Platform>> platforms);

}  // namespace irc::platform
