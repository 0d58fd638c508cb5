// SPDX-License-Identifier: Apache-2.0
// Uses the accelerator in a platform of its own, with the public headers only: one memory, one bus, one host
// program. Compares the head's output with the bit-exact reference and exits with 1 if they differ.
#include <cstdio>
#include <exception>

#include "irc/core/error.h"
#include "irc/device/technology_card.h"
#include "irc/macro/unit_current.h"
#include "irc/mapping/compiler.h"
#include "irc/model/host_dma.h"
#include "irc/model/interconnect.h"
#include "irc/model/irc_accelerator.h"
#include "irc/model/registers.h"
#include "irc/model/system_memory.h"
#include "irc/network/reference.h"

namespace {

constexpr std::uint64_t memory_bytes = std::uint64_t{1} << 24;
constexpr std::uint64_t csr_base = std::uint64_t{1} << 40;
constexpr std::uint64_t data_base = csr_base + (std::uint64_t{1} << 32);

irc::network::Node conv(const char* name, irc::network::NodeId input, int size, int in, int out,
                        irc::network::WeightKind kind) {
  irc::network::Conv c;
  c.kernel_h = c.kernel_w = size;
  c.pad_top = c.pad_left = c.pad_bottom = c.pad_right = size / 2;
  c.in_channels = in;
  c.out_channels = out;
  c.kind = kind;
  for (std::size_t i = 0; i < c.rows() * static_cast<std::size_t>(out); ++i)
    c.weights.push_back(static_cast<std::int8_t>(static_cast<int>(i * 7 % 3) - 1));
  for (int o = 0; o < out; ++o) c.bias.push_back(o % 5 - 2);
  irc::network::Node node;
  node.name = name;
  node.op = c;
  node.inputs = {input};
  return node;
}

/// An image, a digital layer, an array layer, and a head for one class.
irc::network::Graph small_detector() {
  using irc::network::WeightKind;
  irc::network::Graph graph;
  graph.name = "small";
  graph.detector = {{"thing"}, 1, "one array layer"};
  graph.nodes.push_back({"picture", irc::network::Input{}, {}, {3, 8, 8}, false});
  graph.nodes.push_back(conv("first", 0, 3, 3, 16, WeightKind::int8));
  graph.nodes.push_back(conv("array", 1, 3, 16, 16, WeightKind::ternary));
  graph.nodes.push_back(conv("head", 2, 1, 16, 5, WeightKind::int8));
  auto& head = std::get<irc::network::Conv>(graph.nodes.back().op);
  head.step = false;
  head.scale.assign(5, 0.25f);
  head.offset.assign(5, 0.5f);
  irc::network::finish(graph);
  return graph;
}

irc::model::AcceleratorConfig accelerator_config() {
  irc::model::AcceleratorConfig config;
  config.card = irc::device::load_card(CARD);
  config.conditions = irc::array::ArrayConditions::nominal(config.card);
  config.nonidealities = irc::device::Nonidealities::none();
  config.evaluator = irc::array::make_ideal_evaluator();
  config.geometry.macros = 2;
  config.geometry.rows = 256;
  config.geometry.column_pairs = config.geometry.amplifiers = 32;
  irc::macro::derive_units(config);
  return config;
}

irc::Picture picture() {
  irc::Picture out({3, 8, 8});
  for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] = static_cast<std::uint8_t>(i * 37 % 256);
  return out;
}

int run() {
  const auto graph = small_detector();
  const auto config = accelerator_config();
  const auto program = irc::mapping::compile(graph, config.geometry, irc::mapping::Activations::on_chip);
  const sc_core::sc_time clock(config.timing.t_clk_s, sc_core::SC_SEC);

  irc::DenseMap<float> head;
  irc::model::HostDma host("host", config.mode, csr_base, 4096, [&](irc::model::HostDma& bus) {
    irc::model::HostDriver driver(bus, program, 0, csr_base);
    driver.setup();
    head = driver.detect(picture(), 0);
  });
  irc::model::SystemMemory memory("memory", memory_bytes, {clock, 10, 16});
  irc::model::IrcAccelerator accelerator("accelerator", config);
  irc::model::Interconnect bus("bus", 2, 3,
                               {{0, memory_bytes, 0, "memory"},
                                {csr_base, irc::model::csr::window_bytes, 1, "csr"},
                                {data_base, config.geometry.buffer_bits / 8, 2, "buffer"}},
                               {clock, 1});
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
  if (!host.finished() || head != irc::network::Reference(graph).run(picture()).head) {
    std::printf("the accelerator's answer is not the reference's: %s\n", accelerator.last_fault().c_str());
    return 1;
  }
  std::printf("detected as the reference does, at %s\n", sc_core::sc_time_stamp().to_string().c_str());
  return 0;
}

}  // namespace

int sc_main(int, char*[]) {
  try {
    return run();
  } catch (const std::exception& error) {
    std::printf("%s\n", error.what());
    return 1;
  }
}
