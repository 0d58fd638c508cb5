// SPDX-License-Identifier: Apache-2.0
// The operations that an exporter writes between a convolution and the step or the head.
#pragma once
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace irc::network {

/// One value for all channels, or one value per channel.
class PerChannel {
 public:
  // A number stands for the same number in every channel.
  // NOLINTNEXTLINE(google-explicit-constructor)
  PerChannel(double value) : values_(std::make_shared<const std::vector<double>>(1, value)) {}
  explicit PerChannel(std::vector<double> values)
      : values_(std::make_shared<const std::vector<double>>(std::move(values))) {}
  double operator[](std::size_t channel) const {
    return values_->size() == 1 ? (*values_)[0] : (*values_)[channel];
  }

 private:
  std::shared_ptr<const std::vector<double>> values_;  // shared, because a hostile file may copy it often
};

/// One operation on a sum; a chain lists them in order. They are kept separate and not multiplied out,
/// because inverting them one by one keeps a threshold exact where the file's own numbers are (a batch norm
/// with beta = 0 has its threshold at the mean).
struct Operation {
  enum class Kind {
    add,       ///< x + by
    multiply,  ///< x * by
    clip,      ///< x limited to [by, high]
    slope,     ///< x where x >= 0, x * by elsewhere (by > 0)
  };
  Kind kind = Kind::add;
  PerChannel by = 0;
  PerChannel high = 0;  ///< of a clip

  double apply(double x, std::size_t channel) const;
};
using Chain = std::vector<Operation>;

/// The threshold q on the sum itself: x > t becomes sum > q, or sum < q if `flipped`.
struct Cut {
  double q = 0;
  bool flipped = false;
  std::optional<bool> decided{};  ///< the outcome, if it does not depend on the sum
};
/// Carries the step [ x > threshold ] (or >= if not strict) on x = chain(sum) back to the sum. Integer sums
/// allow to correct a threshold that a rounded scale has moved off an integer.
Cut cut_at(const Chain& chain, std::size_t channel, double threshold, bool strict, bool integer_sums);

/// The smallest and the largest value that chain(x) takes over all real x; infinite without a clip.
struct Range {
  double low = 0, high = 0;
};
Range range_of(const Chain& chain, std::size_t channel);

/// Whether the chain consists of additions and multiplications.
bool is_affine(const Chain& chain);

/// An affine chain in the form chain(x) = scale * (x + pre) + post. Only leading additions contribute to
/// `pre`.
struct Flat {
  double pre = 0, scale = 1, post = 0;
};
Flat flatten(const Chain& chain, std::size_t channel);

}  // namespace irc::network
