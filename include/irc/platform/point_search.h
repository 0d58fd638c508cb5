// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace irc::platform {

/// A layer's working point as a configuration writes it.
struct PointValues {
  double injected_bias_a = 0;  ///< injected bias current
  double threshold_units = 0;  ///< decision threshold in unit currents
  /// Equal in both values.
  friend bool operator==(const PointValues&, const PointValues&) = default;
};

/// The range in which a search looks.
struct SearchSpace {
  PointValues configured;  ///< in force before the search; always tried
  double i_min_a =
      0;  ///< lower end of the sensing range; 0: the range has no lower end, so a bias cannot help
  bool search_threshold = true;  ///< false for multi-bit readouts, which have no threshold
};

/// How many errors fewer one point makes than another over the same units. A unit is an image on a chip.
struct ErrorDifference {
  double fewer = 0;           ///< summed over the units; negative if there are more errors
  double standard_error = 0;  ///< of `fewer`
};

/// How many errors fewer `to` has than `from`, both with one count per unit in the same order.
///
/// The standard error is sqrt(n) times the sample standard deviation of the n units' differences, but at
/// least sqrt(|fewer|): at least that many bits changed, and counts of independent changes have their root as
/// standard deviation. A single unit has no sample deviation. Its variance is the sum of both counts, as for
/// a difference of Poisson counts, which is too large where both points err in the same bits. The standard
/// error does not know how images and chips differ. Throws InternalError where the lists are empty or differ
/// in length.
ErrorDifference error_difference(std::span<const std::uint64_t> from, std::span<const std::uint64_t> to);

/// By how many standard errors the best of `candidates` points must beat another point, so that this happens
/// by chance in at most 5 % of searches where no candidate is really better. One-sided Student's t with
/// `units` - 1 degrees of freedom (normal distribution for one unit) and Bonferroni's inequality.
double chance_limit(std::size_t units, std::size_t candidates);

/// Search of one layer's working point by measurements. First the bias is tried on a grid from 0 to 1.25
/// i_min_a, refined twice. (At i_min_a both inputs are in range whatever they carry.) Then the threshold is
/// tried around the configured one at the best bias, refined once. The number of rounds is fixed, so that all
/// layers of a network can be measured together.
///
/// Which point is best:
/// 1. A point gains if it has fewer errors than the configured one by more than `chance_limit` standard
///    errors. Where no point gains, the configured point stays.
/// 2. Of the points that gain, those within one standard error of the one with the fewest errors count as
///    equal to it (the one-standard-error rule of Breiman, Friedman, Olshen and Stone, Classification and
///    Regression Trees, 1984, section 3.4.3). Of these the smallest bias is taken, then the threshold nearest
///    to the configured one, then the lower one.
/// One standard error would not be enough in step 1: the luckiest of two dozen equal points is often further
/// off.
class PointSearch {
 public:
  static constexpr int rounds = 5;  ///< number of rounds

  /// A search with no measurements so far.
  explicit PointSearch(const SearchSpace& space) : space_(space) {}

  /// The points of a round (0 to rounds - 1) that have not been measured. May be empty.
  std::vector<PointValues> candidates(int round) const;
  /// Records the bit errors at a point, one count per unit, with the same units for all points. A point
  /// measured before keeps its first counts. Throws InternalError for no unit, or for another number of units
  /// than before.
  void measured(const PointValues& point, std::vector<std::uint64_t> errors);

  /// The errors at one point.
  struct Measurement {
    PointValues point;                  ///< where they were measured
    std::vector<std::uint64_t> errors;  ///< per unit
    std::uint64_t total = 0;            ///< sum over the units
  };
  /// The best point by the rules above. Throws InternalError where the configured point was not measured.
  const Measurement& best() const;
  /// The configured point. Throws InternalError where it was not measured.
  const Measurement& configured() const;
  /// All measurements in their order.
  const std::vector<Measurement>& measurements() const { return measurements_; }

 private:
  bool plainer(const PointValues& a, const PointValues& b) const;
  std::vector<const Measurement*> gaining() const;
  bool known(const PointValues& point) const;
  std::vector<double> biases(int round) const;
  std::vector<double> thresholds(int round) const;

  SearchSpace space_;
  std::vector<Measurement> measurements_;
};

}  // namespace irc::platform
