// SPDX-License-Identifier: Apache-2.0
// A clock, a reset and AXI pins, which one stimulus thread drives cycle by cycle.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <systemc>

#include "irc/cosim/axi4_pins.h"
#include "irc/cosim/axi_checker.h"
#include "irc/cosim/axi_lite_pins.h"
#include "support/simulation_guard.h"

namespace irc::tb {

struct ClockBench {
  /// Waits for a rising edge. Values written before the call are on the pins until the edge at which it
  /// returns.
  void edge(unsigned edges = 1) {
    for (unsigned i = 0; i < edges; ++i) sc_core::wait(clk.posedge_event());
  }
  void pulse_reset() {
    rst_n.write(false);
    edge(3);
    rst_n.write(true);
    edge(2);
  }
  /// Runs `body` after reset and ends two edges later.
  void run(std::function<void()> body, const sc_core::sc_time& limit = sc_core::sc_time(20, sc_core::SC_MS)) {
    simulation.stimulus("stimulus", [this, body = std::move(body)] {
      pulse_reset();
      body();
      edge(2);
    });
    simulation.run(limit);
  }
  /// Number of the latest rising edge.
  std::uint64_t cycle() const { return sc_core::sc_time_stamp().value() / period.value(); }

  SimulationGuard simulation;
  const sc_core::sc_time period{2, sc_core::SC_NS};
  sc_core::sc_clock clk{"clk", period};
  sc_core::sc_signal<bool> rst_n{"rst_n"};
};

/// Binds a module's clock and reset.
template <typename Module>
void bind_clock(Module& module, ClockBench& bench) {
  module.clk(bench.clk);
  module.rst_n(bench.rst_n);
}

/// The violated rules, in order, separated by spaces.
inline std::string broken(const cosim::AxiChecker& checker) {
  std::string rules;
  for (const auto& violation : checker.violations()) rules += (rules.empty() ? "" : " ") + violation.rule;
  return rules;
}

/// Drives an AXI4 interface as the test says, right or wrong: both sides, or only the VALID side of each
/// channel when a module answers.
template <int BusBytes>
struct Axi4Script {
  Axi4Script(ClockBench& clock_bench, cosim::Axi4Pins<BusBytes>& axi_pins, bool drive_readies = true)
      : bench(clock_bench), pins(axi_pins), with_ready(drive_readies) {}

  void aw(const cosim::AxiBurst& burst) {
    pins.write_aw(burst);
    transfer(pins.awvalid, pins.awready);
  }
  void ar(const cosim::AxiBurst& burst) {
    pins.write_ar(burst);
    transfer(pins.arvalid, pins.arready);
  }
  void w(bool last, cosim::LaneMask strobes = {}) {
    const std::uint8_t zeros[cosim::max_bus_bytes] = {};
    pins.write_wdata(zeros, strobes);
    pins.wlast.write(last);
    transfer(pins.wvalid, pins.wready);
  }
  void b(unsigned id = 0, unsigned response = 0) {
    pins.bid.write(id);
    pins.bresp.write(response);
    transfer(pins.bvalid, pins.bready);
  }
  void r(bool last, unsigned id = 0, unsigned response = 0) {
    pins.rid.write(id);
    pins.rresp.write(response);
    pins.rlast.write(last);
    transfer(pins.rvalid, pins.rready);
  }
  void write(const cosim::AxiBurst& burst) {
    aw(burst);
    for (unsigned beat = 0; beat < burst.beats(); ++beat)
      w(beat == burst.length, burst.lanes(beat, BusBytes));
    b(burst.id);
  }
  void read(const cosim::AxiBurst& burst) {
    ar(burst);
    for (unsigned beat = 0; beat < burst.beats(); ++beat) r(beat == burst.length, burst.id);
  }
  void transfer(sc_core::sc_signal<bool>& valid, sc_core::sc_signal<bool>& ready) {
    valid.write(true);
    if (with_ready) ready.write(true);
    do {
      bench.edge();
    } while (!with_ready && !ready.read());
    valid.write(false);
    if (with_ready) ready.write(false);
  }

  ClockBench& bench;
  cosim::Axi4Pins<BusBytes>& pins;
  bool with_ready;
};

/// An AXI4 master that moves one burst at a time and records the times.
template <int BusBytes>
struct PinMaster {
  struct Times {
    std::uint64_t address = 0;         // cycle in which AxVALID was first high
    std::vector<std::uint64_t> beats;  // edges that captured beats
    std::uint64_t response = 0;        // edge that captured BVALID
    std::vector<cosim::AxiResponse> responses;
  };
  PinMaster(ClockBench& clock_bench, cosim::Axi4Pins<BusBytes>& axi_pins)
      : bench(clock_bench), pins(axi_pins) {}

  /// Writes `bytes`, in the order of beats and lanes. W starts `data_delay` cycles after AW.
  Times write(const cosim::AxiBurst& burst, const std::vector<std::uint8_t>& bytes, unsigned data_delay = 0) {
    Times times;
    times.address = bench.cycle();
    pins.write_aw(burst);
    pins.awvalid.write(true);
    pins.bready.write(true);
    std::size_t at = 0;
    unsigned beat = 0;
    bool data_valid = false, over = false;
    for (unsigned age = 0; !over; ++age) {
      if (!data_valid && beat != burst.beats() && age >= data_delay) {
        std::uint8_t lanes[cosim::max_bus_bytes] = {};
        for (unsigned i = 0; i < burst.bytes_in_beat(beat); ++i)
          lanes[burst.first_lane(beat, BusBytes) + i] = bytes[at++];
        pins.write_wdata(lanes, burst.lanes(beat, BusBytes));
        pins.wlast.write(beat == burst.length);
        data_valid = true;
      }
      pins.wvalid.write(data_valid);
      bench.edge();
      if (pins.awvalid.read() && pins.awready.read()) pins.awvalid.write(false);
      if (data_valid && pins.wready.read()) {
        data_valid = false;
        ++beat;
        times.beats.push_back(bench.cycle());
      }
      over = pins.bvalid.read();
    }
    times.response = bench.cycle();
    times.responses.push_back(static_cast<cosim::AxiResponse>(pins.bresp.read()));
    pins.wvalid.write(false);
    pins.bready.write(false);
    return times;
  }

  /// Reads a burst into `bytes`, in the order of beats and lanes. RREADY is low for `hold` cycles per beat.
  Times read(const cosim::AxiBurst& burst, std::vector<std::uint8_t>& bytes, unsigned hold = 0) {
    Times times;
    times.address = bench.cycle();
    pins.write_ar(burst);
    pins.arvalid.write(true);
    bytes.clear();
    unsigned beat = 0, held = 0;
    while (beat != burst.beats()) {
      const bool ready = held == hold;
      pins.rready.write(ready);
      bench.edge();
      if (pins.arvalid.read() && pins.arready.read()) pins.arvalid.write(false);
      if (!pins.rvalid.read()) continue;
      held = ready ? 0 : held + 1;
      if (!ready) continue;
      std::uint8_t lanes[cosim::max_bus_bytes] = {};
      pins.read_rdata(lanes);
      for (unsigned i = 0; i < burst.bytes_in_beat(beat); ++i)
        bytes.push_back(lanes[burst.first_lane(beat, BusBytes) + i]);
      times.beats.push_back(bench.cycle());
      times.responses.push_back(static_cast<cosim::AxiResponse>(pins.rresp.read()));
      ++beat;
    }
    pins.rready.write(false);
    return times;
  }

  ClockBench& bench;
  cosim::Axi4Pins<BusBytes>& pins;
};

}  // namespace irc::tb
