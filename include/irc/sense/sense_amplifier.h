// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "irc/core/random.h"
#include "irc/device/nonidealities.h"
#include "irc/device/technology_card.h"

/// The sense amplifiers of a macro, and the one-bit and multi-bit readouts built from them.
namespace irc::sense {

/// Trim: one offset correction per amplifier, found once from the amplifier's own decisions.
struct TrimConfig {
  bool enabled = false;  ///< whether the amplifiers are trimmed
  double step_a = 0;     ///< resolution of the correction
  double range_a = 0;    ///< largest correction, in both directions
  int reads = 1;         ///< decisions per bisection step (an odd number); the majority counts
};

/// The register values of the amplifiers: either common to all layers, or those of one layer.
struct WorkingPoint {
  double injected_bias_a = 0;  ///< bias current added to both inputs
  double threshold_a = 0;      ///< one-bit decision: 1 if the difference is larger than this
  /// True if both values are equal.
  friend bool operator==(const WorkingPoint&, const WorkingPoint&) = default;
};

/// Working points by the number of the layer (network::NodeId), which descriptors and events also use.
using LayerWorkingPoints = std::map<std::uint32_t, WorkingPoint>;

/// The layer number of decisions that belong to no layer. The common values apply to them.
inline constexpr std::uint32_t no_layer = 0xffffffff;

/// Properties of the amplifiers of a macro.
struct SenseConfig {
  /// What an amplifier compares.
  enum class Kind : std::uint8_t {
    differential,  ///< one bit: I+ compared with I-
    /// One bit: I+ compared with reference_current_a plus I-, the reference column's current (0 if there is
    /// none).
    reference,
    multi_bit,  ///< flash readout of I+ - I- with `bits` bits
  };
  Kind kind = Kind::differential;  ///< kind of readout
  int bits = 1;                    ///< multi_bit: number of bits, 1 to 8
  /// multi_bit: levels -2^(bits-1) to 2^(bits-1)-1 if true, 0 to 2^bits-1 if false.
  bool signed_levels = true;

  double i_min_a = 0;              ///< lower end of the sensing range of each input
  double i_max_a = 1;              ///< upper end of the sensing range of each input
  double offset_sigma_a = 0;       ///< standard deviation of the static offset
  double offset_growth_per_a = 0;  ///< offset and noise grow by (1 + growth * common-mode current)
  double gm_floor = 0.01;          ///< smallest fraction of the gain that remains below i_min, in (0, 1]
  double noise_sigma_a = 0;        ///< standard deviation of the noise of one decision
  double injected_bias_a = 0;      ///< bias current added to both inputs
  double injected_bias_sigma = 0;  ///< relative spread of the bias current, per amplifier input
  double threshold_a = 0;          ///< one-bit decision: 1 if the difference is larger than this
  double reference_current_a = 0;  ///< kind reference: the reference current
  double i_lsb_a = 0;              ///< kind multi_bit: width of a level
  double level_sigma_a = 0;        ///< kind multi_bit: spread of each comparator's threshold
  TrimConfig trim;                 ///< offset trim
  LayerWorkingPoints layers;       ///< layers with a working point of their own

  /// A differential amplifier with the card's values and no injected bias.
  static SenseConfig from_card(const device::TechnologyCard& card);
};

/// The result of an offset trim.
struct CalibrationReport {
  std::uint64_t decisions = 0;  ///< decisions spent on measuring
  /// Most bisection steps of any amplifier; all amplifiers are measured at the same time.
  std::uint64_t steps = 0;
  double offset_before_a = 0;      ///< rms over the amplifiers before the trim, bias mismatch included
  double offset_after_a = 0;       ///< rms over the amplifiers after the trim, bias mismatch included
  std::uint64_t out_of_range = 0;  ///< amplifiers whose offset is beyond the trim range
};

struct DifferenceInputs;
struct Undecided;

/// Currents of one input in a run of decisions. The current of vector v and the run's amplifier i is a[v *
/// per_vector + i * per_amplifier].
struct InputCurrents {
  std::span<const double> a;   ///< the currents
  std::size_t per_vector = 0,  ///< distance between vectors
      per_amplifier = 0;       ///< distance between amplifiers
};

/// A run: decisions of the amplifiers [first_amplifier, first_amplifier + amplifiers) for some vectors. The
/// decision index of vector v is first_decision + v.
struct DecisionRun {
  std::size_t first_amplifier = 0,  ///< first amplifier of the run
      amplifiers = 0,               ///< number of amplifiers
      vectors = 0;                  ///< number of vectors
  InputCurrents plus,               ///< currents of the plus inputs
      minus;                        ///< currents of the minus inputs
  std::span<const double>
      added_plus_a,   ///< per amplifier: current added to the plus input for all vectors; may be empty
      added_minus_a;  ///< per amplifier: current added to the minus input for all vectors; may be empty
  std::uint64_t first_decision = 0;  ///< decision index of the first vector
  std::uint64_t place = 0;           ///< names what the amplifiers read, see SenseAmplifierBank::decide
  std::uint32_t layer = no_layer;    ///< layer whose working point applies
};

/// Destination of one-bit decisions. The decision of vector v and the run's amplifier i goes to bit first_bit
/// + i of the row that starts at words[v * words_per_vector].
struct DecisionBits {
  std::span<std::uint64_t> words;    ///< rows of bits
  std::size_t words_per_vector = 0,  ///< words from one row to the next
      first_bit = 0;                 ///< bit of the run's first amplifier
};

/// The amplifiers of one macro of one chip. A decision is a pure function of amplifier, currents, decision
/// index and layer. Only calibrate() and set_layers() change the bank.
class SenseAmplifierBank {
 public:
  /// Draws the amplifiers of macro `macro` of the chip with seed `chip_seed`. Throws InputError for values of
  /// `config` that are not allowed.
  SenseAmplifierBank(const SenseConfig& config, const device::Nonidealities& nonidealities,
                     std::uint64_t chip_seed, std::uint64_t macro, std::size_t amplifiers);

