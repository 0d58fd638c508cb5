// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "irc/cosim/lock_step.h"
#include "irc/cosim/mirror_memory.h"
#include "irc/model/irc_accelerator.h"
#include "irc/model/registers.h"
#include "irc/platform/config.h"
#include "rtl_watch.h"

namespace irc::tb {

/// The TLM model (AT, one vector per burst) beside the RTL. It gets the same register writes at the same
/// edges, its memory answers when the RTL's does, and all that it does goes to a LockStep.
class ModelWatch {
 public:
  ModelWatch(const platform::RunConfig& config, std::uint64_t chip_seed, std::uint64_t memory_bytes,
             cosim::LockStep& lock_step);

  model::IrcAccelerator& accelerator() { return *accelerator_; }
  cosim::MirrorMemory& memory() { return memory_; }
  bool irq() const { return irq_.read(); }

  /// Accesses a register now, without simulated time.
  tlm::tlm_response_status access(tlm::tlm_command command, std::uint64_t offset, std::uint32_t& value);
  /// Reads a register without effects, for expected values. Returns false where there is no such register.
  bool peek(std::uint64_t offset, std::uint32_t& value);

  /// Reads a word of the activation buffer, without simulated time.
  std::uint64_t buffer_word(std::size_t word);

  /// Call this when the RTL has finished a burst. With the last burst of a transaction, the model's
  /// transaction is answered.
  void burst_over(bool write);
  /// Whether the current burst is the last of its transaction.
  bool last_burst(bool write) const { return bursts_left_[write] == 1; }
  /// Answers transactions that the RTL never requested, after a fault.
  void answer_pending();
  /// Sets the activation buffer's word `word` to the RTL's value.
  void set_buffer_word(std::size_t word, std::uint64_t value);
  /// Called when a write is over, with its address and size.
  std::function<void(std::uint64_t address, std::uint64_t bytes)> on_write;

 private:
  using Side = cosim::LockStep::Side;
  std::uint64_t cycle_of(const sc_core::sc_time& time) const {
    return static_cast<std::uint64_t>(time / clock_ + 0.5);
  }
  void on_request(const cosim::MirrorMemory::Request& request);
  void on_burst(const model::MacroBurst& burst, std::span<const std::uint64_t> word_lines);
  void on_event(const Event& event);

