// SPDX-License-Identifier: Apache-2.0
// Hosts that are not ours ring, read and write when the standard lets them, at any time of the clock.
#include <memory>
#include "support/catch.h"

#include "foreign_host.h"
#include "irc/core/error.h"
#include "irc/mapping/descriptor.h"
#include "support/at_initiator.h"
#include "support/simulation_guard.h"

using namespace irc;
using sc_core::sc_time;
using tb::Device;
using tb::ForeignHost;
using tb::HostKind;
namespace csr = model::csr;
using mapping::CommandError;

namespace {

struct Pair {
  std::unique_ptr<Device> device;
  std::unique_ptr<ForeignHost> host;
};

/// Builds host and device in the given order. Processes run in the order of their construction.
Pair build(const std::string& name, const std::string& mode, bool host_first, HostKind kind,
           ForeignHost::Job job) {
  Pair pair;
  const auto make_host = [&] {
    pair.host = std::make_unique<ForeignHost>((name + "_host").c_str(), kind, std::move(job));
  };
  if (host_first) make_host();
  pair.device = std::make_unique<Device>((name + "_device").c_str(), mode);
  if (!host_first) make_host();
  pair.device->bind(*pair.host);
  return pair;
}

void ring(ForeignHost& host) {
  host.write(csr::irq_enable, csr::irq_program);
  host.write(csr::doorbell, csr::doorbell_run);
}

void check_refused_at(const Pair& pair, const sc_time& start, CommandError error) {
  CHECK(pair.host->ok);
  CHECK(pair.device->irq_at == start + pair.device->refused_program());
  CHECK(pair.host->debug(csr::error) == static_cast<std::uint32_t>(error));
  CHECK(pair.host->debug(csr::status) == csr::status_error);
  CHECK(pair.device->clock * static_cast<double>(pair.host->debug(csr::cycles_low)) ==
        pair.device->refused_program());
}

/// Runs a pair whose memory is all zeros, and checks that the program started at `start`.
void check_first_activation(const ForeignHost::Job& job, HostKind kind) {
  tb::SimulationGuard guard;
  std::vector<Pair> pairs;
  for (const bool host_first : {true, false})
    for (const char* mode : {"lt", "at"})
      pairs.push_back(build("pair" + std::to_string(pairs.size()), mode, host_first, kind, job));
  sc_core::sc_start();
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    INFO((i < 2 ? "host first, " : "accelerator first, ") << (i % 2 == 0 ? "lt" : "at"));
    check_refused_at(pairs[i], sc_core::SC_ZERO_TIME, CommandError::bad_magic);
  }
  CHECK(guard.reports().empty());
}

sc_time ps(double value) {
  return {value, sc_core::SC_PS};
}

}  // namespace

TEST_CASE("a doorbell in a thread's first activation starts the program, whatever was built first") {
  check_first_activation(ring, HostKind::thread);
}

TEST_CASE("a doorbell in a method's first activation starts the program, whatever was built first") {
  check_first_activation(ring, HostKind::method);
}

TEST_CASE("a doorbell before the first activation starts the program, whatever was built first") {
  check_first_activation(ring, HostKind::start_of_simulation);
}

TEST_CASE("a doorbell by non-blocking transport at time zero starts the program") {
  check_first_activation(
      [](ForeignHost& host) {
        host.write(csr::irq_enable, csr::irq_program);
        host.write_at(csr::doorbell, csr::doorbell_run);
      },
      HostKind::thread);
}

TEST_CASE("a soft reset before the first doorbell and while busy does not lose the doorbell") {
  check_first_activation(
      [](ForeignHost& host) {
        host.write(csr::control, csr::control_reset);
        ring(host);
        host.write(csr::control, csr::control_reset);  // ignored while busy
        host.write(csr::doorbell, csr::doorbell_run);  // ignored while busy
      },
      HostKind::thread);
}

TEST_CASE("a new PROGRAM in the instant of the doorbell belongs to the next doorbell") {
  tb::SimulationGuard guard;
  std::vector<Pair> pairs;
  for (const bool host_first : {true, false})
    pairs.push_back(
        build(host_first ? "first" : "last", "at", host_first, HostKind::thread, [](ForeignHost& host) {
          host.write(csr::program_low, 0x100);
          ring(host);
          host.write(csr::program_low, 0x200);
        }));
  for (auto& pair : pairs) {
    const unsigned char head[4] = {2, 0x43, 0x52, 0x49};  // a descriptor of version 2
    pair.device->memory.load(0x100, head, 4);
  }
  sc_core::sc_start();
  for (auto& pair : pairs) {
    check_refused_at(pair, sc_core::SC_ZERO_TIME, CommandError::bad_version);
    CHECK(pair.host->debug(csr::program_low) == 0x200);
  }
  CHECK(guard.reports().empty());
}

