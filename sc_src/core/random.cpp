// SPDX-License-Identifier: Apache-2.0
#include "irc/core/random.h"

#include <bit>
#include <cmath>
#include <limits>

#include "normal_quantile.h"
#include "normals.h"

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

// Domain separation: draws, forks and stream keys use counters that never coincide.
constexpr std::uint64_t draw_domain = 0, fork_domain = 1, stream_domain = 2;

double polynomial(const double (&coefficients)[8], double x) {
  double sum = coefficients[7];
  for (int i = 6; i >= 0; --i) sum = sum * x + coefficients[i];
  return sum;
}

}  // namespace

double normal_quantile(double p) {
  const double q = p - 0.5;
  if (std::abs(q) <= quantile::central_half_width) {
    const double r = quantile::central_square - q * q;
    return q * polynomial(quantile::a, r) / polynomial(quantile::b, r);
  }
  double r = std::sqrt(-exact_log(q < 0 ? p : 1.0 - p));
  double value;
  if (r <= quantile::far_from) {
    r -= quantile::near_shift;
    value = polynomial(quantile::c, r) / polynomial(quantile::d, r);
  } else {
    r -= quantile::far_from;
    value = polynomial(quantile::e, r) / polynomial(quantile::f, r);
  }
  return q < 0 ? -value : value;
}

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

void CounterRandom::normals(std::uint64_t first, std::span<double> out) const {
  batch_normals(key_, first, out.data(), out.size());
}

float CounterRandom::coarse_normal(std::uint64_t index) const {
  float out = 0;
  batch_coarse_normals(&key_, 1, index, 1, &out);
  return out;
}

void CounterRandom::coarse_normals(std::span<const CounterRandom> families, std::uint64_t first,
                                   std::size_t indices, float* out) {
  static_assert(sizeof(CounterRandom) == sizeof(std::uint64_t));
  if (!families.empty()) batch_coarse_normals(&families.front().key_, families.size(), first, indices, out);
}

void CounterRandom::normals(std::span<const CounterRandom> families, std::uint64_t first, std::size_t indices,
                            double* out) {
  static_assert(sizeof(CounterRandom) == sizeof(std::uint64_t));
  // A family consists of its key only, so an array of families is an array of keys.
  if (!families.empty()) batch_normals(&families.front().key_, families.size(), first, indices, out);
}

void CounterRandom::normals(std::span<const CounterRandom> families, std::span<const std::uint64_t> indices,
                            double* out) {
  if (!families.empty()) batch_normals(&families.front().key_, indices.data(), out, families.size());
}

std::uint64_t CounterRandom::below(std::uint64_t n, std::uint64_t index) const {
  // Multiply-shift. Its bias of n / 2^64 is far too small to see in a simulation.
  return static_cast<std::uint64_t>((static_cast<unsigned __int128>(bits(index)) * n) >> 64);
}

double exact_exp(double x) {
  if (std::isnan(x)) return x;
  if (x > 709.78) return std::numeric_limits<double>::infinity();
  if (x < -745.0) return 0.0;
  const double k = std::floor(x * 0x1.71547652b82fep+0 + 0.5);
  const double r = (x - k * ln2_high) - k * ln2_low;
  double sum = 1.0;  // Taylor series by Horner's rule; |r| < 0.35 keeps the remainder of 14 terms below 1e-17
  for (int n = 14; n >= 1; --n) sum = 1.0 + sum * r / n;
  return std::ldexp(sum, static_cast<int>(k));
}

void exact_exp(std::span<double> x) {
  batch_exp(x.data(), x.size());
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
  // log m = 2 atanh(s) with s = (m - 1) / (m + 1). Since |s| < 0.172, twelve terms reach 1e-18.
  const double s = (m - 1) / (m + 1), z = s * s;
  double sum = 0;
  for (int n = 23; n >= 3; n -= 2) sum = (sum + 1.0 / n) * z;
  const double tail = 2 * s * sum;
  return exponent * ln2_high + (2 * s + (tail + exponent * ln2_low));
}

}  // namespace irc
