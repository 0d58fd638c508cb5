// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "irc/core/toml.h"
#include "irc/device/technology_card.h"

namespace irc::platform {

/// How a readout turns a current into a number: comparisons and steps in a row.
enum class Conversion { one_bit, flash, successive };

/// One block of a published energy breakdown: its share and the components that stand for it here.
struct SiliconBlock {
  /// The models were given this share: that it comes out again is no prediction.
  bool input = false;
  std::string name;
  double share = 0;
  std::vector<std::string> components;
};

/// A published macro as configs/silicon/macros.toml describes it; what it leaves open has the file's
/// defaults. Counts are those of one access.
struct SiliconMacro {
  std::string name, publication;
  bool whole_macro = false;  ///< boundary: references, control and leakage belong to the stated energy
  bool fitted = false;       ///< takes part in the fit of the global coefficients
  double node_m = 0, v_dd_v = 0;
  double rows = 0, activity = 0;  ///< word lines that may be driven, share of them that is
  double bit_line_cells = 0, word_line_cells = 0;
  double readouts = 0, bit_lines_per_readout = 0;
  Conversion conversion = Conversion::one_bit;
  double bits = 1, steps = 1;  ///< of a readout
  bool references = false;     ///< readouts compare with reference currents
  double lrs_share = 0, current_weight = 1;
  double v_bl_v = 0, v_wl_v = 0, v_supply_v = 0;
  double lrs_current_a = 0, hrs_current_a = 0,
         off_current_a = 0;  ///< of the median cells, off: both in the mean
  double operations = 0;     ///< of one bit, 2 per multiply-accumulate
  std::optional<double> t_access_s, t_cycle_s, energy_j, area_m2;  ///< as published
  double sub_arrays = 1;                                           ///< that share one periphery's leakage
  double cells = 0;                                                ///< of the array; 0: unknown, no area
  std::vector<std::string> assumed;                                ///< keys that the publication leaves open
  std::vector<SiliconBlock> blocks;

  /// Its total holds a block that its own publication was the source of: nothing is unseen about that.
  bool has_input_block() const;

  /// What energy is spent over: the access, or the clock cycle at which power was measured.
  double duration_s() const { return t_cycle_s ? *t_cycle_s : t_access_s.value_or(0); }
};

/// A technology card that ships inside the program, by its name.
/// \param overrides  "section.key=value" each, applied last
device::TechnologyCard shipped_card(const std::string& name, const std::vector<std::string>& overrides = {});

/// Reads the shipped list, cells solved with `card` or the card a macro names. Throws InputError
/// (file:line:column, key, value, expectation).
std::vector<SiliconMacro> read_silicon_macros(const TomlDocument& document,
                                              const device::TechnologyCard& card);

/// What the models of `irc run` say of one access.
struct SiliconPrediction {
  std::map<std::string, double> energy_j;  ///< by component, those within the macro's boundary
  double total_j = 0;
  double t_word_line_s = 0, t_bit_line_s = 0, t_sense_s = 0;
  double latency_s = 0;
  double area_m2 = 0;  ///< array, drivers, amplifiers, mux; 0 where the array's size is unknown
};

/// The card at the macro's node and supply (energy::scaled), read times (device/read_time.h), a burst
/// of accesses on the ledger (energy::EnergyLedger), area (energy::area). The phases' shares of the
/// duration are predicted; the duration, where published, is not, so that an error of time is not counted
/// twice.
SiliconPrediction predict(const SiliconMacro& macro, const device::TechnologyCard& card);

/// What a prediction says of one published block, in joules.
double block_j(const SiliconPrediction& prediction, const SiliconBlock& block);

/// The coefficients that are fitted, once for all macros, at the node and supply of the card they belong to.
struct SiliconCoefficients {
  double t_word_line_s = 0, r_settle_ohm = 0, sense_charge_c = 0;  ///< times
  double e_decision_j = 0, macro_control_j = 0;                    ///< energies

  static SiliconCoefficients of(const device::TechnologyCard& card);
  device::TechnologyCard in(device::TechnologyCard card) const;
};

/// The smallest errors of ln(predicted / published), squared up to some 25 % and in proportion beyond; times
/// first, then energies (totals and, where published, blocks), over the macros marked `fitted`, but for those
/// of the publication `without`. Deterministic: a pattern search over the coefficients' logarithms from the
/// card's values.
SiliconCoefficients fit_silicon(const std::vector<SiliconMacro>& macros, const device::TechnologyCard& card,
                                const std::string& without = {});

}  // namespace irc::platform