TEST_CASE("an annotated doorbell starts the program at its time, and reads see that time's state") {
  tb::SimulationGuard guard;
  std::vector<Pair> pairs;
  std::vector<std::uint32_t> seen[2];
  for (int i = 0; i < 2; ++i)
    pairs.push_back(build(i == 0 ? "lt" : "at", i == 0 ? "lt" : "at", i == 0, HostKind::thread,
                          [&, i](ForeignHost& host) {
                            auto& device = *pairs[static_cast<std::size_t>(i)].device;
                            host.write(csr::irq_enable, csr::irq_program);
                            CHECK(sc_core::sc_time_stamp() == sc_core::SC_ZERO_TIME);
                            const auto left = host.write(csr::doorbell, 1, device.clock * 10.0);
                            // The call returns at the annotated time, plus the cycle of the access.
                            CHECK(sc_core::sc_time_stamp() + left == device.clock * 11.0);
                            const sc_time end = device.clock * 10.0 + device.refused_program();
                            const auto until = [&](const sc_time& t) { return t - sc_core::sc_time_stamp(); };
                            seen[i].push_back(host.read(csr::status, until(end - ps(1))));
                            seen[i].push_back(host.read(csr::status, until(end + ps(1))));
                          }));
  sc_core::sc_start();
  for (int i = 0; i < 2; ++i) {
    const auto& pair = pairs[static_cast<std::size_t>(i)];
    check_refused_at(pair, pair.device->clock * 10.0, CommandError::bad_magic);
    CHECK(seen[i] == std::vector<std::uint32_t>{csr::status_busy, csr::status_error});
  }
  CHECK(guard.reports().empty());
}

TEST_CASE("an annotated doorbell from a process that cannot wait starts the program at its time") {
  tb::SimulationGuard guard;
  std::vector<Pair> pairs;
  for (const auto kind : {HostKind::method, HostKind::start_of_simulation})
    for (const bool host_first : {true, false})
      pairs.push_back(build("pair" + std::to_string(pairs.size()), "lt", host_first, kind,
                            [&pairs, i = pairs.size()](ForeignHost& host) {
                              const sc_time clock = pairs[i].device->clock;
                              CHECK(host.write(csr::doorbell, 1, clock * 20.0) == clock * 21.0);
                              CHECK(host.write(csr::program_low, 0x80, clock * 19.0) == clock * 20.0);
                              CHECK(host.write(csr::irq_enable, csr::irq_program, clock * 5.0) ==
                                    clock * 6.0);
                              CHECK(host.read(csr::status, clock * 2.0) == 0);
                              std::uint32_t id = 0;
                              tlm::tlm_generic_payload payload;
                              model::set_access(payload, tlm::TLM_WRITE_COMMAND, csr::id, &id, 4);
                              sc_time delay = clock;
                              host.csr.socket->b_transport(payload, delay);
                              CHECK(payload.get_response_status() == tlm::TLM_COMMAND_ERROR_RESPONSE);
                            }));
  const unsigned char head[4] = {2, 0x43, 0x52, 0x49};
  for (auto& pair : pairs) pair.device->memory.load(0x80, head, 4);
  sc_core::sc_start();
  for (auto& pair : pairs) check_refused_at(pair, pair.device->clock * 20.0, CommandError::bad_version);
  CHECK(guard.reports().empty());
}

TEST_CASE("a doorbell between two clock edges starts the program at the next edge") {
  tb::SimulationGuard guard;
  std::vector<Pair> pairs;
  const std::vector<double> cycles = {0.001, 3.3, 3.5, 3.999, 4.0};
  for (const char* mode : {"lt", "at"})
    for (const double c : cycles)
      pairs.push_back(build("pair" + std::to_string(pairs.size()), mode, true, HostKind::thread,
                            [&pairs, c, i = pairs.size()](ForeignHost& host) {
                              host.write(csr::irq_enable, csr::irq_program);
                              host.write(csr::doorbell, 1, pairs[i].device->clock * c);
                            }));
  sc_core::sc_start();
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    INFO(cycles[i % cycles.size()] << " cycles, pair " << i);
    check_refused_at(pairs[i], pairs[i].device->clock * std::ceil(cycles[i % cycles.size()]),
                     CommandError::bad_magic);
  }
  CHECK(guard.reports().empty());
}

TEST_CASE("a debug read sees the registers as they are now, and a debug write changes nothing") {
  tb::SimulationGuard guard;
  Pair pair;
  pair = build("pair", "lt", true, HostKind::thread, [&](ForeignHost& host) {
    ring(host);
    CHECK(host.debug(csr::status) == csr::status_busy);
    sc_core::wait(pair.device->refused_program() + ps(1));
    CHECK(host.debug(csr::status) == csr::status_error);
    CHECK(sc_core::sc_time_stamp() == pair.device->refused_program() + ps(1));
    std::uint32_t words[4] = {};
    tlm::tlm_generic_payload payload;
    model::set_access(payload, tlm::TLM_READ_COMMAND, csr::cycles_low, words, sizeof words);
    CHECK(host.csr.socket->transport_dbg(payload) == 8);  // the map ends there
    CHECK(words[0] == host.debug(csr::cycles_low));
    words[0] = csr::irq_program;
    model::set_access(payload, tlm::TLM_WRITE_COMMAND, csr::irq_status, words, 4);
    CHECK(host.csr.socket->transport_dbg(payload) == 0);
    CHECK(host.debug(csr::irq_status) == (csr::irq_program | csr::irq_error));
  });
  sc_core::sc_start();
  CHECK(guard.reports().empty());
}

