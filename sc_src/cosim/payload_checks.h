// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <tlm>

namespace irc::cosim {

/// Checks for what no AXI master can express: a command other than read, write and ignore, no bytes,
/// streaming, and byte enables other than 0x00 and 0xff. Returns TLM_OK_RESPONSE if there is none of these.
tlm::tlm_response_status check_payload(const tlm::tlm_generic_payload& payload);

/// Whether byte `index` of the payload is enabled.
bool byte_enabled(const tlm::tlm_generic_payload& payload, unsigned index);

}  // namespace irc::cosim
