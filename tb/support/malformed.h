// SPDX-License-Identifier: Apache-2.0
// Payloads that no good initiator sends. Every target must answer them in the same way, and must neither
// crash nor touch anything.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include <tlm>

namespace irc::tb {

/// What is done to a good payload of 4 bytes, and the answer that it must get.
struct Malformed {
  const char* name;
  std::function<void(tlm::tlm_generic_payload&)> spoil;
  tlm::tlm_response_status expected;
};

inline unsigned char* enables_of(std::array<unsigned char, 8> values) {
  static std::vector<std::array<unsigned char, 8>> kept(64);
  static std::size_t next = 0;
  auto& place = kept[next++ % kept.size()];
  place = values;
  return place.data();
}

inline void set_enables(tlm::tlm_generic_payload& payload, std::array<unsigned char, 8> values,
                        unsigned length) {
  payload.set_byte_enable_ptr(enables_of(values));
  payload.set_byte_enable_length(length);
}

/// Payloads that every target refuses.
inline std::vector<Malformed> malformed_payloads() {
  using tlm::tlm_generic_payload;
  return {
      {"no data pointer", [](auto& p) { p.set_data_ptr(nullptr); }, tlm::TLM_BURST_ERROR_RESPONSE},
      {"length 0", [](auto& p) { p.set_data_length(0); }, tlm::TLM_BURST_ERROR_RESPONSE},
      {"length 0 and no data pointer",
       [](auto& p) {
         p.set_data_length(0);
         p.set_data_ptr(nullptr);
       },
       tlm::TLM_BURST_ERROR_RESPONSE},
      {"streaming width 0", [](auto& p) { p.set_streaming_width(0); }, tlm::TLM_BURST_ERROR_RESPONSE},
      {"streaming width below length", [](auto& p) { p.set_streaming_width(3); },
       tlm::TLM_BURST_ERROR_RESPONSE},
      {"an undefined command", [](auto& p) { p.set_command(static_cast<tlm::tlm_command>(3)); },
       tlm::TLM_COMMAND_ERROR_RESPONSE},
      {"an undefined command without data",
       [](auto& p) {
         p.set_command(static_cast<tlm::tlm_command>(3));
         p.set_data_ptr(nullptr);
         p.set_data_length(0);
       },
       tlm::TLM_COMMAND_ERROR_RESPONSE},
      {"byte enables of length 0",
       [](auto& p) {
         set_enables(p, {255, 255, 255, 255, 255, 255, 255, 255}, 0);
       },
       tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE},
      {"a byte enable of 1",
       [](auto& p) {
         set_enables(p, {255, 1, 255, 255, 255, 255, 255, 255}, 4);
       },
       tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE},
      {"a byte enable of 0x7f in a longer array",
       [](auto& p) {
         set_enables(p, {255, 255, 255, 255, 127, 255, 255, 255}, 8);
       },
       tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE},
      {"bytes beyond 2^64", [](auto& p) { p.set_address(std::numeric_limits<std::uint64_t>::max() - 1); },
       tlm::TLM_ADDRESS_ERROR_RESPONSE},
  };
}

/// Payloads of 4 bytes with all of them enabled, in every way to say so, and payloads that ask for nothing.
inline std::vector<Malformed> harmless_payloads() {
  const std::array<unsigned char, 8> ones = {255, 255, 255, 255, 255, 255, 255, 255};
  std::vector<Malformed> all;
  for (const unsigned length : {1u, 2u, 3u, 4u, 5u, 8u})
    all.push_back(
        {"all bytes enabled", [=](auto& p) { set_enables(p, ones, length); }, tlm::TLM_OK_RESPONSE});
  all.push_back({"superfluous enables",
                 [](auto& p) {
                   set_enables(p, {255, 255, 255, 255, 0, 0, 0, 0}, 8);
                 },
                 tlm::TLM_OK_RESPONSE});
  all.push_back({"a streaming width above the length", [](auto& p) { p.set_streaming_width(64); },
                 tlm::TLM_OK_RESPONSE});
  all.push_back({"ignore", [](auto& p) { p.set_command(tlm::TLM_IGNORE_COMMAND); }, tlm::TLM_OK_RESPONSE});
  all.push_back({"ignore without data",
                 [](auto& p) {
                   p.set_command(tlm::TLM_IGNORE_COMMAND);
                   p.set_data_ptr(nullptr);
                   p.set_data_length(0);
                 },
                 tlm::TLM_OK_RESPONSE});
  return all;
}

}  // namespace irc::tb
