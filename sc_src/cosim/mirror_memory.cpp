// SPDX-License-Identifier: Apache-2.0
#include "irc/cosim/mirror_memory.h"

#include <utility>

#include "irc/core/error.h"
#include "irc/model/payload_check.h"

namespace irc::cosim {

MirrorMemory::MirrorMemory(sc_core::sc_module_name name, std::uint64_t size_bytes,
                           std::function<void(const Request&)> on_request)
    : sc_module(name), socket("socket"), bytes_(size_bytes), on_request_(std::move(on_request)) {
  socket.register_nb_transport_fw(this, &MirrorMemory::nb_transport_fw);
}

tlm::tlm_sync_enum MirrorMemory::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                 sc_core::sc_time&) {
  if (phase != tlm::BEGIN_REQ) return tlm::TLM_COMPLETED;  // END_RESP
  const auto status = model::check_payload(payload);
  if (status != tlm::TLM_OK_RESPONSE || !model::moves_bytes(payload)) {
    payload.set_response_status(status);
    return tlm::TLM_COMPLETED;
  }
  const bool write = payload.is_write();
  if (under_way_[write] != nullptr) throw InternalError(std::string(name()) + ": two transactions at a time");
  payload.acquire();
  under_way_[write] = &payload;
  on_request_({write, payload.get_address(), payload.get_data_length(), payload.get_data_ptr()});
  phase = tlm::END_REQ;
  return tlm::TLM_UPDATED;
}

void MirrorMemory::respond(bool write) {
  auto* payload = std::exchange(under_way_[write], nullptr);
  if (payload == nullptr) throw InternalError(std::string(name()) + ": nothing to answer");
  const std::uint64_t address = payload->get_address(), length = payload->get_data_length();
  if (address > bytes_.size() || length > bytes_.size() - address) {
    payload->set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  } else {
    payload->set_response_status(tlm::TLM_OK_RESPONSE);
    model::move_bytes(*payload, bytes_.data() + address);
  }
  tlm::tlm_phase phase = tlm::BEGIN_RESP;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  socket->nb_transport_bw(*payload, phase, delay);
  payload->release();
}

}  // namespace irc::cosim
