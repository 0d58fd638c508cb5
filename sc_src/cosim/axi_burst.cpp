// SPDX-License-Identifier: Apache-2.0
#include "irc/cosim/axi_burst.h"

#include <algorithm>
#include <bit>

namespace irc::cosim {

std::string text(AxiResponse response) {
  switch (response) {
    case AxiResponse::okay:
      return "OKAY";
    case AxiResponse::exokay:
      return "EXOKAY";
    case AxiResponse::slverr:
      return "SLVERR";
    case AxiResponse::decerr:
      return "DECERR";
  }
  return "response " + std::to_string(static_cast<unsigned>(response));
}

AxiResponse worse(AxiResponse a, AxiResponse b) {
  return std::max(a, b);
}

tlm::tlm_response_status to_tlm(AxiResponse response) {
  if (response == AxiResponse::okay) return tlm::TLM_OK_RESPONSE;
  return response == AxiResponse::decerr ? tlm::TLM_ADDRESS_ERROR_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE;
}

AxiResponse to_axi(tlm::tlm_response_status status, AxiResponse address_error) {
  if (status == tlm::TLM_OK_RESPONSE) return AxiResponse::okay;
  return status == tlm::TLM_ADDRESS_ERROR_RESPONSE ? address_error : AxiResponse::slverr;
}

std::uint64_t AxiBurst::wrap_boundary() const {
  const std::uint64_t total = beats() * beat_bytes();
  return address / total * total;
}

std::uint64_t AxiBurst::beat_address(unsigned beat) const {
  if (beat == 0 || type == AxiBurstType::fixed) return address;
  const std::uint64_t aligned = address & ~(beat_bytes() - 1);
  const std::uint64_t next = aligned + beat * beat_bytes();
  if (type != AxiBurstType::wrap) return next;
  const std::uint64_t total = beats() * beat_bytes();
  return next < wrap_boundary() + total ? next : next - total;
}

unsigned AxiBurst::bytes_in_beat(unsigned beat) const {
  return static_cast<unsigned>(beat_bytes() - (beat_address(beat) & (beat_bytes() - 1)));
}

unsigned AxiBurst::first_lane(unsigned beat, unsigned bus_bytes) const {
  return static_cast<unsigned>(beat_address(beat) % bus_bytes);
}

LaneMask AxiBurst::lanes(unsigned beat, unsigned bus_bytes) const {
  const unsigned first = first_lane(beat, bus_bytes);
  const unsigned end = std::min(first + bytes_in_beat(beat), bus_bytes);
  LaneMask mask;
  for (unsigned lane = first; lane < end; ++lane) mask.set(lane);
  return mask;
}

bool AxiBurst::crosses_4k() const {
  if (type == AxiBurstType::wrap) return false;  // the container is aligned to its size
  const unsigned last = length;
  return address / 4096 != (beat_address(last) + bytes_in_beat(last) - 1) / 4096;
}

std::vector<AxiBurst> split_bursts(std::uint64_t address, std::uint64_t length, unsigned bus_bytes,
                                   unsigned id) {
  std::vector<AxiBurst> bursts;
  while (length != 0) {
    const std::uint64_t aligned = address / bus_bytes * bus_bytes;
    const std::uint64_t reach = std::min(4096 - address % 4096, aligned + 256 * bus_bytes - address);
    const std::uint64_t bytes = std::min(length, reach);
    const std::uint64_t beats = (address - aligned + bytes + bus_bytes - 1) / bus_bytes;
    bursts.push_back(
        {address, static_cast<unsigned>(beats - 1), log2_exact(bus_bytes), AxiBurstType::incr, id});
    address += bytes;
    length -= bytes;
  }
  return bursts;
}

unsigned log2_exact(unsigned power) {
  return static_cast<unsigned>(std::countr_zero(power));
}

}  // namespace irc::cosim
