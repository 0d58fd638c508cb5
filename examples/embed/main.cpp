// SPDX-License-Identifier: Apache-2.0
// The accelerator in a SystemC platform of one's own. The platform has a host, a memory, a bus and an
// interrupt line. The host runs a shipped detector on one generated scene and prints the boxes.
#include <cstdio>
#include <exception>

#include "irc/mapping/compiler.h"
#include "irc/model/host_dma.h"
#include "irc/model/interconnect.h"
#include "irc/model/irc_accelerator.h"
#include "irc/model/registers.h"
#include "irc/model/system_memory.h"
#include "irc/platform/config.h"
#include "irc/platform/workload.h"

namespace {

// The bus addresses of this platform. Any others will do.
constexpr std::uint64_t memory_base = 0, csr_base = std::uint64_t{1} << 40,
                        data_base = std::uint64_t{1} << 41;

void run() {
  // What to simulate: a preset with one value changed, the detector it names, and the first scene.
  const auto config = irc::platform::load_config("robust.toml", {"run.limit=1"});
  const irc::platform::Workload workload(config);
  const auto program = irc::mapping::compile(workload.graph(), config.geometry, config.activations);
  irc::detection::Letterbox letterbox;
  const auto image = workload.network_input(0, letterbox);

  // The platform. The host's job is ordinary C++ that runs in a SystemC thread.
  irc::DenseMap<float> head;
  irc::model::HostDma host("host", config.mode, csr_base, 4096, [&](irc::model::HostDma& bus) {
    irc::model::HostDriver driver(bus, program, memory_base, csr_base);
    driver.setup();
    head = driver.detect(image, 0);
  });
  const sc_core::sc_time clock(config.timing.t_clk_s, sc_core::SC_SEC);
  irc::model::SystemMemory memory("memory", config.memory_bytes,
                                  {clock, config.timing.memory_latency_cycles, config.timing.bus_bytes});
  const auto chip = irc::platform::chip_seed(config.run.seed, 0);
  irc::model::IrcAccelerator accelerator("accelerator", config.accelerator(chip, program.array_layers));
  irc::model::Interconnect bus("bus", 2, 3,
                               {{memory_base, config.memory_bytes, 0, "memory"},
                                {csr_base, irc::model::csr::window_bytes, 1, "csr"},
                                {data_base, (config.geometry.buffer_bits + 63) / 64 * 8, 2, "buffer"}},
                               {clock, config.timing.hop_cycles});
  sc_core::sc_signal<bool> irq("irq");
  host.bus.socket.bind(bus.from_initiator[0]);
  accelerator.dma_socket.bind(bus.from_initiator[1]);
  bus.to_target[0].bind(memory.socket);
  bus.to_target[1].bind(accelerator.csr_socket);
  bus.to_target[2].bind(accelerator.data_socket);
  accelerator.irq_out(irq);
  host.irq_in(irq);
  sc_core::sc_start();
  if (host.failure()) std::rethrow_exception(host.failure());

  for (const auto& found : workload.detections(head, 0))
    std::printf("%-10s %.2f at (%.0f, %.0f), %.0f x %.0f pixels\n",
                workload.dataset().categories[static_cast<std::size_t>(found.category)].c_str(), found.score,
                found.box.x, found.box.y, found.box.width, found.box.height);
  std::printf("finished at %s of simulated time\n", sc_core::sc_time_stamp().to_string().c_str());
}

}  // namespace

int sc_main(int, char*[]) {
  try {
    run();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
