// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "irc/platform/config.h"

/// Constants that the RTL and the firmware share with the model. They are generated from the model's own
/// headers, so that nobody types a number of the contract twice.
namespace irc::platform {

/// One constant.
struct RtlConstant {
  std::string name;         ///< as in the SystemVerilog package; the C header puts "IRC_" before it
  std::uint64_t value = 0;  ///< at most 64 bits
  /// Equal in name and value.
  friend bool operator==(const RtlConstant&, const RtlConstant&) = default;
};

/// Registers, opcodes, flags, errors, field positions and limits, which are the same for every configuration.
/// A field has NAME_LSB and NAME_BITS, and NAME_COUNT where it is an array of fields.
std::vector<RtlConstant> rtl_contract();

/// Geometry and timing of one accelerator. Throws InputError (key, value, expectation) for what the model
/// simulates and the RTL does not support.
std::vector<RtlConstant> rtl_config(const RunConfig& config);

/// One generated file.
struct RtlFile {
  std::string name,  ///< file name without a folder
      text;          ///< content
};
/// Makes irc_contract_pkg.sv and irc_config_pkg.sv, and for C99 irc_contract.h and irc_config.h. Throws as
/// rtl_config does.
std::vector<RtlFile> rtl_files(const RunConfig& config);

}  // namespace irc::platform
