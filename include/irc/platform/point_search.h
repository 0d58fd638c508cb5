// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace irc::platform {

/// A layer's working point as a configuration writes it.
struct PointValues {
  double injected_bias_a = 0;
  double threshold_units = 0;
  friend bool operator==(const PointValues&, const PointValues&) = default;
};

/// Where a search may look.
struct SearchSpace {
  PointValues configured;  ///< in force before the search; always tried
  double i_min_a = 0;      ///< lower end of the sensing range; 0: nothing that a bias could lift inputs to
  bool search_threshold = true;  ///< multi-bit readouts have none
};

/// What one point makes fewer errors than another over the same units, a unit being a picture on a chip.
struct ErrorDifference {
  double fewer = 0;           ///< summed over the units; negative: more
  double standard_error = 0;  ///< of `fewer`
};

/// Of the errors at two points, one count per unit in the same order: how many fewer `to` has than `from`.
///
/// The standard error is sqrt(n) times the sample standard deviation of the n units' differences, but at
/// least sqrt(|fewer|): so many bits at least changed, and counts of independent changes spread by their
/// root. A single unit has no deviation; there the variance is the sum of both counts, which is that of a
/// difference of Poisson counts and too much where both points err in the same bits. It knows nothing of how
/// pictures and chips differ. Throws InternalError where the lists are empty or differ in length.
ErrorDifference error_difference(std::span<const std::uint64_t> from, std::span<const std::uint64_t> to);

/// Standard errors by which the best of `candidates` points must differ from a point that is no worse than
/// any of them so that this happens by chance in at most 5 % of searches: Student's t with `units` - 1
/// degrees of freedom (the normal distribution for one unit), one-sided, by Bonferroni's inequality.
double chance_limit(std::size_t units, std::size_t candidates);

/// Search of one layer's working point by measurements: first the bias on a grid from 0 to 1.25 i_min_a (at
/// i_min_a both inputs are in range whatever they carry), refined twice; then, at the best bias, the
/// threshold around the configured one, refined once. Rounds are fixed, so that all layers of a network can
/// be measured together.
///
/// Which point is best:
/// 1. A point gains if it has fewer errors than the configured one by more than `chance_limit` standard
///    errors. Where none gains, the configured point stays.
/// 2. Of the points that gain, those within one standard error of the one with the fewest errors count as
///    equal to it (the one-standard-error rule of Breiman, Friedman, Olshen and Stone, Classification and
///    Regression Trees, 1984, section 3.4.3); of these the least bias is taken, then the threshold nearest to
///    the configured one, then the lower.
/// One standard error would not do for step 1: of two dozen equal points the luckiest is often further off.
class PointSearch {
 public:
  static constexpr int rounds = 5;

  explicit PointSearch(const SearchSpace& space) : space_(space) {}

  /// The points of round 0 to rounds - 1 that have not been measured; may be none.
  std::vector<PointValues> candidates(int round) const;
  /// Bit errors at a point, one count per unit, of the same units for all points; a point measured before
  /// keeps its first counts. Throws InternalError for no unit, or other numbers of units than before.
  void measured(const PointValues& point, std::vector<std::uint64_t> errors);

  struct Measurement {
    PointValues point;
    std::vector<std::uint64_t> errors;  ///< per unit
    std::uint64_t total = 0;
  };
  /// See the class. Throws InternalError where the configured point was not measured.
  const Measurement& best() const;
  const Measurement& configured() const;
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
