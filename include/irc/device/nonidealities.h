// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace irc::device {

/// One switch per source of error, so that each can be studied alone. All are on by default.
struct Nonidealities {
  bool device_variation = true;  ///< device-to-device resistance spread
  bool cycle_to_cycle = true;    ///< resistance spread redrawn at each programming
  bool vt_mismatch = true;       ///< threshold mismatch of the access transistors
  bool read_noise = true;        ///< noise of each read
  bool stuck_at = true;          ///< stuck-at-LRS / stuck-at-HRS cells
  bool drift = true;             ///< retention drift and temperature coefficients of the resistance
  bool off_leakage = true;       ///< cells of undriven rows conduct
  bool wire_resistance = true;   ///< bit-line and source-line resistance (exact solver)
  bool clamp_resistance = true;  ///< output resistance of the bit-line clamp (exact solver)
  bool clamp_variation = true;   ///< spread of the clamp voltage per column
  bool offset = true;            ///< static offset of each amplifier
  bool sense_noise = true;       ///< noise of each decision
  bool sensing_range = true;     ///< clipping to [i_min, i_max], and larger offsets outside it
  bool level_errors = true;      ///< INL/DNL of the multi-bit readout
  bool bias_variation = true;    ///< spread of injected bias currents

  /// All switches off: the array computes ideal arithmetic.
  static Nonidealities none() {
    return {false, false, false, false, false, false, false, false,
            false, false, false, false, false, false, false};
  }
  /// True if all switches are equal.
  friend bool operator==(const Nonidealities&, const Nonidealities&) = default;
};

}  // namespace irc::device
