// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace irc::energy {

/// A sum of charges in coulomb that does not depend on the order of its terms. It is a fixed-point number in
/// steps of 2^-90 C (8e-28 C, far below an electron) with a range of 2^37 C.
class ChargeSum {
 public:
  /// Adds a charge. Throws InternalError unless |charge_c| < 2^20; this includes NaN.
  void add(double charge_c);
  /// Adds another sum.
  ChargeSum& operator+=(const ChargeSum& other) {
    steps_ += other.steps_;
    return *this;
  }
  /// The sum in coulomb.
  double value_c() const;

 private:
  __extension__ using Steps = __int128;
  Steps steps_ = 0;
};

}  // namespace irc::energy
