// SPDX-License-Identifier: Apache-2.0
#include "irc/model/irc_accelerator.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "irc/core/error.h"

namespace irc::model {

namespace {

// The kernel rounds every time to its resolution, so a clock that is no multiple of it would run at another
// speed, or have a period of zero.
void check_time_resolution(double t_clk_s) {
  const double resolution_s = sc_core::sc_get_time_resolution().to_seconds();
  const double steps = t_clk_s / resolution_s;
  if (steps > 0.5 && std::abs(steps - std::round(steps)) < 1e-6) return;
  throw InputError("timing.t_clk_s: " + std::to_string(t_clk_s * 1e12) +
                   " ps found, but SystemC's time resolution is " + std::to_string(resolution_s * 1e12) +
                   " ps; expected a multiple of it (sc_set_time_resolution sets a finer one)");
}

}  // namespace

AcceleratorConfig IrcAccelerator::checked(AcceleratorConfig config) {
  const auto& t = config.timing;
  const double clock_ps = t.t_clk_s * 1e12;
  if (!(clock_ps >= 1) || std::abs(clock_ps - std::round(clock_ps)) > 1e-6)
    throw InputError("timing.t_clk_s: " + std::to_string(clock_ps) +
                     " ps found, expected a whole number of picoseconds, at least 1");
  check_time_resolution(t.t_clk_s);
  if (config.evaluator == nullptr) throw InputError("accelerator without a column evaluator");
  if (config.burst_vectors == 0) throw InputError("timing.burst_vectors: 0 found, expected at least 1");
  const bool cycles = t.drive_cycles > 0 && t.settle_cycles > 0 && t.amplifier_cycles > 0 &&
                      t.input_bus_bits > 0 && t.output_bus_bits > 0 && t.macs_per_cycle > 0 &&
                      t.buffer_bits_per_cycle > 0 && t.bus_bytes > 0 && t.interrupt_cycles > 0;
  if (!cycles) throw InputError("timing: cycles, bus widths and rates must be at least 1");
  return config;
}

IrcAccelerator::IrcAccelerator(sc_core::sc_module_name name, const AcceleratorConfig& config)
    : sc_module(name),
      csr_socket("csr_socket"),
      data_socket("data_socket"),
      dma_socket("dma_socket"),
      irq_out("irq_out"),
      config_(checked(config)),
      clock_(config_.timing.t_clk_s, sc_core::SC_SEC),
      registers_("registers", clock_),
      buffer_("buffer", config_.geometry.buffer_bits, clock_),
      digital_("digital"),
      controller_("controller", config_, registers_, buffer_, digital_, events) {
  csr_socket.bind(registers_.socket);
  data_socket.bind(buffer_.socket);
  controller_.dma.socket.bind(dma_socket);
  registers_.irq_out(irq_out);
  for (std::size_t m = 0; m < config_.geometry.macros; ++m) {
    const std::string index = "_" + std::to_string(m);
    drivers_.push_back(std::make_unique<WordLineDriver>(("word_lines" + index).c_str(), clock_));
    arrays_.push_back(std::make_unique<RramArray>(("array" + index).c_str(), config_, m));
    amplifiers_.push_back(std::make_unique<SenseAmplifiers>(("amplifiers" + index).c_str(), config_, m));
    connect(controller_.macros[m].socket, drivers_[m]->target_socket);
    connect(drivers_[m]->array_socket, arrays_[m]->target_socket);
    connect(arrays_[m]->sense_socket, amplifiers_[m]->target_socket);
  }
}

template <typename From, typename To>
void IrcAccelerator::connect(From& from, To& to) {
  if (!config_.check_protocol) {
    from.bind(to);
    return;
  }
  checkers_.push_back(
      std::make_unique<ProtocolChecker>(("checker_" + std::to_string(checkers_.size())).c_str()));
  from.bind(checkers_.back()->target_socket);
  checkers_.back()->initiator_socket.bind(to);
}

IrcAccelerator::~IrcAccelerator() = default;

void IrcAccelerator::change_chip(std::uint64_t chip_seed) {
  controller_.change_chip();
  for (auto& array : arrays_) array->change_chip(chip_seed);
  for (auto& amplifiers : amplifiers_) amplifiers->change_chip(chip_seed);
}

sense::CalibrationReport IrcAccelerator::calibrate(double i_common_a) {
  sense::CalibrationReport total;
  for (std::size_t m = 0; m < amplifiers_.size(); ++m) {
    const auto report = amplifiers_[m]->calibrate(i_common_a);
    Event event;
    event.kind = EventKind::trim;
    event.macro = static_cast<std::uint32_t>(m);
    event.start_s = event.end_s = sc_core::sc_time_stamp().to_seconds();
    event.decisions = report.decisions;
    events.publish(event);
    const double share = 1.0 / static_cast<double>(amplifiers_.size());
    total.decisions += report.decisions;
    total.steps = std::max(total.steps, report.steps);
    total.out_of_range += report.out_of_range;
    total.offset_before_a += report.offset_before_a * report.offset_before_a * share;
    total.offset_after_a += report.offset_after_a * report.offset_after_a * share;
  }
  total.offset_before_a = std::sqrt(total.offset_before_a);
  total.offset_after_a = std::sqrt(total.offset_after_a);
  return total;
}

void IrcAccelerator::set_layers(const sense::LayerWorkingPoints& layers) {
  for (auto& amplifiers : amplifiers_) amplifiers->set_layers(layers);
}

std::string IrcAccelerator::last_fault() const {
  std::string text = controller_.last_fault();
  for (const auto& array : arrays_)
    if (!array->last_fault().empty()) text += (text.empty() ? "" : "; ") + array->last_fault();
  return text;
}

}  // namespace irc::model
