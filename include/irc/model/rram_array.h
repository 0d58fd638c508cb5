// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "irc/macro/macro_cells.h"
#include "irc/model/accelerator_config.h"
#include "irc/model/macro_burst.h"

namespace irc::model {

/// The cells of one macro. `program` bursts write a tile (the address is the tile number). `evaluate` bursts
/// turn word lines into bit-line currents for the sense amplifiers below.
///
/// Answers TLM_ADDRESS_ERROR_RESPONSE for a tile that was not programmed or does not fit the macro, and
/// TLM_GENERIC_ERROR_RESPONSE where the evaluator fails (`last_fault` says why).
class RramArray : public sc_core::sc_module {
 public:
  /// The cells of macro number `macro` of the accelerator.
  RramArray(sc_core::sc_module_name name, const AcceleratorConfig& config, std::size_t macro);

  tlm_utils::simple_target_socket<RramArray> target_socket;    ///< from the word-line driver
  tlm_utils::simple_initiator_socket<RramArray> sense_socket;  ///< to the sense amplifiers

  /// Replaces the chip: all tiles are lost, and later programming draws the new chip's cells.
  void change_chip(std::uint64_t chip_seed) { cells_.change_chip(chip_seed); }
  /// Why the last burst failed, in words; empty if none did.
  const std::string& last_fault() const { return last_fault_; }
  /// The programmed tile, or nullptr. For testbenches.
  const array::ProgrammedTile* tile(std::uint64_t number) const;

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  void on_time(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase);
  tlm::tlm_response_status program(const MacroBurst& burst, tlm::tlm_generic_payload& payload);
  tlm::tlm_response_status evaluate(MacroBurst& burst, tlm::tlm_generic_payload& payload);
  const std::uint64_t* word_lines(const tlm::tlm_generic_payload& payload);

  macro::MacroCells cells_;
  std::vector<std::uint64_t> aligned_;
  std::string last_fault_;
  sc_core::sc_time clock_;
  tlm_utils::peq_with_cb_and_phase<RramArray> queue_;
};

}  // namespace irc::model
