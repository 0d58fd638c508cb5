// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "irc/cosim/axi4_pins.h"
#include "irc/cosim/back_pressure.h"
#include "irc/cosim/clocked_module.h"

namespace irc::cosim {

/// Delays of an AxiMemory in clock cycles. Their sum is at least 1: no answer comes in the cycle of its
/// request.
struct AxiMemoryTiming {
  unsigned hop_cycles = 0;      ///< delay of the interconnect that the memory stands for
  unsigned latency_cycles = 1;  ///< delay of the memory itself
};

/// Byte-addressed memory behind an AXI4 slave port (AMBA AXI, IHI 0022). Addresses start at 0; all bytes are
/// zero at first. With L = hop_cycles + latency_cycles, and T the cycle in which a burst's AxVALID is first
/// high:
///
///   start = max(T + L, end of the previous burst in its direction), end = start + beats
///
/// Read beats are on the pins in the cycles start to end - 1 and captured at edges up to end. BVALID rises in
/// cycle end - 1, so the response is captured at edge end. This holds if the master is ready; each cycle in
/// which it is not moves the rest of a read by one. A write whose last beat is taken late answers in the
/// cycle after that beat, which moves its end.
///
/// Reads and writes are independent, and each direction answers in the order of its addresses. Without
/// back-pressure all readies are high, so data may come before their address. INCR, WRAP, FIXED, narrow and
/// unaligned bursts are served. Data move when the beat, or BVALID, is offered.
///
/// A beat whose address lies beyond the end reads 0, is not written, and answers SLVERR. A write answers
/// SLVERR when it has one such beat. Reset drops everything under way and keeps the contents.
class AxiMemory : public ClockedModule {
 public:
  /// Throws InputError when `size_bytes` or the latency is 0, or when this machine does not have enough
  /// memory. Untouched pages take no memory.
  AxiMemory(sc_core::sc_module_name name, Axi4PinsBase& pins, std::uint64_t size_bytes,
            const AxiMemoryTiming& timing, const BackPressure& back_pressure = {});

  /// Size in bytes.
  std::uint64_t size_bytes() const { return bytes_.size(); }
  /// Replaces the back-pressure from the next cycle on.
  void set_back_pressure(const BackPressure& back_pressure) { stalls_ = StallSource(back_pressure); }

  /// Writes `length` bytes without simulated time, for loaders and tests. Throws InputError when out of
  /// range.
  void load(std::uint64_t address, const void* bytes, std::size_t length);
  /// Reads `length` bytes without simulated time. Throws InputError when out of range.
  void dump(std::uint64_t address, void* bytes, std::size_t length) const;

 private:
  // When AxVALID was first high for the transfer that is on offer now.
  struct Offer {
    bool seen = false;
    std::uint64_t cycle = 0;
  };
  struct Beat {
    std::vector<std::uint8_t> bytes;
    LaneMask strobes;
  };
  struct Burst {
    AxiBurst address;
    std::uint64_t earliest = 0;  // cycle of the first beat on an idle channel
    unsigned beats_done = 0;     // reads: offered; writes: taken
    std::vector<Beat> data;
    bool timed = false;     // writes: whether `due` is valid
    std::uint64_t due = 0;  // writes: cycle of BVALID
  };

  bool on_edge() override;
  void reset();
  void sample();
  void drive();
  bool busy() const;
  void watch(Offer& offer, bool valid);
  void take_write_beats();
  void time_writes();
  void offer_read_beat();
  void offer_write_response();
  bool inside(std::uint64_t address) const { return address < bytes_.size(); }
  bool write_beat(const Burst& burst, unsigned beat);

  Axi4PinsBase& pins_;
  std::unique_ptr<std::uint8_t, decltype(&std::free)>
      storage_;  // the system allocates a page when it is touched
  std::span<std::uint8_t> bytes_;
  std::uint64_t latency_;
  StallSource stalls_;

  std::uint64_t cycle_ = 0;  // number of the cycle that the last edge began; does not count during sleep
  bool in_reset_ = true;
  std::deque<Burst> reads_, writes_;
  std::deque<Beat> beats_;  // write data whose address has not come
  std::uint64_t write_end_ = 0;
  Offer ar_, aw_;
  bool ar_ready_ = false, aw_ready_ = false, w_ready_ = false, r_valid_ = false, b_valid_ = false;
};

}  // namespace irc::cosim