TEST_CASE("annotated accesses of the data port happen at their time") {
  tb::SimulationGuard guard;
  Pair pair;
  std::uint64_t late = 0;
  bool wrote = false;
  const auto access = [](ForeignHost& host, tlm::tlm_command command, std::uint64_t& word, sc_time delay) {
    tlm::tlm_generic_payload payload;
    model::set_access(payload, command, 64, &word, 8);
    host.data.socket->b_transport(payload, delay);
    CHECK(payload.is_response_ok());
    return delay;
  };
  pair = build("pair", "lt", true, HostKind::thread, [&](ForeignHost& host) {
    std::uint64_t word = 0x1234;
    const auto left = access(host, tlm::TLM_WRITE_COMMAND, word, pair.device->clock * 10.0);
    CHECK(sc_core::sc_time_stamp() + left == pair.device->clock * 11.0);
    wrote = true;
  });
  guard.stimulus("reader", [&] {
    std::uint64_t word = 0;
    tlm::tlm_generic_payload payload;
    const auto debug = [&] {
      model::set_access(payload, tlm::TLM_READ_COMMAND, 64, &word, 8);
      CHECK(pair.host->data.socket->transport_dbg(payload) == 8);
      return word;
    };
    const sc_time at = pair.device->clock * 10.0;
    sc_core::wait(at - ps(1));
    CHECK(debug() == 0);
    // A read that is asked for before the write, but for a later time, sees the write.
    access(*pair.host, tlm::TLM_READ_COMMAND, late, ps(2));
    CHECK(sc_core::sc_time_stamp() == at + ps(1));
    CHECK(debug() == 0x1234);
  });
  guard.run(sc_time(1, sc_core::SC_MS));
  CHECK(late == 0x1234);
  CHECK(wrote);
}

TEST_CASE("annotated phases of non-blocking transport are served at their time") {
  tb::SimulationGuard guard;
  Device device("device", "at");
  tb::AtInitiator host("csr_host"), data("data_host");
  host.socket.bind(device.accelerator.csr_socket);
  data.socket.bind(device.accelerator.data_socket);
  guard.stimulus("host", [&] {
    host.wait_for(host.write(csr::irq_enable, {1 | 2, 0, 0, 0}));
    tb::AtRequest doorbell;
    doorbell.command = tlm::TLM_WRITE_COMMAND;
    doorbell.address = csr::doorbell;
    doorbell.data = {1, 0, 0, 0};
    const sc_time start = device.clock * 40.0;
    doorbell.annotation = start - sc_core::sc_time_stamp();
    const auto& rung = host.wait_for(host.issue(doorbell));
    CHECK(rung.status == tlm::TLM_OK_RESPONSE);
    CHECK(rung.begin_resp == start + device.clock);
    tb::AtRequest status;
    status.address = csr::status;
    status.data = {0, 0, 0, 0};
    const sc_time end = start + device.refused_program();
    status.annotation = end - ps(1) - sc_core::sc_time_stamp();
    CHECK(host.wait_for(host.issue(status)).request.data[0] == csr::status_busy);
    CHECK(host.wait_for(host.read(csr::status, 4)).request.data[0] == csr::status_error);
    CHECK(device.irq_at == end);

    tb::AtRequest word;
    word.command = tlm::TLM_WRITE_COMMAND;
    word.data = std::vector<unsigned char>(8, 0xa5);
    word.annotation = device.clock * 5.0;
    const sc_time asked = sc_core::sc_time_stamp() + word.annotation;
    CHECK(data.wait_for(data.issue(word)).begin_resp == asked + device.clock);
  });
  guard.run(sc_time(1, sc_core::SC_MS));
}

TEST_CASE("a clock that SystemC's time resolution cannot express is refused by name") {
  sc_core::sc_set_time_resolution(1, sc_core::SC_NS);
  auto config = Device::config("at");
  for (const double t_clk_s : {0.25e-9, 0.5e-9, 1.5e-9, 2.5e-9}) {
    config.timing.t_clk_s = t_clk_s;
    INFO(t_clk_s);
    CHECK_THROWS_WITH(model::IrcAccelerator("refused", config),
                      Catch::Matchers::ContainsSubstring("timing.t_clk_s") &&
                          Catch::Matchers::ContainsSubstring("time resolution is 1000"));
  }
  config.timing.t_clk_s = 3e-9;
  CHECK_NOTHROW(model::IrcAccelerator("accepted", config));
}
