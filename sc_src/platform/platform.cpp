// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/platform.h"

#include "irc/core/error.h"
#include "irc/model/registers.h"

namespace irc::platform {

using sc_core::sc_time;

namespace {

// Burst size of the host. It only affects the simulated time of setting up.
constexpr std::uint32_t host_chunk_bytes = 4096;

std::vector<model::AddressRegion> address_regions(const RunConfig& config) {
  return {{memory_base, config.memory_bytes, 0, "memory"},
          {csr_base, model::csr::window_bytes, 1, "csr"},
          {data_base, (config.geometry.buffer_bits + 63) / 64 * 8, 2, "buffer"}};
}

}  // namespace

Platform::Platform(const std::string& name, const RunConfig& config, const mapping::Program& program,
                   std::uint64_t chip_seed, Job job, bool check_protocol)
    : job_(std::move(job)), check_protocol_(check_protocol), name_(name), irq_((name + "_irq").c_str()) {
  if (program.memory_bytes > config.memory_bytes)
    throw InputError("memory.size_bytes is " + std::to_string(config.memory_bytes) +
                     ", but this detector's program needs " + std::to_string(program.memory_bytes));
  const auto& t = config.timing;
  const sc_time clock(t.t_clk_s, sc_core::SC_SEC);
  // The kernel has one quantum for all platforms of a simulation. The platform built last sets it.
  if (config.mode == model::TransportMode::lt)
    tlm_utils::tlm_quantumkeeper::set_global_quantum(sc_time(config.quantum_s, sc_core::SC_SEC));
  auto accelerator_config = config.accelerator(chip_seed, program.array_layers);
  accelerator_config.check_protocol = check_protocol;
  accelerator_ = std::make_unique<model::IrcAccelerator>((name + "_irc").c_str(), accelerator_config);
  memory_ =
      std::make_unique<model::SystemMemory>((name + "_memory").c_str(), config.memory_bytes,
                                            model::MemoryTiming{clock, t.memory_latency_cycles, t.bus_bytes});
  interconnect_ = std::make_unique<model::Interconnect>(
      (name + "_bus").c_str(), 2, 3, address_regions(config), model::InterconnectTiming{clock, t.hop_cycles});
  host_ = std::make_unique<model::HostDma>((name + "_host").c_str(), config.mode, csr_base, host_chunk_bytes,
                                           [this, &program](model::HostDma& host) {
                                             model::HostDriver driver(host, program, memory_base, csr_base);
                                             job_(*this, driver);
                                           });
  connect(host_->bus.socket, interconnect_->from_initiator[0]);
  connect(accelerator_->dma_socket, interconnect_->from_initiator[1]);
  connect(interconnect_->to_target[0], memory_->socket);
  connect(interconnect_->to_target[1], accelerator_->csr_socket);
  connect(interconnect_->to_target[2], accelerator_->data_socket);
  accelerator_->irq_out(irq_);
  host_->irq_in(irq_);
}

template <typename From, typename To>
void Platform::connect(From& from, To& to) {
  if (!check_protocol_) {
    from.bind(to);
    return;
  }
  const std::string checker = name_ + "_checker_" + std::to_string(checkers_.size());
  checkers_.push_back(std::make_unique<model::ProtocolChecker>(checker.c_str()));
  from.bind(checkers_.back()->target_socket);
  checkers_.back()->initiator_socket.bind(to);
}

void Platform::peek_buffer(std::uint64_t first_word, std::span<std::uint64_t> words) {
  debug_access(tlm::TLM_READ_COMMAND, first_word, words.data(), words.size());
}

void Platform::poke_buffer(std::uint64_t first_word, std::span<const std::uint64_t> words) {
  std::vector<std::uint64_t> copy(words.begin(), words.end());  // a payload's data pointer is not const
  debug_access(tlm::TLM_WRITE_COMMAND, first_word, copy.data(), copy.size());
}

void Platform::debug_access(tlm::tlm_command command, std::uint64_t first_word, std::uint64_t* words,
                            std::size_t count) {
  tlm::tlm_generic_payload payload;
  model::set_access(payload, command, data_base + first_word * 8, words, count * 8);
  if (host_->bus.socket->transport_dbg(payload) != count * 8)
    throw InternalError("the activation buffer could not be reached by debug transport");
}

void simulate(std::span<const std::unique_ptr<Platform>> platforms) {
  const auto all_finished = [&] {
    for (const auto& platform : platforms)
      if (!platform->host().finished()) return false;
    return true;
  };
  // sc_start returns when all hosts are done, because nothing in a platform wakes by itself.
  sc_core::sc_start();
  for (const auto& platform : platforms) {
    if (!platform->host().failure()) continue;
    const auto fault = platform->accelerator().last_fault();
    if (fault.empty()) std::rethrow_exception(platform->host().failure());
    try {
      std::rethrow_exception(platform->host().failure());
    } catch (const model::HostError& error) {
      throw InternalError(std::string(error.what()) + " (" + fault + ")");
    }
  }
  if (!all_finished()) throw InternalError("the simulation ended before the host had finished");
}

}  // namespace irc::platform
