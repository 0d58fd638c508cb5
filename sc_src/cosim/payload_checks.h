// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <tlm>

namespace irc::cosim {

/// What no AXI master can express: a command other than read, write and ignore, no bytes, streaming, byte
/// enables other than 0x00 and 0xff. TLM_OK_RESPONSE when there is nothing of the kind.
tlm::tlm_response_status check_payload(const tlm::tlm_generic_payload& payload);

/// Byte `index` of the payload is enabled.
bool byte_enabled(const tlm::tlm_generic_payload& payload, unsigned index);

}  // namespace irc::cosim
