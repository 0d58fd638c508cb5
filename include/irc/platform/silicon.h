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

/// How a readout converts a current into a number.
enum class Conversion {
  one_bit,    ///< one comparison
  flash,      ///< all comparisons in one step
  successive  ///< one comparison after another
};

/// One block of a published energy breakdown, and the components of this model that correspond to it.
struct SiliconBlock {
  /// The models received this share as an input, so reproducing it is no prediction.
  bool input = false;
  std::string name;                     ///< of the block in the publication
  double share = 0;                     ///< of the published total energy
  std::vector<std::string> components;  ///< components whose energies add up to the block
};

/// A published macro as configs/silicon/macros.toml describes it. Values that the publication leaves open
/// have the defaults of that file. Counts are those of one access.
struct SiliconMacro {
  std::string name,  ///< short name
      publication;   ///< where it was published
  bool whole_macro =
      false;            ///< boundary: whether references, control and leakage belong to the stated energy
  bool fitted = false;  ///< whether it takes part in the fit of the global coefficients
  double node_m = 0,    ///< technology node
      v_dd_v = 0;       ///< supply voltage of the logic
  double rows = 0,      ///< word lines that may be driven
      activity = 0;     ///< share of them that is driven
  double bit_line_cells = 0,                    ///< cells on one bit line
      word_line_cells = 0;                      ///< cells on one word line
  double readouts = 0,                          ///< readouts per access
      bit_lines_per_readout = 0;                ///< bit lines that one readout uses
  Conversion conversion = Conversion::one_bit;  ///< kind of readout
  double bits = 1,                              ///< bits of a readout
      steps = 1;                                ///< sensing steps of a readout, one after another
  bool references = false;                      ///< whether readouts compare with reference currents
  double lrs_share = 0,                         ///< share of low-resistance cells
      current_weight = 1;            ///< mean current weight of a readout's cells, in unit currents
  double v_bl_v = 0,                 ///< bit-line voltage
      v_wl_v = 0,                    ///< word-line voltage
      v_supply_v = 0;                ///< supply voltage of the bit lines
  double lrs_current_a = 0,          ///< median low-resistance cell
      hrs_current_a = 0,             ///< median high-resistance cell
      off_current_a = 0;             ///< cell of a row that is not driven: mean of both states
  double operations = 0;             ///< one-bit operations; a multiply-accumulate counts as 2
  std::optional<double> t_access_s,  ///< access time, as published
      t_cycle_s,                     ///< clock cycle at which power was measured, as published
      energy_j,                      ///< energy, as published
      area_m2;                       ///< area, as published
  double sub_arrays = 1;             ///< number of sub-arrays that share the leakage of one periphery
  double cells = 0;                  ///< of the array; 0: unknown, so no area is predicted
  std::vector<std::string> assumed;  ///< keys that the publication leaves open
  std::vector<SiliconBlock> blocks;  ///< published energy breakdown; may be empty

  /// Whether its total contains a block that the models received as an input. Such a total is no independent
  /// test.
  bool has_input_block() const;

  /// The time over which energy is spent: the access, or the clock cycle at which power was measured.
  double duration_s() const { return t_cycle_s ? *t_cycle_s : t_access_s.value_or(0); }
};

/// A technology card that is built into the program, by its name. `overrides` ("section.key=value") are
/// applied last. Throws InputError.
device::TechnologyCard shipped_card(const std::string& name, const std::vector<std::string>& overrides = {});

/// Reads the list of macros. Cell currents are solved with `card`, or with the card that a macro names.
/// Throws InputError (file:line:column, key, value, expectation).
std::vector<SiliconMacro> read_silicon_macros(const TomlDocument& document,
                                              const device::TechnologyCard& card);

/// What the models of `irc run` predict for one access.
struct SiliconPrediction {
  std::map<std::string, double> energy_j;  ///< by component, for the components within the macro's boundary
  double total_j = 0;                      ///< sum of energy_j
  double t_word_line_s = 0,                ///< rise time of the word line
      t_bit_line_s = 0,                    ///< settling time of the bit line
      t_sense_s = 0;                       ///< time of the readout
  double latency_s = 0;                    ///< sum of the three
  double area_m2 = 0;  ///< array, drivers, amplifiers and multiplexer; 0 where the array's size is unknown
};

/// Predicts one access. The card is scaled to the macro's node and supply (energy::scaled); read times come
/// from device/read_time.h, energy from a burst of accesses on energy::EnergyLedger, area from energy::area.
/// The shares of the phases in the duration are predicted. The duration itself is taken from the publication
/// where it is given, so that an error of time is not counted twice.
SiliconPrediction predict(const SiliconMacro& macro, const device::TechnologyCard& card);

/// The predicted energy of one published block, in joules.
double block_j(const SiliconPrediction& prediction, const SiliconBlock& block);

/// The coefficients that are fitted once for all macros, at the node and supply of their card.
struct SiliconCoefficients {
  double t_word_line_s = 0,  ///< rise time of the word line
      r_settle_ohm = 0,      ///< resistance that settles the bit line
      sense_charge_c = 0;    ///< charge that a decision needs, which gives its time
  double e_decision_j = 0,   ///< energy of one decision
      macro_control_j = 0;   ///< energy of the macro's control per readout

  /// The coefficients of `card`.
  static SiliconCoefficients of(const device::TechnologyCard& card);
  /// `card` with these coefficients.
  device::TechnologyCard in(device::TechnologyCard card) const;
};

/// Fits the coefficients over the macros marked `fitted`, except those of the publication `without`. It
/// minimises the errors of ln(predicted / published), squared up to about 25 % and linear beyond; first for
/// times, then for energies (totals and, where published, blocks). The fit is a deterministic pattern search
/// over the coefficients' logarithms, which starts from the card's values.
SiliconCoefficients fit_silicon(const std::vector<SiliconMacro>& macros, const device::TechnologyCard& card,
                                const std::string& without = {});

}  // namespace irc::platform
