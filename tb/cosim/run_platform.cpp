// SPDX-License-Identifier: Apache-2.0
#include "run_platform.h"

#include <fmt/format.h>

#include <cstring>

#include "irc/macro/macro_config.h"
#include "irc/mapping/compiler.h"
#include "irc/model/host_dma.h"
#include "irc/model/interconnect.h"
#include "irc/model/registers.h"
#include "irc/model/system_memory.h"
#include "irc/platform/platform.h"
#include "irc/platform/workload.h"
#include "irc/scene/scene.h"
#include "rtl_accelerator.h"

namespace irc::tb {

namespace {

constexpr std::uint32_t host_chunk_bytes = 4096;

/// Results of one image, as the host sees them.
struct Seen {
  DenseMap<float> head;
  std::uint64_t setup_cycles = 0, picture_cycles = 0;
};

Seen detect(model::HostDriver& driver, const Picture& picture) {
  Seen seen;
  driver.setup();
  seen.setup_cycles = driver.last_cycles();
  seen.head = driver.detect(picture, 0);
  seen.picture_cycles = driver.last_cycles();
  return seen;
}

/// The platform of `irc run`, with the RTL as its accelerator.
class RtlPlatform {
 public:
  RtlPlatform(const platform::RunConfig& config, const mapping::Program& program, std::uint64_t chip_seed,
              const Picture& picture)
      : clock_(config.timing.t_clk_s, sc_core::SC_SEC),
        accelerator_("rtl_irc", config, chip_seed),
        memory_("rtl_memory", config.memory_bytes,
                model::MemoryTiming{clock_, config.timing.memory_latency_cycles, config.timing.bus_bytes}),
        bus_("rtl_bus", 2, 2,
             {{platform::memory_base, config.memory_bytes, 0, "memory"},
              {platform::csr_base, model::csr::window_bytes, 1, "csr"}},
             model::InterconnectTiming{clock_, config.timing.hop_cycles}),
        host("rtl_host", model::TransportMode::at, platform::csr_base, host_chunk_bytes,
             [&, this](model::HostDma& dma) {
               sc_core::wait(16 * clock_);  // the reset
               model::HostDriver driver(dma, program, platform::memory_base, platform::csr_base);
               seen = detect(driver, picture);
             }) {
    host.bus.socket.bind(bus_.from_initiator[0]);
    accelerator_.dma_socket.bind(bus_.from_initiator[1]);
    bus_.to_target[0].bind(memory_.socket);
    bus_.to_target[1].bind(accelerator_.csr_socket);
    accelerator_.irq_out(irq_);
    host.irq_in(irq_);
  }

 private:
  sc_core::sc_time clock_;
  sc_core::sc_signal<bool> irq_{"rtl_irq"};
  RtlAccelerator accelerator_;
  model::SystemMemory memory_;
  model::Interconnect bus_;

 public:
  model::HostDma host;
  Seen seen;
};

}  // namespace

int run_platform(const std::string& detector, std::uint64_t seed) {
  const auto config = platform::load_config(IRC_COSIM_CONFIG, {"timing.mode=\"at\""});
  const auto graph = platform::load_detector(detector.empty() ? config.run.model : detector);
  const auto program = mapping::compile(graph, config.geometry, config.activations);
  scene::SceneOptions scene;
  scene.width = graph.nodes.front().shape.width;
  scene.height = graph.nodes.front().shape.height;
  const auto picture = scene::generate_scene(seed, 0, scene).pixels;
  const auto chip = platform::chip_seed(seed, 0);

  Seen model;
  platform::Platform tlm("tlm", config, program, chip, [&](platform::Platform&, model::HostDriver& driver) {
    model = detect(driver, picture);
  });
  if (config.sense.trim.enabled)
    tlm.accelerator().calibrate(macro::trim_common_units * config.unit_current_a);
  RtlPlatform rtl(config, program, chip, picture);
  sc_core::sc_spawn([&] {
    // The RTL's clock never stops, so the hosts decide when the simulation is over.
    while (!rtl.host.finished() || !tlm.host().finished()) sc_core::wait(sc_core::sc_time(1, sc_core::SC_US));
    sc_core::sc_stop();
  });
  sc_core::sc_start();
  for (const auto& failure : {rtl.host.failure(), tlm.host().failure()})
    if (failure) std::rethrow_exception(failure);

  const bool equal = model.head.values.size() == rtl.seen.head.values.size() &&
                     std::memcmp(model.head.values.data(), rtl.seen.head.values.data(),
                                 model.head.values.size() * sizeof(float)) == 0;
  fmt::print("           setup    picture  (cycles)\nRTL   {:>10} {:>10}\nmodel {:>10} {:>10}\nheads {}\n",
             rtl.seen.setup_cycles, rtl.seen.picture_cycles, model.setup_cycles, model.picture_cycles,
             equal ? "are equal bit by bit" : "DIFFER");
  return equal ? 0 : 1;
}

}  // namespace irc::tb
