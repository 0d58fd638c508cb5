// SPDX-License-Identifier: Apache-2.0
// Transactions to registers, buffer and memory through the interconnect, legal and illegal ones: blocking,
// four-phase, debug and DMI. Every transaction is answered, and no answer leaves the status incomplete.
// Records of 16 bytes:
//   kind, window, address (4), command, length (2), streaming width, byte enables, annotated delay, data (4)
#include "accelerator_bench.h"

namespace irc::fuzz {
namespace {

constexpr int most_transactions = 32;

struct Access {
  std::uint8_t kind, window;
  std::uint32_t address;
  std::uint8_t command;
  std::uint16_t length;
  std::uint8_t streaming, enables, delay;
  std::uint32_t data;

  explicit Access(Reader& in)
      : kind(in.take<std::uint8_t>()),
        window(in.take<std::uint8_t>()),
        address(in.take<std::uint32_t>()),
        command(in.take<std::uint8_t>()),
        length(in.take<std::uint16_t>()),
        streaming(in.take<std::uint8_t>()),
        enables(in.take<std::uint8_t>()),
        delay(in.take<std::uint8_t>()),
        data(in.take<std::uint32_t>()) {}

  std::uint64_t bus_address() const {
    switch (window % 5) {
      case 0:
        return csr_base + address % 0x50;
      case 1:
        return csr_base + address % (2 * model::csr::window_bytes);
      case 2:
        return data_base + address % (2 * data_bytes);
      case 3:
        return address % (2 * memory_bytes);
      default:
        return std::uint64_t{address} << 32 | data;
    }
  }
  tlm::tlm_command tlm_command() const {
    return command < 200 ? (command % 2 == 0 ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND)
                         : static_cast<tlm::tlm_command>(command % 4);
  }
  std::vector<unsigned char> bytes() const {
    std::vector<unsigned char> out((length & 0x8000) != 0           ? length & 0x7ff
                                   : window % 5 == 0 && length != 1 ? 4
                                                                    : length % 64);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<unsigned char>(data >> (8 * (i % 4)));
    return out;
  }
  unsigned streaming_width(std::size_t size) const {
    return streaming < 200 ? static_cast<unsigned>(size) : streaming - 200u;
  }
  /// None, all ones, or a pattern with any values and length.
  std::vector<unsigned char> byte_enables(std::size_t size) const {
    if (enables < 150) return {};
    if (enables < 180) return std::vector<unsigned char>(size, 0xff);
    std::vector<unsigned char> out(1 + enables % 8);
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = enables < 230 ? ((data >> i) & 1 ? 0xff : 0) : static_cast<unsigned char>(data >> i);
    return out;
  }
};

void blocking(AcceleratorBench& bench, const Access& access, bool debug) {
  auto bytes = access.bytes();
  auto enables = access.byte_enables(bytes.size());
  tlm::tlm_generic_payload payload;
  payload.set_command(access.tlm_command());
  payload.set_address(access.bus_address());
  payload.set_data_ptr(access.delay == 255 ? nullptr : bytes.data());
  payload.set_data_length(static_cast<unsigned>(bytes.size()));
  payload.set_streaming_width(access.streaming_width(bytes.size()));
  if (!enables.empty()) {
    payload.set_byte_enable_ptr(enables.data());
    payload.set_byte_enable_length(static_cast<unsigned>(enables.size()));
  }
  if (debug) {
    demand(bench.host.socket->transport_dbg(payload) <= bytes.size(),
           "debug transport moves at most what was asked for");
    return;
  }
  sc_core::sc_time delay(access.delay % 32, sc_core::SC_NS);
  bench.host.socket->b_transport(payload, delay);
  demand(payload.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE, "a blocking transaction is answered");
  demand(payload.get_address() == access.bus_address(), "the response has the initiator's address");
  sc_core::wait(delay);
}

void four_phase(AcceleratorBench& bench, const Access& access) {
  tb::AtRequest request;
  request.command = access.tlm_command();
  request.address = access.bus_address();
  request.data = access.bytes();
  request.streaming_width = access.streaming_width(request.data.size());
  request.byte_enables = access.byte_enables(request.data.size());
  request.annotation = sc_core::sc_time(access.delay % 32, sc_core::SC_NS);
  bench.host.end_responses(static_cast<tb::EndOfResponse>(access.delay % 3),
                           sc_core::sc_time(access.delay % 5, sc_core::SC_NS));
  const auto number = bench.host.issue(std::move(request));
  if (access.delay % 2 == 0) return;  // several under way
  demand(bench.host.wait_for(number).status != tlm::TLM_INCOMPLETE_RESPONSE,
         "a four-phase transaction is answered");
}

void direct(AcceleratorBench& bench, const Access& access) {
  tlm::tlm_generic_payload payload;
  payload.set_command(access.tlm_command());
  payload.set_address(access.bus_address());
  tlm::tlm_dmi range;
  if (!bench.host.socket->get_direct_mem_ptr(payload, range)) return;
  demand(range.get_start_address() <= access.bus_address() && access.bus_address() <= range.get_end_address(),
         "a direct range holds the address");
  demand(range.get_end_address() < memory_bytes && range.get_dmi_ptr() != nullptr,
         "only memory grants direct access");
}

}  // namespace

void run(Input input) {
  static AcceleratorBench at("at", "at");
  static const bool ready = elaborate();
  demand(ready, "the bench is elaborated");
  at.prepare({}, [&] {
    Reader in(input);
    for (int i = 0; i < most_transactions && !in.empty(); ++i) {
      const Access access(in);
      switch (access.kind % 6) {
        case 0:
        case 1:
          blocking(at, access, false);
          break;
        case 2:
        case 3:
          four_phase(at, access);
          break;
        case 4:
          blocking(at, access, true);
          break;
        default:
          direct(at, access);
          break;
      }
    }
    at.host.wait_for_all();
  });
  simulate({&at});
}

void seeds(const AddSeed& add) {
  const auto record = [](std::uint8_t kind, std::uint8_t window, std::uint32_t address, std::uint8_t command,
                         std::uint16_t length, std::uint8_t streaming, std::uint8_t enables,
                         std::uint8_t delay, std::uint32_t data) {
    std::string out;
    const auto put = [&](auto value) { out.append(reinterpret_cast<const char*>(&value), sizeof value); };
    put(kind), put(window), put(address), put(command), put(length), put(streaming), put(enables), put(delay),
        put(data);
    return out;
  };
  namespace csr = model::csr;
  std::string reads, writes, doorbell, enables, odd;
  for (const auto& reg : csr::registers) {
    reads += record(0, 0, static_cast<std::uint32_t>(reg.offset), 0, 4, 0, 0, 0, 0);
    writes += record(2, 0, static_cast<std::uint32_t>(reg.offset), 1, 4, 0, 0, 3, 0);
  }
  doorbell = record(0, 0, csr::program_low, 1, 4, 0, 0, 0, 0x100) +
             record(0, 0, csr::irq_enable, 1, 4, 0, 0, 0, 7) + record(0, 0, csr::doorbell, 1, 4, 0, 0, 9, 1) +
             record(0, 0, csr::doorbell, 1, 4, 0, 0, 0, 1) + record(4, 0, csr::status, 0, 4, 0, 0, 0, 0);
  using Bytes = std::vector<std::uint8_t>;
  for (const auto kind : Bytes{0, 2, 4})
    for (const auto enable : Bytes{160, 200, 240})
      enables += record(kind, static_cast<std::uint8_t>(enable % 4), 16, 1, 8, 0, enable, 1, 0xf0f0f0f5);
  odd = record(0, 2, 8, 1, 0, 0, 0, 0, 0) + record(0, 3, 8, 1, 8, 203, 0, 0, 0) +
        record(2, 0, 12, 202, 4, 0, 0, 1, 0) + record(0, 4, 0xffffffff, 0, 8, 0, 0, 0, 0xfffffff8) +
        record(5, 3, 64, 0, 4, 0, 0, 0, 0) + record(0, 3, 0, 203, 8, 0, 0, 0, 0);
  add("reads.bin", reads);
  add("writes.bin", writes);
  add("doorbell.bin", doorbell);
  add("byte_enables.bin", enables);
  add("odd.bin", odd);
}

}  // namespace irc::fuzz
