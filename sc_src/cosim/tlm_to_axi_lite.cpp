// SPDX-License-Identifier: Apache-2.0
#include "irc/cosim/tlm_to_axi_lite.h"

#include "irc/cosim/axi_burst.h"
#include "irc/model/payload_check.h"

namespace irc::cosim {

using model::byte_enabled;
using tlm::tlm_generic_payload;

TlmToAxiLite::TlmToAxiLite(sc_core::sc_module_name name, AxiLitePins& pins, const BackPressure& back_pressure)
    : AxiTransactor(name, back_pressure), socket("socket"), pins_(pins) {
  socket.register_b_transport(this, &TlmToAxiLite::b_transport);
}

tlm::tlm_response_status TlmToAxiLite::check(const tlm_generic_payload& payload) const {
  const auto status = model::check_payload(payload);
  if (status != tlm::TLM_OK_RESPONSE || payload.get_command() == tlm::TLM_IGNORE_COMMAND) return status;
  if (payload.get_address() >> pins_.address_bits != 0) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  if (payload.get_address() % 4 + payload.get_data_length() > 4) return tlm::TLM_BURST_ERROR_RESPONSE;
  return tlm::TLM_OK_RESPONSE;
}

void TlmToAxiLite::b_transport(tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const auto status = check(payload);
  if (status != tlm::TLM_OK_RESPONSE || payload.get_command() == tlm::TLM_IGNORE_COMMAND) {
    payload.set_response_status(status);
    return;
  }
  model::pass_annotated_time(delay);
  Access access{&payload, {}};
  accesses_.push_back(&access);
  request_drive();
  sc_core::wait(access.done);
}

void TlmToAxiLite::answer(tlm::tlm_response_status status) {
  Access& access = *accesses_.front();
  accesses_.pop_front();
  started_ = false;
  access.payload->set_response_status(status);
  access.done.notify(sc_core::SC_ZERO_TIME);
}

void TlmToAxiLite::reset() {
  while (!accesses_.empty()) answer(tlm::TLM_GENERIC_ERROR_RESPONSE);
  aw_left_ = w_left_ = ar_left_ = aw_valid_ = w_valid_ = ar_valid_ = b_ready_ = r_ready_ = false;
  pins_.awvalid.write(false);
  pins_.wvalid.write(false);
  pins_.arvalid.write(false);
  pins_.bready.write(false);
  pins_.rready.write(false);
}

void TlmToAxiLite::sample() {
  if (aw_valid_ && pins_.awready.read()) aw_valid_ = false;
  if (w_valid_ && pins_.wready.read()) w_valid_ = false;
  if (ar_valid_ && pins_.arready.read()) ar_valid_ = false;
  if (!started_) return;
  tlm_generic_payload& payload = *accesses_.front()->payload;
  if (payload.is_write() && b_ready_ && pins_.bvalid.read()) {
    answer(to_tlm(static_cast<AxiResponse>(pins_.bresp.read())));
  } else if (payload.is_read() && r_ready_ && pins_.rvalid.read()) {
    take_read_data(payload);
    answer(to_tlm(static_cast<AxiResponse>(pins_.rresp.read())));
  }
}

void TlmToAxiLite::take_read_data(tlm_generic_payload& payload) {
  const auto lane = static_cast<unsigned>(payload.get_address() % 4);
  for (unsigned i = 0; i < payload.get_data_length(); ++i)
    if (byte_enabled(payload, i))
      payload.get_data_ptr()[i] = static_cast<unsigned char>(pins_.rdata.read() >> (8 * (lane + i)));
}

void TlmToAxiLite::start(const tlm_generic_payload& payload) {
  started_ = true;
  const auto address = static_cast<std::uint32_t>(payload.get_address());
  if (payload.is_read()) {
    pins_.araddr.write(address);
    ar_left_ = true;
    return;
  }
  std::uint32_t data = 0, strobes = 0;
  for (unsigned i = 0; i < payload.get_data_length(); ++i) {
    if (!byte_enabled(payload, i)) continue;
    data |= std::uint32_t{payload.get_data_ptr()[i]} << (8 * (address % 4 + i));
    strobes |= 1u << (address % 4 + i);
  }
  pins_.awaddr.write(address);
  pins_.wdata.write(data);
  pins_.wstrb.write(strobes);
  aw_left_ = w_left_ = true;
}

void TlmToAxiLite::raise_valids() {
  const auto raise = [this](bool& left, bool& valid, AxiChannel channel) {
    if (!left || stalled(channel)) return;
    left = false;
    valid = true;
  };
  raise(aw_left_, aw_valid_, AxiChannel::aw);
  raise(w_left_, w_valid_, AxiChannel::w);
  raise(ar_left_, ar_valid_, AxiChannel::ar);
}

void TlmToAxiLite::drive() {
  if (!started_ && !accesses_.empty()) start(*accesses_.front()->payload);
  raise_valids();
  b_ready_ = !stalled(AxiChannel::b);
  r_ready_ = !stalled(AxiChannel::r);
  pins_.awvalid.write(aw_valid_);
  pins_.wvalid.write(w_valid_);
  pins_.arvalid.write(ar_valid_);
  pins_.bready.write(b_ready_);
  pins_.rready.write(r_ready_);
}

}  // namespace irc::cosim
