// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace irc::energy {

/// A sum of charges in coulomb that does not depend on the order of its terms: fixed point in steps of 2^-90
/// C (8e-28 C, far below an electron), room for 2^37 C.
class ChargeSum {
 public:
  /// Throws InternalError unless |charge_c| < 2^20 (NaN included).
  void add(double charge_c);
  ChargeSum& operator+=(const ChargeSum& other) {
    steps_ += other.steps_;
    return *this;
  }
  double value_c() const;

 private:
  __extension__ using Steps = __int128;
  Steps steps_ = 0;
};

}  // namespace irc::energy