  std::size_t size() const { return offset_a_.size(); }  ///< number of amplifiers
  const SenseConfig& config() const { return config_; }  ///< properties of the amplifiers

  /// Makes one decision. Returns 0 or 1, or the level (signed or unsigned as configured) for a multi-bit
  /// readout.
  ///
  /// `decision_index` names the noise draw: one value per decision of this amplifier at this place. `place`,
  /// below 2^48, names what the amplifier reads (the column behind the mux and its programming); the same
  /// decision index at another place gives another draw. `layer` is the layer whose working point applies.
  /// Throws InputError if there is no such amplifier.
  int decide(std::size_t amplifier, double i_plus_a, double i_minus_a, std::uint64_t decision_index,
             std::uint64_t place = 0, std::uint32_t layer = no_layer) const;

  /// Makes the decisions of a run, with the same results: levels[v * amplifiers + i]. Throws InputError if
  /// the sizes do not fit.
  void decide(const DecisionRun& run, std::span<int> levels) const;
  /// Makes the decisions of a run as packed bits, for the one-bit kinds. Other bits of the rows do not
  /// change.
  void decide(const DecisionRun& run, const DecisionBits& bits) const;

  /// Trims the amplifiers: measures each amplifier's offset by bisection over the trim codes, with equal
  /// input currents i_common_a on both sides (plus the common injected bias), and sets the best code. If trim
  /// is disabled, it only reports.
  CalibrationReport calibrate(double i_common_a);

  /// Replaces the working points of the layers. Random draws and trim do not change. Throws InputError for a
  /// bias below 0 or a threshold that is not finite; the old values remain then.
  void set_layers(const LayerWorkingPoints& layers);

  /// Static offset of an amplifier after trim, in ampere, without bias mismatch.
  double offset_a(std::size_t amplifier) const { return offset_a_[amplifier] - trim_a_[amplifier]; }
  /// Injected bias current of an amplifier's plus input, in ampere, with its spread.
  double bias_plus_a(std::size_t amplifier, std::uint32_t layer = no_layer) const {
    return setting(layer).bias_plus_a[amplifier];
  }
  /// Injected bias current of an amplifier's minus input, in ampere, with its spread.
  double bias_minus_a(std::size_t amplifier, std::uint32_t layer = no_layer) const {
    return setting(layer).bias_minus_a[amplifier];
  }

 private:
  bool noisy() const { return nonidealities_.sense_noise && config_.noise_sigma_a > 0; }
  /// The noise draws of an amplifier at a place.
  CounterRandom noise_of(std::size_t amplifier, std::uint64_t place) const;
  std::vector<CounterRandom> noise_of(const DecisionRun& run) const;  ///< empty if there is no noise
  /// A working point applied to these amplifiers.
  struct Setting {
    double threshold_a = 0;
    std::vector<double> bias_plus_a, bias_minus_a;  ///< per amplifier
  };
  Setting setting_of(const WorkingPoint& point) const;
  const Setting& setting(std::uint32_t layer) const;
  double difference_a(const Setting& setting, std::size_t amplifier, double i_plus_a, double i_minus_a,
                      double noise) const;
  int level(std::size_t amplifier, double difference_a) const;
  // decision_run.cpp
  void point_to_amplifiers(const Setting& setting, std::size_t first, DifferenceInputs& in) const;
  void check_run(const DecisionRun& run) const;
  void read_levels(const DecisionRun& run, std::size_t begin, std::size_t end, std::span<int> levels) const;
  void decide_bits(const DecisionRun& run, std::size_t begin, std::size_t end,
                   const DecisionBits& bits) const;
  void settle(const DecisionRun& run, const Undecided& undecided, const DecisionBits& bits) const;

  SenseConfig config_;
  device::Nonidealities nonidealities_;
  CounterRandom noise_;
  std::vector<double> offset_a_, trim_a_;
  std::vector<double> bias_plus_gain_, bias_minus_gain_;  ///< gains of an amplifier's bias sources, around 1
  Setting common_;                                        ///< for layers without a working point of their own
  std::map<std::uint32_t, Setting> layers_;
  std::vector<double> level_threshold_a_;  ///< [amplifier][level], sorted
};

}  // namespace irc::sense
