// SPDX-License-Identifier: Apache-2.0
#include "irc/model/sense_amplifiers.h"

#include <span>

#include "irc/core/bits.h"

namespace irc::model {

using sc_core::sc_time;
using tlm::tlm_generic_payload;

SenseAmplifiers::SenseAmplifiers(sc_core::sc_module_name name, const AcceleratorConfig& config,
                                 std::size_t macro)
    : sc_module(name),
      target_socket("target_socket"),
      config_(config),
      amplifiers_(config, macro),
      clock_(config.timing.t_clk_s, sc_core::SC_SEC),
      queue_(this, &SenseAmplifiers::on_time) {
  target_socket.register_b_transport(this, &SenseAmplifiers::b_transport);
  target_socket.register_nb_transport_fw(this, &SenseAmplifiers::nb_transport_fw);
}

void SenseAmplifiers::sense_group(MacroBurst& burst, std::size_t group) {
  const std::size_t outputs = burst.tile.outputs, vectors = burst.vectors, words = words_for(outputs);
  macro::GroupReading reading;
  reading.tile = {burst.tile.rows, std::size_t{2} * burst.tile.first_pair, burst.tile.columns};
  reading.programming_count = burst.programming_count;
  reading.currents_a =
      std::span(burst.currents_a).subspan(group * vectors * burst.tile.columns, vectors * burst.tile.columns);
  reading.vectors = vectors;
  reading.outputs = outputs;
  reading.first_read = burst.first_read;
  reading.group = group;
  reading.layer = burst.layer;
  if (burst.bias != nullptr && group == 0) reading.bias_units = *burst.bias;
  if (config_.multi_bit()) {
    amplifiers_.decide(reading, std::span(burst.levels).subspan(group * vectors * outputs), outputs);
  } else {
    amplifiers_.decide(
        reading, {std::span(burst.decisions).subspan(group * vectors * words, vectors * words), words, 0});
  }
}

void SenseAmplifiers::sense(MacroBurst& burst) {
  const std::size_t outputs = burst.tile.outputs, groups = burst.phases.groups;
  if (config_.multi_bit()) {
    burst.levels.resize(groups * burst.vectors * outputs);
  } else {
    burst.decisions.assign(groups * burst.vectors * words_for(outputs), 0);
  }
  burst.group_bias_a.assign(groups, 0.0);
  const double common_a = amplifiers_.common_bias_a(outputs, burst.layer);
  const double channels_a = burst.bias == nullptr ? 0.0 : amplifiers_.source_bias_a(*burst.bias);
  for (std::size_t g = 0; g < groups; ++g) {
    sense_group(burst, g);
    burst.group_bias_a[g] = (common_a + (g == 0 ? channels_a : 0.0)) * burst.vectors;
  }
}

namespace {

/// The burst of a payload whose currents the array has filled in, or nullptr.
MacroBurst* evaluated_burst(const tlm_generic_payload& payload) {
  auto* burst = payload.get_extension<MacroBurst>();
  if (burst == nullptr || check_burst(payload) != tlm::TLM_OK_RESPONSE) return nullptr;
  const std::size_t currents = burst->phases.groups * burst->vectors * burst->tile.columns;
  return burst->currents_a.size() == currents ? burst : nullptr;
}

}  // namespace

void SenseAmplifiers::b_transport(tlm_generic_payload& payload, sc_time& delay) {
  auto* burst = evaluated_burst(payload);
  if (burst == nullptr) {
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    return;
  }
  sense(*burst);
  delay = clock_ * static_cast<double>(burst->end_cycle) - sc_core::sc_time_stamp();
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

tlm::tlm_sync_enum SenseAmplifiers::nb_transport_fw(tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                    sc_time&) {
  if (phase != tlm::BEGIN_REQ) return tlm::TLM_COMPLETED;  // END_RESP
  auto* burst = evaluated_burst(payload);
  if (burst == nullptr) {
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    return tlm::TLM_COMPLETED;
  }
  sense(*burst);
  queue_.notify(payload, tlm::BEGIN_RESP,
                clock_ * static_cast<double>(burst->end_cycle) - sc_core::sc_time_stamp());
  phase = tlm::END_REQ;
  return tlm::TLM_UPDATED;
}

void SenseAmplifiers::on_time(tlm_generic_payload& payload, const tlm::tlm_phase& phase) {
  tlm::tlm_phase next = phase;
  sc_time delay = sc_core::SC_ZERO_TIME;
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
  target_socket->nb_transport_bw(payload, next, delay);
}

}  // namespace irc::model
