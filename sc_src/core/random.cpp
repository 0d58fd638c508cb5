// SPDX-License-Identifier: Apache-2.0
#include "irc/core/random.h"

#include <bit>
#include <cmath>
#include <limits>

namespace irc {

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> c, std::array<std::uint32_t, 2> k) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53u} * c[0];
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57u} * c[2];
    c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(p1),
         static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(p0)};
    k[0] += 0x9E3779B9u;
    k[1] += 0xBB67AE85u;
  }
  return c;
}

namespace {

std::uint64_t block(std::uint64_t key, std::uint64_t low, std::uint64_t high) {
  const auto words = philox4x32({static_cast<std::uint32_t>(low), static_cast<std::uint32_t>(low >> 32),
                                 static_cast<std::uint32_t>(high), static_cast<std::uint32_t>(high >> 32)},
                                {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)});
  return words[0] | (std::uint64_t{words[1]} << 32);
}

// Domain separation: draws, forks and stream keys use counters that never meet.
constexpr std::uint64_t draw_domain = 0, fork_domain = 1, stream_domain = 2;

double polynomial(const double (&coefficients)[8], double x) {
  double sum = coefficients[7];
  for (int i = 6; i >= 0; --i) sum = sum * x + coefficients[i];
  return sum;
}

// Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Appl. Statist. 37 (1988),
// routine PPND16: relative error about 1e-16.
double normal_quantile(double p) {
  static constexpr double a[8] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                                  1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                                  3.3430575583588128105e4, 2.5090809287301226727e3};
  static constexpr double b[8] = {1.0,
                                  4.2313330701600911252e1,
                                  6.8718700749205790830e2,
                                  5.3941960214247511077e3,
                                  2.1213794301586595867e4,
                                  3.9307895800092710610e4,
                                  2.8729085735721942674e4,
                                  5.2264952788528545610e3};
  static constexpr double c[8] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                  5.76949722146069140550e0,  3.64784832476320460504e0,
                                  1.27045825245236838258e0,  2.41780725177450611770e-1,
                                  2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr double d[8] = {1.0,
                                  2.05319162663775882187e0,
                                  1.67638483018380384940e0,
                                  6.89767334985100004550e-1,
                                  1.48103976427480074590e-1,
                                  1.51986665636164571966e-2,
                                  5.47593808499534494600e-4,
                                  1.05075007164441684324e-9};
  static constexpr double e[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                  1.78482653991729133580e0,  2.96560571828504891230e-1,
                                  2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                  2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr double f[8] = {1.0,
                                  5.99832206555887937690e-1,
                                  1.36929880922735805310e-1,
                                  1.48753612908506148525e-2,
                                  7.86869131145613259100e-4,
                                  1.84631831751005468180e-5,
                                  1.42151175831644588870e-7,
                                  2.04426310338993978564e-15};
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(a, r) / polynomial(b, r);
  }
  double r = std::sqrt(-exact_log(q < 0 ? p : 1.0 - p));
  double value;
  if (r <= 5.0) {
    r -= 1.6;
    value = polynomial(c, r) / polynomial(d, r);
  } else {
    r -= 5.0;
    value = polynomial(e, r) / polynomial(f, r);
  }
  return q < 0 ? -value : value;
}

}  // namespace

CounterRandom::CounterRandom(std::uint64_t seed, Stream stream)
    : key_(block(seed, static_cast<std::uint64_t>(stream), stream_domain)) {}

CounterRandom CounterRandom::fork(std::uint64_t id) const {
  return CounterRandom(block(key_, id, fork_domain));
}

std::uint64_t CounterRandom::bits(std::uint64_t index) const {
  return block(key_, index, draw_domain);
}

double CounterRandom::uniform(std::uint64_t index) const {
  return (static_cast<double>(bits(index) >> 12) + 0.5) * 0x1p-52;
}

double CounterRandom::normal(std::uint64_t index) const {
  return normal_quantile(uniform(index));
}

std::uint64_t CounterRandom::below(std::uint64_t n, std::uint64_t index) const {
  // Multiply-shift; the bias of n / 2^64 is far below anything a simulation can see.
  return static_cast<std::uint64_t>((static_cast<unsigned __int128>(bits(index)) * n) >> 64);
}

namespace {
constexpr double ln2_high = 0x1.62e42feep-1;  // low bits zero: k * ln2_high is exact
constexpr double ln2_low = 0x1.a39ef35793c76p-33;
}  // namespace

double exact_exp(double x) {
  if (std::isnan(x)) return x;
  if (x > 709.78) return std::numeric_limits<double>::infinity();
  if (x < -745.0) return 0.0;
  const double k = std::floor(x * 0x1.71547652b82fep+0 + 0.5);
  const double r = (x - k * ln2_high) - k * ln2_low;
  double sum = 1.0;  // Taylor by Horner; |r| < 0.35 makes the remainder of 14 terms < 1e-17
  for (int n = 14; n >= 1; --n) sum = 1.0 + sum * r / n;
  return std::ldexp(sum, static_cast<int>(k));
}

double exact_log(double x) {
  if (std::isnan(x) || x < 0) return std::numeric_limits<double>::quiet_NaN();
  if (x == 0) return -std::numeric_limits<double>::infinity();
  if (std::isinf(x)) return x;
  int exponent = 0;
  double m = std::frexp(x, &exponent);
  if (m < 0x1.6a09e667f3bcdp-1) {
    m *= 2;
    --exponent;
  }
  // log m = 2 atanh(s), s = (m - 1) / (m + 1), |s| < 0.172: twelve terms reach 1e-18.
  const double s = (m - 1) / (m + 1), z = s * s;
  double sum = 0;
  for (int n = 23; n >= 3; n -= 2) sum = (sum + 1.0 / n) * z;
  const double tail = 2 * s * sum;
  return exponent * ln2_high + (2 * s + (tail + exponent * ln2_low));
}

}  // namespace irc
