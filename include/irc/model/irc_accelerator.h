// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <systemc>
#include <tlm>
#include <vector>

#include "irc/core/event.h"
#include "irc/model/accelerator_config.h"
#include "irc/model/activation_buffer.h"
#include "irc/model/controller.h"
#include "irc/model/csr_block.h"
#include "irc/model/digital_unit.h"
#include "irc/model/protocol_checker.h"
#include "irc/model/rram_array.h"
#include "irc/model/sense_amplifiers.h"
#include "irc/model/systemc_version.h"
#include "irc/model/word_line_driver.h"

namespace irc::model {

/// The accelerator: registers, controller with DMA, macros, digital unit and activation buffer.
///
/// Bind `csr_socket` and `data_socket` behind an interconnect, `dma_socket` towards memory and `irq_out` to a
/// signal. Then drive it with HostDriver (host_driver.h) or your own software (docs/registers.md).
class IrcAccelerator : public sc_core::sc_module {
 public:
  /// Builds all parts. Throws InputError for a configuration that does not fit together.
  IrcAccelerator(sc_core::sc_module_name name, const AcceleratorConfig& config);
  ~IrcAccelerator() override;

  tlm::tlm_target_socket<> csr_socket;     ///< registers.h, csr::window_bytes
  tlm::tlm_target_socket<> data_socket;    ///< the activation buffer, byte-addressed
  tlm::tlm_initiator_socket<> dma_socket;  ///< descriptors, weights, images, results
  sc_core::sc_out<bool> irq_out;           ///< level: irq_status & irq_enable

  /// Reports what the accelerator does. Subscribe before the simulation starts.
  EventStream events;

  /// Replaces the chip: draws new cells and amplifiers. All macros must be programmed again.
  void change_chip(std::uint64_t chip_seed);
  /// Trims the amplifiers' offsets (AcceleratorConfig::sense.trim) at the common-mode current `i_common_a`
  /// and returns the decisions spent over all macros. Publishes an event for each macro; takes no simulated
  /// time.
  sense::CalibrationReport calibrate(double i_common_a);

  /// Replaces the layers' bias and threshold registers. Call it between programs: like the operating
  /// conditions, this setup data lies outside the command format. AcceleratorConfig::sense.layers holds the
  /// initial values. Takes no simulated time. Throws InputError for values out of range.
  void set_layers(const sense::LayerWorkingPoints& layers);

  /// The configuration in force.
  const AcceleratorConfig& config() const { return config_; }
  /// Why the last program failed, in words; empty if it did not fail.
  std::string last_fault() const;
  /// The cells of macro `macro`, counted from 0.
  const RramArray& array(std::size_t macro) const { return *arrays_[macro]; }

 private:
  template <typename From, typename To>
  void connect(From& from, To& to);
  static AcceleratorConfig checked(AcceleratorConfig config);

  const AcceleratorConfig config_;
  sc_core::sc_time clock_;
  CsrBlock registers_;
  ActivationBuffer buffer_;
  DigitalUnit digital_;
  Controller controller_;
  std::vector<std::unique_ptr<WordLineDriver>> drivers_;
  std::vector<std::unique_ptr<RramArray>> arrays_;
  std::vector<std::unique_ptr<SenseAmplifiers>> amplifiers_;
  std::vector<std::unique_ptr<ProtocolChecker>> checkers_;
};

}  // namespace irc::model
