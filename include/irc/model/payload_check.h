// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <systemc>
#include <tlm>

namespace irc::model {

/// Checks the attributes that every target of this project judges in the same way, whatever lies behind it:
///  - a command other than read, write and ignore: TLM_COMMAND_ERROR_RESPONSE
///  - length 0, no data pointer, streaming width below length: TLM_BURST_ERROR_RESPONSE
///  - byte enables other than 0x00 and 0xff, enable length 0: TLM_BYTE_ENABLE_ERROR_RESPONSE
///
/// Returns TLM_OK_RESPONSE if there is none of these. TLM_IGNORE_COMMAND is always right, because it asks for
/// nothing.
tlm::tlm_response_status check_payload(const tlm::tlm_generic_payload& payload);

/// Whether the payload asks for bytes to move: it reads or writes.
inline bool moves_bytes(const tlm::tlm_generic_payload& payload) {
  return payload.is_read() || payload.is_write();
}

/// Whether byte `index` of the payload is enabled. The payload has passed check_payload.
bool byte_enabled(const tlm::tlm_generic_payload& payload, unsigned index);

/// Whether no byte of the payload's data is left out. The payload has passed check_payload.
bool all_bytes_enabled(const tlm::tlm_generic_payload& payload);

/// Reads or writes the enabled bytes of a payload that has passed check_payload. `here` is the target's first
/// byte at the payload's address, and as many bytes as the payload has lie within the target.
void move_bytes(const tlm::tlm_generic_payload& payload, unsigned char* here);

/// Lets the annotated time of a blocking call pass, and sets it to zero. A target whose state changes with
/// simulated time calls this first, so that it serves the access at the time for which the initiator asked.
/// Returns false, and leaves `delay` alone, if it would have to wait but the caller is no thread; TLM-2.0
/// forbids such calls.
bool pass_annotated_time(sc_core::sc_time& delay);

}  // namespace irc::model
