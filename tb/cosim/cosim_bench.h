// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "controller_pins.h"
#include "irc/cosim/axi4_checker.h"
#include "irc/cosim/axi_lite_checker.h"
#include "irc/cosim/axi_memory.h"
#include "irc/cosim/pin_digital_unit.h"
#include "irc/cosim/pin_macros.h"
#include "irc/cosim/tlm_to_axi_lite.h"
#include "irc/mapping/descriptor.h"
#include "irc/model/host_driver.h"
#include "map_difference.h"
#include "model_watch.h"
#include "rtl_watch.h"
#include "wrong_level.h"

namespace irc::tb {

struct CosimOptions {
  bool lock_step = true;  ///< whether the TLM model runs beside the RTL
  cosim::BackPressure back_pressure;
  std::uint64_t memory_bytes = std::uint64_t{64} << 20;
  /// Shows that the comparison can fail. From this cycle on, the RTL gets one wrong readout, or the end of
  /// one transaction reaches the model a cycle late. 0: never.
  std::uint64_t wrong_level_from = 0, wrong_wait_from = 0;
  /// After this many cycles without any observation both sides count as stopped. Programming is not observed.
  std::uint64_t silence_cycles = 1'000'000;
};

/// The RTL controller with this project's analog macros, digital unit and memory around it, and the TLM model
/// in lock-step. Host software accesses it as a HostBus.
class CosimBench : public sc_core::sc_module, public model::HostBus {
 public:
  static constexpr std::uint64_t memory_base = 0, csr_base = std::uint64_t{1} << 40;

  CosimBench(sc_core::sc_module_name name, const platform::RunConfig& config, std::uint64_t chip_seed,
             const CosimOptions& options);

  void write(std::uint64_t address, std::span<const std::uint8_t> bytes) override;
  void read(std::uint64_t address, std::span<std::uint8_t> bytes) override;
  void wait_interrupt() override;
  /// Sets the back-pressure of all AXI channels from the next cycle on.
  void set_back_pressure(const cosim::BackPressure& back_pressure) {
    memory_.set_back_pressure(back_pressure);
    to_registers_.set_back_pressure({back_pressure.probability, back_pressure.seed + 1});
  }
  /// Whether a bus error has hit a layer's rows, after which RTL and model end at different cycles
  /// (docs/registers.md).
  bool apart() const { return apart_; }
  /// Call this when the RTL is idle: waits until the model is idle, too.
  void await_model();
  /// Call this when both are idle and without interrupts: copies the RTL's memory and buffer to the model,
  /// and compares again.
  void reunite();
  /// Waits until the last command's rows are written and the reset is over.
  void settle(unsigned cycles) { sc_core::wait(cycles * clock_period_); }

  cosim::LockStep lock_step;
  Virc_controller rtl{"rtl"};
  ControllerPins pins;
  /// Reads a word of the RTL's activation buffer, to compare the last command's output with the model's. The
  /// caller sets it, because it needs the Verilated internals.
  std::function<std::uint64_t(std::size_t word)> buffer_word;
  std::uint64_t cycles() const {
    return static_cast<std::uint64_t>(sc_core::sc_time_stamp() / clock_period_ + 0.5);
  }
  std::uint64_t maps_compared() const { return maps_compared_; }
  /// The command that runs in `cycle`; nullptr before the first.
  const CommandSpan* command_at(std::uint64_t cycle) const { return rtl_watch_.command_at(cycle); }
  /// The model, or nullptr without lock-step.
  ModelWatch* model() { return model_.get(); }

 private:
  void on_rise();
  void on_fall();
  void watch_bus_errors();
  void on_stop() { sc_core::sc_stop(); }
  bool comparable(std::uint64_t offset);
  void mirror_registers();
  void compare_map();
  void compare_write(std::uint64_t address, std::uint64_t bytes);
  void stop_if_silent();
  void stop_if_different();
  static void on_report(const sc_core::sc_report& report, const sc_core::sc_actions& actions);

  sc_core::sc_time clock_period_;
  sc_core::sc_clock clk_;
  cosim::AxiMemory memory_;
  cosim::Axi4Checker axi_checker_{"axi_checker", pins.axi};
  cosim::AxiLiteChecker axil_checker_{"axil_checker", pins.axil};
  cosim::TlmToAxiLite to_registers_{"to_registers", pins.axil};
  tlm_utils::simple_initiator_socket<CosimBench> csr_{"csr"};
  Macros macros_;
  std::unique_ptr<WrongLevel> wrong_level_;
  DigitalUnit digital_unit_{"digital_unit"};
  RtlWatch rtl_watch_{pins, lock_step};
  std::unique_ptr<ModelWatch> model_;

