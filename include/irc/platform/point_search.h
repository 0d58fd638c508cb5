// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
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

/// Search of one layer's working point by measurements: first the bias on a grid from 0 to 1.25 i_min_a (at
/// i_min_a both inputs are in range whatever they carry), refined twice; then, at the best bias, the
/// threshold around the configured one, refined once. Rounds are fixed, so that all layers of a network can
/// be measured together.
class PointSearch {
 public:
  static constexpr int rounds = 5;

  explicit PointSearch(const SearchSpace& space) : space_(space) {}

  /// The points of round 0 to rounds - 1 that have not been measured; may be none.
  std::vector<PointValues> candidates(int round) const;
  /// Bit errors at a point; a point measured before keeps its first value.
  void measured(const PointValues& point, std::uint64_t errors);

  struct Measurement {
    PointValues point;
    std::uint64_t errors = 0;
  };
  /// Fewest errors; of equals the least bias, then the threshold nearest to the configured one, then the
  /// lower. Throws InternalError where nothing was measured.
  const Measurement& best() const;
  /// Errors at the configured point. Throws InternalError where it was not measured.
  std::uint64_t errors_configured() const;
  const std::vector<Measurement>& measurements() const { return measurements_; }

 private:
  bool better(const Measurement& a, const Measurement& b) const;
  bool known(const PointValues& point) const;
  std::vector<double> biases(int round) const;
  std::vector<double> thresholds(int round) const;

  SearchSpace space_;
  std::vector<Measurement> measurements_;
};

}  // namespace irc::platform
