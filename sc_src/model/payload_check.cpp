// SPDX-License-Identifier: Apache-2.0
#include "irc/model/payload_check.h"

#include <algorithm>
#include <cstring>

namespace irc::model {

using tlm::tlm_generic_payload;

namespace {

bool byte_enables_legal(const tlm_generic_payload& payload) {
  const unsigned char* enables = payload.get_byte_enable_ptr();
  if (enables == nullptr) return true;
  const unsigned length = payload.get_byte_enable_length();
  return length != 0 && std::all_of(enables, enables + length, [](unsigned char enable) {
           return enable == TLM_BYTE_ENABLED || enable == TLM_BYTE_DISABLED;
         });
}

// Before the simulation runs, the kernel names the process that was created last as the current one.
bool may_wait() {
  if (!sc_core::sc_is_running()) return false;
  const auto process = sc_core::sc_get_current_process_handle();
  if (!process.valid()) return false;
  return process.proc_kind() == sc_core::SC_THREAD_PROC_ || process.proc_kind() == sc_core::SC_CTHREAD_PROC_;
}

}  // namespace

tlm::tlm_response_status check_payload(const tlm_generic_payload& payload) {
  if (payload.get_command() == tlm::TLM_IGNORE_COMMAND) return tlm::TLM_OK_RESPONSE;
  if (!moves_bytes(payload)) return tlm::TLM_COMMAND_ERROR_RESPONSE;
  const unsigned length = payload.get_data_length();
  if (length == 0 || payload.get_data_ptr() == nullptr || payload.get_streaming_width() < length)
    return tlm::TLM_BURST_ERROR_RESPONSE;
  if (!byte_enables_legal(payload)) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  return tlm::TLM_OK_RESPONSE;
}

// The enables repeat from the first byte on if they are fewer than the bytes.
bool byte_enabled(const tlm_generic_payload& payload, unsigned index) {
  const unsigned char* enables = payload.get_byte_enable_ptr();
  return enables == nullptr || enables[index % payload.get_byte_enable_length()] == TLM_BYTE_ENABLED;
}

bool all_bytes_enabled(const tlm_generic_payload& payload) {
  const unsigned char* enables = payload.get_byte_enable_ptr();
  if (enables == nullptr) return true;
  const unsigned used = std::min(payload.get_byte_enable_length(), payload.get_data_length());
  return std::all_of(enables, enables + used,
                     [](unsigned char enable) { return enable == TLM_BYTE_ENABLED; });
}

void move_bytes(const tlm_generic_payload& payload, unsigned char* here) {
  unsigned char* there = payload.get_data_ptr();
  unsigned char* to = payload.is_read() ? there : here;
  const unsigned char* from = payload.is_read() ? here : there;
  const unsigned length = payload.get_data_length();
  if (all_bytes_enabled(payload)) {
    std::memcpy(to, from, length);
    return;
  }
  for (unsigned i = 0; i < length; ++i)
    if (byte_enabled(payload, i)) to[i] = from[i];
}

bool pass_annotated_time(sc_core::sc_time& delay) {
  if (delay == sc_core::SC_ZERO_TIME) return true;
  if (!may_wait()) return false;
  sc_core::wait(delay);
  delay = sc_core::SC_ZERO_TIME;
  return true;
}

}  // namespace irc::model
