// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <systemc>
#include <vector>

#include "irc/core/event.h"
#include "irc/model/accelerator_config.h"
#include "irc/model/activation_buffer.h"
#include "irc/model/at_initiator.h"
#include "irc/model/csr_block.h"
#include "irc/model/digital_unit.h"
#include "irc/model/layer_work.h"

namespace irc::model {

/// Fetches commands, moves data and sequences the macros (docs/tlm.md).
///
/// One thread walks the program. While a layer runs in AT, a reader thread streams input rows, one thread per
/// macro issues bursts, and a writer thread streams finished rows. In LT the same steps run in one thread on
/// annotated time. Both modes take the same number of cycles. A program starts at the first clock edge at or
/// after the doorbell.
class Controller : public sc_core::sc_module {
 public:
  /// Keeps references to all arguments but `name`; they must outlive the controller.
  Controller(sc_core::sc_module_name name, const AcceleratorConfig& config, CsrBlock& registers,
             ActivationBuffer& buffer, DigitalUnit& digital, EventStream& events);

  AtInitiator dma;                         ///< to memory
  sc_core::sc_vector<AtInitiator> macros;  ///< one per macro, to its word-line driver

  /// Call this after changing the chip: it forgets the tiles that were programmed into the old chip's cells.
  void change_chip() { resident_.clear(); }
  /// Why the last program failed, in words; empty if it did not fail.
  const std::string& last_fault() const { return last_fault_; }

 private:
  using CommandError = mapping::CommandError;
  /// A tile whose cells are programmed. Its biases are kept here where they are not in the array.
  struct ResidentTile {
    mapping::TileRecord record;
    std::vector<std::int32_t> biases;
  };

  // controller.cpp: the program
  void run();
  CommandError run_command(std::uint64_t address, mapping::Descriptor& descriptor);
  CommandError fetch_tiles(const mapping::Descriptor& descriptor, std::vector<mapping::TileRecord>& tiles);
  bool legal(const mapping::TileRecord& tile) const;
  CommandError run_program(const mapping::Descriptor& descriptor);
  CommandError program_tile(const mapping::TileRecord& tile, std::uint16_t layer);
  CommandError load_biases(const mapping::TileRecord& tile, std::uint16_t layer, sc_core::sc_time& at_time,
                           std::vector<std::int32_t>& biases);
  CommandError run_load_parameters(const mapping::Descriptor& descriptor);
  CommandError dma_access(tlm::tlm_command command, std::uint64_t address, std::vector<std::uint8_t>& bytes,
                          sc_core::sc_time& at, EventKind kind, std::uint32_t layer);
  CommandError dma_weights(std::uint64_t address, std::vector<std::uint8_t>& bytes, sc_core::sc_time& at,
                           std::uint32_t layer);
  CommandError dma_transfer(tlm::tlm_command command, std::uint64_t address, std::vector<std::uint8_t>& bytes,
                            sc_core::sc_time& at_time, Event& event);
  CommandError fail(CommandError error, const std::string& why);

  // layer_prepare.cpp, layer_run.cpp, layer_bursts.cpp, layer_rows.cpp: one layer
  CommandError run_layer(const mapping::Descriptor& descriptor);
  CommandError prepare(LayerWork& work);
  CommandError prepare_tiles(LayerWork& work);
  bool digital_biases_vanish(const LayerWork& work) const;
  const ResidentTile* resident(const mapping::TileRecord& tile) const;
  void forget_overlapping(const mapping::TileRecord& tile);
  CommandError prepare_inputs(LayerWork& work);
  CommandError prepare_output(LayerWork& work);
  void keep_other_passes(LayerWork& work);
  void run_layer_at(LayerWork& work);
  void run_layer_lt(LayerWork& work);
  void read_rows_lt(LayerWork& work);
  void digital_rows_lt(LayerWork& work, const sc_core::sc_time& start);
  void run_macro_lt(LayerWork& work, std::size_t macro);
  sc_core::sc_time write_rows_lt(LayerWork& work);
  CommandError burst_refused(const MacroBurst& burst);
  void read_rows();
  void write_rows();
  void run_macro(std::size_t macro);
  void digital_row(LayerWork& work, int y, const sc_core::sc_time& end);
  std::unique_ptr<MacroJob> next_burst(LayerWork& work, MacroCursor& cursor);
  const WordLines& word_lines(LayerWork& work, const mapping::TileRecord& tile, int first_y, int last_y);
  std::unique_ptr<MacroJob> take_job();
  void burst_done(LayerWork& work, std::unique_ptr<MacroJob> job);
  void accumulate(LayerWork& work, const MacroBurst& burst);
  void add_up(LayerWork& work, const MacroBurst& burst);
  void count_sums(const LayerWork& work, const MacroBurst& burst, Event& event) const;
  void publish_burst(const LayerWork& work, const MacroJob& job);
  void row_finished(LayerWork& work, int y);
  void store_input_row(LayerWork& work, int y, const std::vector<std::uint8_t>& bytes);
  std::vector<std::uint8_t> output_row_bytes(const LayerWork& work, int y) const;
  /// Writes what the layer leaves in the activation buffer: its output, and the input map if it was streamed
  /// in.
  void finish_layer(LayerWork& work);
  void put_map(const BinaryMap& map, std::uint64_t first_word);

  double seconds(std::uint64_t cycle) const { return static_cast<double>(cycle) * config_.timing.t_clk_s; }
  std::uint64_t cycle_of(const sc_core::sc_time& time) const {
    return static_cast<std::uint64_t>(time / clock_ + 0.5);
  }
  void wait_cycles(std::uint64_t cycles) { sc_core::wait(clock_ * static_cast<double>(cycles)); }
  /// Waits if `time` lies in the future.
  void wait_until(const sc_core::sc_time& time);
  sc_core::sc_time next_edge(const sc_core::sc_time& time) const;
  bool at() const { return config_.mode == TransportMode::at; }

  const AcceleratorConfig& config_;
  CsrBlock& registers_;
  ActivationBuffer& buffer_;
  DigitalUnit& digital_;
  EventStream& events_;
  sc_core::sc_time clock_;
  std::map<std::pair<std::uint16_t, std::uint32_t>, ResidentTile> resident_;  ///< by macro and tile number
  std::unique_ptr<LayerWork> work_;
  std::vector<std::unique_ptr<MacroJob>> idle_jobs_;  ///< keep their buffers from burst to burst
  sc_core::sc_event start_event_, part_done_event_, input_row_event_, output_row_event_, burst_event_;
  std::string last_fault_;
};

}  // namespace irc::model
