// SPDX-License-Identifier: Apache-2.0
#include "irc/model/rram_array.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <span>

#include "irc/core/bits.h"

namespace irc::model {

using sc_core::sc_time;
using tlm::tlm_generic_payload;

namespace {

// Reads of the row groups of one vector are reads of their own; 2^40 vectors fit between them.
constexpr std::uint64_t reads_per_group = std::uint64_t{1} << 40;

std::size_t first_column(const mapping::TileRecord& record) {
  return std::size_t{2} * record.first_pair;
}

}  // namespace

RramArray::RramArray(sc_core::sc_module_name name, const AcceleratorConfig& config, std::size_t macro)
    : sc_module(name),
      target_socket("target_socket"),
      sense_socket("sense_socket"),
      config_(config),
      macro_(macro),
      chip_seed_(config.chip_seed),
      programmings_(2 * config.geometry.column_pairs, 0),
      clock_(config.timing.t_clk_s, sc_core::SC_SEC),
      queue_(this, &RramArray::on_time) {
  target_socket.register_b_transport(this, &RramArray::b_transport);
  target_socket.register_nb_transport_fw(this, &RramArray::nb_transport_fw);
  sense_socket.register_nb_transport_bw(this, &RramArray::nb_transport_bw);
}

void RramArray::change_chip(std::uint64_t chip_seed) {
  chip_seed_ = chip_seed;
  tiles_.clear();
  std::fill(programmings_.begin(), programmings_.end(), 0);
}

const array::ProgrammedTile* RramArray::tile(std::uint64_t number) const {
  const auto found = tiles_.find(number);
  return found == tiles_.end() ? nullptr : found->second.cells.get();
}

void RramArray::evict_overlapping(const mapping::TileRecord& record) {
  const std::size_t begin = first_column(record), end = begin + record.columns;
  std::erase_if(tiles_, [&](const auto& entry) {
    const auto& other = entry.second.record;
    return first_column(other) < end && begin < first_column(other) + other.columns;
  });
}

/// Cells keep their history under whatever tile they are programmed next. Tiles span a macro's rows, so bit
/// lines count; a tile's count is new to each of its bit lines.
std::uint64_t RramArray::count_programming(const mapping::TileRecord& record) {
  const auto columns = std::span(programmings_).subspan(first_column(record), record.columns);
  const std::uint64_t count = *std::max_element(columns.begin(), columns.end());
  std::fill(columns.begin(), columns.end(), count + 1);
  return count;
}

tlm::tlm_response_status RramArray::program(const MacroBurst& burst, tlm_generic_payload& payload) {
  const auto& record = burst.tile;
  const std::size_t cells = std::size_t{record.rows} * record.columns;
  const bool fits = cells > 0 && record.rows <= config_.geometry.rows &&
                    first_column(record) + record.columns <= 2 * config_.geometry.column_pairs &&
                    (cells + 7) / 8 == payload.get_data_length();
  if (!fits) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  std::vector<array::CellState> states(cells);
  const unsigned char* bytes = payload.get_data_ptr();
  for (std::size_t i = 0; i < cells; ++i)
    states[i] = ((bytes[i / 8] >> (i % 8)) & 1) != 0 ? array::CellState::lrs : array::CellState::hrs;
  evict_overlapping(record);
  const array::TilePlace place{chip_seed_, macro_, 0, first_column(record), count_programming(record)};
  try {
    auto cells_of_tile = std::make_unique<array::ProgrammedTile>(
        array::TileGeometry{record.rows, record.columns}, states, config_.card, config_.conditions,
        config_.nonidealities, place);
    array::StateCurrents states_of_tile(*cells_of_tile);
    tiles_.insert_or_assign(record.tile,
                            Resident{record, std::move(cells_of_tile), std::move(states_of_tile)});
  } catch (const std::exception& fault) {
    last_fault_ = std::string(name()) + ": " + fault.what();
    return tlm::TLM_GENERIC_ERROR_RESPONSE;
  }
  return tlm::TLM_OK_RESPONSE;
}

// The array's word lines are 64-bit words; a payload's bytes may start anywhere.
const std::uint64_t* RramArray::word_lines(const tlm_generic_payload& payload) {
  const unsigned char* bytes = payload.get_data_ptr();
  if (reinterpret_cast<std::uintptr_t>(bytes) % alignof(std::uint64_t) == 0)
    return reinterpret_cast<const std::uint64_t*>(bytes);
  aligned_.resize(payload.get_data_length() / 8);
  std::memcpy(aligned_.data(), bytes, payload.get_data_length());
  return aligned_.data();
}

tlm::tlm_response_status RramArray::evaluate(MacroBurst& burst, tlm_generic_payload& payload) {
  const auto found = tiles_.find(payload.get_address());
  const auto resident = [&](const mapping::TileRecord& record) {
    return record.rows == burst.tile.rows && record.columns == burst.tile.columns &&
           record.first_pair == burst.tile.first_pair;
  };
  if (found == tiles_.end() || !resident(found->second.record)) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  const std::size_t groups = burst.phases.groups, columns = burst.tile.columns;
  const std::size_t per_group = burst.vectors * columns;
  burst.currents_a.resize(groups * per_group);
  burst.group_current_a.assign(groups, 0.0);
  burst.group_hrs_a.assign(groups, 0.0);
  burst.group_off_a.assign(groups, 0.0);
  burst.fallback_vectors = burst.newton_iterations = 0;
  burst.evaluated_by = {};
  burst.programming_count = found->second.cells->place().programming_count;
  array::WordLineBatch batch{word_lines(payload), words_for(burst.tile.rows), burst.vectors, 0};
  try {
    for (std::size_t g = 0; g < groups; ++g) {
      batch.first_read = burst.first_read + g * reads_per_group;
      const auto rows = group_rows(burst, g);
      const auto stats =
          config_.evaluator->evaluate(*found->second.cells, batch, {rows.begin, rows.end},
                                      std::span<double>(burst.currents_a).subspan(g * per_group, per_group));
      burst.group_current_a[g] = stats.current_sum_a;
      const auto parts = found->second.states.split(batch, {rows.begin, rows.end}, stats.current_sum_a);
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
  auto* burst = payload.get_extension<MacroBurst>();
  if (burst == nullptr) {
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    return;
  }
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
  if (burst == nullptr) {
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
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
