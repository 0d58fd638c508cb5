// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace irc::device {

/// One switch per source of error, so that each can be studied alone. All on by default.
struct Nonidealities {
  bool device_variation = true;  ///< device-to-device resistance spread
  bool cycle_to_cycle = true;    ///< resistance spread redrawn at each programming
  bool vt_mismatch = true;       ///< threshold mismatch of the access transistors
  bool read_noise = true;        ///< noise of each read
  bool stuck_at = true;          ///< stuck-at-LRS / stuck-at-HRS cells
  bool drift = true;             ///< retention drift and temperature coefficients of the resistance
  bool off_leakage = true;       ///< cells of rows not driven conduct
  bool wire_resistance = true;   ///< bit- and source-line resistance (exact evaluator)
  bool clamp_resistance = true;  ///< output resistance of the bit-line clamp (exact evaluator)
  bool clamp_variation = true;   ///< spread of the clamp voltage per column
  bool offset = true;            ///< static offset of each amplifier
  bool sense_noise = true;       ///< noise of each decision
  bool sensing_range = true;     ///< clipping to [i_min, i_max] and offset growth outside
  bool level_errors = true;      ///< INL/DNL of the multi-bit readout
  bool bias_variation = true;    ///< spread of injected bias currents

  /// Everything off: the arithmetic the array stands for.
  static Nonidealities none() {
    return {false, false, false, false, false, false, false, false,
            false, false, false, false, false, false, false};
  }
  friend bool operator==(const Nonidealities&, const Nonidealities&) = default;
};

}  // namespace irc::device
