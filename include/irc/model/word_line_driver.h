// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <systemc>
#include <tlm>

#include "irc/mapping/pipeline.h"
#include "irc/model/macro_burst.h"

namespace irc::model {

/// The word-line register and drivers of one macro, the first stage of its pipeline.
///
/// An `evaluate` burst is accepted (END_REQ) when the double-buffered register can take the next one, and
/// passed on when the word lines of its first vector have risen. The schedule (mapping::Pipeline) is computed
/// here once per burst, so no process has to wake up every clock. `program` bursts pass through.
class WordLineDriver : public sc_core::sc_module {
 public:
  /// An idle pipeline. `clock` is the clock period.
  WordLineDriver(sc_core::sc_module_name name, const sc_core::sc_time& clock);

  tlm_utils::simple_target_socket<WordLineDriver> target_socket;    ///< from the controller
  tlm_utils::simple_initiator_socket<WordLineDriver> array_socket;  ///< to the array

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  void on_time(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase);
  void schedule(MacroBurst& burst, std::uint64_t now_cycle);
  bool acceptable(tlm::tlm_generic_payload& payload) const;

  sc_core::sc_time clock_;
  tlm_utils::peq_with_cb_and_phase<WordLineDriver> queue_;
  mapping::Pipeline pipeline_;  // in cycles since the start of simulation
};

}  // namespace irc::model