  sc_core::sc_time clock_;
  unsigned bus_bytes_;
  bool reference_;
  cosim::LockStep& lock_step_;
  sc_core::sc_signal<bool> irq_{"model_irq"};
  cosim::MirrorMemory memory_;
  std::unique_ptr<model::IrcAccelerator> accelerator_;
  tlm_utils::simple_initiator_socket<ModelWatch> csr_{"model_csr"};
  tlm_utils::simple_initiator_socket<ModelWatch> data_{"model_data"};
  std::uint64_t bursts_left_[2] = {0, 0};
  cosim::MirrorMemory::Request request_[2];
};

inline ModelWatch::ModelWatch(const platform::RunConfig& config, std::uint64_t chip_seed,
                              std::uint64_t memory_bytes, cosim::LockStep& lock_step)
    : clock_(config.timing.t_clk_s, sc_core::SC_SEC),
      bus_bytes_(config.timing.bus_bytes),
      reference_(config.geometry.scheme == mapping::WeightScheme::binary_reference),
      lock_step_(lock_step),
      memory_("model_memory", memory_bytes, [this](const auto& request) { on_request(request); }) {
  auto accelerator = config.accelerator(chip_seed);
  accelerator.mode = model::TransportMode::at;
  accelerator.burst_vectors = 1;
  accelerator.on_burst = [this](const model::MacroBurst& burst, std::span<const std::uint64_t> lines) {
    on_burst(burst, lines);
  };
  accelerator_ = std::make_unique<model::IrcAccelerator>("model", accelerator);
  accelerator_->events.subscribe([this](const Event& event) { on_event(event); });
  accelerator_->dma_socket.bind(memory_.socket);
  accelerator_->irq_out(irq_);
  csr_.bind(accelerator_->csr_socket);
  data_.bind(accelerator_->data_socket);
}

inline tlm::tlm_response_status ModelWatch::access(tlm::tlm_command command, std::uint64_t offset,
                                                   std::uint32_t& value) {
  tlm::tlm_generic_payload payload;
  model::set_access(payload, command, offset, &value, 4);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  csr_->b_transport(payload, delay);
  return payload.get_response_status();
}

inline bool ModelWatch::peek(std::uint64_t offset, std::uint32_t& value) {
  tlm::tlm_generic_payload payload;
  model::set_access(payload, tlm::TLM_READ_COMMAND, offset, &value, 4);
  return csr_->transport_dbg(payload) == 4;
}

inline std::uint64_t ModelWatch::buffer_word(std::size_t word) {
  std::uint64_t value = 0;
  tlm::tlm_generic_payload payload;
  model::set_access(payload, tlm::TLM_READ_COMMAND, word * 8, &value, 8);
  data_->transport_dbg(payload);
  return value;
}

inline void ModelWatch::set_buffer_word(std::size_t word, std::uint64_t value) {
  tlm::tlm_generic_payload payload;
  model::set_access(payload, tlm::TLM_WRITE_COMMAND, word * 8, &value, 8);
  data_->transport_dbg(payload);
}

inline void ModelWatch::answer_pending() {
  for (const bool write : {false, true}) {
    bursts_left_[write] = 0;
    if (memory_.pending(write)) memory_.respond(write);
  }
}

inline void ModelWatch::on_request(const cosim::MirrorMemory::Request& request) {
  const auto bursts = cosim::split_bursts(request.address, request.bytes, bus_bytes_);
  bursts_left_[request.write] = bursts.size();
  request_[request.write] = request;
  const std::uint64_t now = cycle_of(sc_core::sc_time_stamp());
  std::uint64_t asked = now;
  for (const auto& burst : bursts) {
    cosim::Observation seen;
    seen.fields = {{"asked", asked, asked != 0}, {"address", burst.address}, {"beats", burst.beats()}};
    seen.seen = now;
    lock_step_.observe(request.write ? "DMA write" : "DMA read", Side::model, std::move(seen));
    asked = 0;
  }
}

inline void ModelWatch::burst_over(bool write) {
  if (bursts_left_[write] == 0 || --bursts_left_[write] > 0) return;
  const auto request = request_[write];
  memory_.respond(write);
  if (write) on_write(request.address, request.bytes);
}

inline void ModelWatch::on_burst(const model::MacroBurst& burst, std::span<const std::uint64_t> word_lines) {
  cosim::Observation seen;
  seen.fields = {{"tile", burst.tile.tile},
                 {"vector", burst.first_vector},
                 {"LOAD starts", burst.load_start_cycle, true},
                 {"DRIVE starts", burst.compute_start_cycle, true},
                 {"STORE ends", burst.end_cycle, true}};
  seen.bits.assign(words_for(IRC_CONFIG_ROWS), 0);
  std::copy(word_lines.begin(), word_lines.end(), seen.bits.begin());
  const std::size_t outputs = burst.tile.outputs, words = words_for(outputs);
  const std::uint64_t line = reference_ ? 2u * burst.tile.first_pair : burst.tile.first_pair;
  for (std::uint64_t g = 0; g < burst.phases.groups; ++g)
    for (std::size_t o = 0; o < outputs; ++o) {
      const std::uint64_t level = IRC_CONFIG_LEVEL_BITS == 1
                                      ? burst.decisions[g * words + o / 64] >> (o % 64) & 1
                                      : static_cast<std::uint64_t>(burst.levels[g * outputs + o]);
      put_readout(seen.bits, g, line + o, level);
    }
  seen.bits_name = "word lines and readouts";
  lock_step_.observe("macro " + std::to_string(burst.tile.macro), Side::model, std::move(seen));
}

inline void ModelWatch::on_event(const Event& event) {
  const auto cycle = [&](double time_s) {
    return static_cast<std::uint64_t>(time_s / clock_.to_seconds() + 0.5);
  };
  if (event.kind == EventKind::digital_mac || event.kind == EventKind::digital_move)
    lock_step_.observe(
        "rows", Side::model,
        {{{"layer", event.layer}, {"start", cycle(event.start_s), true}, {"end", cycle(event.end_s), true}},
         {}});
  if (event.kind == EventKind::layer)
    lock_step_.observe("commands", Side::model, command_end(event.layer, cycle(event.end_s)));
}

}  // namespace irc::tb
