// SPDX-License-Identifier: Apache-2.0
#include "irc/cosim/axi_checker.h"

#include <algorithm>
#include <utility>

namespace irc::cosim {

AxiChecker::AxiChecker(sc_core::sc_module_name name, const AxiCheckerOptions& options)
    : ClockedModule(name), options_(options) {
  channels_.reserve(5);  // members keep references to the channels, so the vector must not move them
}

AxiChecker::Channel& AxiChecker::add_channel(Channel channel) {
  wake_by(channel.valid);
  channel.values.resize(channel.fields.size());
  channels_.push_back(std::move(channel));
  return channels_.back();
}

std::size_t AxiChecker::count(std::string_view rule) const {
  return static_cast<std::size_t>(
      std::count_if(violations_.begin(), violations_.end(),
                    [rule](const AxiViolation& violation) { return violation.rule == rule; }));
}

void AxiChecker::violation(const char* rule, const std::string& message) {
  violations_.push_back({rule, message, sc_core::sc_time_stamp()});
  if (options_.record_only) return;
  const std::string report = std::string(name()) + ": [" + rule + "] " + message;
  SC_REPORT_ERROR(report_type, report.c_str());
}

void AxiChecker::check_complete() {
  if (completeness_checked_) return;
  completeness_checked_ = true;
  if (outstanding() == 0) return;
  violation("outstanding",
            std::to_string(outstanding()) + " transactions are not over at the end; expected 0");
}

bool AxiChecker::on_edge() {
  if (!rst_n.read()) {
    check_reset();
  } else {
    check_edge();
    was_in_reset_ = false;
  }
  return std::any_of(channels_.begin(), channels_.end(),
                     [](const Channel& channel) { return channel.valid.read() || channel.stalled; });
}

void AxiChecker::check_reset() {
  if (!was_in_reset_) forget();
  for (Channel& channel : channels_) {
    if (!was_in_reset_) channel.reported = false;
    channel.stalled = false;
    if (!was_in_reset_ || channel.reported || !channel.valid.read()) continue;
    channel.reported = true;
    violation("reset-valid", std::string(channel.name) + "VALID is high in reset; expected it low");
  }
  was_in_reset_ = true;
}

AxiChecker::Seen AxiChecker::watch(Channel& channel) {
  const bool valid = channel.valid.read();
  const bool offered = valid && !channel.stalled;
  if (was_in_reset_ && valid)
    violation("first-valid", std::string(channel.name) +
                                 "VALID is high at the first edge after reset; expected it to rise at it");
  if (channel.stalled && !valid)
    violation("valid-held", std::string(channel.name) + "VALID fell before " + channel.name +
                                "READY was high; expected it to be held");
  if (valid) check_payload(channel);
  channel.stalled = valid && !channel.ready.read();
  return {offered, valid && !channel.stalled};
}

void AxiChecker::check_payload(Channel& channel) {
  const bool compare = channel.stalled;
  for (std::size_t i = 0; i < channel.fields.size(); ++i) {
    const Field& field = channel.fields[i];
    const std::uint64_t now = field.read();
    const std::uint64_t before = std::exchange(channel.values[i], now);
    if (compare && now != before)
      violation("payload-stable", std::string(field.name) + " changed from " + std::to_string(before) +
                                      " to " + std::to_string(now) + " while it waited; expected it stable");
    if (!compare && field.bits < 64 && now >> field.bits != 0)
      violation("pin-width", std::string(field.name) + " is " + std::to_string(now) + "; expected " +
                                 std::to_string(field.bits) + " bits");
  }
  if (!channel.data) return;
  std::array<std::uint8_t, max_bus_bytes> now{};
  channel.data(now.data());
  if (compare && now != channel.bytes)
    violation("payload-stable",
              std::string(channel.name) + "DATA changed while it waited; expected it stable");
  channel.bytes = now;
}

}  // namespace irc::cosim
