// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "irc/platform/config.h"

/// What the RTL and the firmware share with the model, written down for them from the model's own headers:
/// nobody types a number of the contract twice.
namespace irc::platform {

struct RtlConstant {
  std::string name;  ///< as in the SystemVerilog package; the C header's has "IRC_" before it
  std::uint64_t value = 0;
  friend bool operator==(const RtlConstant&, const RtlConstant&) = default;
};

/// Registers, opcodes, flags, errors, positions of fields, limits: the same for every configuration.
/// A field has NAME_LSB, NAME_BITS and, where it is an array of such, NAME_COUNT.
std::vector<RtlConstant> rtl_contract();

/// Geometry and timing of one accelerator. Throws InputError (key, value, expectation) for what the model
/// simulates and the RTL does not build.
std::vector<RtlConstant> rtl_config(const RunConfig& config);

struct RtlFile {
  std::string name, text;
};
/// irc_contract_pkg.sv, irc_config_pkg.sv, and for C99 irc_contract.h and irc_config.h.
std::vector<RtlFile> rtl_files(const RunConfig& config);

}  // namespace irc::platform
