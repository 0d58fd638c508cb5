// SPDX-License-Identifier: Apache-2.0
#include "irc/model/activation_buffer.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>

#include "irc/core/error.h"
#include "irc/model/payload_check.h"

namespace irc::model {

using tlm::tlm_generic_payload;

namespace {

std::vector<std::uint64_t> zero_words(std::uint64_t bits) {
  try {
    return std::vector<std::uint64_t>((bits + 63) / 64);
  } catch (const std::bad_alloc&) {
    throw InputError("buffer.size_bits: " + std::to_string(bits) +
                     " found, this machine cannot hold that much, expected fewer");
  }
}

}  // namespace

ActivationBuffer::ActivationBuffer(sc_core::sc_module_name name, std::uint64_t bits,
                                   const sc_core::sc_time& clock)
    : sc_module(name), socket("socket"), words_(zero_words(bits)), clock_(clock) {
  socket.register_b_transport(this, &ActivationBuffer::b_transport);
  socket.register_transport_dbg(this, &ActivationBuffer::transport_dbg);
}

std::span<std::uint64_t> ActivationBuffer::view(std::uint64_t first, std::uint64_t count) {
  return std::span<std::uint64_t>(words_).subspan(first, count);
}

tlm::tlm_response_status ActivationBuffer::access(tlm_generic_payload& payload) {
  const tlm::tlm_response_status status = check_payload(payload);
  if (status != tlm::TLM_OK_RESPONSE || !moves_bytes(payload)) return status;
  const std::uint64_t bytes = words_.size() * 8;
  if (payload.get_address() > bytes || payload.get_data_length() > bytes - payload.get_address())
    return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  move_bytes(payload, reinterpret_cast<unsigned char*>(words_.data()) + payload.get_address());
  return tlm::TLM_OK_RESPONSE;
}

void ActivationBuffer::b_transport(tlm_generic_payload& payload, sc_core::sc_time& delay) {
  pass_annotated_time(delay);  // commands change the maps while time passes
  payload.set_response_status(access(payload));
  delay +=
      sc_core::sc_time::from_value(clock_.value() * ((payload.get_data_length() + std::uint64_t{7}) / 8));
}

unsigned ActivationBuffer::transport_dbg(tlm_generic_payload& payload) {
  const std::uint64_t bytes = words_.size() * 8;
  if (!moves_bytes(payload) || payload.get_data_ptr() == nullptr || payload.get_address() >= bytes) return 0;
  const auto length = std::min<std::uint64_t>(payload.get_data_length(), bytes - payload.get_address());
  auto* at = reinterpret_cast<unsigned char*>(words_.data()) + payload.get_address();
  if (payload.is_read()) {
    std::memcpy(payload.get_data_ptr(), at, length);
  } else {
    std::memcpy(at, payload.get_data_ptr(), length);
  }
  return static_cast<unsigned>(length);
}

}  // namespace irc::model
