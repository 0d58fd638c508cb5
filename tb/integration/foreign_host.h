// SPDX-License-Identifier: Apache-2.0
// An accelerator with its own memory, and a host that is none of ours: it talks to the bare sockets.
#pragma once
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>

#include "irc/model/at_initiator.h"
#include "irc/model/irc_accelerator.h"
#include "irc/model/registers.h"
#include "irc/model/system_memory.h"
#include "irc/platform/config.h"

namespace irc::tb {

/// When and how the host's job runs.
enum class HostKind {
  thread,              ///< a thread, which the kernel starts at time zero
  method,              ///< a method; it must not wait
  start_of_simulation  ///< the callback before the first activation; it must not wait
};

/// A host with one socket to the registers and one to the data port.
class ForeignHost : public sc_core::sc_module {
 public:
  using Job = std::function<void(ForeignHost&)>;

  ForeignHost(sc_core::sc_module_name name, HostKind kind, Job job)
      : sc_module(name), csr("csr"), data("data"), kind_(kind), job_(std::move(job)) {
    SC_HAS_PROCESS(ForeignHost);
    if (kind == HostKind::thread) {
      SC_THREAD(run);
    } else if (kind == HostKind::method) {
      SC_METHOD(run);
    }
  }

  model::AtInitiator csr, data;

  /// Blocking access to a register after `delay`; returns the time that is left over.
  sc_core::sc_time access(tlm::tlm_command command, std::uint64_t offset, std::uint32_t& value,
                          sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
    tlm::tlm_generic_payload payload;
    model::set_access(payload, command, offset, &value, 4);
    csr.socket->b_transport(payload, delay);
    ok = ok && payload.is_response_ok();
    return delay;
  }
  std::uint32_t read(std::uint64_t offset, sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
    std::uint32_t value = 0;
    access(tlm::TLM_READ_COMMAND, offset, value, delay);
    return value;
  }
  sc_core::sc_time write(std::uint64_t offset, std::uint32_t value,
                         sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
    return access(tlm::TLM_WRITE_COMMAND, offset, value, delay);
  }
  /// The same by non-blocking transport, without annotated time.
  void write_at(std::uint64_t offset, std::uint32_t value) {
    auto* payload = csr.payloads.allocate();
    model::set_access(*payload, tlm::TLM_WRITE_COMMAND, offset, &value, 4);
    csr.transport(*payload);
    ok = ok && payload->is_response_ok();
    payload->release();
  }
  /// A register as it is now, by debug transport.
  std::uint32_t debug(std::uint64_t offset) {
    std::uint32_t value = 0;
    tlm::tlm_generic_payload payload;
    model::set_access(payload, tlm::TLM_READ_COMMAND, offset, &value, 4);
    payload.set_streaming_width(0);  // debug transport does not use it
    ok = ok && csr.socket->transport_dbg(payload) == 4;
    return value;
  }

  bool ok = true;  ///< whether all accesses succeeded

 private:
  void run() { job_(*this); }
  void start_of_simulation() override {
    if (kind_ == HostKind::start_of_simulation) job_(*this);
  }

  HostKind kind_;
  Job job_;
};

/// An accelerator and its memory, bound to each other. Records the time at which the interrupt goes high.
class Device : public sc_core::sc_module {
 public:
  static model::AcceleratorConfig config(const std::string& mode) {
    return platform::load_config("ideal.toml", {"array.macros=1", "timing.mode=\"" + mode + "\""})
        .accelerator(1);
  }

  Device(sc_core::sc_module_name name, const std::string& mode)
      : sc_module(name),
        clock(config(mode).timing.t_clk_s, sc_core::SC_SEC),
        accelerator("accelerator", config(mode)),
        memory("memory", 1 << 16, {clock, 7, 16}),
        irq("irq") {
    accelerator.dma_socket.bind(memory.socket);
    accelerator.irq_out(irq);
    SC_HAS_PROCESS(Device);
    SC_METHOD(on_irq);
    sensitive << irq;
    dont_initialize();
  }

  void bind(ForeignHost& host) {
    host.csr.socket.bind(accelerator.csr_socket);
    host.data.socket.bind(accelerator.data_socket);
  }
  /// From the doorbell to the interrupt of a program whose first descriptor is refused: the fetch of the
  /// descriptor and the interrupt's latency.
  sc_core::sc_time refused_program() const {
    return memory.service_time(0, mapping::descriptor_bytes) +
           clock * static_cast<double>(accelerator.config().timing.interrupt_cycles);
  }

  sc_core::sc_time clock;
  model::IrcAccelerator accelerator;
  model::SystemMemory memory;
  sc_core::sc_signal<bool> irq;
  sc_core::sc_time irq_at = sc_core::sc_max_time();  ///< when the interrupt went high

 private:
  void on_irq() {
    if (irq.read()) irq_at = sc_core::sc_time_stamp();
  }
};

}  // namespace irc::tb
