// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <functional>
#include <systemc>
#include <tlm>
#include <vector>

namespace irc::cosim {

/// The memory of a model that runs beside RTL: it answers a transaction when told to, that is, when the RTL's
/// DMA has finished the same one. So both see the same delays, back-pressure included. Contents are its own.
///
/// AT only (TLM base protocol): one read and one write may be under way. An address beyond the end answers
/// TLM_ADDRESS_ERROR_RESPONSE.
class MirrorMemory : public sc_core::sc_module {
 public:
  struct Request {
    bool write = false;
    std::uint64_t address = 0, bytes = 0;
    const std::uint8_t* data = nullptr;  ///< writes: what is written
  };
  /// \param on_request  called in the call that brings BEGIN_REQ
  MirrorMemory(sc_core::sc_module_name name, std::uint64_t size_bytes,
               std::function<void(const Request&)> on_request);

  tlm_utils::simple_target_socket<MirrorMemory> socket;

  bool pending(bool write) const { return under_way_[write] != nullptr; }
  /// Answers the read or write under way, in this instant. Throws InternalError if there is none.
  void respond(bool write);

  std::vector<std::uint8_t>& bytes() { return bytes_; }

 private:
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);

  std::vector<std::uint8_t> bytes_;
  std::function<void(const Request&)> on_request_;
  tlm::tlm_generic_payload* under_way_[2] = {nullptr, nullptr};
};

}  // namespace irc::cosim
