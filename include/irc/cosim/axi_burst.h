// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <tlm>

#include "irc/cosim/pin_bytes.h"

namespace irc::cosim {

/// BRESP and RRESP (IHI 0022, A3.4.4).
enum class AxiResponse : std::uint32_t {
  okay = 0,    ///< success
  exokay = 1,  ///< success of an exclusive access
  slverr = 2,  ///< error reported by the slave
  decerr = 3   ///< no slave at this address
};
/// AxBURST (IHI 0022, A3.4.1).
enum class AxiBurstType : std::uint32_t {
  fixed = 0,    ///< all beats at one address
  incr = 1,     ///< ascending addresses
  wrap = 2,     ///< ascending addresses that wrap at the container's end
  reserved = 3  ///< not allowed
};

/// The name: "OKAY", "EXOKAY", "SLVERR" or "DECERR".
std::string text(AxiResponse response);

/// The response of a whole transaction: the later one in the order OKAY, EXOKAY, SLVERR, DECERR.
AxiResponse worse(AxiResponse a, AxiResponse b);

/// OKAY becomes TLM_OK_RESPONSE, DECERR becomes TLM_ADDRESS_ERROR_RESPONSE, the others become
/// TLM_GENERIC_ERROR_RESPONSE. EXOKAY is an error because no master here asks for exclusive access.
tlm::tlm_response_status to_tlm(AxiResponse response);

/// TLM_OK_RESPONSE becomes OKAY, TLM_ADDRESS_ERROR_RESPONSE becomes `address_error`, the others become
/// SLVERR.
AxiResponse to_axi(tlm::tlm_response_status status, AxiResponse address_error);

/// The content of an address channel, in the pins' encoding.
struct AxiBurst {
  std::uint64_t address = 0;               ///< AxADDR
  unsigned length = 0;                     ///< AxLEN: number of beats - 1
  unsigned size = 0;                       ///< AxSIZE: log2 of bytes per beat
  AxiBurstType type = AxiBurstType::incr;  ///< AxBURST
  unsigned id = 0;                         ///< AxID

  /// Number of beats.
  unsigned beats() const { return length + 1; }
  /// Bytes of a full beat.
  std::uint64_t beat_bytes() const { return std::uint64_t{1} << size; }
  /// First address of the wrapping container (IHI 0022, A3.4.1, Wrap_Boundary). For WRAP bursts only.
  std::uint64_t wrap_boundary() const;
  /// Address of beat `beat`, counted from 0 (IHI 0022, A3.4.1, Address_N). Only the first may be unaligned.
  std::uint64_t beat_address(unsigned beat) const;
  /// Number of bytes that beat `beat` covers: up to the next multiple of its size.
  unsigned bytes_in_beat(unsigned beat) const;
  /// Byte lane of the beat's first byte on a bus of `bus_bytes` (IHI 0022, A3.4.3).
  unsigned first_lane(unsigned beat, unsigned bus_bytes) const;
  /// The lanes that the beat may use: `bytes_in_beat` lanes from `first_lane` on, as far as the bus has them.
  LaneMask lanes(unsigned beat, unsigned bus_bytes) const;
  /// Whether a FIXED or INCR burst with these values crosses a 4 KiB boundary (IHI 0022, A3.4.1).
  bool crosses_4k() const;
};

/// Splits `length` bytes from `address` on into INCR bursts of full-width beats that neither cross a 4 KiB
/// boundary nor exceed 256 beats. The first burst may start unaligned; the others are aligned. `length` is at
/// least 1.
std::vector<AxiBurst> split_bursts(std::uint64_t address, std::uint64_t length, unsigned bus_bytes,
                                   unsigned id = 0);

/// log2 of a power of two.
unsigned log2_exact(unsigned power);

}  // namespace irc::cosim
