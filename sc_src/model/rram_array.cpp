// SPDX-License-Identifier: Apache-2.0
#include "irc/model/rram_array.h"

#include <cstring>
#include <exception>
#include <span>

#include "irc/core/bits.h"

namespace irc::model {

using sc_core::sc_time;
using tlm::tlm_generic_payload;

namespace {

macro::TileExtent extent_of(const mapping::TileRecord& record) {
  return {record.rows, std::size_t{2} * record.first_pair, record.columns};
}

}  // namespace

RramArray::RramArray(sc_core::sc_module_name name, const AcceleratorConfig& config, std::size_t macro)
    : sc_module(name),
      target_socket("target_socket"),
      sense_socket("sense_socket"),
      cells_(config, macro),
      clock_(config.timing.t_clk_s, sc_core::SC_SEC),
      queue_(this, &RramArray::on_time) {
  target_socket.register_b_transport(this, &RramArray::b_transport);
  target_socket.register_nb_transport_fw(this, &RramArray::nb_transport_fw);
  sense_socket.register_nb_transport_bw(this, &RramArray::nb_transport_bw);
}

const array::ProgrammedTile* RramArray::tile(std::uint64_t number) const {
  const auto* resident = cells_.find(number);
  return resident == nullptr ? nullptr : resident->cells.get();
}

tlm::tlm_response_status RramArray::program(const MacroBurst& burst, tlm_generic_payload& payload) {
  const auto extent = extent_of(burst.tile);
  const bool fits =
      cells_.fits(extent) && (extent.rows * extent.columns + 7) / 8 == payload.get_data_length();
  if (!fits) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  try {
    cells_.program(burst.tile.tile, extent, {payload.get_data_ptr(), payload.get_data_length()});
  } catch (const std::exception& fault) {
    last_fault_ = std::string(name()) + ": " + fault.what();
    return tlm::TLM_GENERIC_ERROR_RESPONSE;
  }
  return tlm::TLM_OK_RESPONSE;
}

// The array needs aligned 64-bit words, but a payload's bytes may start at any address.
const std::uint64_t* RramArray::word_lines(const tlm_generic_payload& payload) {
  const unsigned char* bytes = payload.get_data_ptr();
  if (reinterpret_cast<std::uintptr_t>(bytes) % alignof(std::uint64_t) == 0)
    return reinterpret_cast<const std::uint64_t*>(bytes);
  aligned_.resize(payload.get_data_length() / 8);
  std::memcpy(aligned_.data(), bytes, payload.get_data_length());
  return aligned_.data();
}

tlm::tlm_response_status RramArray::evaluate(MacroBurst& burst, tlm_generic_payload& payload) {
  const auto* tile = cells_.find(payload.get_address());
  if (tile == nullptr || tile->extent != extent_of(burst.tile)) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  const std::size_t groups = burst.phases.groups, columns = burst.tile.columns;
  const std::size_t per_group = burst.vectors * columns;
  burst.currents_a.resize(groups * per_group);
  burst.group_current_a.assign(groups, 0.0);
  burst.group_hrs_a.assign(groups, 0.0);
  burst.group_off_a.assign(groups, 0.0);
  burst.fallback_vectors = burst.newton_iterations = 0;
  burst.evaluated_by = {};
  burst.programming_count = tile->programming_count();
  const array::WordLineBatch batch{word_lines(payload), words_for(burst.tile.rows), burst.vectors,
                                   burst.first_read};
  try {
    for (std::size_t g = 0; g < groups; ++g) {
      const auto group = group_rows(burst, g);
      const array::RowRange rows{group.begin, group.end};
      const auto stats = cells_.evaluate(
          *tile, batch, g, rows, std::span<double>(burst.currents_a).subspan(g * per_group, per_group));
      burst.group_current_a[g] = stats.current_sum_a;
      const auto parts = tile->states.split(batch, rows, stats.current_sum_a);
      burst.group_hrs_a[g] = parts.hrs_a;
      burst.group_off_a[g] = parts.off_a;
      burst.fallback_vectors += stats.fallback_vectors;
      burst.newton_iterations += stats.newton_iterations;
      burst.evaluated_by += stats.evaluated_by;
    }
  } catch (const std::exception& fault) {
    last_fault_ = std::string(name()) + ": " + fault.what();
    return tlm::TLM_GENERIC_ERROR_RESPONSE;
  }
  return tlm::TLM_OK_RESPONSE;
}

void RramArray::b_transport(tlm_generic_payload& payload, sc_time& delay) {
  const auto checked = check_burst(payload);
  if (checked != tlm::TLM_OK_RESPONSE) {
    payload.set_response_status(checked);
    return;
  }
  auto* burst = payload.get_extension<MacroBurst>();
  if (burst->kind == MacroBurst::Kind::program) {
    payload.set_response_status(program(*burst, payload));
    delay += clock_ * static_cast<double>(burst->program_cycles);
    return;
  }
  const auto status = evaluate(*burst, payload);
  if (status != tlm::TLM_OK_RESPONSE) {
    payload.set_response_status(status);
    return;
  }
  delay += clock_ * static_cast<double>(burst->phases.settle);
  sense_socket->b_transport(payload, delay);
}

tlm::tlm_sync_enum RramArray::nb_transport_fw(tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                              sc_time& delay) {
  auto* burst = payload.get_extension<MacroBurst>();
  if (phase != tlm::BEGIN_REQ) {
    if (burst != nullptr && burst->kind == MacroBurst::Kind::evaluate)
      return sense_socket->nb_transport_fw(payload, phase, delay);
    return tlm::TLM_COMPLETED;  // END_RESP of a programming burst
  }
  const auto checked = check_burst(payload);
  if (checked != tlm::TLM_OK_RESPONSE) {
    payload.set_response_status(checked);
    return tlm::TLM_COMPLETED;
  }
  const bool programming = burst->kind == MacroBurst::Kind::program;
  const auto status = programming ? program(*burst, payload) : evaluate(*burst, payload);
  if (status != tlm::TLM_OK_RESPONSE) {
    payload.set_response_status(status);
    return tlm::TLM_COMPLETED;
  }
  if (programming) {
    queue_.notify(payload, tlm::BEGIN_RESP, delay + clock_ * static_cast<double>(burst->program_cycles));
  } else {
    queue_.notify(payload, tlm::BEGIN_REQ, delay + clock_ * static_cast<double>(burst->phases.settle));
  }
  phase = tlm::END_REQ;
  return tlm::TLM_UPDATED;
}

void RramArray::on_time(tlm_generic_payload& payload, const tlm::tlm_phase& phase) {
  tlm::tlm_phase next = phase;
  sc_time delay = sc_core::SC_ZERO_TIME;
  if (phase == tlm::BEGIN_REQ) {
    if (sense_socket->nb_transport_fw(payload, next, delay) != tlm::TLM_COMPLETED) return;
    next = tlm::BEGIN_RESP;
    delay = sc_core::SC_ZERO_TIME;
  } else {
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  target_socket->nb_transport_bw(payload, next, delay);
}

tlm::tlm_sync_enum RramArray::nb_transport_bw(tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                              sc_time& delay) {
  return target_socket->nb_transport_bw(payload, phase, delay);
}

}  // namespace irc::model
