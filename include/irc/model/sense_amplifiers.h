// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_target_socket.h>
#include <memory>
#include <span>
#include <systemc>
#include <tlm>
#include <vector>

#include "irc/model/accelerator_config.h"
#include "irc/model/macro_burst.h"

namespace irc::model {

/// The sense amplifiers of one macro with their bias sources: currents in, readouts out. The end of the
/// pipeline: the response leaves when the last STORE is over.
///
/// Output o of a tile is read by amplifier (first line + o) mod amplifiers, so outputs that share an
/// amplifier through the column mux follow each other.
class SenseAmplifiers : public sc_core::sc_module {
 public:
  SenseAmplifiers(sc_core::sc_module_name name, const AcceleratorConfig& config, std::size_t macro);

  tlm_utils::simple_target_socket<SenseAmplifiers> target_socket;

  void change_chip(std::uint64_t chip_seed);
  /// Trims every amplifier's offset at the given common-mode current (see SenseAmplifierBank::calibrate).
  sense::CalibrationReport calibrate(double i_common_a);
  const sense::SenseAmplifierBank& bank() const { return *bank_; }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  void on_time(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase);
  void sense(MacroBurst& burst);
  void sense_group(MacroBurst& burst, std::size_t group);
  void decide(MacroBurst& burst, std::size_t group, std::size_t first, const sense::DecisionRun& run);
  void prepare_bias(const MacroBurst& burst, std::size_t line);
  void prepare_reference(std::span<const double> currents_a, std::size_t columns);

  const AcceleratorConfig& config_;
  std::size_t macro_;
  std::unique_ptr<sense::SenseAmplifierBank> bank_;
  std::vector<double> bias_unit_a_;  ///< per amplifier: one unit of the bias source, spread drawn
  std::vector<double> added_plus_a_, added_minus_a_, reference_a_;
  std::vector<int> levels_;
  sc_core::sc_time clock_;
  tlm_utils::peq_with_cb_and_phase<SenseAmplifiers> queue_;
};

}  // namespace irc::model
