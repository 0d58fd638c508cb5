// SPDX-License-Identifier: Apache-2.0
#include "irc/cosim/axi_lite_to_tlm.h"

#include <algorithm>

#include "irc/model/at_initiator.h"

namespace irc::cosim {

AxiLiteToTlm::AxiLiteToTlm(sc_core::sc_module_name name, AxiLitePins& pins,
                           const AxiLiteToTlmOptions& options)
    : AxiTransactor(name, options.back_pressure),
      socket("socket"),
      pins_(pins),
      address_error_(options.address_error) {
  SC_HAS_PROCESS(AxiLiteToTlm);
  SC_THREAD(serve_reads);
  SC_THREAD(serve_writes);
}

// ---- TLM side

void AxiLiteToTlm::serve(Access& access, tlm::tlm_command command, sc_core::sc_event& asked) {
  for (;;) {
    while (!access.asked) sc_core::wait(asked);
    access.asked = false;
    Access copy = access;  // after a reset, a new access may arrive while this one is under way
    const std::uint64_t resets = resets_;
    const AxiResponse response = transport(copy, command);
    if (resets != resets_) continue;
    access.bytes = copy.bytes;
    access.response = response;
    access.answered = true;
    request_drive();
  }
}

AxiResponse AxiLiteToTlm::transport(Access& access, tlm::tlm_command command) {
  const unsigned lane = access.address % 4;
  tlm::tlm_generic_payload payload;
  model::set_access(payload, command, access.address, access.bytes.data() + lane, 4 - lane);
  const bool partial = std::any_of(access.enables.begin() + lane, access.enables.end(),
                                   [](unsigned char enable) { return enable != TLM_BYTE_ENABLED; });
  if (partial && command == tlm::TLM_WRITE_COMMAND) {
    payload.set_byte_enable_ptr(access.enables.data() + lane);
    payload.set_byte_enable_length(4 - lane);
  }
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  socket->b_transport(payload, delay);
  if (delay != sc_core::SC_ZERO_TIME) sc_core::wait(delay);
  return to_axi(payload.get_response_status(), address_error_);
}

// ---- pin side

void AxiLiteToTlm::reset() {
  ++resets_;
  read_ = write_ = Access{};
  aw_ready_ = w_ready_ = ar_ready_ = false;
  pins_.awready.write(false);
  pins_.wready.write(false);
  pins_.arready.write(false);
  pins_.bvalid.write(false);
  pins_.rvalid.write(false);
}

bool AxiLiteToTlm::busy() const {
  return read_.have_address || write_.have_address || write_.have_data || pins_.arvalid.read() ||
         pins_.awvalid.read() || pins_.wvalid.read();
}

void AxiLiteToTlm::sample() {
  sample_read();
  sample_write();
}

void AxiLiteToTlm::sample_read() {
  if (read_.valid && pins_.rready.read()) read_ = Access{};
  if (!ar_ready_ || !pins_.arvalid.read()) return;
  read_.have_address = read_.asked = true;
  read_.address = pins_.araddr.read();
  read_asked_.notify(sc_core::SC_ZERO_TIME);
}

void AxiLiteToTlm::sample_write() {
  if (write_.valid && pins_.bready.read()) write_ = Access{};
  const bool address = aw_ready_ && pins_.awvalid.read();
  const bool data = w_ready_ && pins_.wvalid.read();
  if (address) {
    write_.have_address = true;
    write_.address = pins_.awaddr.read();
  }
  if (data) {
    write_.have_data = true;
    for (unsigned i = 0; i < 4; ++i) {
      write_.bytes[i] = static_cast<unsigned char>(pins_.wdata.read() >> (8 * i));
      write_.enables[i] = (pins_.wstrb.read() >> i & 1) != 0 ? TLM_BYTE_ENABLED : TLM_BYTE_DISABLED;
    }
  }
  if (!(address || data) || !write_.have_address || !write_.have_data) return;
  write_.asked = true;
  write_asked_.notify(sc_core::SC_ZERO_TIME);
}

void AxiLiteToTlm::drive() {
  if (read_.answered && !read_.valid && !stalled(AxiChannel::r)) {
    read_.valid = true;
    std::uint32_t data = 0;
    for (unsigned i = 0; i < 4; ++i) data |= std::uint32_t{read_.bytes[i]} << (8 * i);
    pins_.rdata.write(data);
    pins_.rresp.write(static_cast<std::uint32_t>(read_.response));
  }
  if (write_.answered && !write_.valid && !stalled(AxiChannel::b)) {
    write_.valid = true;
    pins_.bresp.write(static_cast<std::uint32_t>(write_.response));
  }
  ar_ready_ = !read_.have_address && !stalled(AxiChannel::ar);
  aw_ready_ = !write_.have_address && !stalled(AxiChannel::aw);
  w_ready_ = !write_.have_data && !stalled(AxiChannel::w);
  pins_.rvalid.write(read_.valid);
  pins_.bvalid.write(write_.valid);
  pins_.arready.write(ar_ready_);
  pins_.awready.write(aw_ready_);
  pins_.wready.write(w_ready_);
}

}  // namespace irc::cosim
