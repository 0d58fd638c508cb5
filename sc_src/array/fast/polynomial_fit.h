// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cmath>
#include <cstddef>

namespace irc::array {

/// Weighted least-squares fit of a polynomial with `kOrders` coefficients at `kPoints` fixed abscissas, as a
/// matrix: coefficients = matrix * ordinates. It uses modified Gram-Schmidt with basic arithmetic and sqrt
/// only.
template <std::size_t kOrders, std::size_t kPoints>
class PolynomialFit {
 public:
  using Points = std::array<double, kPoints>;
  using Coefficients = std::array<double, kOrders>;

  PolynomialFit(const Points& abscissas, const Points& weights) {
    std::array<Points, kOrders> q;
    double r[kOrders][kOrders] = {};
    for (std::size_t k = 0; k < kOrders; ++k) {
      for (std::size_t p = 0; p < kPoints; ++p)
        q[k][p] = k == 0 ? weights[p] : power_[k - 1][p] * abscissas[p];
      power_[k] = q[k];
      for (std::size_t j = 0; j < k; ++j) {
        r[j][k] = dot(q[j], q[k]);
        for (std::size_t p = 0; p < kPoints; ++p) q[k][p] -= r[j][k] * q[j][p];
      }
      r[k][k] = std::sqrt(dot(q[k], q[k]));
      for (double& value : q[k]) value /= r[k][k];
    }
    for (std::size_t p = 0; p < kPoints; ++p)
      for (std::size_t k = kOrders; k-- > 0;) {
        double sum = q[k][p] * weights[p];
        for (std::size_t j = k + 1; j < kOrders; ++j) sum -= r[k][j] * matrix_[j][p];
        matrix_[k][p] = sum / r[k][k];
      }
  }

  Coefficients operator()(const Points& ordinates) const {
    Coefficients out;
    for (std::size_t k = 0; k < kOrders; ++k) out[k] = dot(matrix_[k], ordinates);
    return out;
  }

 private:
  static double dot(const Points& a, const Points& b) {
    double sum = 0;
    for (std::size_t p = 0; p < kPoints; ++p) sum += a[p] * b[p];
    return sum;
  }
  std::array<Points, kOrders> power_{}, matrix_{};
};

template <std::size_t kOrders>
double polynomial(const std::array<double, kOrders>& coefficients, double x) {
  double sum = 0;
  for (std::size_t k = kOrders; k-- > 0;) sum = sum * x + coefficients[k];
  return sum;
}

}  // namespace irc::array