  std::uint64_t edge_ = 0;
  std::optional<std::pair<std::uint64_t, std::uint32_t>>
      write_due_;  ///< a write that takes effect at the next edge
  std::optional<std::pair<std::uint64_t, std::uint32_t>>
      read_shown_;             ///< offset, and the model's value there
  std::uint64_t map_due_ = 0;  ///< edge at which the last map is compared
  std::uint64_t map_end_ = 0;  ///< edge at which its command ended
  std::array<std::uint8_t, mapping::descriptor_bytes> command_{};
  std::uint64_t maps_compared_ = 0;
  bool apart_ = false;
  bool cycles_apart_ = false,  ///< the register CYCLES differs, until a later program has ended
      rung_together_ = false;  ///< a program has been started since then
  bool layer_ran_ = false;     ///< in the previous cycle
  bool late_ = false;          ///< whether a late answer has been given
  std::uint64_t silence_cycles_, observations_ = 0, silent_since_ = 0;
  sc_core::sc_event stop_event_;
  static inline CosimBench* reports_to_ = nullptr;
};

inline CosimBench::CosimBench(sc_core::sc_module_name name, const platform::RunConfig& config,
                              std::uint64_t chip_seed, const CosimOptions& options)
    : sc_module(name),
      clock_period_(config.timing.t_clk_s, sc_core::SC_SEC),
      clk_("clk", clock_period_, 0.5, sc_core::SC_ZERO_TIME, true),
      memory_("memory", pins.axi, options.memory_bytes,
              {config.timing.hop_cycles, config.timing.memory_latency_cycles}, options.back_pressure),
      macros_("macros", config.accelerator(chip_seed)),
      silence_cycles_(options.silence_cycles) {
  SC_HAS_PROCESS(CosimBench);
  reports_to_ = this;
  sc_core::sc_report_handler::set_handler(&CosimBench::on_report);
  SC_METHOD(on_stop);
  sensitive << stop_event_;
  dont_initialize();
  rtl.clk(clk_);
  pins.bind(rtl);
  pins.bind_macros(macros_, options.wrong_level_from != 0);
  if (options.wrong_level_from != 0)
    wrong_level_ = std::make_unique<WrongLevel>(
        "wrong_level", pins, clk_, clock_period_ * static_cast<double>(options.wrong_level_from));
  macros_.clk(clk_);
  pins.bind_digital_unit(digital_unit_);
  digital_unit_.clk(clk_);
  const auto clock = [this](auto&... modules) { (modules.clk(clk_), ...), (modules.rst_n(pins.rst_n), ...); };
  clock(memory_, axi_checker_, axil_checker_, to_registers_);
  csr_.bind(to_registers_.socket);
  if (config.sense.trim.enabled) macros_.trim();
  if (options.lock_step) {
    model_ = std::make_unique<ModelWatch>(config, chip_seed, options.memory_bytes, lock_step);
    if (config.sense.trim.enabled)
      model_->accelerator().calibrate(macro::trim_common_units *
                                      config.accelerator(chip_seed).unit_current_a);
    rtl_watch_.on_burst_over = [this, from = options.wrong_wait_from](bool write) {
      // Not in a layer's rows, where a transaction's slack may hide a lost cycle.
      const bool late = from != 0 && edge_ >= from && !late_ && !layer_ran_ && model_->last_burst(write);
      if (!late) return model_->burst_over(write);
      late_ = true;
      sc_core::sc_spawn([this, write] {
        sc_core::wait(clock_period_);
        model_->burst_over(write);
      });
    };
    model_->on_write = [this](std::uint64_t address, std::uint64_t bytes) { compare_write(address, bytes); };
    rtl_watch_.on_command_end = [this](std::uint64_t edge) {
      const auto words =
          cosim::detail::pin_words<8 * static_cast<int>(mapping::descriptor_bytes)>(pins.du_command.read());
      std::memcpy(command_.data(), words.data(), command_.size());
      // The last row of a digital layer is still being written to the buffer, with as many bits per cycle as
      // the unit has MACs.
      mapping::Descriptor d;
      mapping::decode(std::span<const std::uint8_t, mapping::descriptor_bytes>(command_), d);
      map_due_ = edge + std::max<std::uint64_t>(
                            8, std::uint64_t{d.out_width} * d.out_channels / IRC_CONFIG_MACS_PER_CYCLE + 4);
      map_end_ = edge;
    };
    SC_METHOD(on_rise);
    sensitive << clk_.posedge_event();
    dont_initialize();
    SC_METHOD(on_fall);
    sensitive << clk_.negedge_event();
    dont_initialize();
  }
  sc_core::sc_spawn([this] {
    pins.rst_n.write(false);
    sc_core::wait(4 * clock_period_ + clock_period_ / 4);
    pins.rst_n.write(true);
  });
}

inline void CosimBench::write(std::uint64_t address, std::span<const std::uint8_t> bytes) {
  if (address < csr_base) {
    memory_.load(address, bytes.data(), bytes.size());
    if (model_)
      std::copy(bytes.begin(), bytes.end(),
                model_->memory().bytes().begin() + static_cast<std::ptrdiff_t>(address));
    return;
  }
  tlm::tlm_generic_payload payload;
  model::set_access(payload, tlm::TLM_WRITE_COMMAND, address - csr_base,
                    const_cast<std::uint8_t*>(bytes.data()), bytes.size());
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  csr_->b_transport(payload, delay);
  if (payload.is_response_error())
    throw model::HostError("register write refused: " + payload.get_response_string());
}

inline void CosimBench::read(std::uint64_t address, std::span<std::uint8_t> bytes) {
  if (address < csr_base) {
    memory_.dump(address, bytes.data(), bytes.size());
    return;
  }
  tlm::tlm_generic_payload payload;
  model::set_access(payload, tlm::TLM_READ_COMMAND, address - csr_base, bytes.data(), bytes.size());
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  csr_->b_transport(payload, delay);
  if (payload.is_response_error())
    throw model::HostError("register read refused: " + payload.get_response_string());
}

inline void CosimBench::wait_interrupt() {
  while (!pins.irq.read()) {
    if (lock_step.difference()) throw model::HostError("RTL and model differ");
    sc_core::wait(pins.irq.value_changed_event() | stop_event_);
  }
}

// Rising edge: the pins have the values of the cycle that ends here.
inline void CosimBench::on_rise() {
  edge_ = static_cast<std::uint64_t>(sc_core::sc_time_stamp() / clock_period_ + 0.5);
  if (write_due_) {
    std::uint32_t value = write_due_->second;
    model_->access(tlm::TLM_WRITE_COMMAND, write_due_->first, value);
    write_due_.reset();
  }
  watch_bus_errors();
  rtl_watch_.at_edge(edge_);
  if (map_due_ != 0 && edge_ >= map_due_) compare_map();
  stop_if_silent();
  stop_if_different();
}

// After a bus error, RTL and model are not compared until they are brought together again.
inline void CosimBench::watch_bus_errors() {
  auto& axi = pins.axi;
  const bool read = axi.rvalid.read() && axi.rready.read() && axi.rresp.read() > 1;
  const bool write = axi.bvalid.read() && axi.bready.read() && axi.bresp.read() > 1;
  if (!(read || write) || !layer_ran_) return;
  apart_ = cycles_apart_ = true;
  rung_together_ = false;
  lock_step.suspend();
}

inline void CosimBench::await_model() {
  constexpr unsigned patience = 100000;
  const auto busy = [&] {
    std::uint32_t status = 0;
    model_->peek(model::csr::status, status);
    return (status & model::csr::status_busy) != 0;
  };
  for (unsigned i = 0; i < patience && busy(); ++i) {
    model_->answer_pending();
    settle(1);
  }
  if (busy()) throw model::HostError("the model does not end after a bus error");
  settle(8);
}

inline void CosimBench::reunite() {
  memory_.dump(0, model_->memory().bytes().data(), model_->memory().bytes().size());
  for (std::size_t word = 0; word < IRC_CONFIG_BUFFER_WORDS; ++word)
    model_->set_buffer_word(word, buffer_word(word));
  rtl_watch_.forget();
  map_due_ = 0;
  apart_ = false;
  lock_step.resume();
}

// Middle of a cycle: all pins are stable.
inline void CosimBench::on_fall() {
  if (!pins.rst_n.read()) return;
  layer_ran_ = pins.obs_layer_run.read();
  if (pins.irq.read() != model_->irq())
    lock_step.differ("interrupt", edge_,
                     fmt::format("irq is {} in the RTL, {} in the model", pins.irq.read(), model_->irq()));
  mirror_registers();
  stop_if_different();
}

// A side that waits for the other for ever makes no further observations, and neither does its host.
inline void CosimBench::stop_if_silent() {
  if (lock_step.observations() != observations_) {
    observations_ = lock_step.observations();
    silent_since_ = edge_;
  }
  if (edge_ - silent_since_ < silence_cycles_) return;
  lock_step.finish();
  lock_step.differ("progress", silent_since_,
                   fmt::format("nothing was observed for {} cycles", silence_cycles_));
}

// Runs a few more cycles for the waveforms.
inline void CosimBench::stop_if_different() {
  if (!lock_step.difference()) return;
  stop_event_.notify(8 * clock_period_);
}

/// Checkers and pin modules report their findings as errors. The bench treats these as differences.
inline void CosimBench::on_report(const sc_core::sc_report& report, const sc_core::sc_actions& actions) {
  if (reports_to_ == nullptr || report.get_severity() != sc_core::SC_ERROR ||
      !std::string_view(report.get_msg_type()).starts_with("irc/"))
    return sc_core::sc_report_handler::default_handler(report, actions);
  auto& bench = *reports_to_;
  // A value sampled at an edge was on the pins in the previous cycle.
  const auto edge =
      static_cast<std::uint64_t>(std::ceil(sc_core::sc_time_stamp() / bench.clock_period_ - 1e-3));
  bench.lock_step.differ(report.get_msg_type(), edge == 0 ? 0 : edge - 1, report.get_msg());
  bench.stop_if_different();
}

/// Compares whole beats, to detect strobes beyond a row's ends.
inline void CosimBench::compare_write(std::uint64_t address, std::uint64_t bytes) {
  constexpr std::uint64_t bus = IRC_CONFIG_BUS_BYTES;
  const std::uint64_t first = address / bus * bus, end = (address + bytes + bus - 1) / bus * bus;
  if (end > memory_.size_bytes()) return;
  std::vector<std::uint8_t> written(end - first);
  memory_.dump(first, written.data(), written.size());
  const std::uint8_t* expected = model_->memory().bytes().data() + first;
  const auto wrong = std::mismatch(written.begin(), written.end(), expected).first - written.begin();
  if (wrong == static_cast<std::ptrdiff_t>(written.size())) return;
  lock_step.differ(
      "DMA write", edge_,
      fmt::format(
          "after the write of {} bytes at address {} the byte at {} is {} in the RTL, {} in the model", bytes,
          address, first + static_cast<std::uint64_t>(wrong), written[wrong], expected[wrong]));
}

/// CYCLES of a program that ended at different cycles keeps its value until the next program has ended.
inline bool CosimBench::comparable(std::uint64_t offset) {
  if (!cycles_apart_ || (offset != model::csr::cycles_low && offset != model::csr::cycles_high)) return true;
  std::uint32_t status = 0;
  model_->peek(model::csr::status, status);
  if (rung_together_ && (status & model::csr::status_busy) == 0) cycles_apart_ = false;
  return !cycles_apart_;
}

inline void CosimBench::mirror_registers() {
  auto& axil = pins.axil;
  if (read_shown_ && axil.rvalid.read()) {
    const bool known = axil.rresp.read() == 0;
    if (known && axil.rdata.read() != read_shown_->second)
      lock_step.differ("registers", edge_,
                       fmt::format("register {:#x} reads {:#x} in the RTL, {:#x} in the model",
                                   read_shown_->first, axil.rdata.read(), read_shown_->second));
    read_shown_.reset();
  }
  if (axil.arvalid.read() && axil.arready.read()) {
    std::uint32_t value = 0;
    if (model_->peek(axil.araddr.read(), value) && comparable(axil.araddr.read()))
      read_shown_.emplace(axil.araddr.read(), value);
  }
  if (!axil.awvalid.read() || !axil.awready.read() || !axil.wvalid.read() || !axil.wready.read()) return;
  const std::uint64_t offset = axil.awaddr.read();
  std::uint32_t value = axil.wdata.read(), status = 0;
  if (axil.wstrb.read() != 0xf) return;
  // A bit that is set at the moment of its clearing stays set, so the clearing is done first here, too.
  if (offset == model::csr::irq_status) {
    model_->access(tlm::TLM_WRITE_COMMAND, offset, value);
    return;
  }
  // The RTL decides whether it is busy by the cycle before the edge, so this does the same.
  model_->peek(model::csr::status, status);
  const bool ignored = (status & model::csr::status_busy) != 0 &&
                       (offset == model::csr::doorbell || offset == model::csr::control);
  if (!ignored) write_due_.emplace(offset, value);
  if (!ignored && offset == model::csr::doorbell && (value & model::csr::doorbell_run) != 0) {
    if (!apart_) rung_together_ = true;
    rtl_watch_.program_begins();
  }
}

inline void CosimBench::compare_map() {
  map_due_ = 0;
  if (!buffer_word) return;
  const auto compared =
      map_difference(command_, buffer_word, [this](std::size_t word) { return model_->buffer_word(word); });
  if (!compared) return;
  if (!compared->empty()) lock_step.differ("maps", map_end_ - 1, *compared);
  ++maps_compared_;
}

}  // namespace irc::tb
