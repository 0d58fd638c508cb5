// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <functional>
#include <systemc>
#include <tlm>
#include <vector>

namespace irc::cosim {

/// The memory of a model that runs beside RTL. It answers a transaction when told to, which is when the RTL's
/// DMA has finished the same transaction. Both therefore see the same delays, including back-pressure. Its
/// contents are separate.
///
/// AT only (TLM base protocol): one read and one write may be under way. An address beyond the end answers
/// TLM_ADDRESS_ERROR_RESPONSE. What model::check_payload refuses is refused at once, by TLM_COMPLETED.
class MirrorMemory : public sc_core::sc_module {
 public:
  /// One transaction.
  struct Request {
    bool write = false;                  ///< write or read
    std::uint64_t address = 0,           ///< first byte
        bytes = 0;                       ///< number of bytes
    const std::uint8_t* data = nullptr;  ///< the written bytes; nullptr for reads
  };
  /// `on_request` is called during the call that brings BEGIN_REQ.
  MirrorMemory(sc_core::sc_module_name name, std::uint64_t size_bytes,
               std::function<void(const Request&)> on_request);

  tlm_utils::simple_target_socket<MirrorMemory> socket;  ///< from the model's DMA

  /// Whether a write (or read) is under way.
  bool pending(bool write) const { return under_way_[write] != nullptr; }
  /// Answers the write (or read) under way, at the current time. Throws InternalError if there is none.
  void respond(bool write);

  /// The contents.
  std::vector<std::uint8_t>& bytes() { return bytes_; }

 private:
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);

  std::vector<std::uint8_t> bytes_;
  std::function<void(const Request&)> on_request_;
  tlm::tlm_generic_payload* under_way_[2] = {nullptr, nullptr};
};

}  // namespace irc::cosim
