// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <tlm>

#include "irc/cosim/pin_bytes.h"

namespace irc::cosim {

/// BRESP and RRESP (IHI 0022, A3.4.4).
enum class AxiResponse : std::uint32_t { okay = 0, exokay = 1, slverr = 2, decerr = 3 };
/// AxBURST (IHI 0022, A3.4.1).
enum class AxiBurstType : std::uint32_t { fixed = 0, incr = 1, wrap = 2, reserved = 3 };

/// "OKAY", "EXOKAY", "SLVERR", "DECERR".
std::string text(AxiResponse response);

/// The response of a whole transaction: the later one in the order OKAY, EXOKAY, SLVERR, DECERR.
AxiResponse worse(AxiResponse a, AxiResponse b);

/// OKAY is TLM_OK_RESPONSE, DECERR is TLM_ADDRESS_ERROR_RESPONSE; the rest, TLM_GENERIC_ERROR_RESPONSE: no
/// master here asks for exclusive access, so EXOKAY is an error too.
tlm::tlm_response_status to_tlm(AxiResponse response);

/// TLM_OK_RESPONSE is OKAY, TLM_ADDRESS_ERROR_RESPONSE is `address_error`, the rest is SLVERR.
AxiResponse to_axi(tlm::tlm_response_status status, AxiResponse address_error);

/// What an address channel carries, in the pins' encoding.
struct AxiBurst {
  std::uint64_t address = 0;  ///< AxADDR
  unsigned length = 0;        ///< AxLEN: number of beats - 1
  unsigned size = 0;          ///< AxSIZE: log2 of bytes per beat
  AxiBurstType type = AxiBurstType::incr;
  unsigned id = 0;

  unsigned beats() const { return length + 1; }
  std::uint64_t beat_bytes() const { return std::uint64_t{1} << size; }
  /// First address of the wrapping container (IHI 0022, A3.4.1, Wrap_Boundary); WRAP only.
  std::uint64_t wrap_boundary() const;
  /// Address of beat `beat` from 0 on (IHI 0022, A3.4.1, Address_N); only the first may be unaligned.
  std::uint64_t beat_address(unsigned beat) const;
  /// Bytes that beat `beat` covers: up to the next multiple of its size.
  unsigned bytes_in_beat(unsigned beat) const;
  /// Byte lane of the beat's first byte on a bus of `bus_bytes` (IHI 0022, A3.4.3).
  unsigned first_lane(unsigned beat, unsigned bus_bytes) const;
  /// The lanes the beat may use: `bytes_in_beat` from `first_lane` on, as far as the bus has them.
  LaneMask lanes(unsigned beat, unsigned bus_bytes) const;
  /// A FIXED or INCR burst of this crosses a 4 KiB boundary (IHI 0022, A3.4.1).
  bool crosses_4k() const;
};

/// Splits `length` bytes from `address` on into INCR bursts of full-width beats that neither cross 4 KiB nor
/// exceed 256 beats. The first may start unaligned; the others are aligned. `length` is at least 1.
std::vector<AxiBurst> split_bursts(std::uint64_t address, std::uint64_t length, unsigned bus_bytes,
                                   unsigned id = 0);

/// log2 of a power of two.
unsigned log2_exact(unsigned power);

}  // namespace irc::cosim
