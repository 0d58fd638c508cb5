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

namespace irc::sense {

/// Trim: one offset correction per amplifier, found once from the amplifier's own decisions.
struct TrimConfig {
  bool enabled = false;
  double step_a = 0;   ///< resolution of the correction
  double range_a = 0;  ///< corrections reach from -range_a to +range_a
  int reads = 1;       ///< decisions per bisection step (odd); the majority counts
};

/// What the registers of the amplifiers set: one value for all layers, or one of a layer's own.
struct WorkingPoint {
  double injected_bias_a = 0;  ///< added to both inputs
  double threshold_a = 0;      ///< one-bit decision: difference > threshold
  friend bool operator==(const WorkingPoint&, const WorkingPoint&) = default;
};

/// By the number of the layer (network::NodeId), as descriptors and events name it.
using LayerWorkingPoints = std::map<std::uint32_t, WorkingPoint>;

/// The layer of decisions that belong to none: the values for all layers hold.
inline constexpr std::uint32_t no_layer = 0xffffffff;

struct SenseConfig {
  enum class Kind : std::uint8_t {
    differential,  ///< I+ against I-, one bit
    reference,     ///< I+ against reference_current_a (+ I-, the reference column, 0 if there is none)
    multi_bit,     ///< flash readout of `bits` bits of I+ - I-
  };
  Kind kind = Kind::differential;
  int bits = 1;               ///< multi-bit: 1..8
  bool signed_levels = true;  ///< multi-bit: levels -2^(bits-1) .. 2^(bits-1)-1, or 0 .. 2^bits-1

  double i_min_a = 0;  ///< sensing range, per input
  double i_max_a = 1;
  double offset_sigma_a = 0;
  double offset_growth_per_a = 0;  ///< offset and noise grow by (1 + growth * common-mode current)
  double gm_floor = 0.01;          ///< smallest share of the gain left below i_min, in (0, 1]
  double noise_sigma_a = 0;
  double injected_bias_a = 0;      ///< added to both inputs
  double injected_bias_sigma = 0;  ///< its relative spread, per amplifier input
  double threshold_a = 0;          ///< one-bit decision: difference > threshold
  double reference_current_a = 0;  ///< kind reference
  double i_lsb_a = 0;              ///< kind multi_bit: width of a level
  double level_sigma_a = 0;        ///< kind multi_bit: spread of each comparator's threshold
  TrimConfig trim;
  LayerWorkingPoints layers;  ///< layers that have a working point of their own

  /// The card's amplifier, differential, no bias.
  static SenseConfig from_card(const device::TechnologyCard& card);
};

struct CalibrationReport {
  std::uint64_t decisions = 0;  ///< spent on measuring
  std::uint64_t steps = 0;      ///< the most that one amplifier took; amplifiers are measured side by side
  double offset_before_a = 0;   ///< rms over the amplifiers, bias mismatch included
  double offset_after_a = 0;
  std::uint64_t out_of_range = 0;  ///< amplifiers whose offset the trim range does not reach
};

struct DifferenceInputs;
struct Undecided;

/// Currents of one input of a run of decisions, where they lie: those of vector v and the run's amplifier i
/// at a[v * per_vector + i * per_amplifier].
struct InputCurrents {
  std::span<const double> a;
  std::size_t per_vector = 0, per_amplifier = 0;
};

/// Decisions of the amplifiers [first_amplifier, first_amplifier + amplifiers) for some vectors. The decision
/// index of vector v is first_decision + v.
struct DecisionRun {
  std::size_t first_amplifier = 0, amplifiers = 0, vectors = 0;
  InputCurrents plus, minus;
  std::span<const double> added_plus_a, added_minus_a;  ///< per amplifier, for all vectors; or empty
  std::uint64_t first_decision = 0;
  std::uint64_t place = 0;         ///< what the amplifiers read, see SenseAmplifierBank::decide
  std::uint32_t layer = no_layer;  ///< whose working point holds
};

/// Where one-bit decisions go: that of vector v and the run's amplifier i to bit first_bit + i of the row
/// that starts at words[v * words_per_vector].
struct DecisionBits {
  std::span<std::uint64_t> words;
  std::size_t words_per_vector = 0, first_bit = 0;
};

/// The amplifiers of one macro of one chip. Decisions are pure functions of (amplifier, currents, decision
/// index, layer); calibrate() and set_layers() are the only things that change the bank.
class SenseAmplifierBank {
 public:
  /// Throws InputError for a config that makes no sense.
  SenseAmplifierBank(const SenseConfig& config, const device::Nonidealities& nonidealities,
                     std::uint64_t chip_seed, std::uint64_t macro, std::size_t amplifiers);

  std::size_t size() const { return offset_a_.size(); }
  const SenseConfig& config() const { return config_; }

  /// One decision: 0 or 1; multi-bit: the level, signed or unsigned as configured.
  /// \param decision_index  names the noise draw; one value per decision of this amplifier at this place
  /// \param place           names what the amplifier reads (column behind the mux, its programming), below
  /// 2^48;
  ///                        the same decision index at another place is another draw
  /// \param layer           whose working point holds
  int decide(std::size_t amplifier, double i_plus_a, double i_minus_a, std::uint64_t decision_index,
             std::uint64_t place = 0, std::uint32_t layer = no_layer) const;

  /// The same decisions, many at once: levels[v * amplifiers + i]. Throws InputError if sizes do not fit.
  void decide(const DecisionRun& run, std::span<int> levels) const;
  /// The same as packed bits, for the one-bit kinds; other bits stay.
  void decide(const DecisionRun& run, const DecisionBits& bits) const;

  /// Measures each amplifier's offset by bisection over the trim codes with equal input currents
  /// i_common_a on both sides (plus the injected bias of all layers), and sets the best code. Does nothing
  /// but report when trim is disabled.
  CalibrationReport calibrate(double i_common_a);

  /// Writes the layers' registers anew: draws and trim stay. Throws InputError for a bias below 0 or a
  /// threshold that is no number.
  void set_layers(const LayerWorkingPoints& layers);

  /// Static offset of an amplifier after trim, bias mismatch not included.
  double offset_a(std::size_t amplifier) const { return offset_a_[amplifier] - trim_a_[amplifier]; }
  /// Injected bias currents of an amplifier, spread drawn.
  double bias_plus_a(std::size_t amplifier, std::uint32_t layer = no_layer) const {
    return setting(layer).bias_plus_a[amplifier];
  }
  double bias_minus_a(std::size_t amplifier, std::uint32_t layer = no_layer) const {
    return setting(layer).bias_minus_a[amplifier];
  }

 private:
  bool noisy() const { return nonidealities_.sense_noise && config_.noise_sigma_a > 0; }
  /// The draws of an amplifier at a place.
  CounterRandom noise_of(std::size_t amplifier, std::uint64_t place) const;
  std::vector<CounterRandom> noise_of(const DecisionRun& run) const;  ///< empty if there is no noise
  /// A working point on these amplifiers.
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
  std::vector<double> bias_plus_gain_, bias_minus_gain_;  ///< of an amplifier's bias sources, around 1
  Setting common_;                                        ///< of the layers without their own
  std::map<std::uint32_t, Setting> layers_;
  std::vector<double> level_threshold_a_;  ///< [amplifier][level], sorted
};

}  // namespace irc::sense
