// SPDX-License-Identifier: Apache-2.0
// Memories that are not ours: they wait inside the call, or answer between clock edges.
#include <memory>
#include "support/catch.h"

#include "bench.h"
#include "foreign_host.h"
#include "irc/model/host_driver.h"
#include "support/scripted.h"
#include "support/simulation_guard.h"

using namespace irc;
using sc_core::sc_time;
using tb::ForeignHost;
using tb::HostKind;

namespace {

/// A memory that lets its time pass inside the call, as the standard allows, and answers `late` after a clock
/// edge.
struct WaitingMemory : sc_core::sc_module {
  WaitingMemory(sc_core::sc_module_name name, const model::MemoryTiming& timing, const sc_time& late)
      : sc_module(name),
        outside("outside"),
        inside("inside"),
        memory("memory", 1 << 20, timing),
        late_(late) {
    inside.socket.bind(memory.socket);
    outside.register_b_transport(this, &WaitingMemory::b_transport);
  }
  tlm_utils::simple_target_socket<WaitingMemory> outside;
  tb::ScriptedInitiator inside;
  model::SystemMemory memory;

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_time& delay) {
    inside.socket->b_transport(payload, delay);
    sc_core::wait(delay + late_);
    delay = sc_core::SC_ZERO_TIME;
  }
  sc_time late_;
};

/// A host bus that reaches the registers by blocking transport and the memory by debug transport.
struct PlainBus : model::HostBus {
  PlainBus(tb::ForeignHost& host, model::SystemMemory& memory, sc_core::sc_signal<bool>& irq)
      : host_(host), memory_(memory), irq_(irq) {}
  void write(std::uint64_t address, std::span<const std::uint8_t> bytes) override {
    if (address < platform::csr_base) return memory_.load(address, bytes.data(), bytes.size());
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data(), 4);
    sc_core::wait(host_.write(address - platform::csr_base, value));
  }
  void read(std::uint64_t address, std::span<std::uint8_t> bytes) override {
    if (address < platform::csr_base) return memory_.dump(address, bytes.data(), bytes.size());
    const std::uint32_t value = host_.read(address - platform::csr_base);
    std::memcpy(bytes.data(), &value, 4);
  }
  void wait_interrupt() override {
    while (!irq_.read()) sc_core::wait(irq_.value_changed_event());
  }
  tb::ForeignHost& host_;
  model::SystemMemory& memory_;
  sc_core::sc_signal<bool>& irq_;
};

}  // namespace

TEST_CASE("a memory that waits, or answers between clock edges, serves the accelerator in LT and in AT") {
  tb::SimulationGuard guard;
  const auto graph = tb::small_detector(5);
  const auto picture = network::test::random_picture(graph.nodes.front().shape, 1);
  const auto expected = network::Reference(graph).run(picture).head;
  struct Run {
    explicit Run(const std::string& name, const std::string& mode, const network::Graph& graph,
                 double late_ps)
        : config(platform::load_config(
              "ideal.toml", {"timing.mode=\"" + mode + "\"", "memory.hop_cycles=0", "array.bias=\"array\""})),
          program(mapping::compile(graph, config.geometry, config.activations)),
          clock(config.timing.t_clk_s, sc_core::SC_SEC),
          accelerator((name + "_accelerator").c_str(), config.accelerator(1, program.array_layers)),
          memory((name + "_memory").c_str(),
                 {clock, config.timing.memory_latency_cycles, config.timing.bus_bytes},
                 sc_time(late_ps, sc_core::SC_PS)),
          irq((name + "_irq").c_str()) {
      accelerator.dma_socket.bind(memory.outside);
      accelerator.irq_out(irq);
    }
    platform::RunConfig config;
    mapping::Program program;
    sc_time clock;
    model::IrcAccelerator accelerator;
    WaitingMemory memory;
    sc_core::sc_signal<bool> irq;
    std::unique_ptr<ForeignHost> host;
    DenseMap<float> head;
    std::uint64_t cycles = 0;
  };
  std::vector<std::unique_ptr<Run>> runs;
  for (const char* mode : {"lt", "at"})
    for (const double late_ps : {0.0, 300.0}) {
      const std::string name = "run" + std::to_string(runs.size());
      runs.push_back(std::make_unique<Run>(name, mode, graph, late_ps));
      auto& run = *runs.back();
      run.host = std::make_unique<ForeignHost>(
          (name + "_host").c_str(), HostKind::thread, [&run, &picture](ForeignHost& host) {
            PlainBus bus(host, run.memory.memory, run.irq);
            model::HostDriver driver(bus, run.program, 0, platform::csr_base);
            driver.setup();
            run.head = driver.detect(picture, 0);
            run.cycles = driver.last_cycles();
          });
      run.host->csr.socket.bind(run.accelerator.csr_socket);
      run.host->data.socket.bind(run.accelerator.data_socket);
    }
  sc_core::sc_start();
  std::uint64_t closed_form = 0;
  for (const auto& command : runs[0]->program.picture)
    closed_form += mapping::closed_form_cycles(runs[0]->config.timing, runs[0]->config.geometry, command);
  for (const auto& run : runs) {
    CHECK(run->host->ok);
    CHECK(run->head == expected);
  }
  // On-chip maps: only the image and the head travel, row by row, so waiting loses no overlap.
  CHECK(runs[0]->cycles == closed_form);
  CHECK(runs[2]->cycles == closed_form);
  CHECK(runs[1]->cycles > closed_form);
  CHECK(runs[3]->cycles == runs[1]->cycles);
  CHECK(guard.reports().empty());
}
