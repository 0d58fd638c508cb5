// SPDX-License-Identifier: Apache-2.0
// A small accelerator with memory and interconnect for the targets that need SystemC. The kernel elaborates
// once in a process, so all inputs meet the same modules; every input begins with a reset, an empty memory
// and a new chip.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "fuzz.h"
#include "irc/model/interconnect.h"
#include "irc/model/irc_accelerator.h"
#include "irc/model/registers.h"
#include "irc/model/system_memory.h"
#include "irc/platform/config.h"
#include "support/at_initiator.h"

namespace irc::fuzz {

inline constexpr std::uint64_t memory_bytes = 1 << 16;
inline constexpr std::uint64_t csr_base = 0x20000, data_base = 0x30000, data_bytes = 1 << 14;

/// Configuration of the small accelerator: two macros, all nonidealities, biases from the source.
inline platform::RunConfig small_config(const std::string& mode) {
  return platform::load_config(
      "robust.toml", {"array.macros=2", "array.rows=96", "array.column_pairs=12", "array.amplifiers=4",
                      "array.bias_rows=8", "array.bias=source", "array.rows_per_operation=40",
                      "buffer.size_bits=" + std::to_string(8 * data_bytes), "timing.mode=" + mode,
                      "nonidealities.all=true", "timing.t_program_row_s=5e-9"});
}

/// The accelerator, and an initiator whose thread runs one job for each input.
class AcceleratorBench : public sc_core::sc_module {
 public:
  AcceleratorBench(sc_core::sc_module_name name, const std::string& mode)
      : sc_module(name),
        config(small_config(mode)),
        host("host"),
        memory("memory", memory_bytes,
               model::MemoryTiming{clock(), config.timing.memory_latency_cycles, config.timing.bus_bytes}),
        accelerator("irc", checked(config)),
        bus("bus", 2, 3,
            {{0, memory_bytes, 0, "memory"},
             {csr_base, model::csr::window_bytes, 1, "csr"},
             {data_base, data_bytes, 2, "buffer"}},
            model::InterconnectTiming{clock(), config.timing.hop_cycles}) {
    SC_HAS_PROCESS(AcceleratorBench);
    host.socket.bind(bus.from_initiator[0]);
    accelerator.dma_socket.bind(bus.from_initiator[1]);
    bus.to_target[0].bind(memory.socket);
    bus.to_target[1].bind(accelerator.csr_socket);
    bus.to_target[2].bind(accelerator.data_socket);
    accelerator.irq_out(irq_);
    SC_THREAD(run_jobs);
    set_stack_size(1 << 20);
  }

  /// Resets the accelerator, clears memory and buffer, and prepares a job for `simulate`.
  void prepare(Input image, std::function<void()> job) {
    const std::vector<std::uint8_t> zeros(memory_bytes, 0);
    memory.load(0, zeros.data(), zeros.size());
    memory.load(0, image.data(), std::min<std::size_t>(image.size(), memory_bytes));
    accelerator.change_chip(1);
    job_ = std::move(job);
    over_ = false;
    start_.notify(sc_core::SC_ZERO_TIME);
  }
  bool over() const { return over_; }

  // For jobs, in the bench's thread.
  std::uint32_t read_register(std::uint64_t offset) {
    std::uint32_t value = 0;
    demand(access(tlm::TLM_READ_COMMAND, csr_base + offset, &value, 4) == tlm::TLM_OK_RESPONSE,
           "a register is read");
    return value;
  }
  void write_register(std::uint64_t offset, std::uint32_t value) {
    demand(access(tlm::TLM_WRITE_COMMAND, csr_base + offset, &value, 4) == tlm::TLM_OK_RESPONSE,
           "a register is written");
  }
  tlm::tlm_response_status access(tlm::tlm_command command, std::uint64_t address, void* bytes,
                                  unsigned length) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(static_cast<unsigned char*>(bytes));
    payload.set_data_length(length);
    payload.set_streaming_width(length);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    host.socket->b_transport(payload, delay);
    sc_core::wait(delay);
    return payload.get_response_status();
  }
  /// Waits until no program runs.
  void wait_idle() {
    for (double step_s = 1e-6; (read_register(model::csr::status) & model::csr::status_busy) != 0;
         step_s *= 1.5) {
      demand(step_s < 1e3, "a program comes to its end");
      sc_core::wait(sc_core::sc_time(step_s, sc_core::SC_SEC));
    }
  }
  /// Runs the program at `address` and returns the error register.
  std::uint32_t run_program(std::uint64_t address) {
    using namespace model;
    write_register(csr::program_low, static_cast<std::uint32_t>(address));
    write_register(csr::program_high, static_cast<std::uint32_t>(address >> 32));
    write_register(csr::irq_enable, csr::irq_program | csr::irq_layer);
    write_register(csr::doorbell, csr::doorbell_run);
    wait_idle();
    demand(irq_.read(), "the end of a program raises the interrupt");
    write_register(csr::irq_status, 7);
    return read_register(csr::error);
  }

  const platform::RunConfig config;
  tb::AtInitiator host;
  model::SystemMemory memory;
  model::IrcAccelerator accelerator;
  model::Interconnect bus;

 private:
  sc_core::sc_time clock() const { return {config.timing.t_clk_s, sc_core::SC_SEC}; }
  static model::AcceleratorConfig checked(const platform::RunConfig& config) {
    auto out = config.accelerator(1);
    out.check_protocol = true;
    return out;
  }
  void run_jobs() {
    while (true) {
      sc_core::wait(start_);
      wait_idle();
      write_register(model::csr::control, model::csr::control_reset);
      job_();
      wait_idle();
      host.forget();
      over_ = true;
    }
  }

  std::function<void()> job_;
  bool over_ = true;
  sc_core::sc_event start_;
  sc_core::sc_signal<bool> irq_;
};

/// Elaborates the benches. Call it once, before the first `prepare`.
inline bool elaborate() {
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  return true;
}

/// Simulates until nothing happens any more. The jobs are over then.
inline void simulate(std::initializer_list<AcceleratorBench*> benches) {
  sc_core::sc_start();
  for (const auto* bench : benches) demand(bench->over(), "every transaction is answered");
}

}  // namespace irc::fuzz
