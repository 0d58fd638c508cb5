// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <systemc>
#include <tlm>

#include "irc/macro/macro_amplifiers.h"
#include "irc/model/accelerator_config.h"
#include "irc/model/macro_burst.h"

namespace irc::model {

/// The sense amplifiers of one macro with their bias sources: they turn currents into readouts. They end the
/// pipeline, so the response leaves when the last STORE is over.
class SenseAmplifiers : public sc_core::sc_module {
 public:
  /// The amplifiers of macro number `macro` of the accelerator.
  SenseAmplifiers(sc_core::sc_module_name name, const AcceleratorConfig& config, std::size_t macro);

  tlm_utils::simple_target_socket<SenseAmplifiers> target_socket;  ///< from the array

  /// Replaces the chip: draws new amplifiers, untrimmed.
  void change_chip(std::uint64_t chip_seed) { amplifiers_.change_chip(chip_seed); }
  /// Trims every amplifier's offset at the common-mode current `i_common_a` (see
  /// SenseAmplifierBank::calibrate).
  sense::CalibrationReport calibrate(double i_common_a) { return amplifiers_.calibrate(i_common_a); }
  /// Replaces the layers' bias and threshold registers. Throws InputError for values out of range.
  void set_layers(const sense::LayerWorkingPoints& layers) { amplifiers_.set_layers(layers); }
  /// The amplifiers themselves.
  const sense::SenseAmplifierBank& bank() const { return amplifiers_.bank(); }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  void on_time(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase);
  void sense(MacroBurst& burst);
  void sense_group(MacroBurst& burst, std::size_t group);

  const AcceleratorConfig& config_;
  macro::MacroAmplifiers amplifiers_;
  sc_core::sc_time clock_;
  tlm_utils::peq_with_cb_and_phase<SenseAmplifiers> queue_;
};

}  // namespace irc::model
