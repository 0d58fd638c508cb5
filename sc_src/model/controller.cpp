// SPDX-License-Identifier: Apache-2.0
#include "irc/model/controller.h"

#include <string>

#include "irc/core/bits.h"

namespace irc::model {

using mapping::Descriptor;
using mapping::Opcode;
using mapping::TileRecord;
using sc_core::sc_time;

Controller::Controller(sc_core::sc_module_name name, const AcceleratorConfig& config, CsrBlock& registers,
                       ActivationBuffer& buffer, DigitalUnit& digital, EventStream& events)
    : sc_module(name),
      dma("dma"),
      macros("macro", config.geometry.macros),
      config_(config),
      registers_(registers),
      buffer_(buffer),
      digital_(digital),
      events_(events),
      clock_(config.timing.t_clk_s, sc_core::SC_SEC) {
  SC_HAS_PROCESS(Controller);
  SC_THREAD(run);
  if (!at()) return;
  SC_THREAD(read_rows);
  SC_THREAD(write_rows);
  for (std::size_t m = 0; m < config.geometry.macros; ++m)
    sc_core::sc_spawn([this, m] { run_macro(m); }, ("run_macro_" + std::to_string(m)).c_str());
}

void Controller::run() {
  while (true) {
    std::uint64_t address = registers_.wait_doorbell();
    last_fault_.clear();
    wait_until(next_edge(sc_core::sc_time_stamp()));
    const sc_time start = sc_core::sc_time_stamp();
    auto error = CommandError::none;
    for (std::uint32_t index = 0; error == CommandError::none; ++index) {
      registers_.set_command(index);
      Descriptor descriptor;
      error = run_command(address, descriptor);
      if (error != CommandError::none) break;
      registers_.layer_done((descriptor.flags & mapping::flag_interrupt) != 0);
      if ((descriptor.flags & mapping::flag_end) != 0) break;
      address += mapping::descriptor_bytes;
    }
    // A fault also pays the interrupt latency.
    if (error != CommandError::none) wait_cycles(config_.timing.interrupt_cycles);
    registers_.program_done(cycle_of(sc_core::sc_time_stamp()) - cycle_of(start), error);
  }
}

Controller::CommandError Controller::fail(CommandError error, const std::string& why) {
  if (last_fault_.empty()) last_fault_ = why;
  return error;
}

Controller::CommandError Controller::run_command(std::uint64_t address, Descriptor& descriptor) {
  const sc_time start = sc_core::sc_time_stamp();
  std::vector<std::uint8_t> bytes(mapping::descriptor_bytes);
  sc_time at_time = sc_core::SC_ZERO_TIME;
  Event fetch;
  auto error = dma_transfer(tlm::TLM_READ_COMMAND, address, bytes, at_time, fetch);
  wait_until(at_time);
  if (error != CommandError::none) return error;
  error = mapping::decode(std::span<const std::uint8_t, mapping::descriptor_bytes>(bytes), descriptor);
  if (error != CommandError::none) return fail(error, mapping::text(error));
  // The layer is known only after decoding.
  fetch.kind = EventKind::descriptor_fetch;
  fetch.layer = descriptor.layer;
  events_.publish(fetch);
  switch (descriptor.opcode) {
    case Opcode::program:
      error = run_program(descriptor);
      break;
    case Opcode::load_parameters:
      error = run_load_parameters(descriptor);
      break;
    default:
      error = run_layer(descriptor);
      break;
  }
  if (error != CommandError::none) return error;
  wait_cycles(config_.timing.interrupt_cycles);
  Event event;
  event.kind = EventKind::layer;
  event.layer = descriptor.layer;
  event.start_s = start.to_seconds();
  event.end_s = sc_core::sc_time_stamp().to_seconds();
  event.cycles = cycle_of(sc_core::sc_time_stamp()) - cycle_of(start);
  events_.publish(event);
  return CommandError::none;
}

Controller::CommandError Controller::dma_access(tlm::tlm_command command, std::uint64_t address,
                                                std::vector<std::uint8_t>& bytes, sc_time& at_time,
                                                EventKind kind, std::uint32_t layer) {
  Event event;
  event.kind = kind;
  event.layer = layer;
  const auto error = dma_transfer(command, address, bytes, at_time, event);
  if (error == CommandError::none) events_.publish(event);
  return error;
}

/// Reads data that stay with the macros and the digital unit: cells to program, biases, parameters.
Controller::CommandError Controller::dma_weights(std::uint64_t address, std::vector<std::uint8_t>& bytes,
                                                 sc_time& at_time, std::uint32_t layer) {
  Event event;
  event.kind = EventKind::dma_read;
  event.layer = layer;
  const auto error = dma_transfer(tlm::TLM_READ_COMMAND, address, bytes, at_time, event);
  event.weight_bits_written = 8 * event.bytes;
  if (error == CommandError::none) events_.publish(event);
  return error;
}

/// The first clock edge at or after `time`. The controller's own steps lie on edges, but a host may ring at
/// any time, and so may a memory answer.
sc_time Controller::next_edge(const sc_time& time) const {
  const auto late = time.value() % clock_.value();
  return late == 0 ? time : sc_time::from_value(time.value() - late + clock_.value());
}

void Controller::wait_until(const sc_time& time) {
  const sc_time now = sc_core::sc_time_stamp();
  if (time > now) sc_core::wait(time - now);
}

/// One DMA transaction, from `at_time` on if that lies in the future, else from now on. In AT, simulated time
/// passes until the clock edge that sees the response. In LT, `at_time` becomes the time of that edge;
/// simulated time passes only if the memory waits.
Controller::CommandError Controller::dma_transfer(tlm::tlm_command command, std::uint64_t address,
                                                  std::vector<std::uint8_t>& bytes, sc_time& at_time,
                                                  Event& event) {
  event.bytes = bytes.size();
  sc_time delay =
      at_time > sc_core::sc_time_stamp() ? at_time - sc_core::sc_time_stamp() : sc_core::SC_ZERO_TIME;
  event.start_s = (sc_core::sc_time_stamp() + delay).to_seconds();
  auto* payload = dma.payloads.allocate();
  set_access(*payload, command, address, bytes.data(), bytes.size());
  if (at()) {
    dma.transport(*payload);
    wait_until(next_edge(sc_core::sc_time_stamp()));
    delay = sc_core::SC_ZERO_TIME;
  } else {
    dma.socket->b_transport(*payload, delay);
    at_time = next_edge(sc_core::sc_time_stamp() + delay);
    delay = at_time - sc_core::sc_time_stamp();
  }
  const auto status = payload->get_response_status();
  payload->release();
  event.end_s = (sc_core::sc_time_stamp() + delay).to_seconds();
  if (status == tlm::TLM_OK_RESPONSE) return CommandError::none;
  return fail(CommandError::bus_error, "DMA access of " + std::to_string(bytes.size()) +
                                           " bytes at address " + std::to_string(address) +
                                           " got an error response");
}

/// Checks that all sizes fit the macro and each other, so that later stages need no further checks.
bool Controller::legal(const TileRecord& tile) const {
  const auto& g = config_.geometry;
  const std::uint64_t rows_end = std::uint64_t{tile.row_begin} + tile.rows;
  const std::size_t bias_rows = g.bias == mapping::BiasPlacement::array ? g.bias_rows : 0;
  const std::size_t cells = std::size_t{tile.rows} * tile.columns;
  return tile.macro < g.macros && tile.rows > 0 && tile.rows <= g.rows && tile.row_pieces > 0 &&
         tile.weight_rows <= g.rows * g.macros && rows_end <= tile.weight_rows + bias_rows &&
         tile.outputs > 0 && tile.columns == mapping::tile_columns(tile.outputs, g) &&
         2u * tile.first_pair + tile.columns <= 2 * g.column_pairs && tile.cells_bytes == (cells + 7) / 8;
}

Controller::CommandError Controller::fetch_tiles(const Descriptor& descriptor,
                                                 std::vector<TileRecord>& tiles) {
  const std::size_t limit = config_.geometry.macros * config_.geometry.column_pairs;
  if (descriptor.table_entries == 0 || descriptor.table_entries > limit)
    return fail(CommandError::bad_tile, "command names " + std::to_string(descriptor.table_entries) +
                                            " tiles, expected 1 to " + std::to_string(limit));
  std::vector<std::uint8_t> bytes(descriptor.table_entries * mapping::tile_record_bytes);
  sc_time at_time = sc_core::SC_ZERO_TIME;
  const auto error = dma_access(tlm::TLM_READ_COMMAND, descriptor.table_memory, bytes, at_time,
                                EventKind::descriptor_fetch, descriptor.layer);
  wait_until(at_time);
  if (error != CommandError::none) return error;
  for (std::size_t i = 0; i < descriptor.table_entries; ++i) {
    const auto record = std::span<const std::uint8_t>(bytes)
                            .subspan(i * mapping::tile_record_bytes)
                            .first<mapping::tile_record_bytes>();
    tiles.push_back(mapping::decode(record));
    const auto& tile = tiles.back();
    if (!legal(tile))
      return fail(CommandError::bad_tile,
                  "tile " + std::to_string(tile.tile) + " does not fit macro " + std::to_string(tile.macro));
  }
  return CommandError::none;
}

Controller::CommandError Controller::run_program(const Descriptor& descriptor) {
  std::vector<TileRecord> tiles;
  auto error = fetch_tiles(descriptor, tiles);
  for (std::size_t i = 0; i < tiles.size() && error == CommandError::none; ++i)
    error = program_tile(tiles[i], descriptor.layer);
  return error;
}

Controller::CommandError Controller::load_biases(const TileRecord& tile, std::uint16_t layer,
                                                 sc_time& at_time, std::vector<std::int32_t>& biases) {
  std::vector<std::uint8_t> raw(std::size_t{tile.outputs} * 4);
  const auto error = dma_weights(tile.bias_memory, raw, at_time, layer);
  if (error != CommandError::none) return error;
  biases.assign(tile.outputs, 0);
  for (std::size_t i = 0; i < raw.size(); ++i)
    biases[i / 4] = static_cast<std::int32_t>(static_cast<std::uint32_t>(biases[i / 4]) |
                                              (std::uint32_t{raw[i]} << (8 * (i % 4))));
  return CommandError::none;
}

/// The tile as it was programmed, or nullptr if it was never programmed or has been overwritten.
const Controller::ResidentTile* Controller::resident(const TileRecord& tile) const {
  const auto found = resident_.find({tile.macro, tile.tile});
  if (found == resident_.end()) return nullptr;
  const auto& r = found->second.record;
  const bool same = r.rows == tile.rows && r.columns == tile.columns && r.first_pair == tile.first_pair &&
                    r.outputs == tile.outputs;
  return same ? &found->second : nullptr;
}

/// Forgets tiles whose cells are about to be programmed, and the tile of the same number.
void Controller::forget_overlapping(const TileRecord& tile) {
  std::erase_if(resident_, [&](const auto& entry) {
    const auto& r = entry.second.record;
    const bool overlaps = 2u * r.first_pair < 2u * tile.first_pair + tile.columns &&
                          2u * tile.first_pair < 2u * r.first_pair + r.columns;
    return r.macro == tile.macro && (overlaps || r.tile == tile.tile);
  });
}

Controller::CommandError Controller::program_tile(const TileRecord& tile, std::uint16_t layer) {
  forget_overlapping(tile);
  std::vector<std::uint8_t> cells(tile.cells_bytes);
  std::vector<std::int32_t> biases;
  sc_time at_time = sc_core::SC_ZERO_TIME;
  auto error = dma_weights(tile.cells_memory, cells, at_time, layer);
  if (error == CommandError::none && tile.bias_memory != 0) error = load_biases(tile, layer, at_time, biases);
  if (error != CommandError::none) return error;
  wait_until(at_time);

  MacroBurst burst;
  burst.kind = MacroBurst::Kind::program;
  burst.tile = tile;
  burst.layer = layer;
  burst.program_cycles = mapping::program_cycles(config_.timing, tile);
  Event event;
  event.kind = EventKind::program;
  event.layer = layer;
  event.tile = tile.tile;
  event.macro = tile.macro;
  event.start_s = sc_core::sc_time_stamp().to_seconds();
  auto& macro = macros[tile.macro];
  auto* payload = macro.payloads.allocate();
  set_access(*payload, tlm::TLM_WRITE_COMMAND, tile.tile, cells.data(), cells.size());
  payload->set_extension(&burst);
  if (at()) {
    macro.transport(*payload);
  } else {
    sc_time delay = sc_core::SC_ZERO_TIME;
    macro.socket->b_transport(*payload, delay);
    wait_until(sc_core::sc_time_stamp() + delay);
  }
  const auto status = payload->get_response_status();
  payload->clear_extension<MacroBurst>();
  payload->release();
  if (status == tlm::TLM_ADDRESS_ERROR_RESPONSE || status == tlm::TLM_BURST_ERROR_RESPONSE)
    return fail(CommandError::bad_tile, "tile " + std::to_string(tile.tile) + " does not fit its macro");
  if (status != tlm::TLM_OK_RESPONSE)
    return fail(CommandError::macro_error, "macro " + std::to_string(tile.macro) + " refused programming");
  resident_.insert_or_assign({tile.macro, tile.tile}, ResidentTile{tile, std::move(biases)});
  event.end_s = sc_core::sc_time_stamp().to_seconds();
  event.bytes = cells.size();
  event.pulses = static_cast<std::uint64_t>(tile.rows) * tile.columns;
  events_.publish(event);
  return CommandError::none;
}

Controller::CommandError Controller::run_load_parameters(const Descriptor& descriptor) {
  if (descriptor.table_entries > mapping::max_parameter_bytes)
    return fail(CommandError::bad_parameters,
                "parameter block of " + std::to_string(descriptor.table_entries) +
                    " bytes, expected at most " + std::to_string(mapping::max_parameter_bytes));
  std::vector<std::uint8_t> block(descriptor.table_entries);
  sc_time at_time = sc_core::SC_ZERO_TIME;
  const auto error = dma_weights(descriptor.table_memory, block, at_time, descriptor.layer);
  wait_until(at_time);
  if (error != CommandError::none) return error;
  if (!digital_.load(descriptor.slot, block))
    return fail(CommandError::bad_parameters, mapping::text(CommandError::bad_parameters));
  return CommandError::none;
}

}  // namespace irc::model
