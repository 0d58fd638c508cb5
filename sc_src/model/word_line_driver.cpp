// SPDX-License-Identifier: Apache-2.0
#include "irc/model/word_line_driver.h"

#include <algorithm>

#include "irc/core/bits.h"
#include "irc/model/payload_check.h"

namespace irc::model {

using sc_core::sc_time;
using tlm::tlm_generic_payload;

GroupRows group_rows(const MacroBurst& burst, std::size_t group) {
  const std::size_t rows = burst.tile.rows, groups = burst.phases.groups;
  const std::size_t per_group = (rows + groups - 1) / groups;
  return {std::min(rows, group * per_group), std::min(rows, (group + 1) * per_group)};
}

WordLineDriver::WordLineDriver(sc_core::sc_module_name name, const sc_time& clock)
    : sc_module(name),
      target_socket("target_socket"),
      array_socket("array_socket"),
      clock_(clock),
      queue_(this, &WordLineDriver::on_time) {
  target_socket.register_b_transport(this, &WordLineDriver::b_transport);
  target_socket.register_nb_transport_fw(this, &WordLineDriver::nb_transport_fw);
  array_socket.register_nb_transport_bw(this, &WordLineDriver::nb_transport_bw);
}

tlm::tlm_response_status check_burst(const tlm_generic_payload& payload) {
  const auto* burst = payload.get_extension<MacroBurst>();
  if (burst == nullptr || burst->phases.groups == 0) return tlm::TLM_GENERIC_ERROR_RESPONSE;
  if (payload.get_command() != tlm::TLM_WRITE_COMMAND) return tlm::TLM_COMMAND_ERROR_RESPONSE;
  const tlm::tlm_response_status status = check_payload(payload);
  if (status != tlm::TLM_OK_RESPONSE) return status;
  if (!all_bytes_enabled(payload)) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  const std::size_t rows = burst->tile.rows;
  const std::size_t expected = burst->kind == MacroBurst::Kind::evaluate
                                   ? burst->vectors * words_for(rows) * 8
                                   : (rows * burst->tile.columns + 7) / 8;
  if (payload.get_data_length() != expected) return tlm::TLM_BURST_ERROR_RESPONSE;
  if (payload.get_address() != burst->tile.tile) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  return tlm::TLM_OK_RESPONSE;
}

bool WordLineDriver::acceptable(tlm_generic_payload& payload) const {
  const tlm::tlm_response_status status = check_burst(payload);
  if (status != tlm::TLM_OK_RESPONSE) payload.set_response_status(status);
  return status == tlm::TLM_OK_RESPONSE;
}

void WordLineDriver::schedule(MacroBurst& burst, std::uint64_t now_cycle) {
  const auto& p = burst.phases;
  for (std::uint32_t v = 0; v < burst.vectors; ++v) {
    const std::uint64_t load = burst.starts_row(v) ? p.load_full : p.load_slide;
    const auto vector = pipeline_.advance(now_cycle, load, p.compute(), p.store);
    if (v == 0) burst.load_start_cycle = vector.load_start;
    if (v == 0) burst.compute_start_cycle = vector.compute_start;
    burst.accept_cycle = vector.compute_start;
    burst.end_cycle = vector.store_end;
  }
}

void WordLineDriver::b_transport(tlm_generic_payload& payload, sc_time& delay) {
  if (!acceptable(payload)) return;
  auto& burst = *payload.get_extension<MacroBurst>();
  if (burst.kind == MacroBurst::Kind::program) {
    array_socket->b_transport(payload, delay);
    return;
  }
  const sc_time now = sc_core::sc_time_stamp();
  schedule(burst, static_cast<std::uint64_t>((now + delay) / clock_ + 0.5));
  delay = clock_ * static_cast<double>(burst.compute_start_cycle + burst.phases.drive) - now;
  array_socket->b_transport(payload, delay);
}

tlm::tlm_sync_enum WordLineDriver::nb_transport_fw(tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                   sc_time& delay) {
  if (phase != tlm::BEGIN_REQ) return array_socket->nb_transport_fw(payload, phase, delay);
  if (!acceptable(payload)) return tlm::TLM_COMPLETED;
  auto& burst = *payload.get_extension<MacroBurst>();
  if (burst.kind == MacroBurst::Kind::program) return array_socket->nb_transport_fw(payload, phase, delay);
  const sc_time now = sc_core::sc_time_stamp();
  schedule(burst, static_cast<std::uint64_t>((now + delay) / clock_ + 0.5));
  queue_.notify(payload, tlm::BEGIN_REQ,
                clock_ * static_cast<double>(burst.compute_start_cycle + burst.phases.drive) - now);
  queue_.notify(payload, tlm::END_REQ, clock_ * static_cast<double>(burst.accept_cycle) - now);
  return tlm::TLM_ACCEPTED;
}

void WordLineDriver::on_time(tlm_generic_payload& payload, const tlm::tlm_phase& phase) {
  tlm::tlm_phase next = phase;
  sc_time delay = sc_core::SC_ZERO_TIME;
  if (phase != tlm::BEGIN_REQ) {
    target_socket->nb_transport_bw(payload, next, delay);
    return;
  }
  if (array_socket->nb_transport_fw(payload, next, delay) != tlm::TLM_COMPLETED) return;
  // The array refused the burst at once. The initiator gets its response when the burst would have been over,
  // after the END_REQ that is already scheduled.
  const auto end_cycle = payload.get_extension<MacroBurst>()->end_cycle;
  queue_.notify(payload, tlm::BEGIN_RESP, clock_ * static_cast<double>(end_cycle) - sc_core::sc_time_stamp());
}

tlm::tlm_sync_enum WordLineDriver::nb_transport_bw(tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                   sc_time& delay) {
  return target_socket->nb_transport_bw(payload, phase, delay);
}

}  // namespace irc::model
